"""What a gate makes sure of before it answers: that its engines agree around every comparison of the policy.

`tried_values` says what facts are tried with, `probes` makes visits of them, `agreement` compares engines there.
"""

from visitcheck.engines.self_test.agreement import (
    Evaluator,
    Evaluators,
    compare_engines,
    compare_evaluators,
    compare_open_lists,
    comparisons,
    engine_evaluators,
    interpreter_evaluators,
    name_rules,
)
from visitcheck.engines.self_test.probes import open_probes, probes

__all__ = [
    "Evaluator",
    "Evaluators",
    "compare_engines",
    "compare_evaluators",
    "compare_open_lists",
    "comparisons",
    "engine_evaluators",
    "interpreter_evaluators",
    "name_rules",
    "open_probes",
    "probes",
]

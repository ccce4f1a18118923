"""What a gate makes sure of before it answers: that its engines agree around every comparison of the policy.

`comparisons` finds them, `values` says what facts are tried with, `visits` makes the visits, `run` compares.
"""

from visitcheck.engines.self_test.comparisons import comparisons
from visitcheck.engines.self_test.run import (
    Evaluator,
    Evaluators,
    check_agreement,
    engine_evaluators,
    interpreter_evaluators,
    rule_ids,
    self_test,
)
from visitcheck.engines.self_test.visits import probes

__all__ = [
    "Evaluator",
    "Evaluators",
    "check_agreement",
    "comparisons",
    "engine_evaluators",
    "interpreter_evaluators",
    "probes",
    "rule_ids",
    "self_test",
]

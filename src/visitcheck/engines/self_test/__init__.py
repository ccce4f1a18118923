"""What a gate makes sure of before it answers: that its engines agree around every comparison of the policy.

`comparisons` finds them, `values` says what facts are tried with, `visits` makes the visits, `run` compares.
"""

from visitcheck.engines.self_test.comparisons import comparisons
from visitcheck.engines.self_test.run import (
    Evaluator,
    Evaluators,
    by_engine,
    by_interpreter,
    check_agreement,
    rule_ids,
    self_test,
)
from visitcheck.engines.self_test.visits import probes

__all__ = [
    "Evaluator",
    "Evaluators",
    "by_engine",
    "by_interpreter",
    "check_agreement",
    "comparisons",
    "probes",
    "rule_ids",
    "self_test",
]

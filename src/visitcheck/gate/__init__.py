"""The gate: a policy asked about one visit."""

from visitcheck.gate import problem_codes as problem_codes
from visitcheck.gate.decision import Decision
from visitcheck.gate.explain import Explanation, Read
from visitcheck.gate.findings import CheckResult, Finding, RuleExplanation
from visitcheck.gate.gate import Gate
from visitcheck.gate.judgment import DoorDuty, Need, RuleStatus

__all__ = [
    "CheckResult",
    "Decision",
    "DoorDuty",
    "Explanation",
    "Finding",
    "Gate",
    "Need",
    "Read",
    "RuleExplanation",
    "RuleStatus",
]

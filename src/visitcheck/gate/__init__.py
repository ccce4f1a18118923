"""The gate: a policy asked about one visit."""

from visitcheck.gate import problem_codes as problem_codes
from visitcheck.gate.decision import Decision
from visitcheck.gate.explain import Explanation, Read
from visitcheck.gate.findings import CheckResult, Finding, RuleExplanation
from visitcheck.gate.gate import Gate
from visitcheck.gate.judgment import DoorDuty, Need, RuleStatus

# What is first used later is imported now, and not by the thread that first uses it: a child that is forked while
# another thread imports a module waits for that thread when it asks for the module, and has no such thread.
from visitcheck.gate.remedies import search as search
from visitcheck.gate.slots import find as find

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

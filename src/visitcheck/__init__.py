"""Checks debt-collection visits against law and policy written as YAML rules, before the visit and afterwards."""

from visitcheck.engines.status import Outcome, Status
from visitcheck.errors import (
    EngineFailure,
    EngineUnavailable,
    InvalidCondition,
    InvalidPolicy,
    InvalidVisit,
    Problem,
    UnsupportedByEngine,
    VisitcheckError,
    VisitNotAllowed,
)
from visitcheck.facts import Registers, Visit, read_visit
from visitcheck.gate import Decision, Finding, Gate
from visitcheck.policy import Policy, load_policy

__all__ = [
    "Decision",
    "EngineFailure",
    "EngineUnavailable",
    "Finding",
    "Gate",
    "InvalidCondition",
    "InvalidPolicy",
    "InvalidVisit",
    "Outcome",
    "Policy",
    "Problem",
    "Registers",
    "Status",
    "UnsupportedByEngine",
    "Visit",
    "VisitNotAllowed",
    "VisitcheckError",
    "load_policy",
    "read_visit",
]

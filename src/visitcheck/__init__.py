"""Checks debt-collection visits against law and policy written as YAML rules, before the visit and afterwards."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from visitcheck import columns
    from visitcheck.audit.auditing import audit, audit_frame
    from visitcheck.audit.frame_audit import FrameAudit
    from visitcheck.audit.result import AuditResult
    from visitcheck.engines.status import Outcome, Status
    from visitcheck.errors import (
        AuditFailed,
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
    from visitcheck.leads.one_remark import leads
    from visitcheck.leads.reader import Lead, LeadReader
    from visitcheck.policy import Policy, load_policy

_HOMES = {
    "visitcheck.audit.auditing": ("audit", "audit_frame"),
    "visitcheck.audit.frame_audit": ("FrameAudit",),
    "visitcheck.audit.result": ("AuditResult",),
    "visitcheck.columns": ("columns",),
    "visitcheck.engines.status": ("Outcome", "Status"),
    "visitcheck.errors": (
        "AuditFailed",
        "EngineFailure",
        "EngineUnavailable",
        "InvalidCondition",
        "InvalidPolicy",
        "InvalidVisit",
        "Problem",
        "UnsupportedByEngine",
        "VisitNotAllowed",
        "VisitcheckError",
    ),
    "visitcheck.facts": ("Registers", "Visit", "read_visit"),
    "visitcheck.gate": ("Decision", "Finding", "Gate"),
    "visitcheck.leads.one_remark": ("leads",),
    "visitcheck.leads.reader": ("Lead", "LeadReader"),
    "visitcheck.policy": ("Policy", "load_policy"),
}
# Names come on first use (PEP 562): whoever asks for `--help` or one part does not wait for the rest.
_HOME = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [
    "AuditFailed",
    "AuditResult",
    "Decision",
    "EngineFailure",
    "EngineUnavailable",
    "Finding",
    "FrameAudit",
    "Gate",
    "InvalidCondition",
    "InvalidPolicy",
    "InvalidVisit",
    "Lead",
    "LeadReader",
    "Outcome",
    "Policy",
    "Problem",
    "Registers",
    "Status",
    "UnsupportedByEngine",
    "Visit",
    "VisitNotAllowed",
    "VisitcheckError",
    "audit",
    "audit_frame",
    "columns",
    "leads",
    "load_policy",
    "read_visit",
]

# The first import of a package binds its name in its parent. Done here, and taken back, it cannot happen later, when
# somebody imports a part of that package: `visitcheck.audit` is the function, whatever is imported first.
for _package in ("audit", "leads"):
    import_module(f"visitcheck.{_package}")
    globals().pop(_package, None)


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = import_module(_HOME[name])
    value = globals()[name] = home if _HOME[name] == f"{__name__}.{name}" else getattr(home, name)
    return value


def __dir__() -> list[str]:
    return __all__

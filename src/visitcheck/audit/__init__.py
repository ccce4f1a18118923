"""The audit: recorded visits in files or a database, judged by the million.

`visitcheck.audit(...)` is `visitcheck.audit.auditing.audit`: a package hides a function of its name, so the package
itself can be called.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from visitcheck.audit.auditing import audit
    from visitcheck.audit.result import AuditResult

__all__ = ["AuditResult", "audit"]


def __getattr__(name: str) -> object:
    if name == "audit":
        from visitcheck.audit.auditing import audit

        return audit
    if name == "AuditResult":
        from visitcheck.audit.result import AuditResult

        return AuditResult
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


class _Callable(ModuleType):
    def __call__(self, *args: Any, **options: Any) -> Any:
        from visitcheck.audit.auditing import audit

        return audit(*args, **options)


sys.modules[__name__].__class__ = _Callable

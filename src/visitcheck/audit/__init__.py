"""The audit: recorded visits in files or a database, judged by the million.

`visitcheck.audit` is the function `visitcheck.audit.auditing.audit`, and not this package of the same name: import the
package's parts by `from visitcheck.audit.auditing import audit` and the like.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from visitcheck.audit.auditing import audit
    from visitcheck.audit.result import AuditResult

__all__ = ["AuditResult", "audit"]


def __getattr__(name: str) -> object:
    """Load a public name when it is first asked for: `import visitcheck` stays light."""
    if name == "audit":
        from visitcheck.audit.auditing import audit

        return audit
    if name == "AuditResult":
        from visitcheck.audit.result import AuditResult

        return AuditResult
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

"""Leads: words in remarks that a person should read, and the rules to look at. They decide nothing.

`visitcheck.leads` is the function `visitcheck.leads.one_remark.leads`, and not this package of the same name: import
the package's parts by `from visitcheck.leads.reader import LeadReader` and the like.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from visitcheck.leads.one_remark import leads
    from visitcheck.leads.reader import Lead, LeadReader

__all__ = ["Lead", "LeadReader", "leads"]


def __getattr__(name: str) -> object:
    """Load a public name when it is first asked for: `import visitcheck` stays light."""
    if name == "leads":
        from visitcheck.leads.one_remark import leads

        return leads
    if name in ("Lead", "LeadReader"):
        from visitcheck.leads import reader

        return getattr(reader, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

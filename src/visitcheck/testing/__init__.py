"""Visits for tests: Hypothesis strategies, and a generator of made-up records.

`visits` and `visit_mappings` need the extra `testing` (`pip install "visitcheck[testing]"`), `synthesise` the
extra `audit`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from visitcheck.testing.strategies import visit_mappings, visits
    from visitcheck.testing.synthetic import synthesise

_HOME = {
    "synthesise": "visitcheck.testing.synthetic",
    "visit_mappings": "visitcheck.testing.strategies",
    "visits": "visitcheck.testing.strategies",
}

__all__ = ["synthesise", "visit_mappings", "visits"]


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)

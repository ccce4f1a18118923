"""Where rows come from, before they are read as visits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlglot import exp

from visitcheck.audit.inputs.raw import RawType

TEXT = "__text"
"""The row as JSON text, for sources that have one."""
BYTES = "__bytes"
"""The row's bytes, where they are no text."""
ODD = "__odd"
"""TRUE for a row that has to be shown to the gate, whatever its columns hold."""


@dataclass(frozen=True, slots=True)
class RawRows:
    """A query for rows with `FILE`, `ROW` and a column for each group or list that the source feeds.

    `verbatim` sources have `TEXT`, `BYTES` and `ODD` as well: the gate is then given the row as it was written.
    """

    query: exp.Select
    types: Mapping[str, RawType]
    verbatim: bool = False

"""What a run is asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias, get_args

from visitcheck.audit import problem_codes as problem_codes
from visitcheck.errors import AuditFailed, Problem

HistoryChoice: TypeAlias = Literal["derive", "given", "none"]
MOST_SHARDS = 1_024
_memory = re.compile(r"(?i)[0-9]{1,6}(?:\.[0-9]{1,6})? ?[kmgt]i?b").fullmatch


@dataclass(frozen=True, slots=True)
class AuditOptions:
    """Options of a run. The first three change what it finds; the others only how it works.

    `history` says where `earlier_visits` come from: `derive` them from the audited visits themselves for rows
    that give none, take only what is `given`, or `none`. `history_since` is the moment from which the audited
    visits are complete, `as_of` the moment of judging for rows without one. `shards` is None for a number that
    suits the input. `memory` is DuckDB's limit, like `2GB`.
    """

    history: HistoryChoice = "derive"
    history_since: datetime | None = None
    as_of: datetime | None = None
    shards: int | None = None
    memory: str = "2GB"
    threads: int | None = None

    def __post_init__(self) -> None:
        """Raises `AuditFailed` for values that no run can have."""
        problems = [
            Problem("audit-option", f"`{value}` cannot be {what}", help_) for value, what, help_ in self._wrong()
        ]
        if problems:
            raise AuditFailed(problems)

    def _wrong(self) -> Iterator[tuple[object, str, str]]:
        if self.history not in get_args(HistoryChoice):
            yield self.history, "`history`", "`derive`, `given` or `none`"
        for name in ("history_since", "as_of"):
            moment = getattr(self, name)
            if moment is not None and moment.utcoffset() is None:
                yield moment, f"`{name}`", "give it a zone, like `tzinfo=UTC`"
        if self.shards is not None and not 0 < self.shards <= MOST_SHARDS:
            yield self.shards, "the number of shards", f"1 to {MOST_SHARDS:,}"
        if self.threads is not None and self.threads < 1:
            yield self.threads, "the number of threads", "1 or more"
        if not _memory(self.memory):
            yield self.memory, "the database's memory", "write it like `2GB` or `500MB`"

    def meaning(self) -> dict[str, Any]:
        """The options that a finding may hang on, as JSON values."""
        return {
            "history": self.history,
            "history_since": _text(self.history_since),
            "as_of": _text(self.as_of),
        }


def _text(moment: datetime | None) -> str | None:
    from visitcheck.facts.times import timestamp, timestamp_text

    return None if moment is None else timestamp_text(timestamp(moment))

"""What a run is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias

HistoryChoice: TypeAlias = Literal["derive", "given", "none"]


@dataclass(frozen=True, slots=True)
class Settings:
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

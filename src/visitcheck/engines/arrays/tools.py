"""What evaluating takes besides a plan and a chunk: clocks, texts by code, answers kept, and what is counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from visitcheck.engines.arrays.codes import TextCodes
from visitcheck.engines.arrays.zones import ZoneClocks


@dataclass(slots=True)
class Work:
    """How often truths were found in which way, so that a report can say so.

    `by_arrays`: truths worked out over arrays. `by_native`: truths asked of the native engine row by row, by the name
    of what has no array form. `calls`: calls of functions that were asked once for each distinct text or combination
    of arguments; of list functions without an array form, once for each row.
    """

    by_arrays: int = 0
    by_native: Counter[str] = field(default_factory=Counter)
    calls: Counter[str] = field(default_factory=Counter)

    def reset(self) -> None:
        """Count from nothing."""
        self.by_arrays = 0
        self.by_native.clear()
        self.calls.clear()

    def to_dict(self) -> dict[str, Any]:
        """The counts as JSON holds them."""
        return {
            "by_arrays": self.by_arrays,
            "by_native": dict(sorted(self.by_native.items())),
            "calls": dict(sorted(self.calls.items())),
        }


@dataclass(slots=True)
class Tools:
    """What is kept from chunk to chunk, but for `codes`, which every chunk has anew."""

    codes: TextCodes
    clocks: ZoneClocks = field(default_factory=ZoneClocks)
    work: Work = field(default_factory=Work)
    _answers: dict[tuple[Any, ...], dict[str, Any]] = field(default_factory=dict)
    _calendars: dict[str, Any] = field(default_factory=dict)

    def for_chunk(self) -> Tools:
        """The same tools with codes of their own, which begin as these do."""
        return Tools(self.codes.copy(), self.clocks, self.work, self._answers, self._calendars)

    def answers_about_texts(self, function: str, constants: tuple[Any, ...]) -> dict[str, Any]:
        """What a function with these further arguments said of texts so far."""
        return self._answers.setdefault((function, constants), {})

    def calendar(self, name: str, make: Callable[[str], Any]) -> Any:
        """What `make` makes of a calendar, made once."""
        if name not in self._calendars:
            self._calendars[name] = make(name)
        return self._calendars[name]

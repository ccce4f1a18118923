"""How far a run is, for whoever wants to show it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

Phase: TypeAlias = Literal["reading", "judging", "writing"]


@dataclass(frozen=True, slots=True)
class Progress:
    """`done` of `total` rows in this phase, after `seconds`. Reading and writing report their start and end."""

    phase: Phase
    done: int
    total: int
    seconds: float

    @property
    def rate(self) -> float | None:
        """Rows a second in this phase."""
        return self.done / self.seconds if self.done and self.seconds else None

    @property
    def remaining(self) -> float | None:
        """Seconds that the phase will take, at this rate."""
        return (self.total - self.done) / self.rate if self.rate else None


Watcher: TypeAlias = Callable[[Progress], None]

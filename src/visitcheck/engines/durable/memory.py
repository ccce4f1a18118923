"""What durable-rules has inferred before: equal features are not sent to it again and again."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from operator import itemgetter
from typing import Any, Generic, TypeVar

from visitcheck.errors import EngineFailure

_T = TypeVar("_T")
_MOST = 1024
_MOST_VALUES = 2**15
"""Values of features in a memory, at most: rule sets that read many have long keys."""


class Memory(Generic[_T]):
    """The inferences of one rule set, by the values of what it reads: features by number, or counts by name.

    What fires hangs on these values alone. An inference is remembered once durable-rules has made it twice, so that
    nothing that went wrong once is kept. Safe to share between threads without a lock: at worst one is made once more.
    """

    def __init__(self, reads: Sequence[int] | Sequence[str]) -> None:
        self.key_of: Callable[[Any], Hashable] = itemgetter(*reads)
        self._seen_once: dict[Any, _T] = {}
        self._certain: dict[Any, _T] = {}
        self._most = min(_MOST, 1 + _MOST_VALUES // len(reads))
        self.recall: Callable[[Hashable], _T | None] = self._certain.get
        """The inference for some values, None where it is not remembered."""

    def keep(self, key: Hashable, inferred: _T) -> None:
        """Note an inference; raises `EngineFailure` where it is another than that before."""
        before = self._seen_once.pop(key, None)
        if before is not None and before != inferred:
            raise EngineFailure("durable-rules inferred one thing, and then another, from equal features")
        kept = self._seen_once if before is None else self._certain
        if len(kept) >= self._most:
            kept.clear()
        kept[key] = inferred

    def forget(self) -> None:
        """Forget everything."""
        self._seen_once.clear()
        self._certain.clear()

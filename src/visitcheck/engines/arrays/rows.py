"""Sets of rows: the visits of a chunk, the elements of lists below them, and some of these.

An expression is worked out in the rows where all that it looks at is at home, and taken from there to the rows that
ask: a fact of the visit once for each visit, however many elements ask for it.
"""

from __future__ import annotations

from typing import Any

from visitcheck.engines.arrays.values import Ints


class Rows:
    """Rows of a chunk, with what was worked out for them by the number of the node.

    `index` gives for each row the one of `above` that it belongs to. Rows that are elements bind `binder` to
    `element`. A `selection` is some of the rows above it. Rows that repeat elements of other rows, once for each row
    that asks for them, have these as `base`: what looks at no more than the element is worked out there.
    """

    __slots__ = (
        "_paths",
        "above",
        "ancestors",
        "base",
        "base_index",
        "binder",
        "count",
        "element",
        "family",
        "index",
        "is_selection",
        "values",
        "visible",
    )

    def __init__(
        self,
        count: int,
        above: Rows | None = None,
        index: Ints | None = None,
        *,
        binder: int | None = None,
        element: Any = None,
        base: Rows | None = None,
        base_index: Ints | None = None,
        is_selection: bool = False,
    ) -> None:
        self.count = count
        self.above = above
        self.index = index
        self.binder = binder
        self.element = element
        self.base = base
        self.base_index = base_index
        self.is_selection = is_selection
        self.values: dict[Any, Any] = {}
        self.family: list[Rows] = [] if above is None else above.family
        self.family.append(self)
        self._paths: dict[int, Ints] = {}
        self.ancestors: frozenset[int] = frozenset({id(self)})
        self.visible: frozenset[int] = frozenset() if binder is None else frozenset({binder})
        if above is not None:
            self.ancestors |= above.ancestors
            self.visible |= above.visible
        if base is not None:
            self.ancestors |= base.ancestors

    def forget_all(self) -> None:
        """Forget what was worked out for all rows that belong together."""
        for rows in self.family:
            rows.values.clear()
            rows.element = None
        self.family.clear()

    def select(self, index: Ints) -> Rows:
        """Some of these rows."""
        return Rows(len(index), self, index, is_selection=True)

    def unselected(self) -> Rows:
        """The rows that this is a selection of; these rows where it is none."""
        rows = self
        while rows.is_selection and rows.above is not None:
            rows = rows.above
        return rows

    def natural_home(self, free: frozenset[int]) -> Rows:
        """The outermost rows in which everything bound by `free` is at home, whatever was selected."""
        rows = self.unselected()
        while rows.above is not None:
            if rows.binder not in free:
                rows = rows.above.unselected()
            elif rows.base is not None and free <= rows.base.visible:
                rows = rows.base.unselected()
            else:
                break
        return rows

    def path_to(self, home: Rows) -> Ints | None:
        """For each of these rows the one of `home` that it belongs to; None where the rows are the same."""
        if home is self:
            return None
        path = self._paths.get(id(home))
        if path is None:
            step: Rows | None
            if self.base is not None and id(home) in self.base.ancestors:
                step, index = self.base, self.base_index
            else:
                step, index = self.above, self.index
            if step is None or index is None:
                raise LookupError("these rows do not belong to the others")
            further = step.path_to(home)
            path = self._paths[id(home)] = index if further is None else further[index]
        return path

"""Making explicit, before anything is written, where a filtered or mapped list is used as a plain value."""

from __future__ import annotations

from dataclasses import replace

from visitcheck.engines.python.analysis import PlainList, field_names, paired
from visitcheck.ir.nodes import Aggregate, Call, Compare, Expr, Node

_VALUES = ("body", "bodies", "args")


class Normal:
    """Puts a `PlainList` wherever a list that may be paired is used as a value; an object is read once."""

    def __init__(self) -> None:
        self._made: dict[int, tuple[Expr, Expr]] = {}

    def of(self, node: Expr) -> Expr:
        """The same expression, made explicit."""
        found = self._made.get(id(node))
        if found is None:  # the node itself is kept, too, so that its id stays its own
            found = self._made[id(node)] = (node, self._of(node))
        return found[1]

    def _of(self, node: Expr) -> Expr:
        changes: dict[str, object] = {}
        for name in field_names(type(node)):
            value = getattr(node, name)
            as_value = name in _VALUES or (isinstance(node, Compare | Call | Aggregate) and name != "source")
            if isinstance(value, Node):
                made: object = self._child(value, as_value)  # type: ignore[arg-type]
            elif isinstance(value, tuple) and value and isinstance(value[0], Node):
                parts = tuple(self._child(part, as_value) for part in value)
                made = value if all(new is old for new, old in zip(parts, value, strict=True)) else parts
            else:
                continue
            if made is not value:
                changes[name] = made
        return replace(node, **changes) if changes else node  # type: ignore[arg-type]

    def _child(self, node: Expr, as_value: bool) -> Expr:
        made = self.of(node)
        return PlainList(made, node.type) if as_value and paired(node) else made  # type: ignore[return-value]

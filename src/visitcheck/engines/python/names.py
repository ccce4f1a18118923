"""The names in a function while it is being written, its lines, and what has a name at one point of it.

What must hold of generated code:

- every identifier comes from a counter; no text of a policy or a visit ever becomes one. The first letter says what it
  is: `v` a value (`v7h` the upper end of the count `v7`), `e` an element, `m` the flag of an element that may be in,
  `d` a record's dict of fields, `g` a group of facts, `t` a step within an expression, `k` a constant;
- a value is in `Point.known` only if it has been assigned on every path that leads to that point.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from visitcheck.engines.python.analysis import NodeTable
from visitcheck.engines.python.runtime import ZoneOffsets
from visitcheck.ir.nodes import Expr

ValueKey: TypeAlias = tuple[int, tuple[int, ...]]
"""A value: the number of its node, and the `Binding.uid`s of the elements it was worked out for."""
Known: TypeAlias = frozenset[ValueKey]
"""The values that surely have a name."""
_OURS = re.compile(r"[defgmtv]\d+h?")
_LONGEST_LITERAL = 80


class Code:
    """The body of one function.

    `used` and `assigned` are the names it reads and gives values to; what it reads and never assigns has to
    be a parameter.
    """

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.indent = 1
        self.loops = 0
        self.used: dict[str, None] = {}
        self.assigned: set[str] = set()

    def write(self, line: str) -> None:
        """Add a line at the present depth."""
        self.lines.append("    " * self.indent + line)

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """Indent the lines below `head:`; an empty block is closed with `pass`."""
        self.write(f"{head}:")
        self.indent += 1
        before = len(self.lines)
        yield
        if len(self.lines) == before:
            self.write("pass")
        self.indent -= 1

    @contextmanager
    def loop(self, head: str) -> Iterator[None]:
        """Open a block that counts towards Python's limit of nested loops."""
        self.loops += 1
        with self.block(head):
            yield
        self.loops -= 1

    def parameters(self) -> list[str]:
        """Return the names that come from outside, in the order of their first use."""
        return [name for name in self.used if name not in self.assigned]


@dataclass(frozen=True, slots=True)
class Binding:
    """The element of a running loop: its name, the name of its fields' dict, whether it may be None.

    `uid` tells it from the elements of all other loops, whatever their binder numbers.
    """

    uid: int
    name: str
    fields: str | None
    nullable: bool


@dataclass(frozen=True, slots=True)
class Point:
    """One point of the function: the elements in view by binder, and the values that surely have a name."""

    elements: Mapping[int, Binding] = field(default_factory=dict)
    known: Known = frozenset()

    def with_known(self, known: Known) -> Point:
        """Return the same point with other values known."""
        return replace(self, known=known)

    def with_element(self, binder: int, binding: Binding) -> Point:
        """Return the same point with an element in view."""
        return replace(self, elements={**self.elements, binder: binding})


@dataclass(frozen=True, slots=True)
class Test:
    """The text of a Python condition, and which values have a name after it came out true, or false."""

    text: str
    if_true: Known
    if_false: Known


class Constants:
    """The names that the source finds in its namespace: values without a literal, and functions."""

    def __init__(self) -> None:
        self.namespace: dict[str, Any] = {}
        self._names: dict[int, str] = {}

    def name_of(self, value: object) -> str:
        """Return a name for an object, the same one each time."""
        name = self._names.get(id(value))
        if name is None:
            name = self._names[id(value)] = f"k{len(self.namespace)}"
            self.namespace[name] = value  # also keeps the object, and so its id
        return name

    def literal(self, value: object) -> str:
        """Return a value as source: a literal for short plain ones, else a name.

        Only exact built-in types are written out: a subclass could have a `repr` of its own making.
        """
        if value is None or type(value) is bool:
            return repr(value)
        if type(value) is int:
            return repr(value) if value >= 0 else f"({value!r})"
        if type(value) is float and math.isfinite(value):
            return f"({value!r})"
        if type(value) is str and len(value) <= _LONGEST_LITERAL:
            return repr(value)
        return self.name_of(value)

    def literals(self, values: tuple[object, ...]) -> str:
        """Return several values as a tuple to look into."""
        return f"({', '.join(self.literal(value) for value in values)},)"


class NameTable:
    """The name of every value in the function being written (`code`), and what the names of its constants mean."""

    def __init__(self) -> None:
        self.nodes = NodeTable()
        self.constants = Constants()
        self.code = Code()
        self._names: dict[ValueKey, str] = {}
        self._counter = 0
        self._zones: dict[str, ZoneOffsets] = {}

    def next_number(self) -> int:
        """Return a number that nothing else has."""
        self._counter += 1
        return self._counter

    def new_name(self, prefix: str) -> str:
        """Return a name that nothing else has, about to be assigned."""
        name = f"{prefix}{self.next_number()}"
        self.code.assigned.add(name)
        return name

    def offsets_of(self, zone: str) -> ZoneOffsets:
        """Return the readings of a zone, shared by all that read it."""
        return self._zones.setdefault(zone, ZoneOffsets(zone))

    def key_of(self, node: Expr, here: Point) -> ValueKey:
        """Return which value a node stands for at a point: equal nodes in different loops are different values."""
        free = self.nodes.free_names(node)
        return (self.nodes.number(node), tuple(here.elements[binder].uid for binder in sorted(free)))

    def is_known(self, node: Expr, here: Point) -> bool:
        """Whether the value of a node surely has a name at this point."""
        return self.key_of(node, here) in here.known

    def target(self, key: ValueKey) -> str:
        """Return the name of a value that is about to be assigned."""
        name = self._names.get(key)
        if name is None:
            name = self._names[key] = f"v{self.next_number()}"
        self.code.assigned |= {name, f"{name}h"}
        return name

    def use(self, name: str) -> str:
        """Return `name`, noted as one that the function reads; literals and constants come from elsewhere."""
        if _OURS.fullmatch(name):
            self.code.used[name] = None
        return name

    def known_name(self, key: ValueKey) -> str:
        """Return the name of a value that is known to have one."""
        return self.use(self._names[key])


def may_be_none(text: str) -> bool:
    """Whether a text is a name: Python warns of a literal that is compared with None."""
    return text == "None" or _OURS.fullmatch(text) is not None


def comment(text: str) -> str:
    """Return a text that stays inside its comment: whatever could end the line or hide text is replaced."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)[:200]

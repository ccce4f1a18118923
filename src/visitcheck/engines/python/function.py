"""A function while it is being written: its lines, and the names in view at one point of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TypeAlias

Ref: TypeAlias = tuple[int, tuple[int, ...]]
"""A value: the number of its node, and which elements it was worked out for."""


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
        """Lines below `head:`; an empty block is closed with `pass`."""
        self.write(f"{head}:")
        self.indent += 1
        before = len(self.lines)
        yield
        if len(self.lines) == before:
            self.write("pass")
        self.indent -= 1

    @contextmanager
    def loop(self, head: str) -> Iterator[None]:
        """A block that counts towards Python's limit of nested loops."""
        self.loops += 1
        with self.block(head):
            yield
        self.loops -= 1

    def parameters(self) -> list[str]:
        """The names that come from outside, in the order of their first use."""
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
class Here:
    """One point of the function: the elements in view by binder, and the values that surely have a name."""

    elements: Mapping[int, Binding] = field(default_factory=dict)
    known: frozenset[Ref] = frozenset()

    def knowing(self, known: frozenset[Ref]) -> Here:
        """The same point with other values known."""
        return replace(self, known=known)

    def bound(self, binder: int, binding: Binding) -> Here:
        """The same point with an element in view."""
        return replace(self, elements={**self.elements, binder: binding})


@dataclass(frozen=True, slots=True)
class Test:
    """The text of a Python condition, and which values have a name after it came out true, or false."""

    text: str
    if_true: frozenset[Ref]
    if_false: frozenset[Ref]

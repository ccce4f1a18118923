"""What elaboration carries along: the text, the scope, the macro variables, and the problems found so far."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from visitcheck.errors import Place, Problem
from visitcheck.facts.types import Type
from visitcheck.ir.nodes import Element, Expr, Origin
from visitcheck.language import syntax as s
from visitcheck.language.scope import Scope


@dataclass(frozen=True, slots=True)
class Variable:
    """A macro's variable: a provisional binder number, and the element's type (None: a problem)."""

    number: int
    type: Type | None


@dataclass(slots=True)
class Context:
    """State of one elaboration.

    A step that finds a problem reports it here and answers None, which stands for "already reported": whoever
    gets None says nothing more and goes on with the siblings, so that all independent problems are found.
    """

    text: str
    scope: Scope
    locate: Callable[[int, int], Place]
    read: Callable[[Context, s.Tree], Expr | None]
    """Elaborates a part; `elaborate.elaborate`, handed in because it and its parts call each other."""
    problems: list[Problem] = field(default_factory=list)
    variables: dict[str, Variable] = field(default_factory=dict)
    _taken: int = 0

    def report(self, code: str, message: str, help_: str | None, span: s.Span) -> None:
        """Note a problem with the piece of text at `span`."""
        self.problems.append(Problem(code, message, help_, self.locate(span.start, span.end)))

    def origin(self, span: s.Span) -> Origin:
        """Where a node was written."""
        return Origin(self.text, span.start, span.end)

    def written(self, span: s.Span) -> str:
        """The piece of text itself, shortened for messages."""
        text = " ".join(self.text[span.start : span.end].split())
        return text if len(text) <= 60 else text[:57] + "..."

    @contextmanager
    def bound(self, name: str, type_: Type | None) -> Iterator[int]:
        """Inside, `name` is a macro variable; the provisional binder number is given."""
        self._taken -= 1
        number = self._taken
        self.variables[name] = Variable(number, type_)
        try:
            yield number
        finally:
            del self.variables[name]

    def element(self, variable: Variable, span: s.Span) -> Expr | None:
        """The element a macro variable stands for."""
        if variable.type is None:
            return None
        return Element(variable.number, variable.type, origin=self.origin(span))

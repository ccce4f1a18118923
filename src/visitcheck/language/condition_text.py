"""The text of a condition while it is elaborated, with the problems found in it."""

from __future__ import annotations

from dataclasses import dataclass, field

from visitcheck.errors import Problem
from visitcheck.ir.nodes import Origin
from visitcheck.language.syntax import Locate, TextSpan

_LONGEST_EXCERPT = 60


@dataclass(slots=True)
class ConditionText:
    """A condition's text, and the list that collects its problems.

    A step that finds a problem reports it here and answers None, which stands for "already reported": whoever
    gets None says nothing more and goes on with the siblings, so that all independent problems are found.
    """

    whole: str
    locate: Locate
    problems: list[Problem] = field(default_factory=list)

    def report(self, code: str, message: str, help_: str | None, span: TextSpan) -> None:
        """Note a problem with the piece of text at `span`."""
        self.problems.append(Problem(code, message, help_, self.locate(span.start, span.end)))

    def origin(self, span: TextSpan) -> Origin:
        """Where the node for the text at `span` was written."""
        return Origin(self.whole, span.start, span.end)

    def excerpt(self, span: TextSpan) -> str:
        """The piece of text at `span`, on one line and shortened for messages."""
        piece = " ".join(self.whole[span.start : span.end].split())
        return piece if len(piece) <= _LONGEST_EXCERPT else piece[: _LONGEST_EXCERPT - 3] + "..."

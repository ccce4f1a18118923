"""Everything that visitcheck raises, and the problems that the errors carry.

The family::

    VisitcheckError
    ├── InvalidVisit          (ValueError)            a visit, register or record that cannot be judged
    ├── InvalidPolicy         (ValueError)            a pack, or packs together, that cannot be compiled
    ├── InvalidInput          (ValueError)            files, tables or a mapping that an audit cannot read
    ├── InvalidCondition      (ValueError)            a single condition given as text
    ├── AuditFailed           (RuntimeError)          an audit that cannot begin, go on, or write its output
    ├── UnsupportedByEngine   (NotImplementedError)   a plan that an engine cannot run
    ├── EngineUnavailable     (ImportError)           an engine whose package is not installed
    ├── EngineFailure         (RuntimeError)          an engine that broke while it ran
    └── VisitNotAllowed       (PermissionError)       `Decision.raise_unless_allowed`

A `Problem` is a value with facts as fields; its text is made at the edge, by `Problem.render`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

_CODES: dict[str, str] = {}


def register_codes(codes: dict[str, str]) -> None:
    """Add problem codes with the sentence that `docs/errors.md` shows for each.

    Each layer registers its own codes in its module `problem_codes`; a code belongs to one layer.
    """
    twice = _CODES.keys() & codes.keys()
    if twice:
        raise ValueError(f"problem codes registered twice: {sorted(twice)}")
    _CODES.update(codes)


def problem_codes() -> dict[str, str]:
    """Every registered code with its sentence, sorted by code."""
    return dict(sorted(_CODES.items()))


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where something is written: a file with a 1-based line and column, and the line itself.

    Columns count code points. `width` is how many of them to underline, at least one.
    """

    file: str
    line: int
    column: int
    width: int = 1
    excerpt: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"

    def underlined(self) -> str:
        """The line with its number and a row of carets below, or nothing without an excerpt."""
        if not self.excerpt:
            return ""
        margin = str(self.line)
        before = self.excerpt[: self.column - 1]
        pad = "".join(char if char == "\t" else " " * _terminal_cells(char) for char in before)
        marked = self.excerpt[self.column - 1 : self.column - 1 + self.width]
        carets = "^" * max(1, sum(map(_terminal_cells, marked)))
        return f"{margin} | {self.excerpt}\n{' ' * len(margin)} | {pad}{carets}"


def _terminal_cells(char: str) -> int:
    """Terminal cells taken by a character, so that carets stand below Chinese text."""
    from unicodedata import combining, east_asian_width

    if combining(char):
        return 0
    return 2 if east_asian_width(char) in "WF" else 1


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: a stable code, a sentence, where it is, and what would be right.

    `place` is set for text in files, `path` (like `$.contacts[2].at`) for records.
    """

    code: str
    message: str
    help: str | None = None
    place: Place | None = None
    path: str | None = None

    def __post_init__(self) -> None:
        if self.code not in _CODES:
            raise ValueError(f"problem code {self.code!r} is not registered")

    def sort_key(self) -> tuple[str, int, int, str, str, str]:
        """Orders problems by file, line, column and path."""
        place = self.place or Place("", 0, 0)
        return (place.file, place.line, place.column, self.path or "", self.code, self.message)

    def render(self, kind: str = "error") -> str:
        """The problem as people read it: place, code and sentence, the excerpt underlined, the help.

        `kind` is what it is called: an error, or a `warning` where nothing is refused.
        """
        where = ": ".join(str(part) for part in (self.place, self.path) if part is not None)
        lines = [f"{where}: {kind}[{self.code}]: {self.message}" if where else f"{kind}[{self.code}]: {self.message}"]
        if self.place is not None and self.place.excerpt:
            lines.append(self.place.underlined())
        if self.help:
            lines.append(f"  = help: {self.help}")
        return "\n".join(lines)

    def as_dict(self) -> dict[str, object]:
        """The problem for JSON output."""
        fields: dict[str, object] = {"code": self.code, "message": self.message}
        if self.help:
            fields["help"] = self.help
        if self.path is not None:
            fields["path"] = self.path
        if self.place is not None:
            fields |= {"file": self.place.file, "line": self.place.line, "column": self.place.column}
        return fields


class VisitcheckError(Exception):
    """Base of all errors that visitcheck raises on purpose."""


class _WithProblems(VisitcheckError):
    """An error made of problems, each once, sorted by place."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(sorted(set(problems), key=Problem.sort_key))
        super().__init__("\n".join(problem.render() for problem in self.problems))

    def __reduce__(self) -> tuple[object, ...]:
        return (type(self), (self.problems,))


class InvalidVisit(_WithProblems, ValueError):
    """The input is no visit that could be judged; `problems` lists everything that is wrong with it."""


class InvalidPolicy(_WithProblems, ValueError):
    """The packs cannot be compiled to a policy; `problems` lists everything that is wrong with them."""


class InvalidInput(_WithProblems, ValueError):
    """The files, tables or column mapping of an audit cannot be used; `problems` lists everything wrong with them."""


class InvalidCondition(_WithProblems, ValueError):
    """A condition given as text does not parse or has no type."""


class AuditFailed(_WithProblems, RuntimeError):
    """An audit cannot begin, cannot be resumed, or cannot write its output; nothing that was there is harmed."""


class UnsupportedByEngine(VisitcheckError, NotImplementedError):
    """A plan needs something that this engine has declared it cannot do."""


class EngineUnavailable(VisitcheckError, ImportError):
    """The package behind an engine is not installed, or does not load."""


class EngineFailure(VisitcheckError, RuntimeError):
    """An engine broke, or answered in a way that cannot be trusted."""


class VisitNotAllowed(VisitcheckError, PermissionError):
    """A decision other than `allow`, raised by `Decision.raise_unless_allowed`."""

    def __init__(self, decision: object) -> None:
        self.decision = decision
        super().__init__(str(decision))

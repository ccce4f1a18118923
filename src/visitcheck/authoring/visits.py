"""Makes the visit of a case: a base, edited by `set`, `add` and `remove`, in this order."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from visitcheck.authoring.format import CODES, EDITS
from visitcheck.authoring.paths import EditTarget, NoSuchPathError, append, parse_path, put, remove
from visitcheck.documents import YamlMapping, YamlNode, YamlScalar, YamlSequence
from visitcheck.documents.parts import Part
from visitcheck.documents.validation import validate_mapping
from visitcheck.errors import Problem
from visitcheck.suggest import did_you_mean


class Bases:
    """The named visits of a file. A base may build on another one, with the same edits as a case."""

    def __init__(self, named: dict[str, YamlMapping], problems: list[Problem]) -> None:
        self.named = named
        self.problems = problems
        self._built: dict[str, YamlMapping | None] = {}

    def check(self) -> None:
        """Build all bases, so that problems of bases that no case uses are reported too."""
        for name in self.named:
            self._build(name)

    def visit(self, name: YamlScalar) -> YamlMapping | None:
        """Build the visit of this name; None, with a problem, if there is none."""
        if name.text not in self.named:
            help_ = did_you_mean(name.text, self.named, "declare it under `base`, or name one of `shared`")
            self.problems.append(Problem("case-base", f"there is no base `{name.text}`", help_, name.place()))
            return None
        return self._build(name.text)

    def _build(self, name: str) -> YamlMapping | None:
        if name not in self._built:
            # None while it is being built: a base that meets it builds on itself.
            self._built[name] = None
            node = self.named[name]
            self._built[name] = self._edit(node) if "from" in node else node
        elif self._built[name] is None:
            place = self.named[name].place()
            self.problems.append(Problem("case-base", f"the base `{name}` cannot be built on", None, place))
        return self._built[name]

    def _edit(self, node: YamlMapping) -> YamlMapping | None:
        entries = tuple((key, value) for key, value in node.entries if key.text in EDITS.keys)
        edits = validate_mapping(YamlMapping(entries, node.span), EDITS, self.problems, CODES)
        visit = None if edits is None else edit_visit(edits, self, self.problems)
        return visit if edits is not None and edits.whole else None


def edit_visit(node: YamlMapping, bases: Bases, problems: list[Problem]) -> YamlMapping | None:
    """Make the visit that a case or base describes; None, with problems, if its edits lead nowhere.

    The edits have been validated: only paths that lead nowhere and unknown bases are left to report.
    """
    part = Part(node)
    visit: YamlNode | None = _starting_visit(part, bases)
    if visit is None:
        return None
    before = len(problems)
    for path, value in part.entries("set"):
        target = _edit_target(path)
        visit = _apply_edit(target, partial(put, visit, target, value), visit, problems)
    for path, value in part.entries("add"):
        if isinstance(value, YamlSequence):
            target = _edit_target(path)
            visit = _apply_edit(target, partial(append, visit, target, value), visit, problems)
    targets = [_edit_target(path) for path in part.scalars("remove")]
    for target in targets:
        _apply_edit(target, partial(remove, visit, [target]), visit, problems)
    if len(problems) > before:
        return None
    visit = remove(visit, targets)
    return visit if isinstance(visit, YamlMapping) else None


def _starting_visit(part: Part, bases: Bases) -> YamlMapping | None:
    """The visit before all edits: the base that `from` names, or nothing at all."""
    base = part.scalar("from")
    return YamlMapping((), part.node.span) if base is None else bases.visit(base)


def _apply_edit(target: EditTarget, edit: Callable[[], YamlNode], visit: YamlNode, problems: list[Problem]) -> YamlNode:
    """Make one edit; if it leads nowhere, report a problem and give back the visit as it was."""
    try:
        return edit()
    except NoSuchPathError as error:
        place = target.written.place()
        problems.append(Problem("case-path", f"`{target.written.text}` leads nowhere", str(error), place))
        return visit


def _edit_target(path: YamlScalar) -> EditTarget:
    steps = parse_path(path.text)
    assert steps is not None  # noqa: S101 - validation left out what is no path
    return EditTarget(path, steps)

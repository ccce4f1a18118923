"""The visit of a case: a base, edited by `set`, `add` and `remove`, in this order."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from visitcheck.authoring.paths import EditTarget, NoSuchPathError, append, parse_path, put, remove
from visitcheck.documents import YamlMapping, YamlNode, YamlScalar, YamlSequence
from visitcheck.errors import Problem
from visitcheck.suggest import did_you_mean

EDITS = ("from", "set", "add", "remove")


class Bases:
    """The named visits of a file. A base may build on another one, with the same edits as a case."""

    def __init__(self, named: dict[str, YamlMapping], problems: list[Problem]) -> None:
        self.named = named
        self.problems = problems
        self._built: dict[str, YamlMapping | None] = {}

    def check(self) -> None:
        """Builds all bases, so that problems of those no case uses are reported too."""
        for name in self.named:
            self._build(name)

    def visit(self, name: YamlScalar) -> YamlMapping | None:
        """The visit of this name; None, with a problem, where there is none."""
        if name.text not in self.named:
            text = did_you_mean(name.text, self.named, "declare it under `base`, or name one of `shared`")
            self.problems.append(Problem("case-base", f"there is no base `{name.text}`", text, name.place()))
            return None
        return self._build(name.text)

    def _build(self, name: str) -> YamlMapping | None:
        if name not in self._built:
            # None while it is being built: whoever meets that has come round in a ring.
            self._built[name] = None
            node = self.named[name]
            self._built[name] = edited(node, self, self.problems) if "from" in node else node
        elif self._built[name] is None:
            place = self.named[name].place()
            self.problems.append(Problem("case-base", f"the base `{name}` cannot be built on", None, place))
        return self._built[name]


def edited(node: YamlMapping, bases: Bases, problems: list[Problem]) -> YamlMapping | None:
    """The visit that a case or base describes; None, with problems, where its edits lead nowhere."""
    visit: YamlNode | None = _start(node, bases, problems)
    if visit is None:
        return None
    before = len(problems)
    for target, value in _pairs(node.get("set"), problems):
        visit = _step(target, partial(put, visit, target, value), visit, problems)
    for target, value in _pairs(node.get("add"), problems):
        if isinstance(value, YamlSequence):
            visit = _step(target, partial(append, visit, target, value), visit, problems)
        else:
            problems.append(_form(value, "`add` gives a list of elements for each path"))
    targets = _targets(node.get("remove"), problems)
    for target in targets:
        _step(target, partial(remove, visit, [target]), visit, problems)
    if len(problems) > before:
        return None
    visit = remove(visit, targets)
    return visit if isinstance(visit, YamlMapping) else None


def _start(node: YamlMapping, bases: Bases, problems: list[Problem]) -> YamlMapping | None:
    """The visit before all edits: the base that `from` names, or nothing at all."""
    start = node.get("from")
    if start is None:
        return YamlMapping((), node.span)
    if isinstance(start, YamlScalar):
        return bases.visit(start)
    problems.append(_form(start, "`from` names a base"))
    return None


def _step(target: EditTarget, edit: Callable[[], YamlNode], visit: YamlNode, problems: list[Problem]) -> YamlNode:
    """The visit after one edit, or as it was, with a problem, where the edit leads nowhere."""
    try:
        return edit()
    except NoSuchPathError as error:
        place = target.written.place()
        problems.append(Problem("case-path", f"`{target.written.text}` leads nowhere", str(error), place))
        return visit


def _pairs(node: YamlNode | None, problems: list[Problem]) -> list[tuple[EditTarget, YamlNode]]:
    if node is None:
        return []
    if not isinstance(node, YamlMapping):
        problems.append(_form(node, "a mapping of paths to values belongs here"))
        return []
    read = [(_target(key, problems), value) for key, value in node.entries]
    return [(target, value) for target, value in read if target is not None]


def _targets(node: YamlNode | None, problems: list[Problem]) -> list[EditTarget]:
    if node is None:
        return []
    if not isinstance(node, YamlSequence):
        problems.append(_form(node, "a list of paths belongs here"))
        return []
    read = [_target(item, problems) for item in node.items]
    return [target for target in read if target is not None]


def _target(node: YamlNode, problems: list[Problem]) -> EditTarget | None:
    steps = parse_path(node.text) if isinstance(node, YamlScalar) else None
    if steps is None or not isinstance(node, YamlScalar):
        problems.append(Problem("case-path", "this is no path", "paths look like `notices[0].sent_at`", node.place()))
        return None
    return EditTarget(node, steps)


def _form(node: YamlNode, message: str) -> Problem:
    return Problem("case-form", message, None, node.place())

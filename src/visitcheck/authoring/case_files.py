"""What several case files build on: the bases and registers of one of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from visitcheck.authoring.form import Form
from visitcheck.authoring.paths import nearest
from visitcheck.documents import YamlMapping, YamlNode, parse_yaml, to_python
from visitcheck.errors import InvalidPolicy, InvalidVisit, Problem
from visitcheck.facts import Registers


@dataclass(frozen=True)
class Fixtures:
    """Visits by name and registers, which the cases of a file start from."""

    bases: dict[str, YamlMapping] = field(default_factory=dict)
    registers: Registers | None = None


def ground(node: YamlMapping, file: str, form: Form) -> Fixtures:
    """A file's own `base` and `registers`, and those of the case file that it names under `shared`.

    Own ones count before shared ones. What is shared is no more than that file's own: it does not go on to a third.
    """
    below = _shared(node.get("shared"), file, form)
    own = _own(node, form)
    return Fixtures({**below.bases, **own.bases}, own.registers or below.registers)


def _own(node: YamlMapping, form: Form) -> Fixtures:
    bases = form.mappings(node.get("base"), "`base` maps names to visits")
    return Fixtures(bases, _registers(node.get("registers"), form))


def _shared(node: YamlNode | None, file: str, form: Form) -> Fixtures:
    name = form.text(node)
    if node is None or name is None:
        return Fixtures()
    path = Path(file).parent / name
    try:
        found = _read(path)
    except InvalidPolicy as error:
        form.problems += error.problems
        return Fixtures()
    if isinstance(found, YamlMapping):
        return _own(found, form)
    form.problem("case-form", f"`{name}` is no file of cases", node.place())
    return Fixtures()


def read_text(path: Path) -> str:
    """The text of a file; raises `InvalidPolicy` where it cannot be read."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidPolicy([Problem("case-unreadable", f"cannot read `{path}`: {error}")]) from error


def _read(path: Path) -> YamlNode | None:
    node, problems = parse_yaml(read_text(path), str(path))
    if problems:
        raise InvalidPolicy(problems)
    return node


def _registers(node: YamlNode | None, form: Form) -> Registers | None:
    if node is None:
        return None
    if not isinstance(node, YamlMapping):
        form.problem("case-form", "`registers` maps `lenders`, `agencies` and `collectors` to entries", node.place())
        return None
    found = to_python(node)
    assert isinstance(found, dict)  # noqa: S101 - a mapping gives a mapping
    try:
        return Registers.read(found)
    except InvalidVisit as error:
        for one in error.problems:
            place = nearest(node, one.path or "").place()
            form.problems.append(Problem(one.code, one.message, one.help, place, one.path))
        return None

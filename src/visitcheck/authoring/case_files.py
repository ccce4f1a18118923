"""Reads what cases start from: bases and registers, of their own file or shared by another one."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from visitcheck.authoring.format import CODES, FIXTURES
from visitcheck.authoring.paths import nearest_node
from visitcheck.documents import YamlMapping, YamlNode, YamlScalar, parse_yaml, to_python
from visitcheck.documents.parts import Part
from visitcheck.documents.validation import RecordShape, validate_mapping
from visitcheck.errors import InvalidPolicy, InvalidVisit, Place, Problem
from visitcheck.facts import Registers


@dataclass(frozen=True)
class Fixtures:
    """Visits by name and registers, which the cases of a file start from."""

    bases: dict[str, YamlMapping] = field(default_factory=dict)
    registers: Registers | None = None


def read_fixtures(part: Part, file: str, problems: list[Problem]) -> Fixtures:
    """Read a file's own `base` and `registers`, and those of the case file that it names under `shared`.

    Its own take precedence. Only what stands in the shared file itself is shared, not what that file shares in turn.
    """
    below = _read_shared(part.scalar("shared"), file, problems)
    own = _read_own(part, problems)
    return Fixtures({**below.bases, **own.bases}, own.registers or below.registers)


def _read_own(part: Part, problems: list[Problem]) -> Fixtures:
    bases = {name.text: base.node for name, base in part.named_parts("base")}
    return Fixtures(bases, _read_registers(part.part("registers"), problems))


def _read_shared(name: YamlScalar | None, file: str, problems: list[Problem]) -> Fixtures:
    if name is None:
        return Fixtures()
    path = Path(file).parent / name.text
    try:
        node = _read_yaml(path)
    except InvalidPolicy as error:
        problems += error.problems
        return Fixtures()
    if not isinstance(node, YamlMapping):
        problems.append(Problem("case-form", f"`{name.text}` is no file of cases", None, name.place()))
        return Fixtures()
    entries = tuple((key, value) for key, value in node.entries if key.text in FIXTURES.keys)
    mapping = validate_mapping(YamlMapping(entries, node.span), FIXTURES, problems, CODES)
    return Fixtures() if mapping is None else _read_own(Part(mapping), problems)


def read_text(path: Path) -> str:
    """Read the text of a file; raises `InvalidPolicy` if it cannot be read."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidPolicy([Problem("case-unreadable", f"cannot read `{path}`: {error}")]) from error


def read_validated(text: str, file: str, shape: RecordShape, problems: list[Problem]) -> Part:
    """Read a whole file as a mapping of a shape; what does not fit is reported and left out.

    Raises `InvalidPolicy` where `text` is no YAML, or no mapping.
    """
    node, yaml_problems = parse_yaml(text, file)
    if yaml_problems:
        raise InvalidPolicy(yaml_problems)
    mapping = None if node is None else validate_mapping(node, shape, problems, CODES)
    if mapping is None:
        message = f"{shape.what} is a mapping"
        help_ = "it begins with `pack:`"
        raise InvalidPolicy(problems or [Problem("case-form", message, help_, Place(file, 1, 1))])
    return Part(mapping)


def _read_yaml(path: Path) -> YamlNode | None:
    node, problems = parse_yaml(read_text(path), str(path))
    if problems:
        raise InvalidPolicy(problems)
    return node


def _read_registers(part: Part | None, problems: list[Problem]) -> Registers | None:
    if part is None:
        return None
    plain = to_python(part.node)
    assert isinstance(plain, dict)  # noqa: S101 - a mapping gives a mapping
    try:
        return Registers.read(plain)
    except InvalidVisit as error:
        for problem in error.problems:
            place = nearest_node(part.node, problem.path or "").place()
            problems.append(Problem(problem.code, problem.message, problem.help, place, problem.path))
        return None

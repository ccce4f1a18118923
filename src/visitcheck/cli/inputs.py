"""Visits from files and standard input, one at a time, each with where it was written."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from typing import BinaryIO, TypeAlias, cast

import click

from visitcheck.cli.json_arrays import is_array, looks_like_lines, split_array
from visitcheck.documents import YamlMapping, YamlNode, YamlSequence, parse_yaml, to_python
from visitcheck.errors import Problem

STDIN = "-"
_LINES = (".jsonl", ".ndjson")
_YAML = (".yaml", ".yml")
Facts: TypeAlias = Mapping[str, object] | str | bytes


@dataclass(frozen=True, slots=True)
class Input:
    """One visit as it was written, not yet validated; or `problems` that keep it from being read."""

    file: str
    line: int
    facts: Facts = b""
    problems: tuple[Problem, ...] = ()
    node: YamlNode | None = None
    """The visit in its YAML document, which knows the place of each fact."""

    @property
    def source(self) -> str:
        """`file:line` of the visit's beginning."""
        return f"{self.file}:{self.line}"

    def placed(self, problem: Problem) -> Problem:
        """The problem with its place in a YAML file, where the visit came from one."""
        from visitcheck.authoring.paths import nearest_node

        if self.node is None or problem.place is not None:
            return problem
        return replace(problem, place=nearest_node(self.node, problem.path or "").place())


def read_inputs(files: Iterable[str]) -> Iterator[Input]:
    """The visits of all files in order. A file that cannot be read gives one `Input` with problems."""
    for file in files:
        name = "<stdin>" if file == STDIN else click.format_filename(file)
        entry = None
        for entry in _read_file(file, name):
            yield entry
        if entry is None:
            yield _broken_input(name, Problem("input-empty", f"there is no visit in `{name}`"))


def read_bytes(file: str) -> bytes:
    """All of a file, or of standard input for `-`; raises `OSError`."""
    with _open(file) as handle:
        return handle.read()


def unreadable_problem(name: str, error: OSError) -> Problem:
    """The problem of a file that cannot be read."""
    reason = error.strerror or type(error).__name__
    return Problem("input-unreadable", f"cannot read `{name}`: {reason[:1].lower()}{reason[1:]}")


def is_yaml(file: str) -> bool:
    """Whether a file's name says that it holds YAML."""
    return file.lower().endswith(_YAML)


def _open(file: str) -> AbstractContextManager[BinaryIO]:
    if file == STDIN:
        return nullcontext(sys.stdin.buffer)
    return open(file, "rb")


def _broken_input(name: str, *problems: Problem, line: int = 1) -> Input:
    return Input(name, line, problems=problems)


def _read_file(file: str, name: str) -> Iterator[Input]:
    try:
        with _open(file) as handle:
            if file.lower().endswith(_LINES):
                yield from _read_lines(name, handle)
            else:
                yield from _read_document(name, handle.read(), yaml=is_yaml(file))
    except OSError as error:
        yield _broken_input(name, unreadable_problem(name, error))


def _read_lines(name: str, lines: Iterable[bytes]) -> Iterator[Input]:
    """JSON Lines: each line is read for itself, so that a broken one harms no other."""
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield Input(name, number, line)


def _read_document(name: str, data: bytes, *, yaml: bool) -> Iterator[Input]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        if looks_like_lines(data.decode("utf-8", "replace")):
            yield from _read_lines(name, data.split(b"\n"))
        else:
            yield Input(name, 1, data)  # reading it as a visit says what is wrong
        return
    if yaml:
        yield from _read_yaml(name, text)
    elif is_array(text):
        for line, element in split_array(text, name):
            if isinstance(element, Problem):
                yield _broken_input(name, element, line=line)
            else:
                yield Input(name, line, element)
    elif looks_like_lines(text):
        yield from _read_lines(name, data.split(b"\n"))
    elif text.strip():
        yield Input(name, 1, text)


def _read_yaml(name: str, text: str) -> Iterator[Input]:
    node, problems = parse_yaml(text, name)
    if problems:
        yield _broken_input(name, *problems)
    elif node is not None:
        for visit in node.items if isinstance(node, YamlSequence) else (node,):
            yield _read_yaml_visit(name, visit)


def _read_yaml_visit(name: str, node: YamlNode) -> Input:
    line = node.place().line
    if isinstance(node, YamlMapping):
        return Input(name, line, cast("Mapping[str, object]", to_python(node)), node=node)
    # Text must not reach the gate from here: it would be taken for JSON.
    form = "a list" if isinstance(node, YamlSequence) else "a single value"
    problem = Problem("visit-not-an-object", f"expected an object of facts, found {form}", place=node.place())
    return _broken_input(name, problem, line=line)

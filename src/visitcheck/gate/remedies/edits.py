"""Facts put into a visit by path, and said as changes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, NamedTuple, cast

from visitcheck.facts import Visit
from visitcheck.facts.fields import FactModel, shapes
from visitcheck.gate.remedies.model import Change

Path = tuple[str | int, ...]
BLANK = "-"
"""Stands for a text that whoever does it fills in."""
_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


class Edit(NamedTuple):
    """A fact by path, and its new value in inside form; the index one beyond a list's last adds an element."""

    path: Path
    value: object


def parse_path(fact: str) -> Path:
    """Parse `notices[2].sent` into `("notices", 2, "sent")`."""
    return tuple(name or int(index) for name, index in _STEP.findall(fact))


def path_text(path: Path) -> str:
    """Spell a path as findings do, `notices[2].sent`."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return text.removeprefix(".")


def vocabulary_path(path: Path) -> str:
    """Spell a path as the vocabulary does, `notices[].sent`."""
    text = "".join("[]" if isinstance(step, int) else f".{step}" for step in path)
    return text.removeprefix(".")


def apply_edits(visit: Visit, edits: Iterable[Edit]) -> Visit:
    """Change facts of a visit, which gives another; groups that it lacks are made."""
    record: Any = visit
    for edit in edits:
        record = _with_value(record, edit.path, edit.value)
    return cast("Visit", record)


def _with_value(record: Any, path: Path, value: object) -> Any:
    step, rest = path[0], path[1:]
    if isinstance(step, int):
        inner = value if not rest else _with_value(record[step], rest, value)
        return (*record[:step], inner, *record[step + 1 :])
    if rest:
        below = getattr(record, step)
        if below is None:
            model = shapes(cast("type[FactModel]", type(record)))[step].record
            below = () if isinstance(rest[0], int) or model is None else model()
        value = _with_value(below, rest, value)
    return record.model_copy(update={step: value})


def value_at(record: Any, path: Path) -> Any:
    """Look up the value at a path; None where a link is missing."""
    for step in path:
        if record is None:
            return None
        record = record[step : step + 1] if isinstance(step, int) else getattr(record, step)
        if isinstance(step, int):
            record = record[0] if record else None
    return record


def describe_changes(visit: Visit, edits: Iterable[Edit]) -> tuple[Change, ...]:
    """Describe what edits made of a visit, in the form that visits are written in."""
    return tuple(Change(path_text(edit.path), _outside_value(visit, edit.path)) for edit in edits)


def _outside_value(visit: Visit, path: Path) -> object:
    inside = value_at(visit, path)
    if isinstance(inside, FactModel):
        fields = inside.model_dump(mode="json", exclude_none=True)
        return {name: _blank_to_none(value) for name, value in fields.items()}
    if isinstance(path[-1], int):
        return _blank_to_none(inside)
    return _blank_to_none(value_at(visit, path[:-1]).model_dump(mode="json", include={path[-1]})[path[-1]])


def _blank_to_none(value: object) -> object:
    return None if value == BLANK else value

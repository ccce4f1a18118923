"""Columns and constants of a mapping: the facts they feed, and values checked against the types of these."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from visitcheck.audit.mapping.format import COLUMN, FACT, NUMBER_READINGS, TIME_READINGS
from visitcheck.audit.mapping.model import Column, Constants, Target, Value
from visitcheck.audit.mapping.time_formats import format_problems
from visitcheck.documents import YamlMapping, YamlNode, YamlScalar, YamlSequence, scalar_value
from visitcheck.documents.parts import Part
from visitcheck.documents.validation import validate
from visitcheck.errors import Problem
from visitcheck.facts.types import (
    BOOL,
    DATE,
    DOUBLE,
    INT,
    MONEY,
    STRING,
    TIME_OF_DAY,
    TIMESTAMP,
    ListOf,
    Record,
    Type,
    Word,
)
from visitcheck.facts.vocabulary import FactInfo
from visitcheck.facts.zones import zone_help, zone_names
from visitcheck.suggest import did_you_mean

EVERY = "[]"
"""The step to every element of a list."""
_step = re.compile(r"([a-z][a-z0-9_]*)(\[([0-9]*)\])?")
_DATE_AND_TIME = 2
_TIMES = (TIMESTAMP, DATE, TIME_OF_DAY)


def read_target(
    node: YamlScalar,
    facts: Mapping[str, FactInfo],
    problems: list[Problem],
    within: str | None = None,
    *,
    every: bool = False,
) -> Target | None:
    """Look up the fact at a path; `within` is the list that a separate table gives, whose name may be left out.

    A path that is none, or leads to a group, is a problem; so is one into all elements of a list at once, unless
    `every` part of a cell is an element.
    """
    written = node.text.strip()
    prefix = f"{within}[]." if within else ""
    inner = written.removeprefix(prefix)
    path = prefix + re.sub(r"\[[0-9]+\]", "[]", inner)
    fact = facts.get(path)
    if fact is None:
        known = [one.removeprefix(prefix) for one in facts if one.startswith(prefix)]
        message = f"there is no fact `{written}`" + (f" in `{within}`" if within else "")
        help_ = did_you_mean(inner, known, "`visitcheck schema visit` lists all facts")
        problems.append(Problem("no-such-fact", message, help_, node.place()))
        return None
    if inner.count("[]") > every:
        help_ = f"give a separate table under `tables:`, or name one element, like `{inner.replace('[]', '[0]', 1)}`"
        help_ += ", or say with `split` what stands between several in one cell"
        problems.append(Problem("mapping-target", f"`{written}` is in every element of a list", help_, node.place()))
        return None
    if isinstance(fact.type, Record):
        example = next(one.removeprefix(prefix) for one in facts if one.startswith(f"{path}."))
        message = f"`{written}` is a group, not one fact"
        problems.append(Problem("mapping-target", message, f"name a fact of it, like `{example}`", node.place()))
        return None
    return Target(fact, _parse_steps(inner), node.place())


def _parse_steps(path: str) -> tuple[str | int, ...]:
    steps: list[str | int] = []
    for name, brackets, position in _step.findall(path):
        steps.append(name)
        if brackets:
            steps.append(int(position) if position else EVERY)
    return tuple(steps)


def is_record_list(fact: FactInfo) -> bool:
    """Whether a fact is a list of records."""
    return isinstance(fact.type, ListOf) and isinstance(fact.type.item, Record)


def read_constants(
    part: Part, facts: Mapping[str, FactInfo], problems: list[Problem], within: str | None = None
) -> Constants:
    """Read the facts under `constants:` with their values; `within` is the list whose elements have them."""
    targets: list[tuple[Target, Value | list[Value]]] = []
    for name, node in part.entries("constants"):
        fed = read_target(name, facts, problems, within)
        if fed is None:
            continue
        if isinstance(fed.fact.type, ListOf) and isinstance(node, YamlSequence):
            item = fed.fact.type.item
            targets.append((fed, [_read_value(one, item, problems) for one in node.items]))
        else:
            targets.append((fed, _read_value(node, fed.fact.type, problems)))
    return tuple(targets)


def read_columns(
    part: Part, whole: Part, facts: Mapping[str, FactInfo], within: str | None, problems: list[Problem]
) -> tuple[Column, ...]:
    """Read the columns of a table; `whole` is the mapping, whose zone holds where a column names none."""
    return tuple(
        column
        for name, node in part.entries("columns")
        for one in (node.items if isinstance(node, YamlSequence) else (node,))
        if (column := read_column(name, one, whole, facts, within, problems)) is not None
    )


def read_column(
    name: YamlScalar,
    node: YamlNode,
    whole: Part,
    facts: Mapping[str, FactInfo],
    within: str | None,
    problems: list[Problem],
) -> Column | None:
    """Read what one column feeds."""
    if isinstance(node, YamlScalar):
        path = validate(node, FACT, problems)
        fed = read_target(path, facts, problems, within) if isinstance(path, YamlScalar) else None
        return None if fed is None else Column(name.text, fed, **_local_time_options(None, whole, fed))
    fitting = validate(node, COLUMN, problems)
    part = Part(fitting) if isinstance(fitting, YamlMapping) else None
    fact = None if part is None else _fact_of(name, part, problems)
    split = () if part is None else read_separators(part)
    fed = None if fact is None else read_target(fact, facts, problems, within, every=bool(split))
    if part is None or fed is None:
        return None
    _check_times(part, fed, problems)
    _check_readings(part, fed, problems)
    every = EVERY in fed.steps
    if split and not every and not isinstance(fed.fact.type, ListOf):
        message = f"`{fed.fact.path}` is no list"
        problems.append(Problem("mapping-value", message, "leave `split` out", part.place("split")))
    formats = tuple(_read_formats(part.value("format"), fed.fact.type, problems))
    values = dict(_read_values(part, fed.fact.type, problems))
    list_ = fed.fact.path.rpartition("[].")[0]
    constants = read_constants(part, facts, problems, list_) if every else ()
    if part.value("constants") is not None and not every:
        help_ = "they are facts of the elements that `split` makes; give others under `constants:` of the mapping"
        message = f"`{fed.fact.path}` has no elements to give constants to"
        problems.append(Problem("mapping-value", message, help_, part.place("constants")))
    return Column(
        name.text,
        fed,
        values,
        formats,
        **_local_time_options(part, whole, fed),
        split=split,
        constants=constants,
        complete=_is_complete(part, split, every),
        **_read_sources(part, fed, problems),
    )


def _fact_of(name: YamlScalar, part: Part, problems: list[Problem]) -> YamlScalar | None:
    """The fact that is named; the key itself where it names no column."""
    fact = part.scalar("fact")
    made = part.value("from") is not None or part.value("row_number") is not None
    if fact is None and not made:
        problems.append(Problem("missing-key", "a column needs the key `fact`", "the fact that it feeds", part.place()))
    return name if fact is None and made else fact


def _read_sources(part: Part, fed: Target, problems: list[Problem]) -> dict[str, Any]:
    """Read what is joined or counted instead of one column."""
    parts, row, between = part.scalars("from"), part.scalar("row_number"), part.scalar("between")
    readings = part.scalar("reading")
    options: dict[str, Any] = {
        "readings": (readings.text,) if readings is not None else tuple(one.text for one in part.scalars("reading"))
    }
    if parts:
        if fed.fact.type not in (STRING, TIMESTAMP):
            message = f"`{fed.fact.path}` is of the type {fed.fact.type}, which no columns are joined to"
            problems.append(Problem("mapping-value", message, "join texts, or a date and a time", part.place("from")))
        if fed.fact.type == TIMESTAMP and len(parts) != _DATE_AND_TIME:
            help_ = "name the column of the date, then that of the time of day"
            problems.append(Problem("mapping-value", "a moment is a date and a time", help_, part.place("from")))
        options["parts"] = tuple(one.text for one in parts)
        options["between"] = " " if between is None or fed.fact.type == TIMESTAMP else between.text
    if row is not None:
        if fed.fact.type != STRING or parts:
            message = "`row_number` makes an id, of no columns"
            problems.append(Problem("mapping-value", message, "use it for `visit.id`", part.place("row_number")))
        options["row_prefix"] = row.text
    return options


def _check_readings(part: Part, fed: Target, problems: list[Problem]) -> None:
    item = fed.fact.type.item if isinstance(fed.fact.type, ListOf) else fed.fact.type
    fitting = TIME_READINGS if item in _TIMES else NUMBER_READINGS if item in (INT, DOUBLE, MONEY) else ("wide",)
    one = part.scalar("reading")
    for reading in (one,) if one is not None else part.scalars("reading"):
        if reading.text not in fitting:
            message = f"`{reading.text}` is no reading of the type {item}"
            help_ = "use one of " + ", ".join(f"`{name}`" for name in fitting)
            problems.append(Problem("mapping-value", message, help_, reading.place()))


def read_separators(part: Part) -> tuple[str, ...]:
    """Read what may stand between the parts of a cell."""
    one = part.scalar("split")
    return (one.text,) if one is not None else tuple(scalar.text for scalar in part.scalars("split"))


def _is_complete(part: Part, split: tuple[str, ...], every: bool) -> bool:
    """Whether a cell names all elements: said, or else that several words may stand in it."""
    written = part.text("complete")
    return bool(split) and not every if written is None else written == "true"


def _local_time_options(part: Part | None, whole: Part, fed: Target) -> dict[str, Any]:
    """The zone of local times and what an hour means that comes twice, for facts that are moments."""
    if fed.fact.type != TIMESTAMP:
        return {}
    options: dict[str, Any] = {}
    for key in ("timezone", "twice"):
        own = None if part is None else part.text(key)
        options[key] = own or whole.text(key)
    return options


def _check_times(part: Part, fed: Target, problems: list[Problem]) -> None:
    for key, types in (("format", _TIMES), ("timezone", (TIMESTAMP,)), ("twice", (TIMESTAMP,))):
        node = part.value(key)
        if node is not None and fed.fact.type not in types:
            message = f"`{key}` is for times, and `{fed.fact.path}` is of the type {fed.fact.type}"
            problems.append(Problem("mapping-value", message, f"leave `{key}` out", node.place()))
    check_zone(part.scalar("timezone"), problems)


def check_zone(zone: YamlScalar | None, problems: list[Problem]) -> None:
    """Report a time zone that does not exist."""
    if zone is not None and zone.text.strip() not in zone_names():
        help_ = zone_help(zone.text.strip())
        problems.append(Problem("mapping-value", f"there is no time zone `{zone.text}`", help_, zone.place()))


def _read_formats(node: YamlNode | None, type_: Type, problems: list[Problem]) -> Iterator[str]:
    items = node.items if isinstance(node, YamlSequence) else () if node is None else (node,)
    for item in items:
        text = item.text if isinstance(item, YamlScalar) else ""
        wrong = list(format_problems(text, type_)) if type_ in _TIMES else []
        problems += [Problem("mapping-value", message, help_, item.place()) for message, help_ in wrong]
        if not wrong:
            yield text


def _read_values(part: Part, type_: Type, problems: list[Problem]) -> Iterator[tuple[str, Value]]:
    item = type_.item if isinstance(type_, ListOf) else type_
    for written, node in part.entries("values"):
        yield written.text, _read_value(node, item, problems)


def _read_value(node: YamlNode, type_: Type, problems: list[Problem]) -> Value:
    """Read a value as JSON has it; one that the fact cannot have is a problem."""
    if not isinstance(node, YamlScalar):
        problems.append(Problem("mapping-value", f"one value of the type {type_} belongs here", None, node.place()))
        return None
    value = scalar_value(node)
    if value is None:
        return None
    if isinstance(type_, Word) and node.text not in type_.words:
        help_ = did_you_mean(node.text, type_.words)
        problems.append(
            Problem("mapping-value", f"`{node.text}` is none of the words of this fact", help_, node.place())
        )
    elif (type_ == BOOL) != isinstance(value, bool) or (type_ == INT and not isinstance(value, int)):
        right = "`true` or `false`" if type_ == BOOL else f"a value of the type {type_}"
        problems.append(Problem("mapping-value", f"`{node.text}` cannot be a value of this fact", right, node.place()))
    if isinstance(value, Decimal):
        return str(value)
    return node.text if not isinstance(value, bool | int) or type_ not in (BOOL, INT) else value

"""Types as packs name them, and parameter values: from what the file holds to the inside form of their type.

A type is named `int`, `list<string>`, or by a fact's path for that fact's type (`facts.types`). Values are read by the
readers that visits are read with.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

from visitcheck.documents import YamlMapping, YamlNode, YamlScalar, YamlSequence, scalar_value, to_python
from visitcheck.documents.parts import Part
from visitcheck.errors import Place, Problem
from visitcheck.facts import numbers, times
from visitcheck.facts.scalars import BadValueError
from visitcheck.facts.types import (
    BOOL,
    DATE,
    DOUBLE,
    DURATION,
    INT,
    INT_MAX,
    INT_MIN,
    MONEY,
    SCALARS,
    STRING,
    TIME_OF_DAY,
    TIMESTAMP,
    WEEKLY_HOURS,
    WINDOWS,
    ListOf,
    Money,
    Record,
    Scalar,
    Type,
    Word,
)
from visitcheck.facts.vocabulary import FactInfo
from visitcheck.ir.nodes import DatedValue, Value
from visitcheck.language.hours import WeeklyHours, check_hours, read_daily_hours, read_weekly_hours
from visitcheck.policy.model import Text
from visitcheck.suggest import did_you_mean


class _WrongValueError(Exception):
    """The value is not of its type; carries a sentence and a help."""

    def __init__(self, message: str, help_: str | None = None) -> None:
        super().__init__(message)
        self.message, self.help = message, help_


def read_value(node: YamlNode, type_: Type, problems: list[Problem]) -> Value:
    """The value in its inside form, or None after a problem was reported (no parameter is UNKNOWN)."""
    if isinstance(type_, ListOf):
        return _read_list(node, type_, problems)
    if type_ in WINDOWS:
        return _read_hours(node, type_, problems)
    if not isinstance(node, YamlScalar):
        problems.append(Problem("wrong-value-type", f"the value must be a {type_}", None, node.place()))
        return None
    try:
        return _read_scalar(node, type_)
    except BadValueError as error:
        problems.append(Problem("wrong-value-type", error.message, error.help, node.place()))
    except _WrongValueError as error:
        problems.append(Problem("wrong-value-type", error.message, error.help, node.place()))
    return None


def _read_hours(node: YamlNode, type_: Type, problems: list[Problem]) -> Value:
    weekly = type_ is WEEKLY_HOURS
    try:
        if not weekly:
            return read_daily_hours(node.text if isinstance(node, YamlScalar) else to_python(node))
        if isinstance(node, YamlMapping):
            return read_weekly_hours({key.text: to_python(value) for key, value in node.entries})
        message = "weekly hours are a mapping from days to hours"
    except ValueError as error:
        message = str(error)
    help_ = 'write them like `mon-fri: ["09:00-20:00"]`' if weekly else "write them like `22:00-08:00`"
    problems.append(Problem("wrong-value-type", message, help_, node.place()))
    return None


def _read_list(node: YamlNode, type_: ListOf, problems: list[Problem]) -> Value:
    if not isinstance(node, YamlSequence):
        problems.append(Problem("wrong-value-type", f"the value must be a {type_}", None, node.place()))
        return None
    if not node.items:
        problems.append(Problem("wrong-value-type", "the list is empty", "name at least one value", node.place()))
        return None
    items = tuple(read_value(item, type_.item, problems) for item in node.items)
    return None if None in items else items


def _read_scalar(node: YamlScalar, type_: Type) -> Value:
    if isinstance(type_, Word):
        if node.text in type_.words:
            return node.text
        raise _WrongValueError(f"`{node.text}` is no word of `{type_}`", did_you_mean(node.text, type_.words))
    if not isinstance(type_, Scalar):
        raise _WrongValueError("a record cannot be written as a value")
    reader = _READERS.get(type_.name)
    if reader is None:
        raise _WrongValueError(f"a {type_} cannot be written as a value")
    return reader(node)


def _read_bool(node: YamlScalar) -> bool:
    value = scalar_value(node)
    if isinstance(value, bool):
        return value
    raise _WrongValueError(f"`{node.text}` is neither true nor false", "write `true` or `false` without quotes")


def _read_int(node: YamlScalar) -> int:
    value = scalar_value(node)
    if isinstance(value, bool) or not isinstance(value, int):
        raise _WrongValueError(f"`{node.text}` is no whole number", "write digits without quotes, like `3`")
    if not INT_MIN <= value <= INT_MAX:
        raise _WrongValueError("the number does not fit in 64 bits")
    return value


def _read_double(node: YamlScalar) -> float:
    value = scalar_value(node)
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise _WrongValueError(f"`{node.text}` is no number", "write it like `1.5`")
    return numbers.read_double(value)


def _read_money(node: YamlScalar) -> Money:
    amount, _, currency = node.text.strip().partition(" ")
    if len(currency) != 3 or not (currency.isascii() and currency.isupper()):
        raise _WrongValueError(f"`{node.text}` has no currency", "write sum and currency, like `500.00 CNY`")
    return Money(numbers.read_minor_units(amount), currency)


def _read_from_text(read: Callable[[object], int]) -> Callable[[YamlScalar], int]:
    return lambda node: read(node.text)


_READERS: Mapping[str, Callable[[YamlScalar], Value]] = {
    BOOL.name: _read_bool,
    INT.name: _read_int,
    DOUBLE.name: _read_double,
    MONEY.name: _read_money,
    STRING.name: lambda node: node.text,
    DATE.name: _read_from_text(times.read_date),
    TIMESTAMP.name: _read_from_text(times.read_timestamp),
    TIME_OF_DAY.name: _read_from_text(times.read_time_of_day),
    DURATION.name: _read_from_text(times.read_duration),
}


def read_text(part: Part | None) -> Text | None:
    """A text shown to people; a language that is missing, which validation reported, stays empty."""
    return None if part is None else Text(part.text("en") or "", part.text("zh") or "")


def read_date(scalar: YamlScalar | None, problems: list[Problem]) -> int | None:
    """A date of the pack as days since 1970."""
    if scalar is None:
        return None
    try:
        return times.read_date(scalar.text)
    except BadValueError as error:
        problems.append(Problem("wrong-form", error.message, error.help, scalar.place()))
        return None


def read_dated_values(
    part: Part, type_: Type, problems: list[Problem], hours: str | None = None
) -> tuple[DatedValue, ...] | None:
    """The values of a parameter or an override, sorted by day; None after a problem was reported.

    `hours` says whether hours are allowed or forbidden. A value without `until` holds until the next one begins.
    """
    single, several = part.value("value"), part.parts("values")
    if (single is None) == (not several):
        if part.value("values") is None or single is not None:
            message = "a parameter has either `value` or `values`"
            place = part.place("value") if single is not None else part.node.place()
            problems.append(Problem("parameter-values", message, "write one of them", place))
        return None
    before = len(problems)
    if single is not None:
        value = _read_parameter_value(single, type_, problems, hours)
        return (DatedValue(None, None, value),) if len(problems) == before else None
    entries = [(_read_dated_value(entry, type_, problems, hours), entry) for entry in several]
    return _join_periods(entries, problems) if len(problems) == before else None


def _read_dated_value(entry: Part, type_: Type, problems: list[Problem], hours: str | None) -> DatedValue:
    start = read_date(entry.scalar("from"), problems)
    end = read_date(entry.scalar("until"), problems)
    node = entry.value("value")
    value = None if node is None else _read_parameter_value(node, type_, problems, hours)
    if start is not None and end is not None and end <= start:
        problems.append(Problem("empty-period", "the value holds on no day", None, entry.place("until")))
    return DatedValue(start, end, value)


def _read_parameter_value(node: YamlNode, type_: Type, problems: list[Problem], use: str | None) -> Value:
    value = read_value(node, type_, problems)
    if isinstance(value, WeeklyHours):
        try:
            check_hours(value, use)
        except ValueError as error:
            help_ = "name hours in which visits are made, or not made; without any, leave out parameter and rule"
            problems.append(Problem("impossible-hours", str(error), help_, node.place()))
            return None
    return value


def _join_periods(entries: list[tuple[DatedValue, Part]], problems: list[Problem]) -> tuple[DatedValue, ...] | None:
    entries.sort(key=lambda pair: (pair[0].start is not None, pair[0].start or 0))
    joined: list[DatedValue] = []
    overlap = False
    for position, (value, _) in enumerate(entries):
        following = entries[position + 1] if position + 1 < len(entries) else None
        starts = None if following is None else following[0].start
        if following is not None and (
            starts is None or starts == value.start or (value.end is not None and value.end > starts)
        ):
            overlap = True
            place = following[1].place("from")
            problems.append(Problem("parameter-overlap", "two values hold on the same day", None, place))
        joined.append(DatedValue(value.start, starts if value.end is None else value.end, value.value))
    return None if overlap else tuple(joined)


def read_type(name: str, facts: Mapping[str, FactInfo], place: Place, problems: list[Problem]) -> Type | None:
    """The type that `name` names; a fact's path stands for the type of that fact."""
    bare = name.replace(" ", "")
    if bare.startswith("list<") and bare.endswith(">"):
        item = read_type(bare[5:-1], facts, place, problems)
        return None if item is None else ListOf(item)
    if bare in SCALARS:
        return SCALARS[bare]
    fact = facts.get(bare)
    if fact is not None and not _has_record(fact.type):
        return fact.type
    known = facts if "." in bare else [*SCALARS, "list<int>", "list<string>"]
    help_ = did_you_mean(bare, known, "`visitcheck schema visit` lists all facts")
    problems.append(Problem("no-such-type", f"there is no type `{name}`", help_, place))
    return None


def _has_record(type_: Type) -> bool:
    return _has_record(type_.item) if isinstance(type_, ListOf) else isinstance(type_, Record)

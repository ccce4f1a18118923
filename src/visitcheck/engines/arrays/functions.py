"""The built-in functions of values, over arrays.

Those that policies ask of many rows have an array form, in `ARRAY_FORMS`. Any other is called, as the language has it,
once for each distinct combination of its arguments: nothing has to be written here for a new function.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from visitcheck.engines.arrays import windows
from visitcheck.engines.arrays.lists import keys_of
from visitcheck.engines.arrays.python_values import array_values, distinct_rows, python_values
from visitcheck.engines.arrays.structs import Value, is_text, known_rows, take
from visitcheck.engines.arrays.values import (
    NO,
    Amounts,
    Array,
    Bools,
    Ints,
    Masks,
    NoArrayFormError,
    Numbers,
    Objects,
    both_known,
    first_known,
    spread,
    truths_where,
)
from visitcheck.facts.types import DATE_MAX, DATE_MIN, DAY, INT_MAX, INT_MIN, Type
from visitcheck.ir.nodes import Call
from visitcheck.language import calendars
from visitcheck.language.functions import FUNCTIONS

if TYPE_CHECKING:
    from visitcheck.engines.arrays.tools import Tools

ArrayForm: TypeAlias = "Callable[[Tools, Sequence[Value], int], Value | None]"
"""Takes the arguments in as many rows; gives the value in them, None where it has no form for such arguments."""

_MOST_TEXTS = 100_000
"""Answers about distinct texts that are kept from chunk to chunk, for each text function and its constants."""


def call_function(node: Call, args: Sequence[Value], tools: Tools, count: int) -> Value:
    """A built-in function of its arguments, in every row."""
    form = ARRAY_FORMS.get(node.function)
    value = None if form is None else form(tools, args, count)
    return _once_per_distinct(node, args, tools, count) if value is None else value


def _once_per_distinct(node: Call, args: Sequence[Value], tools: Tools, count: int) -> Value:
    """The function as the language has it, once for each distinct combination of arguments."""
    types = [arg.type for arg in node.args]
    if count and _is_of_one_text(types, args):
        return _once_per_text(node, args, tools, count)
    keys: list[Array] = [np.zeros(count, np.int64)]
    for arg in args:
        known = known_rows(arg, count)
        parts = [spread(arg.places, count)] if isinstance(arg, Objects) else keys_of(arg, count)
        keys += [known.astype(np.int64), *(np.where(known, part, 0) for part in parts)]
    rows, places = distinct_rows(keys)
    columns = [
        python_values(take(arg, rows), type_, len(rows), tools.codes) for arg, type_ in zip(args, types, strict=True)
    ]
    tools.work.calls[node.function] += len(rows)
    function = FUNCTIONS[node.function]
    answers = [function(*each) for each in zip(*columns, strict=True)] if columns else []
    return (
        take(array_values(answers, node.type, tools.codes), places)
        if answers
        else array_values((), node.type, tools.codes)
    )


def _is_of_one_text(types: Sequence[Type], args: Sequence[Value]) -> bool:
    """Whether only the first argument, a text, differs from row to row."""
    return is_text(types[0]) and all(
        (isinstance(arg, Objects) and len(arg.places) == 1) or (isinstance(arg, Numbers) and len(arg.values) == 1)
        for arg in args[1:]
    )


def _once_per_text(node: Call, args: Sequence[Value], tools: Tools, count: int) -> Value:
    """A function of a text and constants, once for each text; what it said is kept for other chunks."""
    text = args[0]
    constants = tuple(
        python_values(arg, type_, 1, tools.codes)[0]
        for arg, type_ in zip(args[1:], (arg.type for arg in node.args[1:]), strict=True)
    )
    function = FUNCTIONS[node.function]
    if not isinstance(text, Numbers) or (None in constants and function.strict):
        return array_values([None], node.type, tools.codes)
    known = known_rows(text, count)
    memo = tools.answers_about_texts(node.function, constants)
    distinct = tools.codes.distinct(spread(text.values, count)[known])
    answers = []
    for word in map(tools.codes.texts.__getitem__, distinct.tolist()):
        if word not in memo:
            tools.work.calls[node.function] += 1
            if len(memo) >= _MOST_TEXTS:
                memo.clear()
            memo[word] = function(word, *constants)
        answers.append(memo[word])
    if not answers:
        return array_values([None], node.type, tools.codes)
    table = np.zeros(len(tools.codes.texts) + 1, np.int64)
    table[distinct] = np.arange(len(distinct))
    codes = np.where(text.known, text.values, -1) if text.known is not None else text.values
    value = take(array_values(answers, node.type, tools.codes), table[spread(codes, count)])
    return value if text.known is None else _only_where(value, known)


def _only_where(value: Value, known: Bools) -> Value:
    """The value where it is known that it is one, else UNKNOWN."""
    match value:
        case Masks(true, false):
            return Masks(true & known, false & known)
        case Numbers(values, given):
            return Numbers(values, both_known(given, known))
        case Amounts(minor, currency, given):
            return Amounts(minor, currency, both_known(given, known))
        case _:
            raise NoArrayFormError(f"a function that gives {type(value).__name__}")


# -- array forms


def _as_numbers(value: Value) -> Numbers:
    if not isinstance(value, Numbers):
        raise NoArrayFormError(f"{type(value).__name__} where a number is needed")
    return value


def _local_date(tools: Tools, args: Sequence[Value], count: int) -> Value:
    local = tools.clocks.local(_as_numbers(args[0]), _as_numbers(args[1]), tools.codes, count)
    return Numbers(local.values // DAY, local.known)


def _local_time(tools: Tools, args: Sequence[Value], count: int) -> Value:
    local = tools.clocks.local(_as_numbers(args[0]), _as_numbers(args[1]), tools.codes, count)
    return Numbers(local.values % DAY, local.known)


def _weekday(tools: Tools, args: Sequence[Value], count: int) -> Value:
    day = _as_numbers(args[0])
    return Numbers((day.values + 3) % 7 + 1, day.known)


def _month_of(tools: Tools, args: Sequence[Value], count: int) -> Value:
    day = _as_numbers(args[0])
    return Numbers(day.values.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12 + 1, day.known)


def _checked(values: Ints, fits: Bools, *args: Numbers) -> Numbers:
    known = None if fits.all() else fits
    for arg in args:
        known = both_known(known, arg.known)
    return Numbers(values, known)


def _add_days(tools: Tools, args: Sequence[Value], count: int) -> Value:
    day, days = _as_numbers(args[0]), _as_numbers(args[1])
    fits = (days.values >= DATE_MIN - day.values) & (days.values <= DATE_MAX - day.values)
    return _checked(day.values + days.values, fits, day, days)


_FAR = 12 * 10_000
"""Months that lead out of all years from any date."""


def _add_months(day: Numbers, months: Numbers) -> Numbers:
    given = day.values.astype("datetime64[D]")
    month = given.astype("datetime64[M]")
    day_of_month = (given - month.astype("datetime64[D]")).astype(np.int64)
    then = month.astype(np.int64) + np.clip(months.values, -_FAR, _FAR)
    first = then.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    last = (then + 1).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64) - 1
    values = np.minimum(first + day_of_month, last)
    return _checked(values, (values >= DATE_MIN) & (values <= DATE_MAX), day, months)


def _add_months_form(tools: Tools, args: Sequence[Value], count: int) -> Value:
    return _add_months(_as_numbers(args[0]), _as_numbers(args[1]))


def _add_years(tools: Tools, args: Sequence[Value], count: int) -> Value:
    years = _as_numbers(args[1])
    return _add_months(_as_numbers(args[0]), Numbers(np.clip(years.values, -_FAR, _FAR) * 12, years.known))


def _days_between(tools: Tools, args: Sequence[Value], count: int) -> Value:
    start, end = _as_numbers(args[0]), _as_numbers(args[1])
    return Numbers(end.values - start.values, both_known(start.known, end.known))


def _days(tools: Tools, args: Sequence[Value], count: int) -> Value:
    number = _as_numbers(args[0])
    fits = (number.values >= -(-INT_MIN // DAY)) & (number.values <= INT_MAX // DAY)
    return _checked(number.values * DAY, fits, number)


def _known_since(tools: Tools, args: Sequence[Value], count: int) -> Value:
    since, at = _as_numbers(args[0]), _as_numbers(args[1])
    known = both_known(since.known, at.known)
    true = since.values <= at.values
    return Masks(true if known is None else true & known, NO)


def _first_known(tools: Tools, args: Sequence[Value], count: int) -> Value:
    first, second = args
    if not isinstance(first, Masks | Numbers | Amounts) or not isinstance(second, Masks | Numbers | Amounts):
        raise NoArrayFormError(f"the first known {type(first).__name__}")
    return first_known(first, second)


def _in_param(tools: Tools, args: Sequence[Value], count: int) -> Value:
    value, listed = args
    if not isinstance(listed, Objects):
        raise NoArrayFormError("a value in a list that is no parameter")
    known = known_rows(value, count) & known_rows(listed, count)
    places = spread(listed.places, count)
    held = np.zeros(count, np.bool_)
    for place, members in enumerate(listed.table):
        for member in members:
            held |= (places == place) & _equals_constant(value, member, tools, count)
    return truths_where(held, known)


def _equals_constant(value: Value, constant: Any, tools: Tools, count: int) -> Bools:
    match value:
        case Masks(true, false):
            return spread(true if constant else false, count)
        case Amounts(minor, currency):
            return spread((minor == constant.minor) & (currency == tools.codes.code(constant.currency)), count)
        case Numbers(values):
            wanted = tools.codes.code(constant) if isinstance(constant, str) else constant
            equal: Bools = values == wanted
            return spread(equal, count)
        case _:
            raise NoArrayFormError(f"{type(value).__name__} in a parameter")


@dataclass(frozen=True, slots=True)
class _CalendarArrays:
    """A calendar with an entry for each of its days."""

    first: int
    last: int
    free: Bools
    worked: Ints


def _calendar(name: str) -> _CalendarArrays | None:
    calendar = calendars.load().get(name)
    if calendar is None:
        return None
    days = np.arange(calendar.first_day, calendar.last_day + 1)
    free = np.isin(days, np.array(sorted(calendar.holidays), np.int64))
    return _CalendarArrays(calendar.first_day, calendar.last_day, free, np.array(calendar.worked, np.int64))


def _calendar_of(value: Value, tools: Tools) -> _CalendarArrays | None:
    """The calendar that a constant argument names."""
    column = _as_numbers(value)
    if len(column.values) != 1:
        raise NoArrayFormError("a calendar that differs from row to row")
    calendar: _CalendarArrays | None = tools.calendar(tools.codes.texts[int(column.values[0])], _calendar)
    return calendar


def _covered(day: Numbers, calendar: _CalendarArrays) -> tuple[Ints, Bools]:
    """For each day its place in the calendar, and whether it has one."""
    inside = (day.values >= calendar.first) & (day.values <= calendar.last)
    return np.where(inside, day.values - calendar.first, 0), inside


def _is_holiday(tools: Tools, args: Sequence[Value], count: int) -> Value:
    day, calendar = _as_numbers(args[0]), _calendar_of(args[1], tools)
    if calendar is None:
        return Masks(NO, NO)
    places, inside = _covered(day, calendar)
    return truths_where(calendar.free[places], both_known(day.known, inside))


def _workdays_between(tools: Tools, args: Sequence[Value], count: int) -> Value:
    start, end, calendar = _as_numbers(args[0]), _as_numbers(args[1]), _calendar_of(args[2], tools)
    if calendar is None:
        return Numbers(np.zeros(1, np.int64), NO)
    (first, first_inside), (last, last_inside) = _covered(start, calendar), _covered(end, calendar)
    return _checked(calendar.worked[last] - calendar.worked[first], first_inside & last_inside, start, end)


def _overlaps_daily(tools: Tools, args: Sequence[Value], count: int) -> Value:
    start, end, opens, closes, zone = map(_as_numbers, args)
    visit = windows.Visits(start, end, zone, tools.clocks, tools.codes, count)
    return windows.overlaps_daily(visit, opens, closes)


def _overlaps_weekly(tools: Tools, args: Sequence[Value], count: int) -> Value:
    start, end, weekdays, opens, closes, zone = args
    if not isinstance(weekdays, Objects):
        raise NoArrayFormError("weekdays that are no constants")
    visit = windows.Visits(_as_numbers(start), _as_numbers(end), _as_numbers(zone), tools.clocks, tools.codes, count)
    return windows.overlaps_weekly(visit, weekdays, _as_numbers(opens), _as_numbers(closes))


def _overlaps(tools: Tools, args: Sequence[Value], count: int) -> Value | None:
    start, end, hours, zone = args
    if not isinstance(hours, Objects):
        raise NoArrayFormError("hours that are no constant or parameter")
    visit = windows.Visits(_as_numbers(start), _as_numbers(end), _as_numbers(zone), tools.clocks, tools.codes, count)
    return windows.overlaps_hours(visit, hours)


ARRAY_FORMS: dict[str, ArrayForm] = {
    "localDate": _local_date,
    "localTime": _local_time,
    "weekday": _weekday,
    "monthOf": _month_of,
    "addDays": _add_days,
    "addMonths": _add_months_form,
    "addYears": _add_years,
    "daysBetween": _days_between,
    "days": _days,
    "knownSince": _known_since,
    "firstKnown": _first_known,
    "inParam": _in_param,
    "isHoliday": _is_holiday,
    "workdaysBetween": _workdays_between,
    "overlapsDaily": _overlaps_daily,
    "overlapsWeekly": _overlaps_weekly,
    "overlaps": _overlaps,
}

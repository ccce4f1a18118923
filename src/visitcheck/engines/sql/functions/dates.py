"""Dates, local readings, calendars, and CEL's accessors of times."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from sqlglot import exp

from visitcheck.engines.sql import build as t
from visitcheck.engines.sql.build import E
from visitcheck.engines.sql.functions.model import Writer, local, plainly, zone
from visitcheck.engines.sql.literals import literal
from visitcheck.engines.sql.numbers import in_range
from visitcheck.facts.types import DATE, DAY, HOUR, INT, MINUTE, SECOND, ListOf
from visitcheck.ir.nodes import Call, Const
from visitcheck.language import calendars

if TYPE_CHECKING:
    from visitcheck.engines.sql.compiler import Compiler

_MILLISECOND = 1000


def _of_local(part: Callable[[Compiler, E], E]) -> Writer:
    """A part of what a local clock shows."""
    return lambda c, call: zone(
        c, call.args[1], lambda name: local(c, c.value(call.args[0]), name, lambda reading: part(c, reading))
    )


def _of_date(kind: type[E], less: int = 0) -> Writer:
    """A part of the local day, counted from `less` on."""

    def part(c: Compiler, reading: E) -> E:
        return t.sub(_part(c, t.floored(reading, DAY), kind), less) if less else _part(c, t.floored(reading, DAY), kind)

    return _of_local(part)


def _part(c: Compiler, day: E, kind: type[E]) -> E:
    return t.cast(kind(this=c.dialect.date(day)))


def _of_time(unit: int, size: int) -> Writer:
    """With a zone, a timestamp's units since the next larger one; without, a duration's whole units."""

    def whole(found: E) -> E:
        units = t.int_div(found, unit)
        return t.mod(units, 1000) if unit == _MILLISECOND else units

    of_moment = _of_local(lambda c, reading: t.remainder(t.floored(reading, unit), size))
    of_duration = plainly(whole)
    return lambda c, call: (of_moment if len(call.args) == 2 else of_duration)(c, call)


def _add_days(c: Compiler, call: Call) -> E:
    found = c.dialect.checked("+", c.value(call.args[0]), c.value(call.args[1]))
    return c.names.let(found, lambda day: in_range(DATE, day))


def _add_months(c: Compiler, call: Call) -> E:
    return _moved(c, c.value(call.args[0]), c.value(call.args[1]))


def _add_years(c: Compiler, call: Call) -> E:
    return _moved(c, c.value(call.args[0]), c.dialect.checked("*", c.value(call.args[1]), t.cast(t.number(12))))


def _moved(c: Compiler, day: E, months: E) -> E:
    """A date some months later; NULL outside the years 1-9999, without asking the database for such a date."""

    def by(d: E, n: E) -> E:
        first = t.add(t.mul(_part(c, d, exp.Year), 12), t.sub(_part(c, d, exp.Month), 1))
        # As far as any date can move: past that the month is no 64-bit number, or the database refuses it.
        near = t.between(n, -120_000, 120_000)
        fits = t.between(t.add(first, n), 12, 119_999)
        inside = t.case((fits, c.dialect.days(c.dialect.add_months(c.dialect.date(d), n))))
        return t.case((near, inside))

    return c.names.lets([day, months], by)


def _is_holiday(c: Compiler, call: Call) -> E:
    calendar = calendars.load().get(cast("str", cast("Const", call.args[1]).value))
    if calendar is None:
        return t.unknown()
    return c.names.let(c.value(call.args[0]), lambda day: free(calendar, day, free_days(calendar)))


def free_days(calendar: calendars.Calendar) -> E:
    """The holidays as a list of days."""
    return literal(tuple(sorted(calendar.holidays)), ListOf(INT))


def free(calendar: calendars.Calendar, day: E, days: E) -> E:
    """Whether a day is one of a calendar's free days; NULL outside its years."""
    return t.case((t.between(day, calendar.first_day, calendar.last_day), t.contains(days, day)))


def _workdays(c: Compiler, call: Call) -> E:
    calendar = calendars.load().get(cast("str", cast("Const", call.args[2]).value))
    if calendar is None:
        return t.unknown(INT)
    off = [day for day in calendar.holidays - calendar.make_up_days if (day + 3) % 7 < 5]
    extra = [day for day in calendar.make_up_days if (day + 3) % 7 >= 5]

    def up_to(day: E) -> E:
        """Working days since the Monday before 1970, but for a constant."""
        since_monday = t.add(day, 3)
        rest = t.remainder(since_monday, 7)
        weekdays = t.add(t.mul(t.floored(since_monday, 7), 5), t.least(t.add(rest, 1), t.number(5)))
        moved = [
            c.names.count(literal(tuple(sorted(days)), ListOf(INT)), lambda each: t.compare("<=", each, day))
            for days in (off, extra)
        ]
        return t.add(t.sub(weekdays, moved[0]), moved[1])

    def between(start: E, end: E) -> E:
        covered = t.and_(t.between(day, calendar.first_day, calendar.last_day) for day in (start, end))
        return t.case((covered, t.cast(t.sub(up_to(end), up_to(start)))))

    return c.names.lets([c.value(call.args[0]), c.value(call.args[1])], between)


def _days(c: Compiler, call: Call) -> E:
    return c.dialect.checked("*", c.value(call.args[0]), t.cast(t.number(DAY)))


CALLS: dict[str, Writer] = {
    "localDate": _of_local(lambda c, reading: t.floored(reading, DAY)),
    "localTime": _of_local(lambda c, reading: t.remainder(reading, DAY)),
    "weekday": plainly(lambda day: t.add(t.remainder(t.add(day, 3), 7), 1)),
    "monthOf": lambda c, call: _part(c, c.value(call.args[0]), exp.Month),
    "addDays": _add_days,
    "addMonths": _add_months,
    "addYears": _add_years,
    "daysBetween": plainly(lambda start, end: t.sub(end, start)),
    "isHoliday": _is_holiday,
    "workdaysBetween": _workdays,
    "days": _days,
    "getFullYear": _of_date(exp.Year),
    "getMonth": _of_date(exp.Month, 1),
    "getDate": _of_date(exp.Day),
    "getDayOfMonth": _of_date(exp.Day, 1),
    "getDayOfWeek": _of_local(lambda c, reading: t.remainder(t.add(t.floored(reading, DAY), 4), 7)),
    "getDayOfYear": _of_date(exp.DayOfYear, 1),
    "getHours": _of_time(HOUR, 24),
    "getMinutes": _of_time(MINUTE, 60),
    "getSeconds": _of_time(SECOND, 60),
    "getMilliseconds": _of_time(_MILLISECOND, 1000),
}

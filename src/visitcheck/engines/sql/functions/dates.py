"""Dates, local readings, calendars, and CEL's accessors of times."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from sqlglot import exp

from visitcheck.engines.sql import build as sql
from visitcheck.engines.sql.build import Sql
from visitcheck.engines.sql.context import Context
from visitcheck.engines.sql.functions.model import Writer, local, plainly, zone
from visitcheck.engines.sql.numbers import in_range
from visitcheck.facts.types import DATE, DAY, HOUR, INT, MINUTE, SECOND, ListOf
from visitcheck.ir.nodes import Call, Const
from visitcheck.language import calendars

_MILLISECOND = 1000


def _of_local(part: Callable[[Context, Sql], Sql]) -> Writer:
    """A part of what a local clock shows."""
    return lambda c, call: zone(
        c, call.args[1], lambda name: local(c, c.value(call.args[0]), name, lambda reading: part(c, reading))
    )


def _of_date(kind: type[Sql], less: int = 0) -> Writer:
    """A part of the local day, counted from `less` on."""

    def part(c: Context, reading: Sql) -> Sql:
        return (
            sql.sub(_part(c, sql.floor_div(reading, DAY), kind), less)
            if less
            else _part(c, sql.floor_div(reading, DAY), kind)
        )

    return _of_local(part)


def _part(c: Context, day: Sql, kind: type[Sql]) -> Sql:
    return sql.cast(sql.make(kind, this=c.dialect.date(day)))


def _of_time(unit: int, size: int) -> Writer:
    """With a zone, a timestamp's units since the next larger one; without, a duration's whole units."""

    def whole(duration: Sql) -> Sql:
        units = sql.int_div(duration, unit)
        return sql.mod(units, 1000) if unit == _MILLISECOND else units

    of_moment = _of_local(lambda c, reading: sql.remainder(sql.floor_div(reading, unit), size))
    of_duration = plainly(whole)
    return lambda c, call: (of_moment if len(call.args) == 2 else of_duration)(c, call)


def _add_days(c: Context, call: Call) -> Sql:
    days = c.dialect.checked("+", c.value(call.args[0]), c.value(call.args[1]))
    return c.names.let(days, lambda day: in_range(DATE, day))


def _add_months(c: Context, call: Call) -> Sql:
    return _moved(c, c.value(call.args[0]), c.value(call.args[1]))


def _add_years(c: Context, call: Call) -> Sql:
    return _moved(c, c.value(call.args[0]), c.dialect.checked("*", c.value(call.args[1]), sql.cast(sql.number(12))))


def _moved(c: Context, day: Sql, months: Sql) -> Sql:
    """A date some months later; NULL outside the years 1-9999, without asking the database for such a date."""

    def by(d: Sql, n: Sql) -> Sql:
        first = sql.add(sql.mul(_part(c, d, exp.Year), 12), sql.sub(_part(c, d, exp.Month), 1))
        # As far as any date can move: past that the month is no 64-bit number, or the database refuses it.
        near = sql.between(n, -120_000, 120_000)
        fits = sql.between(sql.add(first, n), 12, 119_999)
        inside = sql.case((fits, c.dialect.days(c.dialect.add_months(c.dialect.date(d), n))))
        return sql.case((near, inside))

    return c.names.lets([day, months], by)


def _is_holiday(c: Context, call: Call) -> Sql:
    calendar = calendars.load().get(cast("str", cast("Const", call.args[1]).value))
    if calendar is None:
        return sql.null()
    return c.names.let(c.value(call.args[0]), lambda day: free(calendar, day, free_days(calendar)))


def free_days(calendar: calendars.Calendar) -> Sql:
    """The holidays as a list of days."""
    return sql.literal(tuple(sorted(calendar.holidays)), ListOf(INT))


def free(calendar: calendars.Calendar, day: Sql, days: Sql) -> Sql:
    """Whether a day is one of a calendar's free days; NULL outside its years."""
    return sql.case((sql.between(day, calendar.first_day, calendar.last_day), sql.contains(days, day)))


def _workdays(c: Context, call: Call) -> Sql:
    calendar = calendars.load().get(cast("str", cast("Const", call.args[2]).value))
    if calendar is None:
        return sql.null(INT)
    off = [day for day in calendar.holidays - calendar.make_up_days if (day + 3) % 7 < 5]
    extra = [day for day in calendar.make_up_days if (day + 3) % 7 >= 5]

    def up_to(day: Sql) -> Sql:
        """Working days since the Monday before 1970, but for a constant."""
        since_monday = sql.add(day, 3)
        rest = sql.remainder(since_monday, 7)
        weekdays = sql.add(sql.mul(sql.floor_div(since_monday, 7), 5), sql.least(sql.add(rest, 1), sql.number(5)))
        moved = [
            c.names.count(sql.literal(tuple(sorted(days)), ListOf(INT)), lambda each: sql.compare("<=", each, day))
            for days in (off, extra)
        ]
        return sql.add(sql.sub(weekdays, moved[0]), moved[1])

    def between(start: Sql, end: Sql) -> Sql:
        covered = sql.and_(sql.between(day, calendar.first_day, calendar.last_day) for day in (start, end))
        return sql.case((covered, sql.cast(sql.sub(up_to(end), up_to(start)))))

    return c.names.lets([c.value(call.args[0]), c.value(call.args[1])], between)


def _days(c: Context, call: Call) -> Sql:
    return c.dialect.checked("*", c.value(call.args[0]), sql.cast(sql.number(DAY)))


CALLS: dict[str, Writer] = {
    "localDate": _of_local(lambda c, reading: sql.floor_div(reading, DAY)),
    "localTime": _of_local(lambda c, reading: sql.remainder(reading, DAY)),
    "weekday": plainly(lambda day: sql.add(sql.remainder(sql.add(day, 3), 7), 1)),
    "monthOf": lambda c, call: _part(c, c.value(call.args[0]), exp.Month),
    "addDays": _add_days,
    "addMonths": _add_months,
    "addYears": _add_years,
    "daysBetween": plainly(lambda start, end: sql.sub(end, start)),
    "isHoliday": _is_holiday,
    "workdaysBetween": _workdays,
    "days": _days,
    "getFullYear": _of_date(exp.Year),
    "getMonth": _of_date(exp.Month, 1),
    "getDate": _of_date(exp.Day),
    "getDayOfMonth": _of_date(exp.Day, 1),
    "getDayOfWeek": _of_local(lambda c, reading: sql.remainder(sql.add(sql.floor_div(reading, DAY), 4), 7)),
    "getDayOfYear": _of_date(exp.DayOfYear, 1),
    "getHours": _of_time(HOUR, 24),
    "getMinutes": _of_time(MINUTE, 60),
    "getSeconds": _of_time(SECOND, 60),
    "getMilliseconds": _of_time(_MILLISECOND, 1000),
}

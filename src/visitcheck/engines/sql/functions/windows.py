"""Windows of the local clock; see `language.functions.windows`, which this follows step by step."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from sqlglot import exp

from visitcheck.engines.sql import build as sql
from visitcheck.engines.sql.build import Sql
from visitcheck.engines.sql.context import Context
from visitcheck.engines.sql.functions.dates import free, free_days
from visitcheck.engines.sql.functions.model import Writer, local, zone
from visitcheck.facts.types import DAY
from visitcheck.ir.nodes import Call, Const, Expr
from visitcheck.language import calendars
from visitcheck.language.functions.windows import LONGEST
from visitcheck.language.hours import WEEK, DaySpan, WeeklyHours

_MONDAY = 4 * DAY  # 1970-01-05, as a reading
DayTest: TypeAlias = Callable[[Sql, Sql, tuple[DaySpan, ...]], Sql]
"""Of what a visit sees of a day, from one time of it up to another, and the hours of that day."""
Test: TypeAlias = Callable[[Sql, Sql], Sql]
"""Of readings from the first up to, not including, the second; never NULL."""


def _overlaps_daily(c: Context, call: Call) -> Sql:
    start, end, opens, closes, name = call.args

    def test(begin: Sql, length: Sql) -> Test:
        return lambda first, last: _meets(c, first, last, begin, length, DAY)

    def whole(begin: Sql, length: Sql) -> Sql:
        asked = _if_all_agree(c, start, end, name, test(begin, length), certain=True)
        return _if_known([begin, length], asked)

    if isinstance(opens, Const) and isinstance(closes, Const) and None not in (opens.value, closes.value):
        begins, ends = int(opens.value), int(closes.value)  # type: ignore[call-overload]
        return whole(sql.number(begins), sql.number(ends - begins if ends >= begins else ends - begins + DAY))
    return c.names.lets(
        [c.value(opens), c.value(closes)],
        lambda a, b: c.names.let(_length(a, b), lambda length: whole(a, length)),
    )


def _overlaps_weekly(c: Context, call: Call) -> Sql:
    start, end, weekdays, opens, closes, name = call.args

    def on(days: Sql, begin: Sql, length: Sql) -> Sql:
        def any_day(first: Sql, last: Sql) -> Sql:
            def meets(day: Sql) -> Sql:
                opened = sql.add(sql.add(sql.mul(sql.sub(day, 1), DAY), begin), _MONDAY)
                return _meets(c, first, last, opened, length, WEEK)

            return sql.reduce(c.names.transform(days, meets), sql.false(), exp.Or)

        wrong = c.names.count(days, lambda day: sql.not_(sql.is_surely(sql.between(day, 1, 7))))
        asked = _if_all_agree(c, start, end, name, any_day, certain=True)
        return _if_known([begin, length], sql.case((sql.compare("==", wrong, 0), asked)))

    return c.names.lets(
        [c.value(weekdays), c.value(opens), c.value(closes)],
        lambda days, a, b: c.names.let(_length(a, b), lambda length: on(days, a, length)),
    )


def _within(c: Context, call: Call) -> Sql:
    start, end, hours, name = call.args

    def of(value: WeeklyHours) -> Sql:
        return _with_holidays(
            c,
            value,
            lambda days: _if_all_agree(c, start, end, name, lambda a, b: _inside(c, a, b, value, days), certain=False),
        )

    return _over_hours(c, hours, of)


def _overlaps(c: Context, call: Call) -> Sql:
    start, end, hours, name = call.args

    def of(value: WeeklyHours) -> Sql:
        def windows(first: Sql, last: Sql) -> Sql:
            return sql.or_(
                _meets(c, first, last, sql.number(begin), sql.number(length), period)
                for begin, length, period in value.windows
            )

        if value.holiday is None:
            return _if_all_agree(c, start, end, name, windows, certain=True)
        return _with_holidays(
            c,
            value,
            lambda days: _if_all_agree(c, start, end, name, lambda a, b: _met(c, a, b, value, days), certain=True),
        )

    return _over_hours(c, hours, of)


def _over_hours(c: Context, hours: Expr, of: Callable[[WeeklyHours], Sql]) -> Sql:
    answer = c.over_constants(hours, of, sql.null())
    if answer is None:
        raise TypeError(f"hours are a constant or a parameter, not {type(hours).__name__}")
    return answer


def _with_holidays(c: Context, hours: WeeklyHours, body: Callable[[Sql | None], Sql]) -> Sql:
    """What `body` makes of the free days; without hours of holidays there are none to look up."""
    calendar = calendars.load().get(hours.calendar or "") if hours.holiday is not None else None
    # The holidays are written once, outside of all lambdas: databases take seconds to plan them inside.
    return body(None) if calendar is None else c.names.let(free_days(calendar), body)


def _if_known(values: list[Sql], answer: Sql) -> Sql:
    """The answer where all values are known; constants are."""
    doubtful = [value for value in values if not isinstance(value, exp.Literal)]
    return sql.case((sql.and_(sql.is_known(value) for value in doubtful), answer)) if doubtful else answer


def _length(opens: Sql, closes: Sql) -> Sql:
    apart = sql.sub(closes, opens)
    return sql.case((sql.compare(">=", closes, opens), apart), (sql.compare("<", closes, opens), sql.add(apart, DAY)))


def _if_all_agree(c: Context, start: Expr, end: Expr, name: Expr, test: Test, *, certain: bool) -> Sql:
    """The test of a visit's readings; for one with an end missing, `certain` where no visit can escape it."""
    sure = sql.true() if certain else sql.false()

    def seen(a: Sql, b: Sql, z: Sql) -> Sql:
        return _readings(c, a, b, z, test)

    def agreed(tests: list[Sql]) -> Sql:
        return sql.case((sql.and_(sql.compare("==", test, sure) for test in tests), sure))

    def whole(a: Sql, b: Sql, z: Sql) -> Sql:
        both = (sql.compare("<=", a, b), seen(a, b, z))
        before = sql.sub(b, 1)
        only_start = (sql.and_([sql.is_known(a), sql.is_null(b)]), agreed([seen(a, a, z)]))
        only_end = (
            sql.and_([sql.is_null(a), sql.is_known(b)]),
            agreed([seen(b, b, z), c.names.let(before, lambda e: seen(e, b, z))]),
        )
        return sql.case(both, only_start, only_end)

    return zone(
        c,
        name,
        lambda z: c.names.lets([c.value(start), c.value(end)], lambda a, b: whole(a, b, z)),
    )


def _readings(c: Context, start: Sql, end: Sql, name: Sql, test: Test) -> Sql:
    """The test of the first reading and the one behind the last; NULL where the clock shows none."""

    def seen(a: Sql, b: Sql) -> Sql:
        if start == end:
            return sql.case((sql.is_known(a), c.names.let(sql.add(a, 1), lambda last: test(a, last))))
        back = sql.sub(sql.sub(a, start), sql.sub(b, end))
        step = sql.case((sql.compare(">", back, 0), back), (sql.compare("<=", back, 0), sql.number(0)))
        return c.names.let(step, lambda it: moved(a, b, it))

    def moved(a: Sql, b: Sql, step: Sql) -> Sql:
        first, last = sql.sub(a, step), sql.greatest(sql.add(b, step), sql.add(a, 1))
        return sql.case((sql.is_known(step), c.names.lets([first, last], test)))

    return local(c, start, name, lambda a: local(c, end, name, lambda b: seen(a, b)))


def _meets(c: Context, first: Sql, last: Sql, begin: Sql, length: Sql, period: int) -> Sql:
    """Whether readings meet one of the windows `[begin + k * period, ... + length)`, k any integer."""
    behind = sql.sub(first, sql.add(begin, length))
    opened = sql.add(sql.sub(sql.sub(first, length), sql.remainder(behind, period)), period)
    return sql.and_([sql.compare(">", length, 0), sql.compare("<", opened, last)])


def _inside(c: Context, first: Sql, last: Sql, hours: WeeklyHours, free_list: Sql | None) -> Sql:
    def covered(opens: Sql, closes: Sql, spans: tuple[DaySpan, ...]) -> Sql:
        return sql.or_(
            sql.and_([sql.compare(">=", opens, o), sql.compare("<=", closes, end + hours.closed)]) for o, end in spans
        )

    each = _ask_days(c, first, last, hours, free_list, covered)
    inside = sql.reduce(each, sql.true(), exp.And)
    return c.names.let(inside, lambda it: sql.case((sql.or_([_is_short(first, last), sql.not_(it)]), it)))


def _met(c: Context, first: Sql, last: Sql, hours: WeeklyHours, free_list: Sql | None) -> Sql:
    def met(opens: Sql, closes: Sql, spans: tuple[DaySpan, ...]) -> Sql:
        return sql.or_(
            sql.and_([sql.compare("<", opens, end + hours.closed), sql.compare(">", closes, o)]) for o, end in spans
        )

    each = _ask_days(c, first, last, hours, free_list, met)
    meets = sql.reduce(each, sql.false(), exp.Or)
    return c.names.let(meets, lambda it: sql.case((sql.or_([_is_short(first, last), it]), it)))


def _is_short(first: Sql, last: Sql) -> Sql:
    return sql.compare("<=", sql.sub(last, first), LONGEST)


def _ask_days(c: Context, first: Sql, last: Sql, hours: WeeklyHours, free_list: Sql | None, test: DayTest) -> Sql:
    """The test of the hours of each day that a visit sees, 32 at most."""
    until = sql.least(last, sql.add(first, LONGEST))
    days = sql.series(sql.floor_div(first, DAY), sql.floor_div(sql.sub(until, 1), DAY))
    return c.names.transform(days, lambda day: _ask_day(c, first, until, day, hours, free_list, test))


def _ask_day(
    c: Context, first: Sql, last: Sql, day: Sql, hours: WeeklyHours, free_list: Sql | None, test: DayTest
) -> Sql:
    midnight = sql.mul(day, DAY)
    opens = sql.greatest(sql.sub(first, midnight), sql.number(0))
    closes = sql.least(sql.sub(last, midnight), sql.number(DAY))

    def covered(spans: tuple[DaySpan, ...]) -> Sql:
        return test(opens, closes, spans)

    numbered = sql.remainder(sql.add(day, 3), 7)
    # Weekdays with equal hours are written once.
    groups: dict[tuple[DaySpan, ...], list[int]] = {}
    for number, spans in enumerate(hours.days):
        groups.setdefault(spans, []).append(number)
    of_weekday = sql.case(
        *((sql.in_(numbered, [sql.number(n) for n in numbers]), covered(spans)) for spans, numbers in groups.items())
    )
    if hours.holiday is None or hours.calendar is None or free_list is None:
        return of_weekday
    is_free = free(calendars.load()[hours.calendar], day, free_list)

    def chosen(weekday: Sql, holiday: Sql, off: Sql) -> Sql:
        # The first part says it where both hours agree and the calendar does not know.
        either = sql.or_([sql.and_([off, holiday]), sql.and_([sql.not_(off), weekday])])
        return sql.case((sql.compare("==", weekday, holiday), weekday), default=either)

    return c.names.lets([of_weekday, covered(hours.holiday), is_free], chosen)


CALLS: dict[str, Writer] = {
    "overlapsDaily": _overlaps_daily,
    "overlapsWeekly": _overlaps_weekly,
    "within": _within,
    "overlaps": _overlaps,
}

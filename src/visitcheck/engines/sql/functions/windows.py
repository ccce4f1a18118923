"""Windows of the local clock; see `language.functions.windows`, which this follows step by step."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from sqlglot import exp

from visitcheck.engines.sql import build as t
from visitcheck.engines.sql.build import E
from visitcheck.engines.sql.functions.dates import free, free_days
from visitcheck.engines.sql.functions.model import Writer, local, zone
from visitcheck.facts.types import DAY
from visitcheck.ir.nodes import Call, Const, Expr
from visitcheck.language import calendars
from visitcheck.language.functions.windows import LONGEST, WEEK
from visitcheck.language.hours import Span, WeeklyHours

if TYPE_CHECKING:
    from visitcheck.engines.sql.compiler import Compiler

_MONDAY = 4 * DAY  # 1970-01-05, as a reading
Test: TypeAlias = Callable[[E, E], E]
"""Of readings from the first up to, not including, the second; never NULL."""


def _overlaps_daily(c: Compiler, call: Call) -> E:
    start, end, opens, closes, name = call.args

    def test(begin: E, length: E) -> Test:
        return lambda first, last: _meets(c, first, last, begin, length, DAY)

    def whole(begin: E, length: E) -> E:
        asked = _if_all_agree(c, start, end, name, test(begin, length), certain=True)
        return _if_known([begin, length], asked)

    if isinstance(opens, Const) and isinstance(closes, Const) and None not in (opens.value, closes.value):
        begins, ends = int(opens.value), int(closes.value)  # type: ignore[call-overload]
        return whole(t.number(begins), t.number(ends - begins if ends >= begins else ends - begins + DAY))
    return c.names.lets(
        [c.value(opens), c.value(closes)],
        lambda a, b: c.names.let(_length(a, b), lambda length: whole(a, length)),
    )


def _overlaps_weekly(c: Compiler, call: Call) -> E:
    start, end, weekdays, opens, closes, name = call.args

    def on(days: E, begin: E, length: E) -> E:
        def any_day(first: E, last: E) -> E:
            def meets(day: E) -> E:
                opened = t.add(t.add(t.mul(t.sub(day, 1), DAY), begin), _MONDAY)
                return _meets(c, first, last, opened, length, WEEK)

            return t.reduce(c.names.transform(days, meets), t.false(), exp.Or)

        wrong = c.names.count(
            days, lambda day: t.not_(exp.Coalesce(this=t.between(day, 1, 7), expressions=[t.false()]))
        )
        asked = _if_all_agree(c, start, end, name, any_day, certain=True)
        return _if_known([begin, length], t.case((t.compare("==", wrong, 0), asked)))

    return c.names.lets(
        [c.value(weekdays), c.value(opens), c.value(closes)],
        lambda days, a, b: c.names.let(_length(a, b), lambda length: on(days, a, length)),
    )


def _within(c: Compiler, call: Call) -> E:
    start, end, hours, name = call.args

    def of(value: WeeklyHours) -> E:
        calendar = calendars.load().get(value.calendar or "") if value.holiday is not None else None
        if calendar is None:
            return _if_all_agree(c, start, end, name, lambda a, b: _inside(c, a, b, value, None), certain=False)
        # The holidays are written once, outside of all lambdas: databases take seconds to plan them inside.
        return c.names.let(
            free_days(calendar),
            lambda days: _if_all_agree(c, start, end, name, lambda a, b: _inside(c, a, b, value, days), certain=False),
        )

    found = c.over_constants(hours, of, t.unknown())
    if found is None:
        raise TypeError(f"weekly hours are a constant or a parameter, not {type(hours).__name__}")
    return found


def _if_known(values: list[E], answer: E) -> E:
    """The answer where all values are known; constants are."""
    doubtful = [value for value in values if not isinstance(value, exp.Literal)]
    return t.case((t.and_(t.known(value) for value in doubtful), answer)) if doubtful else answer


def _length(opens: E, closes: E) -> E:
    apart = t.sub(closes, opens)
    return t.case((t.compare(">=", closes, opens), apart), (t.compare("<", closes, opens), t.add(apart, DAY)))


def _if_all_agree(c: Compiler, start: Expr, end: Expr, name: Expr, test: Test, *, certain: bool) -> E:
    """The test of a visit's readings; for one with an end missing, `certain` where no visit can escape it."""
    sure = t.true() if certain else t.false()

    def seen(a: E, b: E, z: E) -> E:
        return _readings(c, a, b, z, test)

    def agreed(tests: list[E]) -> E:
        return t.case((t.and_(t.compare("==", found, sure) for found in tests), sure))

    def whole(a: E, b: E, z: E) -> E:
        both = (t.compare("<=", a, b), seen(a, b, z))
        before = t.sub(b, 1)
        only_start = (t.and_([t.known(a), t.is_null(b)]), agreed([seen(a, a, z)]))
        only_end = (
            t.and_([t.is_null(a), t.known(b)]),
            agreed([seen(b, b, z), c.names.let(before, lambda e: seen(e, b, z))]),
        )
        return t.case(both, only_start, only_end)

    return zone(
        c,
        name,
        lambda z: c.names.lets([c.value(start), c.value(end)], lambda a, b: whole(a, b, z)),
    )


def _readings(c: Compiler, start: E, end: E, name: E, test: Test) -> E:
    """The test of the first reading and the one behind the last; NULL where the clock shows none."""

    def seen(a: E, b: E) -> E:
        if start == end:
            return t.case((t.known(a), c.names.let(t.add(a, 1), lambda last: test(a, last))))
        back = t.sub(t.sub(a, start), t.sub(b, end))
        step = t.case((t.compare(">", back, 0), back), (t.compare("<=", back, 0), t.number(0)))
        return c.names.let(step, lambda it: moved(a, b, it))

    def moved(a: E, b: E, step: E) -> E:
        first, last = t.sub(a, step), t.greatest(t.add(b, step), t.add(a, 1))
        return t.case((t.known(step), c.names.lets([first, last], test)))

    return local(c, start, name, lambda a: local(c, end, name, lambda b: seen(a, b)))


def _meets(c: Compiler, first: E, last: E, begin: E, length: E, period: int) -> E:
    """Whether readings meet one of the windows `[begin + k * period, ... + length)`, k any integer."""
    behind = t.sub(first, t.add(begin, length))
    opened = t.add(t.sub(t.sub(first, length), t.remainder(behind, period)), period)
    return t.and_([t.compare(">", length, 0), t.compare("<", opened, last)])


def _inside(c: Compiler, first: E, last: E, hours: WeeklyHours, free_list: E | None) -> E:
    days = t.series(t.floored(first, DAY), t.floored(t.sub(last, 1), DAY))
    each = c.names.transform(days, lambda day: _inside_day(c, first, last, day, hours, free_list))
    short = t.compare("<=", t.sub(last, first), LONGEST)
    return t.case((short, t.reduce(each, t.true(), exp.And)))


def _inside_day(c: Compiler, first: E, last: E, day: E, hours: WeeklyHours, free_list: E | None) -> E:
    midnight = t.mul(day, DAY)
    opens = t.greatest(t.sub(first, midnight), t.number(0))
    closes = t.least(t.sub(last, midnight), t.number(DAY))

    def covered(spans: tuple[Span, ...]) -> E:
        return t.or_(
            t.and_([t.compare(">=", opens, o), t.compare("<=", closes, end + hours.closed)]) for o, end in spans
        )

    numbered = t.remainder(t.add(day, 3), 7)
    # Weekdays with equal hours are written once.
    groups: dict[tuple[Span, ...], list[int]] = {}
    for number, spans in enumerate(hours.days):
        groups.setdefault(spans, []).append(number)
    of_weekday = t.case(
        *((t.in_(numbered, [t.number(n) for n in numbers]), covered(spans)) for spans, numbers in groups.items())
    )
    if hours.holiday is None or hours.calendar is None or free_list is None:
        return of_weekday
    is_free = free(calendars.load()[hours.calendar], day, free_list)

    def chosen(weekday: E, holiday: E, off: E) -> E:
        # The first part says it where both hours agree and the calendar does not know.
        either = t.or_([t.and_([off, holiday]), t.and_([t.not_(off), weekday])])
        return t.case((t.compare("==", weekday, holiday), weekday), default=either)

    return c.names.lets([of_weekday, covered(hours.holiday), is_free], chosen)


CALLS: dict[str, Writer] = {
    "overlapsDaily": _overlaps_daily,
    "overlapsWeekly": _overlaps_weekly,
    "within": _within,
}

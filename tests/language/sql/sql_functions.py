"""Each built-in function in DuckDB's SQL."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

from sql_values import literal

from visitcheck.facts.types import (
    DATE_MAX,
    DATE_MIN,
    DAY,
    HOUR,
    INT,
    MINUTE,
    SECOND,
    STRING,
    TIMESTAMP_MAX,
    TIMESTAMP_MIN,
    ListOf,
    Type,
)
from visitcheck.language import calendars, lexicon, regex
from visitcheck.language.functions.windows import LONGEST, WEEK
from visitcheck.language.hours import WeeklyHours

_names = count()


def let(value: str, body: Callable[[str], str]) -> str:
    """`body` with a name for `value`, so that it is written and worked out once."""
    name = f"x{next(_names)}_"
    return f"list_transform([{value}], lambda {name}: {body(name)})[1]"


def lets(values: list[str], body: Callable[..., str]) -> str:
    if not values:
        return body()
    return let(values[0], lambda first: lets(values[1:], lambda *rest: body(first, *rest)))


def members_of(items: str) -> str:
    name = f"w{next(_names)}_"
    return f"list_transform({items}, lambda {name}: {{'held': TRUE, 'value': {name}}})"


def fold_or(truths: str) -> str:
    return f"list_reduce({truths}, lambda p_, q_: p_ OR q_, FALSE)"


def fold_and(truths: str) -> str:
    return f"list_reduce({truths}, lambda p_, q_: p_ AND q_, TRUE)"


def modulo(x: str, size: int) -> str:
    """The remainder that is never negative."""
    return f"((({x}) % {size} + {size}) % {size})"


def floored(x: str, size: int) -> str:
    return f"((({x}) - {modulo(x, size)}) // {size})"


def local(at: str, zone: str) -> str:
    """The reading of a local clock; NULL outside the years 1-9999."""
    reading = f"epoch_us(timezone({zone}, make_timestamp({at})::TIMESTAMPTZ))"
    return let(reading, lambda r: f"CASE WHEN {r} BETWEEN {TIMESTAMP_MIN} AND {TIMESTAMP_MAX} THEN {r} END")


def _of_local(part: Callable[[str], str]) -> Callable[[list[str], list[Type]], str]:
    return lambda args, _: let(local(*args), part)


def _as_date(day: str) -> str:
    return f"(DATE '1970-01-01' + CAST({day} AS INTEGER))"


def _of_date(name: str, less: int = 0) -> Callable[[list[str], list[Type]], str]:
    return _of_local(lambda r: f"CAST({name}({_as_date(floored(r, DAY))}) - {less} AS BIGINT)")


def _of_time(unit: int, size: int) -> Callable[[list[str], list[Type]], str]:
    def write(args: list[str], types: list[Type]) -> str:
        if len(args) == 2:
            return let(local(*args), lambda r: modulo(floored(r, unit), size))
        whole = f"({args[0]} // {unit})"
        return f"({whole} % 1000)" if unit == 1000 else whole

    return write


def _add_months(args: list[str], types: list[Type]) -> str:
    day, months = args
    total = f"(CAST(year({_as_date(day)}) AS HUGEINT) * 12 + month({_as_date(day)}) - 1 + {months})"
    moved = f"CAST({_as_date(day)} + to_months(CAST({months} AS INTEGER)) AS DATE) - DATE '1970-01-01'"
    return f"(CASE WHEN {total} BETWEEN 12 AND 119999 THEN CAST({moved} AS BIGINT) END)"


def _add_days(args: list[str], types: list[Type]) -> str:
    return let(
        f"TRY({args[0]} + {args[1]})",
        lambda d: f"CASE WHEN {d} BETWEEN {DATE_MIN} AND {DATE_MAX} THEN {d} END",
    )


def _readings(start: str, end: str, zone: str, body: Callable[[str, str], str]) -> str:
    """The first reading, and the one behind the last, given to `body`."""

    def seen(a: str, b: str) -> str:
        step = f"greatest(0, ({a} - {start}) - ({b} - {end}))"
        return lets([f"({a} - {step})", f"greatest({b} + {step}, {a} + 1)"], body)

    return lets([local(start, zone), local(end, zone)], seen)


def _if_all_agree(start: str, end: str, zone: str, certain: bool, test: Callable[[str, str], str]) -> str:
    """See `windows._if_all_agree`."""

    sure = "TRUE" if certain else "FALSE"

    def whole(a: str, b: str, z: str) -> str:
        pairs = (
            f"CASE WHEN {a} <= {b} THEN [{{'a': {a}, 'b': {b}}}] WHEN {a} IS NULL AND {b} IS NOT NULL "
            f"THEN [{{'a': {b}, 'b': {b}}}, {{'a': {b} - 1, 'b': {b}}}] "
            f"WHEN {b} IS NULL AND {a} IS NOT NULL THEN [{{'a': {a}, 'b': {a}}}] END"
        )
        seen = _readings("pair_['a']", "pair_['b']", z, test)
        tests = f"list_transform({pairs}, lambda pair_: {seen})"
        return let(
            tests,
            lambda t: (
                f"CASE WHEN {a} <= {b} THEN {t}[1] "
                f"WHEN len(list_filter({t}, lambda v_: v_ IS {sure})) = len({t}) THEN {sure} END"
            ),
        )

    return lets([start, end, zone], whole)


def _meets(first: str, last: str, begin: str, length: str, period: int) -> str:
    behind = f"({first} - {begin} - {length})"
    return f"({length} > 0 AND {first} - {length} - {modulo(behind, period)} + {period} < {last})"


def _overlaps_daily(args: list[str], types: list[Type]) -> str:
    start, end, opens, closes, zone = args
    length = f"(CASE WHEN {closes} >= {opens} THEN {closes} - {opens} ELSE {closes} - {opens} + {DAY} END)"
    return lets(
        [opens, length],
        lambda o, n: (
            f"CASE WHEN {o} IS NOT NULL AND {n} IS NOT NULL THEN "
            + _if_all_agree(start, end, zone, True, lambda a, b: _meets(a, b, o, n, DAY))
            + " END"
        ),
    )


def _overlaps_weekly(args: list[str], types: list[Type]) -> str:
    start, end, weekdays, opens, closes, zone = args
    length = f"(CASE WHEN {closes} >= {opens} THEN {closes} - {opens} ELSE {closes} - {opens} + {DAY} END)"

    def test(days: str, o: str, n: str) -> str:
        def any_day(a: str, b: str) -> str:
            begin = f"({4 * DAY} + (wd_ - 1) * {DAY} + {o})"
            return fold_or(f"list_transform({days}, lambda wd_: {_meets(a, b, begin, n, WEEK)})")

        wrong = f"len(list_filter({days}, lambda no_: no_ < 1 OR no_ > 7)) > 0"
        return (
            f"CASE WHEN {days} IS NOT NULL AND NOT ({wrong}) AND {o} IS NOT NULL AND {n} IS NOT NULL THEN "
            + _if_all_agree(start, end, zone, True, any_day)
            + " END"
        )

    return lets([weekdays, opens, length], test)


def _within(start: str, end: str, hours: WeeklyHours | None, zone: str) -> str:
    if hours is None:
        return "CAST(NULL AS BOOLEAN)"

    def inside(a: str, b: str) -> str:
        days = f"range({floored(a, DAY)}, {floored(f'({b} - 1)', DAY)} + 1)"
        each = f"list_transform({days}, lambda day_: {_inside_day(a, b, hours)})"
        return f"(CASE WHEN {b} - {a} <= {LONGEST} THEN {fold_and(each)} END)"

    # the holidays are written once: a long literal inside nested lambdas takes seconds to plan
    calendar = calendars.load().get(hours.calendar or "")
    free = literal(tuple(sorted(calendar.holidays)) if calendar else (), ListOf(INT))
    return f"list_transform([{free}], lambda free_: {_if_all_agree(start, end, zone, False, inside)})[1]"


def _inside_day(a: str, b: str, hours: WeeklyHours) -> str:
    first, last = f"greatest({a} - day_ * {DAY}, 0)", f"least({b} - day_ * {DAY}, {DAY})"

    def covered(spans: tuple[tuple[int, int], ...]) -> str:
        tests = [f"({o} <= {first} AND {last} <= {c + hours.closed})" for o, c in spans]
        return "(" + (" OR ".join(tests) or "FALSE") + ")"

    cases = " ".join(f"WHEN {n} THEN {covered(spans)}" for n, spans in enumerate(hours.days))
    weekday = f"(CASE {modulo('day_ + 3', 7)} {cases} END)"
    if hours.holiday is None or hours.calendar is None:
        return weekday

    def chosen(of_weekday: str, of_holiday: str, free: str) -> str:
        # the first part says it where both hours agree and the calendar does not know
        either = f"({free} AND {of_holiday}) OR (NOT {free} AND {of_weekday})"
        return f"(CASE WHEN {of_weekday} = {of_holiday} THEN {of_weekday} ELSE {either} END)"

    calendar = calendars.load()[hours.calendar]
    free = (
        f"CASE WHEN day_ BETWEEN {calendar.first_day} AND {calendar.last_day} THEN "
        f"list_contains(free_, day_) END"
    )
    return lets([weekday, covered(hours.holiday), free], chosen)


def _is_holiday(day: str, name: str) -> str:
    calendar = calendars.load().get(name)
    if calendar is None:
        return "CAST(NULL AS BOOLEAN)"
    days = ", ".join(map(str, sorted(calendar.holidays)))
    return (
        f"(CASE WHEN {day} BETWEEN {calendar.first_day} AND {calendar.last_day} THEN {day} IN ({days}) END)"
    )


def _workdays(start: str, end: str, name: str) -> str:
    calendar = calendars.load()[name]
    free = [day for day in calendar.holidays - calendar.make_up_days if (day + 3) % 7 < 5]
    extra = [day for day in calendar.make_up_days if (day + 3) % 7 >= 5]

    def up_to(day: str) -> str:
        whole = f"(5 * {floored(f'{day} + 4', 7)} + least({modulo(f'{day} + 4', 7)}, 5))"
        moved = [
            f"len(list_filter({literal(tuple(sorted(days)), ListOf(INT))}, lambda n_: n_ <= {day}))"
            for days in (free, extra)
        ]
        return f"({whole} - {moved[0]} + {moved[1]})"

    covered = " AND ".join(f"{d} BETWEEN {calendar.first_day} AND {calendar.last_day}" for d in (start, end))
    return f"(CASE WHEN {covered} THEN CAST({up_to(end)} - {up_to(start)} AS BIGINT) END)"


def _mentions(text: str, words: tuple[str, ...]) -> str:
    table = sorted(lexicon.folding().items(), key=lambda pair: pair[1] == "")
    sources = "".join(chr(point) for point, _ in table)
    targets = "".join(target for _, target in table)
    folded = f"translate({text}, {literal(sources, STRING)}, {literal(targets, STRING)})"
    return let(
        folded, lambda f: "(" + " OR ".join(f"contains({f}, {literal(w, STRING)})" for w in words) + ")"
    )


def _max_per_group(rows: str, keys: list[str], args: list[str]) -> str:
    def whole(r: str) -> str:
        unknown = " OR ".join(f"{{0}}['{key}'] IS NULL" for key in keys)
        partial = f"list_filter({r}, lambda a_: {unknown.format('a_')})"
        complete = f"list_filter({r}, lambda b_: NOT ({unknown.format('b_')}))"
        same = " AND ".join(f"c_['{key}'] = g_['{key}']" for key in keys)
        fits = " AND ".join(f"(d_['{key}'] IS NULL OR d_['{key}'] = g_['{key}'])" for key in keys)
        sure = (
            f"list_transform({complete}, lambda g_: len(list_filter({complete}, lambda c_: {same} "
            f"AND c_['held'] IS NOT NULL)))"
        )
        possible = (
            f"list_transform({complete}, lambda g_: len(list_filter({complete}, lambda c_: {same})) "
            f"+ len(list_filter({partial}, lambda d_: {fits})))"
        )
        alone = (
            f"(CASE WHEN len(list_filter({partial}, lambda e_: e_['held'] IS NOT NULL)) > 0 THEN 1 "
            f"ELSE 0 END)"
        )
        low = f"list_max(list_append({sure}, {alone}))"
        high = f"list_max(list_append({possible}, len({partial})))"
        return f"CASE WHEN {r} IS NOT NULL THEN {{'low': {low}, 'high': {high}}} END"

    return let(rows, whole)


def _last_run(rows: str, keys: list[str], args: list[str]) -> str:
    order, passes = keys

    def whole(r: str) -> str:
        failures = f"list_filter({r}, lambda a_: a_['held'] IS NOT NULL AND a_['{passes}'] IS FALSE)"
        doubtful = f"list_filter({r}, lambda b_: NOT (b_['{passes}'] IS TRUE))"
        sure = f"list_filter({r}, lambda c_: c_['held'] IS NOT NULL AND c_['{passes}'] IS TRUE)"
        possible = f"list_filter({r}, lambda d_: d_['{passes}'] IS NOT FALSE)"
        last_sure = f"list_max(list_transform({failures}, lambda e_: e_['{order}']))"
        last_any = f"list_max(list_transform({doubtful}, lambda f_: f_['{order}']))"
        unordered = f"len(list_filter({doubtful}, lambda g_: g_['{order}'] IS NULL)) > 0"
        low = (
            f"CASE WHEN {unordered} THEN 0 WHEN len({doubtful}) = 0 THEN len({sure}) "
            f"ELSE len(list_filter({sure}, lambda h_: h_['{order}'] > {last_any})) END"
        )
        high = (
            f"len(list_filter({possible}, lambda i_: {last_sure} IS NULL OR i_['{order}'] IS NULL OR "
            f"i_['{order}'] > {last_sure}))"
        )
        return f"CASE WHEN {r} IS NOT NULL THEN {{'low': {low}, 'high': {high}}} END"

    return let(rows, whole)


def _covers(rows: str, keys: list[str], args: list[str]) -> str:
    begins, ends = keys

    def covered(intervals: str, start: str, end: str, tolerance: str) -> str:
        """From the start, and from each end inside, the next interval begins within the tolerance."""
        inside = (
            f"list_filter(list_transform({intervals}, lambda a_: a_['b']), lambda b_: b_ >= {start} "
            f"AND b_ <= {end})"
        )
        reaches = f"list_filter({intervals}, lambda d_: d_['a'] <= TRY(c_ + {tolerance}) AND d_['b'] > c_)"
        gaps = (
            f"list_filter(list_append({inside}, {start}), lambda c_: {end} - c_ > {tolerance} AND "
            f"len({reaches}) = 0)"
        )
        return f"len({gaps}) = 0"

    def whole(r: str, start: str, end: str, tolerance: str) -> str:
        pair = f"lambda e_: {{'a': coalesce(e_['{begins}'], {start}), 'b': coalesce(e_['{ends}'], {end})}}"
        ordered = "lambda f_: f_['a'] <= f_['b']"
        known = (
            f"list_filter({r}, lambda g_: g_['held'] IS NOT NULL AND g_['{begins}'] IS NOT NULL AND "
            f"g_['{ends}'] IS NOT NULL)"
        )
        sure = f"list_filter(list_transform({known}, {pair}), {ordered})"
        best = f"list_filter(list_transform({r}, {pair}), {ordered})"
        return (
            f"CASE WHEN {r} IS NOT NULL AND {start} <= {end} AND {tolerance} >= 0 THEN CASE "
            f"WHEN {let(sure, lambda s: covered(s, start, end, tolerance))} THEN TRUE "
            f"WHEN {let(best, lambda b: covered(b, start, end, tolerance))} THEN NULL ELSE FALSE END END"
        )

    return lets([rows, *args], whole)


CALLS: dict[str, Callable[[list[str], list[Type]], str]] = {
    "localDate": _of_local(lambda r: floored(r, DAY)),
    "localTime": _of_local(lambda r: modulo(r, DAY)),
    "weekday": lambda args, _: f"({modulo(f'{args[0]} + 3', 7)} + 1)",
    "monthOf": lambda args, _: f"CAST(month({_as_date(args[0])}) AS BIGINT)",
    "addDays": _add_days,
    "addMonths": _add_months,
    "addYears": lambda args, types: let(
        f"TRY({args[1]} * 12)", lambda months: _add_months([args[0], months], types)
    ),
    "daysBetween": lambda args, _: f"({args[1]} - {args[0]})",
    "overlapsDaily": _overlaps_daily,
    "overlapsWeekly": _overlaps_weekly,
    "days": lambda args, _: f"TRY({args[0]} * {DAY})",
    "knownSince": lambda args, _: f"(CASE WHEN {args[0]} <= {args[1]} THEN TRUE END)",
    "firstKnown": lambda args, _: f"coalesce({', '.join(args)})",
    "inParam": lambda args, types: fold_or(f"list_transform({args[1]}, lambda o_: o_ = {args[0]})"),
    "startsWith": lambda args, _: f"starts_with({args[0]}, {args[1]})",
    "endsWith": lambda args, _: f"suffix({args[0]}, {args[1]})",
    "contains": lambda args, _: f"contains({args[0]}, {args[1]})",
    "size": lambda args, _: f"length({args[0]})",
    "getFullYear": _of_date("year"),
    "getMonth": _of_date("month", 1),
    "getDate": _of_date("day"),
    "getDayOfMonth": _of_date("day", 1),
    "getDayOfWeek": _of_local(lambda r: modulo(f"{floored(r, DAY)} + 4", 7)),
    "getDayOfYear": _of_date("dayofyear", 1),
    "getHours": _of_time(HOUR, 24),
    "getMinutes": _of_time(MINUTE, 60),
    "getSeconds": _of_time(SECOND, 60),
    "getMilliseconds": _of_time(1000, 1000),
}
CONSTANT_CALLS: dict[str, Callable[..., Any]] = {
    "isHoliday": _is_holiday,
    "workdaysBetween": _workdays,
    "within": _within,
    "matches": lambda text, pattern: f"regexp_matches({text}, {literal(regex.to_re2(pattern), STRING)})",
    "mentions": _mentions,
}
LIST_CALLS: dict[str, Callable[[str, list[str], list[str]], str]] = {
    "maxPerGroup": _max_per_group,
    "lastRun": _last_run,
    "covers": _covers,
}

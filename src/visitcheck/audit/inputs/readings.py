"""Named readings: how values are written where no format of times and no plain number says it.

Each makes of a text the plain text that every mapping reads: ISO order, or digits. A text that is not written so stays
as it is. `docs/columns.md` lists them; nothing is read by one that the mapping does not name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from visitcheck.audit.inputs.duckdb_functions import bound, matches
from visitcheck.engines.sql import build as sql
from visitcheck.engines.sql.build import Sql

_WIDE = "０１２３４５６７８９：／－．，　"
_PLAIN = "0123456789:/-., "
_DAY = "([12][0-9]{3})(?:年|/|-|\\.)(0?[1-9]|1[0-2])(?:月|/|-|\\.)(0?[1-9]|[12][0-9]|3[01])(?:日|号)?"
_CLOCK = (
    "(上午|下午|凌晨|早上|早晨|中午|晚上|[AaPp][Mm])? ?([01]?[0-9]|2[0-3])(?::|时|点)([0-5]?[0-9])(?:分)?"
    "(?::?([0-5]?[0-9])秒?)?"
)
_TEXT, _NARROW = 7, 8
"""The depths of the lambdas that name a text, deeper than those of lists."""
_BETWEEN = "[ T]?"
_MORNING = ("上午", "凌晨", "早上", "早晨", "AM")
_NUMBER = r"-?(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.[0-9]+)?"


def read_named(text: Sql, names: tuple[str, ...]) -> Sql:
    """The text as the first of these readings that knows it makes it."""
    if not names:
        return text
    return bound(text, _TEXT, lambda one: sql.call("coalesce", *(_READINGS[name](one) for name in names), one))


def plain_width(text: Sql) -> Sql:
    """A text with digits and marks of usual width."""
    return sql.call("translate", text, sql.text(_WIDE), sql.text(_PLAIN))


def _chinese(text: Sql) -> Sql:
    """Year, month and day in this order, a time of day, or both."""
    return bound(plain_width(text), _NARROW, _chinese_forms)


def _chinese_forms(narrow: Sql) -> Sql:
    both, day, clock = f"{_DAY}{_BETWEEN}{_CLOCK}", _DAY, _CLOCK
    joined = sql.call("concat", _day_text(narrow, both), sql.text("T"), _clock_text(narrow, both, 3))
    known = sql.is_known(_clock_text(narrow, both, 3))
    return sql.case(
        (sql.and_([matches(narrow, both), known]), joined),
        (matches(narrow, day), _day_text(narrow, day)),
        (matches(narrow, clock), _clock_text(narrow, clock, 0)),
    )


def _group(text: Sql, pattern: str, number: int) -> Sql:
    return sql.call("regexp_extract", text, sql.text(f"^{pattern}$"), sql.number(number))


def _two(digits: Sql) -> Sql:
    return sql.call("lpad", digits, sql.number(2), sql.text("0"))


def _day_text(text: Sql, pattern: str) -> Sql:
    parts = [_group(text, pattern, 1), _two(_group(text, pattern, 2)), _two(_group(text, pattern, 3))]
    return sql.call("concat", parts[0], sql.text("-"), parts[1], sql.text("-"), parts[2])


def _clock_text(text: Sql, pattern: str, before: int) -> Sql:
    """The time of day as `10:30:00`, its groups after the first `before`; NULL where half and hour contradict."""
    half = sql.call("upper", _group(text, pattern, before + 1))
    hour = sql.try_cast(_group(text, pattern, before + 2), "bigint")
    seconds = sql.call("nullif", _group(text, pattern, before + 4), sql.text(""))
    late = sql.in_(half, [sql.text(one) for one in ("下午", "晚上", "PM")])
    early = sql.in_(half, [sql.text(one) for one in _MORNING])
    noon = sql.compare("==", half, sql.text("中午"))
    shifted = sql.case(
        (sql.and_([early, sql.compare("==", hour, 12)]), sql.number(0)),
        (sql.and_([early, sql.compare(">", hour, 12)]), sql.null("bigint")),
        # Twelve at night is a midnight of one day or the next.
        (sql.and_([sql.compare("==", half, sql.text("晚上")), sql.compare("==", hour, 12)]), sql.null("bigint")),
        (sql.and_([late, sql.compare("<", hour, 12)]), sql.add(hour, 12)),
        (sql.and_([noon, sql.compare("<", hour, 3)]), sql.add(hour, 12)),
        default=hour,
    )
    parts = [_two(sql.cast(shifted, "varchar")), _two(_group(text, pattern, before + 3))]
    parts.append(_two(sql.call("coalesce", seconds, sql.text("0"))))
    whole = sql.call("concat", parts[0], sql.text(":"), parts[1], sql.text(":"), parts[2])
    return sql.case((sql.is_known(shifted), whole))


def _workbook_serial(text: Sql) -> Sql:
    """A workbook's number of a date: days since 1899-12-30."""
    days = sql.try_cast(sql.case((matches(text, r"[1-9][0-9]{4}(?:\.[0-9]+)?"), text)), "double")
    seconds = sql.cast(sql.call("round", sql.mul(days, 86_400)), "bigint")
    start = sql.cast(sql.text("1899-12-30"), "timestamp")
    moment = sql.add(start, sql.call("to_seconds", seconds))
    day = sql.compare("==", sql.call("trunc", days), days)
    shown = sql.call("strftime", moment, sql.text("%Y-%m-%dT%H:%M:%S"))
    share = sql.try_cast(sql.case((matches(text, r"0(?:\.[0-9]+)?"), text)), "double")
    clock = sql.add(start, sql.call("to_seconds", sql.cast(sql.call("round", sql.mul(share, 86_400)), "bigint")))
    return sql.case(
        (day, sql.call("strftime", moment, sql.text("%Y-%m-%d"))),
        (sql.is_known(days), shown),
        (sql.compare("<", share, 1), sql.call("strftime", clock, sql.text("%H:%M:%S"))),
    )


def _epoch(per_second: int, digits: str) -> Callable[[Sql], Sql]:
    def read(text: Sql) -> Sql:
        number = sql.try_cast(sql.case((matches(text, digits), text)), "bigint")
        moment = sql.call("make_timestamp", sql.mul(number, 1_000_000 // per_second))
        return sql.call("strftime", moment, sql.text("%Y-%m-%dT%H:%M:%S.%fZ"))

    return read


def _currency(text: Sql) -> Sql:
    """A sum with its currency's sign or name."""
    narrow = plain_width(text)
    bare = narrow
    for pattern in ("^(?:¥|￥|RMB|CNY|人民币) ?", " ?(?:元|圆|RMB|CNY|人民币)(?:整)?$"):
        bare = sql.call("regexp_replace", bare, sql.text(pattern), sql.text(""))
    return sql.case((matches(bare, _NUMBER), _without_commas(bare)))


def _ten_thousands(text: Sql) -> Sql:
    """Ten thousands, like `1.2万`."""
    narrow = plain_width(text)
    pattern = "(?:¥|￥)?([0-9]{1,8}(?:\\.[0-9]{1,6})?) ?万元?"
    exact = sql.try_cast(sql.case((matches(narrow, pattern), _group(narrow, pattern, 1))), "decimal(20, 6)")
    shown = sql.cast(sql.mul(exact, 10_000), "varchar")
    return _trim_zeros(shown)


def _trim_zeros(digits: Sql) -> Sql:
    """Digits without zeros after the point that say nothing."""
    return sql.call("regexp_replace", digits, sql.text(r"(\.[0-9]*[1-9])0+$|\.0+$"), sql.text(r"\1"))


def _unit(text: Sql) -> Sql:
    """A number with its unit behind it, like `120天`."""
    narrow = plain_width(text)
    pattern = rf"({_NUMBER}) ?(?:天|日|个月|月|年|岁|次|人|米|分钟|小时|days?|months?|years?|m|min)"
    return sql.case((matches(narrow, pattern), _without_commas(_group(narrow, pattern, 1))))


def _wide(text: Sql) -> Sql:
    narrow = plain_width(text)
    return sql.case((sql.compare("!=", narrow, text), narrow))


def _without_commas(text: Sql) -> Sql:
    return sql.call("replace", text, sql.text(","), sql.text(""))


_READINGS: Mapping[str, Callable[[Sql], Sql]] = {
    "chinese": _chinese,
    "workbook_serial": _workbook_serial,
    "epoch_seconds": _epoch(1, "[0-9]{9,10}"),
    "epoch_milliseconds": _epoch(1_000, "[0-9]{12,13}"),
    "currency": _currency,
    "ten_thousands": _ten_thousands,
    "unit": _unit,
    "wide": _wide,
}

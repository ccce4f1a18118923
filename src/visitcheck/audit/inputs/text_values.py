"""Values written as text: what each means inside, and when it is not surely right.

`bad` may suspect what the gate accepts, and then the gate is asked; it never lets through what the gate refuses.
"""

from __future__ import annotations

from visitcheck.audit.inputs.duckdb_functions import matches
from visitcheck.engines.sql import build as sql
from visitcheck.engines.sql.build import Sql
from visitcheck.facts.constraints import Constraint, KnownZone, Length, NoStandIn, Pattern
from visitcheck.facts.fields import FieldShape
from visitcheck.facts.limits import MAX_TEXT
from visitcheck.facts.scalars import STAND_INS
from visitcheck.facts.texts import FORMAT_CHARACTERS
from visitcheck.facts.types import (
    DATE,
    DATE_MAX,
    DATE_MIN,
    DAY,
    MONEY,
    STRING,
    TIME_OF_DAY,
    TIMESTAMP,
    TIMESTAMP_MAX,
    TIMESTAMP_MIN,
)
from visitcheck.facts.zones import zone_names

# Years before 1000 are right, too, but nobody was visited then; the gate reads them.
_TIMESTAMP = (
    r"[12][0-9]{3}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,6})?"
    r"(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
)
_DATE = r"[12][0-9]{3}-[0-9]{2}-[0-9]{2}"
_TIME_OF_DAY = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]"
_MONEY = r"(?:0|[1-9][0-9]{0,15})(?:\.[0-9]{1,2})?"
# What Python's `str.strip` takes away at the ends, and whatever else does not print; the gate looks closer.
_END = r"[^\s\pZ\pC\x{fffe}\x{ffff}]"  # the two are no characters, of no category that RE2 knows
# Characters that no text, or no id, may hold.
_INSIDE = r"[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x{fffe}\x{ffff}]"
_FORMAT = "".join(rf"\x{{{first:x}}}-\x{{{last:x}}}" for first, last in FORMAT_CHARACTERS)
_INSIDE_ID = rf"[^\x00-\x1f\x7f-\x9f\x{{fffe}}\x{{ffff}}{_FORMAT}]"


def read_text(value: Sql, shape: FieldShape) -> tuple[Sql, Sql]:
    """Inside form and suspicion of a text. A fact of another type than text, day and money has no text form."""
    if shape.scalar is None:
        return value, sql.not_(sql.in_(value, [sql.text(word) for word in shape.words]))
    if KnownZone() in shape.scalar.constraints:  # elsewhere the database would fail at a zone it does not know
        known = sql.case((sql.in_(value, [sql.text(zone) for zone in sorted(zone_names())]), value))
        return known, sql.and_([sql.is_known(value), sql.is_null(known)])
    if shape.scalar.type == STRING:
        return value, _is_wrong_text(value, shape.scalar.constraints)
    readers = {TIMESTAMP: read_timestamp, DATE: read_date, TIME_OF_DAY: read_time_of_day, MONEY: read_money}
    reader = readers.get(shape.scalar.type)
    if reader is None:
        return sql.null("bigint"), sql.is_known(value)
    fact = reader(value)
    return fact, sql.and_([sql.is_known(value), sql.is_null(fact)])


def read_timestamp(value: Sql) -> Sql:
    """RFC 3339 text as microseconds since 1970."""
    fitting = sql.case((matches(value, _TIMESTAMP), value))
    return null_outside(sql.call("epoch_us", sql.try_cast(fitting, "timestamptz")), TIMESTAMP_MIN, TIMESTAMP_MAX)


def read_date(value: Sql) -> Sql:
    """`2026-01-30` as days since 1970."""
    return days_since_1970(sql.try_cast(sql.case((matches(value, _DATE), value)), "date"))


def days_since_1970(date: Sql) -> Sql:
    """A DATE as days since 1970."""
    since = sql.call("date_diff", sql.text("day"), sql.cast(sql.text("1970-01-01"), "date"), date)
    return null_outside(since, DATE_MIN, DATE_MAX)


def read_time_of_day(value: Sql) -> Sql:
    """`22:00` or `24:00` as microseconds since midnight."""
    clock = sql.call("epoch_us", sql.try_cast(sql.case((matches(value, _TIME_OF_DAY), value)), "time"))
    return sql.case((sql.compare("==", value, sql.text("24:00")), sql.number(DAY)), default=clock)


def read_money(value: Sql) -> Sql:
    """Digits with at most two decimals as hundredths."""
    exact = sql.try_cast(sql.case((matches(value, _MONEY), value)), "decimal(20, 2)")
    return sql.try_cast(sql.mul(exact, 100), "bigint")


def null_outside(value: Sql, low: int, high: int) -> Sql:
    """The value, or NULL where it is outside."""
    return sql.case((sql.between(value, low, high), value))


def text_pattern(constraints: tuple[Constraint, ...]) -> str:
    """The pattern of RE2 that a whole text with these constraints has; its length is not asked of it."""
    pattern = next((one.pattern for one in constraints if isinstance(one, Pattern)), None)
    if pattern is not None and not any(isinstance(one, Length) for one in constraints):
        return pattern
    inside = _INSIDE if pattern is None else _INSIDE_ID
    return f"{_END}(?:{inside}*{_END})?"


def _is_wrong_text(value: Sql, constraints: tuple[Constraint, ...]) -> Sql:
    length = next((one for one in constraints if isinstance(one, Length)), None)
    wrong = sql.not_(matches(value, text_pattern(constraints)))
    if length is None and any(isinstance(one, Pattern) for one in constraints):
        return wrong
    longest = length.longest if length is not None else MAX_TEXT
    too_long = sql.compare(">", sql.call("length", value), longest)
    stands = [_is_stand_in(value)] if NoStandIn() in constraints else []
    return sql.or_([wrong, too_long, *stands])


def _is_stand_in(value: Sql) -> Sql:
    """Whether a text without white space around it stands for a missing value."""
    short = sql.compare("<=", sql.call("strlen", value), max(len(one.encode()) for one in STAND_INS))
    words = [sql.text(one) for one in sorted(STAND_INS)]
    return sql.case((short, sql.in_(sql.call("lower", value), words)), default=sql.false())

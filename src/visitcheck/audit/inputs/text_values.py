"""Values written as text: what each means inside, and when it is not surely right.

`bad` may suspect what the gate accepts, and then the gate is asked; it never lets through what the gate refuses.
"""

from __future__ import annotations

from sqlglot import exp

from visitcheck.audit.inputs import expressions as e
from visitcheck.audit.inputs.expressions import Expr
from visitcheck.facts.constraints import Constraint, KnownZone, Length, NoStandIn, Pattern
from visitcheck.facts.fields import FieldShape
from visitcheck.facts.limits import MAX_TEXT
from visitcheck.facts.scalars import STAND_INS
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
_END = r"[^\s\pZ\pC]"
# Characters that no text, or no id, may hold.
_INSIDE = r"[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x{fffe}\x{ffff}]"
_INSIDE_ID = r"[^\x00-\x1f\x7f-\x9f\x{fffe}\x{ffff}]"


def read_text(value: Expr, shape: FieldShape) -> tuple[Expr, Expr]:
    """Inside form and suspicion of a text. A fact of another type than text, day and money has no text form."""
    if shape.scalar is None:
        return value.copy(), e.negated(e.one_of(value.copy(), [e.text(word) for word in shape.words]))
    if KnownZone() in shape.scalar.constraints:  # elsewhere the database would fail at a zone it does not know
        known = e.where(e.one_of(value.copy(), [e.text(zone) for zone in sorted(zone_names())]), value.copy())
        return known, e.all_of(e.given(value.copy()), e.missing(known.copy()))
    if shape.scalar.type == STRING:
        return value.copy(), _is_wrong_text(value, shape.scalar.constraints)
    readers = {TIMESTAMP: read_timestamp, DATE: read_date, TIME_OF_DAY: read_time_of_day, MONEY: read_money}
    reader = readers.get(shape.scalar.type)
    if reader is None:
        return e.null("bigint"), e.given(value.copy())
    found = reader(value)
    return found, e.all_of(e.given(value.copy()), e.missing(found.copy()))


def read_timestamp(value: Expr) -> Expr:
    """RFC 3339 text as microseconds since 1970."""
    fitting = e.where(e.matches(value.copy(), _TIMESTAMP), value.copy())
    return null_outside(e.call("epoch_us", e.try_cast(fitting, "timestamptz")), TIMESTAMP_MIN, TIMESTAMP_MAX)


def read_date(value: Expr) -> Expr:
    """`2026-01-30` as days since 1970."""
    return days_since_1970(e.try_cast(e.where(e.matches(value.copy(), _DATE), value.copy()), "date"))


def days_since_1970(date: Expr) -> Expr:
    """A DATE as days since 1970."""
    since = e.call("date_diff", e.text("day"), e.cast(e.text("1970-01-01"), "date"), date)
    return null_outside(since, DATE_MIN, DATE_MAX)


def read_time_of_day(value: Expr) -> Expr:
    """`22:00` or `24:00` as microseconds since midnight."""
    clock = e.call("epoch_us", e.try_cast(e.where(e.matches(value.copy(), _TIME_OF_DAY), value.copy()), "time"))
    return e.where(e.compare(exp.EQ, value.copy(), e.text("24:00")), e.number(DAY), clock)


def read_money(value: Expr) -> Expr:
    """Digits with at most two decimals as hundredths."""
    exact = e.try_cast(e.where(e.matches(value.copy(), _MONEY), value.copy()), "decimal(20, 2)")
    return e.try_cast(e.compare(exp.Mul, exact, exp.convert(100)), "bigint")


def null_outside(value: Expr, low: int, high: int) -> Expr:
    """The value, or NULL where it is outside."""
    inside = exp.Between(this=e.number(0), low=e.number(low), high=e.number(high))
    inside.set("this", value.copy())
    return e.where(inside, value)


def _is_wrong_text(value: Expr, constraints: tuple[Constraint, ...]) -> Expr:
    pattern = next((one.pattern for one in constraints if isinstance(one, Pattern)), None)
    length = next((one for one in constraints if isinstance(one, Length)), None)
    if pattern is not None and length is None:
        return e.negated(e.matches(value.copy(), pattern))
    longest = length.longest if length is not None else MAX_TEXT
    inside = _INSIDE if pattern is None else _INSIDE_ID
    clean = e.matches(value.copy(), f"{_END}(?:{inside}*{_END})?")
    too_long = e.compare(exp.GT, e.call("length", value.copy()), e.number(longest))
    stands = [_is_stand_in(value)] if NoStandIn() in constraints else []
    return e.any_of([e.negated(clean), too_long, *stands])


def _is_stand_in(value: Expr) -> Expr:
    """Whether a text without white space around it stands for a missing value."""
    short = e.compare(exp.LTE, e.call("strlen", value.copy()), e.number(max(len(one.encode()) for one in STAND_INS)))
    words = [e.text(one) for one in sorted(STAND_INS)]
    return e.where(short, e.one_of(e.call("lower", value.copy()), words), exp.false())

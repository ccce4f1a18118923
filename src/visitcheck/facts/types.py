"""The types of facts and conditions, and the form each value has inside.

| type | inside |
| --- | --- |
| bool | `bool` |
| int | `int`, 64 bits |
| double | `float`, finite |
| string | `str` |
| timestamp | `int`, microseconds since 1970-01-01T00:00:00Z |
| duration | `int`, microseconds |
| date | `int`, days since 1970-01-01 |
| time_of_day | `int`, microseconds since midnight, up to 24:00 |
| money | `Money`, minor units (1/100) and an ISO 4217 code |
| closed word | `str` |
| record | an object whose attributes are its fields, `None` where one is missing |
| list | `tuple` |

`count` (the size of a filtered list, `truth.Count`), `daily_hours` and `weekly_hours` (parameters) are types of the
language that no fact has.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple, TypeAlias

MICROSECOND = 1
SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""The moment from which timestamps count."""
EPOCH_ORDINAL = EPOCH.toordinal()
"""The day from which dates count, as `date.toordinal` numbers days."""
INT_MIN, INT_MAX = -(2**63), 2**63 - 1
# 0001-01-01T00:00:00Z and 9999-12-31T23:59:59.999999Z, the range of a timestamp.
TIMESTAMP_MIN, TIMESTAMP_MAX = -62_135_596_800 * SECOND, 253_402_300_800 * SECOND - 1
# 0001-01-01 and 9999-12-31 as days since 1970-01-01.
DATE_MIN, DATE_MAX = -719_162, 2_932_896


class Money(NamedTuple):
    """An exact sum: `minor` hundredths of a unit of `currency`, an ISO 4217 code."""

    minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class Scalar:
    """A type without parts."""

    name: str

    def __str__(self) -> str:
        return self.name


BOOL = Scalar("bool")
INT = Scalar("int")
DOUBLE = Scalar("double")
STRING = Scalar("string")
TIMESTAMP = Scalar("timestamp")
DURATION = Scalar("duration")
DATE = Scalar("date")
TIME_OF_DAY = Scalar("time_of_day")
MONEY = Scalar("money")
COUNT = Scalar("count")
DAILY_HOURS = Scalar("daily_hours")
WEEKLY_HOURS = Scalar("weekly_hours")
WINDOWS = (DAILY_HOURS, WEEKLY_HOURS)
"""Types of parameters that hold hours, both with `language.hours.WeeklyHours` inside."""

SCALARS: dict[str, Scalar] = {
    scalar.name: scalar
    for scalar in (BOOL, INT, DOUBLE, STRING, TIMESTAMP, DURATION, DATE, TIME_OF_DAY, MONEY, *WINDOWS)
}


@dataclass(frozen=True, slots=True)
class Word:
    """A closed set of words. Two word types are comparable when their words are the same set."""

    name: str = field(compare=False)
    words: tuple[str, ...]

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Record:
    """A group of named, typed fields. Records are equal when their names are: a name is used once."""

    name: str
    fields: dict[str, Type] = field(compare=False)

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list whose elements all have one type."""

    item: Type

    def __str__(self) -> str:
        return f"list of {self.item}"


Type: TypeAlias = Scalar | Word | Record | ListOf

"""Public holidays and working days, from tables in this folder.

A table lists the free days of a calendar (`holiday`: public holidays and days off moved to a date) and the
weekend days worked instead (`workday`). A day outside the years that a table covers is UNKNOWN, never "no
holiday". Saturday and Sunday are free in every calendar here.
"""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources

from visitcheck.facts.types import EPOCH_ORDINAL
from visitcheck.truth import Truth


@dataclass(frozen=True, slots=True)
class Calendar:
    """One table. Days count from 1970-01-01; `first_day` and `last_day` are the first and last covered."""

    name: str
    made_from: str
    first_day: int
    last_day: int
    holidays: frozenset[int]
    make_up_days: frozenset[int]
    worked: tuple[int, ...]
    """`worked[i]`: how many working days there are from `first_day` up to and with `first_day + i`."""

    def covers(self, day: int) -> bool:
        """Whether the table says anything about a day."""
        return self.first_day <= day <= self.last_day


def names() -> tuple[str, ...]:
    """The calendars there are, sorted."""
    folder = resources.files(__name__)
    return tuple(sorted(item.name[:-4] for item in folder.iterdir() if item.name.endswith(".csv")))


@cache
def load() -> dict[str, Calendar]:
    """All calendars by name."""
    return {name: _read_table(name, _table_text(name)) for name in names()}


@cache
def digest() -> str:
    """A SHA-256, in hex, of what all tables mean: covered years, free days, make-up days. Names do not
    matter.
    """
    total = hashlib.sha256()
    for name, calendar in sorted(load().items()):
        parts = (
            name,
            calendar.first_day,
            calendar.last_day,
            *sorted(calendar.holidays),
            "worked",
            *sorted(calendar.make_up_days),
        )
        total.update(repr(parts).encode())
    return total.hexdigest()


def is_holiday(name: str, day: int) -> Truth:
    """Whether a day is in a calendar's free days; UNKNOWN outside its years and for no such calendar."""
    calendar = load().get(name)
    if calendar is None or not calendar.covers(day):
        return None
    return day in calendar.holidays


def workdays_between(name: str, start: int, end: int) -> int | None:
    """How many working days there are after `start`, up to and with `end`; negative where `end` is earlier.

    UNKNOWN when either day is outside the calendar's years. A working day is Monday to Friday but for
    holidays, or a make-up day.
    """
    calendar = load().get(name)
    if calendar is None or not (calendar.covers(start) and calendar.covers(end)):
        return None
    return calendar.worked[end - calendar.first_day] - calendar.worked[start - calendar.first_day]


def _table_text(name: str) -> str:
    return resources.files(__name__).joinpath(f"{name}.csv").read_text("utf-8")


def _read_table(name: str, text: str) -> Calendar:
    made_from, years, *rows = text.splitlines()
    first, last = (int(year) for year in years.rpartition(" ")[2].split("-"))
    days: dict[str, set[int]] = {"holiday": set(), "workday": set()}
    for row in csv.DictReader(rows):
        days[row["kind"]].add(date.fromisoformat(row["date"]).toordinal() - EPOCH_ORDINAL)
    first_day, last_day = date(first, 1, 1).toordinal() - EPOCH_ORDINAL, date(last, 12, 31).toordinal() - EPOCH_ORDINAL
    return Calendar(
        name=name,
        made_from=made_from.rpartition(" from ")[2],
        first_day=first_day,
        last_day=last_day,
        holidays=frozenset(days["holiday"]),
        make_up_days=frozenset(days["workday"]),
        worked=_count_workdays(first_day, last_day, days["holiday"], days["workday"]),
    )


def _count_workdays(first: int, last: int, holidays: set[int], make_up: set[int]) -> tuple[int, ...]:
    counts, total = [], 0
    for day in range(first, last + 1):
        monday_to_friday = (day + 3) % 7 < 5
        total += day in make_up or (monday_to_friday and day not in holidays)
        counts.append(total)
    return tuple(counts)

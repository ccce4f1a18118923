"""Calendars: the tables in the repository, and the working days counted from them."""

from __future__ import annotations

from importlib.metadata import version

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visitcheck.language import calendars
from visitcheck.language.calendars import generate
from visitcheck.language.functions.constants import read_date


@pytest.mark.parametrize("source", generate.SOURCES, ids=lambda source: source.name)
def test_the_tables_are_what_the_generator_writes(source: generate.CalendarSource) -> None:
    made_from = calendars.load()[source.name].made_from
    if made_from != f"holidays {version('holidays')}":
        pytest.skip(f"the table was made from {made_from}, installed is holidays {version('holidays')}")

    written = (generate.FOLDER / f"{source.name}.csv").read_text("utf-8")

    assert written == generate.table_text(source)


def test_there_is_a_source_for_every_table() -> None:
    assert calendars.names() == tuple(sorted(source.name for source in generate.SOURCES))


def test_china_is_covered_as_long_as_make_up_days_are_published() -> None:
    china = calendars.load()["CN"]

    assert china.first_day == read_date("2004-01-01")
    assert china.last_day == read_date("2026-12-31")
    years = {day // 365.2425 for day in china.make_up_days}
    assert len(years) == 23


@given(st.sampled_from(calendars.names()), st.data())
def test_working_days_add_up(name: str, data: st.DataObject) -> None:
    calendar = calendars.load()[name]
    days = st.integers(calendar.first_day, calendar.last_day)
    first, middle, last = data.draw(days), data.draw(days), data.draw(days)

    whole = calendars.workdays_between(name, first, last)
    parts = (calendars.workdays_between(name, first, middle), calendars.workdays_between(name, middle, last))

    assert whole == sum(part for part in parts if part is not None)
    assert whole == -(calendars.workdays_between(name, last, first) or 0)


@given(st.sampled_from(calendars.names()), st.data())
def test_one_more_day_counts_when_it_is_worked(name: str, data: st.DataObject) -> None:
    calendar = calendars.load()[name]
    day = data.draw(st.integers(calendar.first_day + 1, calendar.last_day))
    monday_to_friday = (day + 3) % 7 < 5

    worked = day in calendar.make_up_days or (monday_to_friday and calendars.is_holiday(name, day) is False)

    assert calendars.workdays_between(name, day - 1, day) == worked


def test_nothing_is_said_outside_the_covered_years() -> None:
    for name, calendar in calendars.load().items():
        assert calendars.is_holiday(name, calendar.first_day - 1) is None
        assert calendars.is_holiday(name, calendar.last_day + 1) is None
        assert calendars.is_holiday(name, calendar.first_day) is not None


def test_the_digest_is_of_what_the_tables_mean() -> None:
    assert len(calendars.digest()) == 64
    assert calendars.digest() == calendars.digest()

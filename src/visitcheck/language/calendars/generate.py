"""Writes the calendar tables from the library `holidays`, a development dependency.

Run `python -m visitcheck.language.calendars.generate`. The tables are kept in the repository, so that the
meaning of a policy never depends on what is installed; each says which version it was made from.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

FOLDER = Path(__file__).parent
HEADER = ("date", "kind", "name")


class CalendarSource(NamedTuple):
    """Which calendar of `holidays` a table is made from, the years it covers.

    `last` is the last year whose days are official. Without one that is the last year with published make-up
    working days: a later year has none in the library, and says nothing of it.
    """

    name: str
    country: str
    first: int
    last: int | None
    subdivision: str | None = None


# CN starts where the official announcements of days moved were first carried out in full. The others end
# with the last year that governments had announced when this was written.
SOURCES = (
    CalendarSource("CN", "CN", 2004, None),
    CalendarSource("HK", "HK", 2004, 2026),
    CalendarSource("IN", "IN", 2004, 2026),
    CalendarSource("US", "US", 2004, 2030),
    CalendarSource("GB", "GB", 2004, 2027, "ENG"),
    CalendarSource("AU", "AU", 2004, 2027),
)


def table_text(source: CalendarSource) -> str:
    """The text of a calendar's table: two comment lines, a header, and a line for each day by date."""
    import holidays

    years = range(source.first, (source.last or 2100) + 1)
    days = holidays.country_holidays(
        source.country, subdiv=source.subdivision, years=years, language=_language_of(source.country)
    )
    make_up = _make_up_days(days)
    last = source.last or max(day.year for day in make_up)
    rows = sorted(
        {*_holiday_rows(days.items()), *((day, "workday", "Working day moved to a weekend") for day in make_up)}
    )
    lines = [
        f"# made by `python -m visitcheck.language.calendars.generate` from holidays {version('holidays')}",
        f"# years {source.first}-{last}",
        ",".join(HEADER),
        *(f"{day},{kind},{_quote_cell(name)}" for day, kind, name in rows if source.first <= day.year <= last),
    ]
    return "\n".join(lines) + "\n"


def _language_of(country: str) -> str:
    return "en_HK" if country == "HK" else {"IN": "en_IN", "GB": "en_GB", "AU": "en_AU"}.get(country, "en_US")


def _make_up_days(days: Any) -> set[date]:
    return set(getattr(days, "weekend_workdays", ()))


def _holiday_rows(days: Iterable[tuple[date, str]]) -> Iterator[tuple[date, str, str]]:
    for day, name in days:
        yield day, "holiday", name


def _quote_cell(name: str) -> str:
    return '"' + name.replace('"', '""') + '"' if "," in name or '"' in name else name


def main() -> None:
    """Write every table anew."""
    for source in SOURCES:
        (FOLDER / f"{source.name}.csv").write_text(table_text(source), "utf-8")


if __name__ == "__main__":
    main()

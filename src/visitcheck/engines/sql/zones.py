"""Whether a database's clocks show what the pinned zone data says.

Each database has its own copy of the zone data, and a visit must have one local time whoever judges it. So
`check_zones` compares them before anything is judged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta

from visitcheck.engines.sql import build as sql
from visitcheck.engines.sql.dialects import DIALECTS, Dialect
from visitcheck.errors import EngineFailure
from visitcheck.facts.types import DAY, EPOCH, HOUR, INT, TIMESTAMP_MAX, ListOf
from visitcheck.facts.zones import zone_data_version, zone_names
from visitcheck.ir.nodes import Call, Const
from visitcheck.ir.plan import Plan
from visitcheck.ir.walk import walk
from visitcheck.language import clock

_CHECKED = datetime(1970, 1, 2, tzinfo=UTC), datetime(2040, 1, 1, tzinfo=UTC)

Ask = Callable[[str], Sequence[Sequence[object]]]
"""A query's text in, its rows out."""


def zones_of(plan: Plan) -> frozenset[str]:
    """The zones that a plan's conditions name."""
    named = (
        node.args[-1]
        for condition in plan.conditions
        for node in walk(condition)
        if isinstance(node, Call) and node.args
    )
    names = {str(last.value) for last in named if isinstance(last, Const) and isinstance(last.value, str)}
    return frozenset(names & zone_names())


def check_zones(names: Iterable[str], dialect: str, ask: Ask) -> None:
    """Compares a database's clocks with the pinned zone data, zone by zone, around every change and twice a year.

    `ask` runs a query and gives its rows. Raises `EngineFailure` with the zone, the moments and both offsets
    where they differ, or where the database does not know a zone.
    """
    differences: list[str] = []
    for name in sorted(names):
        moments = list(_moments(name))
        offsets = _database_offsets(DIALECTS[dialect], name, moments, ask)
        wrong = [
            (at, ours, theirs)
            for at, theirs in zip(moments, offsets, strict=True)
            if (ours := clock.offset(at, name)) != theirs
        ]
        if wrong:
            differences.append(_sentence(name, wrong))
    if differences:
        raise EngineFailure(
            f"the zone data of {dialect} differs from tzdata {zone_data_version()}, which all else here goes by: "
            + "; ".join(differences)
        )


def _moments(name: str) -> Iterable[int]:
    """Both sides of every change of a zone's offset, and the start of each half year."""
    first, last = (_micros(edge) for edge in _CHECKED)
    before = clock.offset(first, name)
    for at in range(first, last, DAY):
        after = clock.offset(at + DAY, name)
        if after != before:
            change = _change(name, at, at + DAY)
            yield from (change - 1, change)
        before = after
    for year in range(_CHECKED[0].year + 1, _CHECKED[1].year + 1):
        yield from (_micros(datetime(year, month, 1, tzinfo=UTC)) for month in (1, 7))


def _change(name: str, low: int, high: int) -> int:
    """The first moment after `low` with the offset that holds at `high`."""
    wanted = clock.offset(high, name)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if clock.offset(middle, name) == wanted else (middle, high)
    return high


def _database_offsets(dialect: Dialect, name: str, moments: list[int], ask: Ask) -> list[int | None]:
    """How far the database's clock in a zone is ahead of UTC at some moments, in microseconds."""
    listed = sql.cast(sql.array(sql.number(at) for at in moments), ListOf(INT))
    offsets = sql.transform(listed, 0, lambda at: sql.sub(dialect.reading(at, sql.text(name)), at))
    ((listed_offsets,),) = ask(dialect.print(sql.select([sql.named(offsets, "offsets")])))
    return list(listed_offsets)  # type: ignore[call-overload, no-any-return]


def _sentence(name: str, wrong: list[tuple[int, int | None, int | None]]) -> str:
    at, ours, theirs = wrong[0]
    more = f", and at {len(wrong) - 1} other moments" if len(wrong) > 1 else ""
    return f"{name} at {EPOCH + timedelta(microseconds=at)} is {_hours(theirs)}, not {_hours(ours)}{more}"


def _hours(offset: int | None) -> str:
    return "unknown" if offset is None else f"{offset / HOUR:+g} h"


def _micros(moment: datetime) -> int:
    return min((moment - EPOCH) // timedelta(microseconds=1), TIMESTAMP_MAX)

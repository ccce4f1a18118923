"""Local times without an offset as moments, in a zone that the mapping names."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache

from visitcheck.audit.mapping.model import Fold
from visitcheck.engines.sql import build as sql
from visitcheck.engines.sql.build import Sql
from visitcheck.facts.types import EPOCH
from visitcheck.facts.zones import zone_info

_FIRST, _LAST = EPOCH, datetime(2100, 1, 1, tzinfo=UTC)


def moment_of(local: Sql, zone: str, twice: Fold | None) -> Sql:
    """The moment of a local TIMESTAMP as one in UTC.

    NULL for a time that the clocks skipped, and for one that they showed twice unless `twice` says which.
    """
    # Of a time that comes twice DuckDB takes the later; one that is skipped does not come back as it was.
    moment = sql.call("timezone", sql.text(zone), local)
    there = sql.compare("==", sql.call("timezone", sql.text(zone), moment), local)
    utc = sql.call("timezone", sql.text("UTC"), moment)
    for step in steps_back(zone):
        before = sql.sub(moment, sql.call("to_microseconds", sql.number(step)))
        also = sql.compare("==", sql.call("timezone", sql.text(zone), before), local)
        first = sql.call("timezone", sql.text("UTC"), before)
        chosen = first if twice == "earlier" else utc if twice == "later" else sql.null("timestamp")
        utc = sql.case((also, chosen), default=utc)
    return sql.case((there, utc))


@cache
def steps_back(zone: str) -> tuple[int, ...]:
    """By how many microseconds the clocks of a zone have gone back, or will, since 1970."""
    info = zone_info(zone)
    if info is None:
        return ()
    steps: set[timedelta] = set()
    day, last = _FIRST, None
    while day < _LAST:
        offset = day.astimezone(info).utcoffset()
        if last is not None and offset is not None and offset < last:
            steps.add(last - offset)
        last, day = offset, day + timedelta(hours=12)
    return tuple(sorted(step // timedelta(microseconds=1) for step in steps))


def moments_of(local: datetime, zone: str) -> int:
    """How many moments a naive local time is in a zone: none where it is skipped, two where it comes twice."""
    info = zone_info(zone)
    moments = set()
    for fold in (0, 1):
        moment = local.replace(tzinfo=info, fold=fold).astimezone(UTC)
        if moment.astimezone(info).replace(tzinfo=None) == local:
            moments.add(moment)
    return len(moments)

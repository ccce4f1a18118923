"""Local times without an offset as moments, in a zone that the mapping names."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache

from sqlglot import exp

from visitcheck.audit.inputs import expressions as e
from visitcheck.audit.inputs.expressions import Expr
from visitcheck.audit.mapping.model import Fold
from visitcheck.facts.types import EPOCH
from visitcheck.facts.zones import zone_info

_FIRST, _LAST = EPOCH, datetime(2100, 1, 1, tzinfo=UTC)


def moment_of(local: Expr, zone: str, twice: Fold | None) -> Expr:
    """The moment of a local TIMESTAMP as one in UTC.

    NULL for a time that the clocks skipped, and for one that they showed twice unless `twice` says which.
    """
    # Of a time that comes twice DuckDB takes the later; one that is skipped does not come back as it was.
    moment = e.call("timezone", e.text(zone), local.copy())
    there = e.compare(exp.EQ, e.call("timezone", e.text(zone), moment.copy()), local.copy())
    found = e.call("timezone", e.text("UTC"), moment.copy())
    for step in steps_back(zone):
        before = e.compare(exp.Sub, moment.copy(), e.call("to_microseconds", e.number(step)))
        also = e.compare(exp.EQ, e.call("timezone", e.text(zone), before.copy()), local.copy())
        first = e.call("timezone", e.text("UTC"), before)
        chosen = first if twice == "earlier" else found.copy() if twice == "later" else e.null("timestamp")
        found = e.where(also, chosen, found)
    return e.where(there, found)


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
    found = set()
    for fold in (0, 1):
        moment = local.replace(tzinfo=info, fold=fold).astimezone(UTC)
        if moment.astimezone(info).replace(tzinfo=None) == local:
            found.add(moment)
    return len(found)

"""Outcomes by agency, collector or kind of place: rates with what chance leaves open, not counts alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from visitcheck.report.charts.strip import Strip, common_scale, strip
from visitcheck.report.folder import AuditFolder, judged
from visitcheck.report.rates import Rate, Standing, rate, standing

NOT_KNOWN = "(not known)"
"""As the audit calls the group of visits that name none."""
ENOUGH = 10
"""Visits that a collector needs to be listed: a rate of fewer says nothing about a person."""
SHOWN = 60
_COLLECTORS = 25


@dataclass(frozen=True, slots=True)
class GroupRow:
    """One group: visits in breach, of those judged; `name` is None for visits that name no group."""

    name: str | None
    breach: Rate
    review: int
    standing: Standing
    strip: Strip


@dataclass(frozen=True, slots=True)
class Groups:
    """Groups with the highest certain rate first; `few` are not shown for their few visits, `left_out` for room."""

    kind: str
    rows: list[GroupRow]
    number: int
    overall: Rate
    marked: int
    few: int

    @property
    def left_out(self) -> int:
        """How many groups there was no room for."""
        return self.number - self.few - len(self.rows)


def groups(audit: AuditFolder, kind: str, shown: Callable[[str], str] = str) -> Groups | None:
    """The groups of a kind; None where no visit names one. `shown` says how an id is written.

    They are in the order of the lower bound: a group with few visits comes first only where even the best that
    chance allows is bad.
    """
    found = audit.by(kind)
    if not set(found) - {NOT_KNOWN}:
        return None
    overall = rate(audit.summary["outcome"]["deny"], audit.visits)
    rates = {name: rate(counts.get("deny", 0), judged(counts)) for name, counts in found.items()}
    order = sorted(rates, key=lambda name: (-rates[name].low, -rates[name].of, name))
    places = {name: standing(one.hits, one.of, overall.share or 0.0, len(rates)) for name, one in rates.items()}
    told = [name for name in order if kind != "collector" or rates[name].of >= ENOUGH or places[name] == "above"]
    kept = told[: _COLLECTORS if kind == "collector" else SHOWN]
    on = common_scale([overall, *(rates[name] for name in kept)])
    rows = [
        GroupRow(
            name=None if name == NOT_KNOWN else shown(name),
            breach=rates[name],
            review=found[name].get("review", 0),
            standing=places[name],
            strip=strip(rates[name], on, overall.share),
        )
        for name in kept
    ]
    marked = sum(place == "above" for place in places.values())
    return Groups(kind, rows, len(rates), overall, marked, len(order) - len(told))

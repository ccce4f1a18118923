"""Compares agencies, collectors or kinds of place by rates with their intervals, not by counts alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from visitcheck.report.charts.strip import Strip, common_scale, draw_strip
from visitcheck.report.folder import AuditFolder, count_judged
from visitcheck.report.rates import Rate, Standing, rate, standing_of

NOT_KNOWN = "(not known)"
"""The audit's name for the group of visits that name none."""
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


def compare_groups(audit: AuditFolder, kind: str, shown: Callable[[str], str] = str) -> Groups | None:
    """Compare the groups of a kind; None where no visit names one. `shown` writes an id.

    Groups are in the order of the lower bound of their rates: one with few visits comes first only if even the best
    that chance allows is bad.
    """
    outcomes = audit.outcomes_by(kind)
    if not set(outcomes) - {NOT_KNOWN}:
        return None
    overall = rate(audit.summary["outcome"]["deny"], audit.visits)
    rates = {name: rate(counts.get("deny", 0), count_judged(counts)) for name, counts in outcomes.items()}
    order = sorted(rates, key=lambda name: (-rates[name].low, -rates[name].of, name))
    standings = {
        name: standing_of(breach.hits, breach.of, overall.share or 0.0, len(rates)) for name, breach in rates.items()
    }
    # A collector with few visits is listed only if chance does not explain the breaches: the row is about a person.
    telling = [name for name in order if kind != "collector" or rates[name].of >= ENOUGH or standings[name] == "above"]
    listed = telling[: _COLLECTORS if kind == "collector" else SHOWN]
    scale = common_scale([overall, *(rates[name] for name in listed)])
    rows = [
        GroupRow(
            name=None if name == NOT_KNOWN else shown(name),
            breach=rates[name],
            review=outcomes[name].get("review", 0),
            standing=standings[name],
            strip=draw_strip(rates[name], scale, overall.share),
        )
        for name in listed
    ]
    marked = sum(standing == "above" for standing in standings.values())
    return Groups(kind, rows, len(rates), overall, marked, len(order) - len(telling))

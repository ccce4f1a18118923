"""Compares agencies, collectors or kinds of place by rates with their intervals, not by counts alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from visitcheck.engines.outcomes import AssessedOutcome
from visitcheck.report.charts.strip import Strip, common_scale, draw_strip
from visitcheck.report.folder import AuditFolder, breach_rate, count_judged
from visitcheck.report.rates import Rate, Standing, standing_of

NOT_KNOWN = "(not known)"
"""The audit's name for the group of visits that name none."""
ENOUGH = 10
"""Visits that a collector needs to be listed: a rate of fewer says nothing about a person."""
SHOWN = 60
_COLLECTORS = 25
_TO_LOOK_AT = (AssessedOutcome.SUSPECTED, AssessedOutcome.TO_REVIEW, AssessedOutcome.IN_DOUBT)


@dataclass(frozen=True, slots=True)
class GroupRow:
    """One group: visits in breach, of those with an assessed rule; `name` is None for visits that name no group."""

    name: str | None
    visits: int
    found: int
    """Visits in which a breach was found."""
    breach: Rate
    """Without visits where a rate would say nothing."""
    assessed: float | None
    """The share of the rules that apply or may that were assessed; None for kinds of place."""
    going_on: float | None
    """The share of the lists stated that go on; None where none is stated."""
    review: int
    """Visits that are suspected, to review or in doubt."""
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
    overall = breach_rate(audit.summary["assessed_outcome"])
    rates = {name: breach_rate(counts) for name, counts in outcomes.items()}
    visits = {name: count_judged(counts) for name, counts in outcomes.items()}
    order = sorted(rates, key=lambda name: (-rates[name].low, -rates[name].of, -visits[name], name))
    standings = {
        name: standing_of(breach.hits, breach.of, overall.share or 0.0, len(rates)) for name, breach in rates.items()
    }
    # A collector with few visits is listed only if chance does not explain the breaches: the row is about a person.
    telling = [name for name in order if kind != "collector" or visits[name] >= ENOUGH or standings[name] == "above"]
    listed = telling[: _COLLECTORS if kind == "collector" else SHOWN]
    scale = common_scale([overall, *(rates[name] for name in listed)])
    said = audit.summary["said"].get(kind, {})
    rows = [
        GroupRow(
            name=None if name == NOT_KNOWN else shown(name),
            breach=rates[name],
            visits=visits[name],
            found=outcomes[name].get(AssessedOutcome.BREACH, 0),
            assessed=_share(said.get(name), "rules_assessed", "rules_applicable"),
            going_on=_share(said.get(name), "lists_going_on", "lists"),
            review=sum(outcomes[name].get(word, 0) for word in _TO_LOOK_AT),
            standing=standings[name],
            strip=draw_strip(rates[name], scale, overall.share),
        )
        for name in listed
    ]
    marked = sum(standing == "above" for standing in standings.values())
    return Groups(kind, rows, len(rates), overall, marked, len(order) - len(telling))


def _share(counts: dict[str, int] | None, part: str, whole: str) -> float | None:
    return counts[part] / counts[whole] if counts and counts[whole] else None

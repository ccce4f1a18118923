"""Compares one audit, A, with another, B: two periods, or two policies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from visitcheck.engines.outcomes import ASSESSED_WORDS, Status
from visitcheck.engines.sql.duckdb_connection import connect_duckdb
from visitcheck.policy.model import Text
from visitcheck.report.folder import AuditFolder, breach_rate
from visitcheck.report.rates import Rate, RateChange, rate, rate_change
from visitcheck.report.sections.groups import NOT_KNOWN
from visitcheck.report.sections.missing import count_missing_by_fact
from visitcheck.report.sections.rules import rule_title, violation_rate

SHOWN = 40
_MOVES = """
    SELECT a.assessed_outcome, b.assessed_outcome, count(*)
    FROM read_parquet($first) a FULL JOIN read_parquet($second) b USING (visit_id) GROUP BY ALL
"""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two audits in short."""

    policy: str
    digest: str
    period: str
    rows: int
    visits: int
    rejects: int
    files: list[str]


@dataclass(frozen=True, slots=True)
class RatePair:
    """One rate in both audits; `only` names the audit (a or b) where the other has no such rule or group."""

    name: str
    title: Text
    first: Rate
    second: Rate
    change: RateChange
    only: str | None = None
    first_counts: tuple[tuple[str, int], ...] = ()
    """Of a rule the visits by status, so that what changes no rate is seen, too."""
    second_counts: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Moves:
    """Visits in both audits, by their outcome in each; and how many are in one only."""

    counts: dict[tuple[str, str], int]
    only_a: int
    only_b: int

    @property
    def both(self) -> int:
        """Visits in both."""
        return sum(self.counts.values())

    @property
    def moved(self) -> int:
        """Visits in both whose outcomes differ."""
        return sum(number for (before, after), number in self.counts.items() if before != after)


@dataclass(frozen=True, slots=True)
class Comparison:
    """All that the page shows. With `same_visits` both judged the same input, so no difference is left to chance."""

    a: Side
    b: Side
    same_policy: bool
    same_visits: bool
    added: int
    removed: int
    changed: int
    options: list[str]
    outcomes: list[RatePair]
    moves: Moves
    rules: list[RatePair]
    rules_left_out: int
    agencies: list[RatePair]
    missing: list[RatePair]


def compare_audits(first: AuditFolder, second: AuditFolder) -> Comparison:
    """Compare two audits."""
    before, after = first.summary["rules"], second.summary["rules"]
    common = before.keys() & after.keys()
    rules = _compare_rules(first, second)
    return Comparison(
        a=_summarise_side(first),
        b=_summarise_side(second),
        same_policy=first.manifest["policy"]["digest"] == second.manifest["policy"]["digest"],
        same_visits=_input_hashes(first) == _input_hashes(second),
        added=len(after.keys() - before.keys()),
        removed=len(before.keys() - after.keys()),
        changed=sum(before[rule]["effect"] != after[rule]["effect"] for rule in common),
        options=_changed_options(first.manifest["options"], second.manifest["options"]),
        outcomes=[_compare_outcome(first, second, outcome) for outcome in ASSESSED_WORDS],
        moves=_count_moves(first, second),
        rules=rules[:SHOWN],
        rules_left_out=len(rules) - len(rules[:SHOWN]),
        agencies=_compare_agencies(first, second)[:SHOWN],
        missing=_compare_missing(first, second)[:SHOWN],
    )


def _summarise_side(audit: AuditFolder) -> Side:
    manifest, months = audit.manifest, list(audit.months)
    return Side(
        policy=audit.policy_name,
        digest=manifest["policy"]["digest"],
        period=f"{months[0]} – {months[-1]}" if months else "–",
        rows=manifest["counts"]["rows"],
        visits=audit.visits,
        rejects=manifest["counts"]["rejects"],
        files=[file["file"] for file in manifest["input"]],
    )


def _input_hashes(audit: AuditFolder) -> list[str]:
    return sorted(str(file["sha256"]) for file in audit.manifest["input"])


def _changed_options(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Options that differ."""
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))


def _compare_outcome(first: AuditFolder, second: AuditFolder, outcome: str) -> RatePair:
    before, after = (rate(audit.summary["assessed_outcome"][outcome], audit.visits) for audit in (first, second))
    return _compare_rates(outcome, Text(outcome, outcome), before, after)


def _compare_rates(name: str, title: Text, first: Rate, second: Rate) -> RatePair:
    return RatePair(name, title, first, second, rate_change(first, second))


def _compare_rules(first: AuditFolder, second: AuditFolder) -> list[RatePair]:
    """Compare rules of which any count or the rate changed, or that only one audit has, the greatest change first."""
    before, after = first.summary["rules"], second.summary["rules"]
    pairs = []
    for rule in sorted(before.keys() | after.keys()):
        only = "b" if rule not in before else "a" if rule not in after else None
        title = rule_title(first if rule in before else second, rule)
        rates = violation_rate(before.get(rule)), violation_rate(after.get(rule))
        counts = _status_counts(before.get(rule)), _status_counts(after.get(rule))
        pairs.append(RatePair(rule, title, *rates, rate_change(*rates), only, *counts))
    return _sort_by_size([pair for pair in pairs if pair.only or pair.first_counts != pair.second_counts])


def _status_counts(counts: dict[str, int] | None) -> tuple[tuple[str, int], ...]:
    return () if counts is None else tuple((str(status), counts[status]) for status in Status)


def _compare_agencies(first: AuditFolder, second: AuditFolder) -> list[RatePair]:
    before, after = first.outcomes_by("agency"), second.outcomes_by("agency")
    pairs = []
    for name in sorted((before.keys() | after.keys()) - {NOT_KNOWN}):
        rates = breach_rate(before.get(name, {})), breach_rate(after.get(name, {}))
        pairs.append(_compare_rates(name, Text(name, name), *rates))
    return _sort_by_size(pairs)


def _compare_missing(first: AuditFolder, second: AuditFolder) -> list[RatePair]:
    before, after = count_missing_by_fact(first), count_missing_by_fact(second)
    facts = sorted(before.keys() | after.keys())
    return _sort_by_size(
        [
            _compare_rates(
                fact,
                Text(fact, fact),
                rate(before.get(fact, (0, 0))[0], first.visits),
                rate(after.get(fact, (0, 0))[0], second.visits),
            )
            for fact in facts
        ]
    )


def _sort_by_size(pairs: list[RatePair]) -> list[RatePair]:
    """Sort changes: those that are more than chance first, then by their size."""
    return sorted(pairs, key=lambda pair: (not pair.change.certain, -_size_of_change(pair), pair.name))


def _size_of_change(pair: RatePair) -> float:
    """The size of a change; where one audit has no such rule or group, the other's rate."""
    return abs(pair.change.by if pair.change.by is not None else (pair.first.share or pair.second.share or 0.0))


def _count_moves(first: AuditFolder, second: AuditFolder) -> Moves:
    with connect_duckdb() as con:
        tables = {"first": first.table("verdicts"), "second": second.table("verdicts")}
        rows = con.execute(_MOVES, tables).fetchall()
    return Moves(
        counts={(before, after): number for before, after, number in rows if before and after},
        only_a=sum(number for before, after, number in rows if after is None),
        only_b=sum(number for before, after, number in rows if before is None),
    )

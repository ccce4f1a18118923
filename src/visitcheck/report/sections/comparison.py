"""What changed from one audit, A, to another, B: between periods, or between policies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from visitcheck.engines.sql.duckdb_connection import connect_duckdb
from visitcheck.policy.model import Text
from visitcheck.report.folder import OUTCOMES, AuditFolder, judged
from visitcheck.report.rates import Rate, RateChange, change, rate
from visitcheck.report.sections.groups import NOT_KNOWN
from visitcheck.report.sections.missing import missing_by_fact
from visitcheck.report.sections.rules import rule_title

SHOWN = 40
_MOVES = """
    SELECT a.outcome, b.outcome, count(*) FROM read_parquet($first) a FULL JOIN read_parquet($second) b
    USING (visit_id) GROUP BY ALL
"""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the audits in short."""

    policy: str
    digest: str
    period: str
    rows: int
    visits: int
    rejects: int
    files: list[str]


@dataclass(frozen=True, slots=True)
class Compared:
    """One rate in both audits; `only` names the audit (a or b) where the other has no such rule or group."""

    name: str
    title: Text
    first: Rate
    second: Rate
    change: RateChange
    only: str | None = None


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
        """Visits in both, with another outcome."""
        return sum(number for (before, after), number in self.counts.items() if before != after)


@dataclass(frozen=True, slots=True)
class Comparison:
    """All that the page shows. `same_visits`: both judged the same input, so that no difference is left to chance."""

    a: Side
    b: Side
    same_policy: bool
    same_visits: bool
    added: int
    removed: int
    changed: int
    options: list[str]
    outcomes: list[Compared]
    moves: Moves
    rules: list[Compared]
    rules_left_out: int
    agencies: list[Compared]
    missing: list[Compared]


def comparison(first: AuditFolder, second: AuditFolder) -> Comparison:
    """The comparison of two audits."""
    before, after = first.summary["rules"], second.summary["rules"]
    common = before.keys() & after.keys()
    rules = _rules(first, second)
    return Comparison(
        a=_side(first),
        b=_side(second),
        same_policy=first.manifest["policy"]["digest"] == second.manifest["policy"]["digest"],
        same_visits=_hashes(first) == _hashes(second),
        added=len(after.keys() - before.keys()),
        removed=len(before.keys() - after.keys()),
        changed=sum(before[rule]["effect"] != after[rule]["effect"] for rule in common),
        options=_options(first.manifest["options"], second.manifest["options"]),
        outcomes=[_outcome(first, second, outcome) for outcome in reversed(OUTCOMES)],
        moves=_moves(first, second),
        rules=rules[:SHOWN],
        rules_left_out=len(rules) - len(rules[:SHOWN]),
        agencies=_agencies(first, second)[:SHOWN],
        missing=_missing(first, second)[:SHOWN],
    )


def _side(audit: AuditFolder) -> Side:
    manifest, months = audit.manifest, list(audit.months)
    return Side(
        policy=audit.policy_name,
        digest=manifest["policy"]["digest"],
        period=f"{months[0]} – {months[-1]}" if months else "–",
        rows=manifest["counts"]["rows"],
        visits=audit.visits,
        rejects=manifest["counts"]["rejects"],
        files=[one["file"] for one in manifest["input"]],
    )


def _hashes(audit: AuditFolder) -> list[str]:
    return sorted(str(one["sha256"]) for one in audit.manifest["input"])


def _options(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Options that differ; into how many shards the work was divided changes no figure."""
    return sorted(name for name in (before.keys() | after.keys()) - {"shards"} if before.get(name) != after.get(name))


def _outcome(first: AuditFolder, second: AuditFolder, outcome: str) -> Compared:
    before, after = (rate(audit.summary["outcome"][outcome], audit.visits) for audit in (first, second))
    return _compared(outcome, Text(outcome, outcome), before, after)


def _compared(name: str, title: Text, first: Rate, second: Rate, only: str | None = None) -> Compared:
    return Compared(name, title, first, second, change(first, second), only)


def _rules(first: AuditFolder, second: AuditFolder) -> list[Compared]:
    """Rules whose rate changed, or that only one audit has, the greatest change first."""
    before, after = first.summary["rules"], second.summary["rules"]
    found = []
    for rule in sorted(before.keys() | after.keys()):
        only = "b" if rule not in before else "a" if rule not in after else None
        title = rule_title(first if rule in before else second, rule)
        found.append(_compared(rule, title, _decided(before.get(rule)), _decided(after.get(rule)), only))
    return _by_size([one for one in found if one.only or one.change.by])


def _decided(counts: dict[str, int] | None) -> Rate:
    if counts is None:
        return rate(0, 0)
    return rate(counts["violated"], counts["violated"] + counts["satisfied"] + counts["excused"])


def _agencies(first: AuditFolder, second: AuditFolder) -> list[Compared]:
    before, after = first.by("agency"), second.by("agency")
    found = []
    for name in sorted((before.keys() | after.keys()) - {NOT_KNOWN}):
        one, other = (_breach(counts.get(name, {})) for counts in (before, after))
        found.append(_compared(name, Text(name, name), one, other))
    return _by_size(found)


def _breach(counts: dict[str, int]) -> Rate:
    return rate(counts.get("deny", 0), judged(counts))


def _missing(first: AuditFolder, second: AuditFolder) -> list[Compared]:
    before, after = missing_by_fact(first), missing_by_fact(second)
    facts = sorted(before.keys() | after.keys())
    return _by_size(
        [
            _compared(
                fact,
                Text(fact, fact),
                rate(before.get(fact, (0, 0))[0], first.visits),
                rate(after.get(fact, (0, 0))[0], second.visits),
            )
            for fact in facts
        ]
    )


def _by_size(found: list[Compared]) -> list[Compared]:
    """Changes that are more than chance first, then by their size; what one audit lacks goes by the other's rate."""
    return sorted(found, key=lambda one: (not one.change.certain, -_size(one), one.name))


def _size(one: Compared) -> float:
    return abs(one.change.by if one.change.by is not None else (one.first.share or one.second.share or 0.0))


def _moves(first: AuditFolder, second: AuditFolder) -> Moves:
    with connect_duckdb() as con:
        tables = {"first": first.table("verdicts"), "second": second.table("verdicts")}
        found = con.execute(_MOVES, tables).fetchall()
    return Moves(
        counts={(before, after): number for before, after, number in found if before and after},
        only_a=sum(number for before, after, number in found if after is None),
        only_b=sum(number for before, after, number in found if before is None),
    )

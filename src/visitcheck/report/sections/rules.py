"""Lists findings by rule: for how many visits each rule was decided, and how many violated it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from visitcheck.policy.model import Text
from visitcheck.report.charts.strip import bar_length
from visitcheck.report.folder import AuditFolder
from visitcheck.report.rates import Rate, rate

SOURCES = ("law", "process", "default")


@dataclass(frozen=True, slots=True)
class Basis:
    """Where an instrument says so: its title, the article, and how well that place was read."""

    title: Text
    article: str | None
    reading: str
    force: str


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One rule. `rate` holds the visits that violated it, of those that a rate is of: none where there is no rate."""

    id: str
    title: Text
    source: str
    effect: str
    basis: list[Basis]
    rate: Rate
    of: int
    """The visits that surely are under the rule and show whether it is met."""
    left_out: int
    """The other visits that are or may be under it."""
    violated: int
    suspected: int
    undetermined: int
    excused: int
    not_assessed: int
    not_applicable: int
    defaults: list[str]
    """Numbers that it reads and that nobody confirmed."""
    lacking: list[str]
    """Facts that no column gives and the rule needs."""
    bar: float

    @property
    def others(self) -> list[tuple[str, int]]:
        """The visits that are neither satisfied nor violated, by status; only those that occur."""
        counts = {
            "suspected": self.suspected,
            "undetermined": self.undetermined,
            "not_assessed": self.not_assessed,
            "excused": self.excused,
            "not_applicable": self.not_applicable,
        }
        return [(name, number) for name, number in counts.items() if number]


@dataclass(frozen=True, slots=True)
class Rules:
    """Rules with a violation, by what they lead to and the most violated first; then others.

    After them those suspected of one at times, the same way, and those left open at times.
    """

    violated: list[RuleRow]
    suspected: list[RuleRow]
    open: list[RuleRow]
    quiet: list[RuleRow]
    never_given: list[str]

    @property
    def violated_by_source(self) -> list[tuple[str, list[RuleRow]]]:
        """The rules violated by what they come from, law first, and defaults that nobody confirmed last."""
        by_source = ((source, [row for row in self.violated if row.source == source]) for source in SOURCES)
        return [(source, rows) for source, rows in by_source if rows]

    @property
    def all(self) -> int:
        """How many rules there are."""
        return len(self.violated) + len(self.suspected) + len(self.open) + len(self.quiet)


def list_rules(audit: AuditFolder) -> Rules:
    """List the rules of an audit."""
    counts = audit.summary["rules"]
    most = max((statuses["violated"] for statuses in counts.values()), default=0)
    never = audit.summary["never_given"]
    rows = [
        RuleRow(
            id=rule,
            title=rule_title(audit, rule),
            source=source_of_rule(audit, rule),
            effect=statuses["effect"],
            basis=basis_of(audit, rule),
            rate=violation_rate(statuses),
            of=statuses["rate"]["of"],
            left_out=statuses["rate"]["left_out"],
            violated=statuses["violated"],
            suspected=statuses["suspected"],
            undetermined=statuses["undetermined"],
            excused=statuses["excused"],
            not_assessed=statuses["not_assessed"],
            not_applicable=statuses["not_applicable"],
            defaults=audit.policy["rules"].get(rule, {}).get("unconfirmed_defaults", []),
            lacking=never["rules"].get(rule, []),
            bar=bar_length(statuses["violated"], most),
        )
        for rule, statuses in counts.items()
    ]
    violated = sorted((row for row in rows if row.violated), key=_gravity)
    suspected = [row for row in rows if row.suspected and not row.violated]
    quiet = [row for row in rows if not (row.violated or row.suspected)]
    return Rules(
        violated=violated,
        suspected=sorted(suspected, key=_gravity),
        open=[row for row in quiet if row.undetermined or row.not_assessed],
        quiet=[row for row in quiet if not (row.undetermined or row.not_assessed)],
        never_given=never["facts"],
    )


_EFFECTS = ("deny", "review", "note")


def _gravity(row: RuleRow) -> tuple[int, int, str]:
    return _EFFECTS.index(row.effect), -(row.violated or row.suspected), row.id


def violation_rate(counts: dict[str, Any] | None) -> Rate:
    """The rate of a rule with these counts in the summary; without visits where there is none to show."""
    if counts is None or not counts["rate"]["shown"]:
        return rate(0, 0)
    return rate(counts["rate"]["violated"], counts["rate"]["of"])


def rule_title(audit: AuditFolder, rule: str) -> Text:
    """The title of a rule, or its id where the policy's texts lack it."""
    texts = audit.policy["rules"].get(rule)
    return Text(**texts["title"]) if texts else Text(rule, rule)


def source_of_rule(audit: AuditFolder, rule: str) -> str:
    """Say what a rule comes from, as `SOURCES` has it."""
    texts = audit.policy["rules"].get(rule, {})
    return "default" if texts.get("unconfirmed_defaults") else texts.get("source", "process")


def basis_of(audit: AuditFolder, rule: str) -> list[Basis]:
    """The places that a rule cites, each once."""
    cites = audit.policy["rules"].get(rule, {}).get("cites", [])
    bases = (Basis(Text(**cite["title"]), cite["article"], cite["reading"], cite["force"]) for cite in cites)
    return list(dict.fromkeys(bases))

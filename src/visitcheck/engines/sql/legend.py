"""What the columns of a printed query mean, as comments above it."""

from __future__ import annotations

from collections.abc import Iterator

from visitcheck.engines.columns import status_name, truth_name
from visitcheck.engines.outcomes import ASSESSED_CODES, OUTCOME_CODES, STATUS_CODES
from visitcheck.engines.sql.engine import SqlEngine

_SESSION = {"duckdb": "SET TimeZone = 'UTC'", "spark": "SET spark.sql.session.timeZone = UTC"}


def legend(engine: SqlEngine, table: str) -> str:
    """SQL comments: what the query reads, and what each of its columns says."""
    return "".join(f"-- {line}".rstrip() + "\n" for line in _lines(engine, table))


def _lines(engine: SqlEngine, table: str) -> Iterator[str]:
    plan = engine.plan
    yield f"policy {plan.policy.name} ({plan.policy.digest}), {plan.stage} visits, for {engine.dialect.name}"
    yield f"`{table}` holds one row a visit, as docs/sql.md says. First: {_SESSION[engine.dialect.name]}"
    yield ""
    uses: dict[int, list[str]] = {position: [] for position in range(len(plan.conditions))}
    for position, names in uses.items():
        names += [f"{owner.rule.id} {owner.role}" for owner in plan.owners(position)]
    for doubt, position in plan.doubts:
        uses[position].append(f"doubt {doubt.code}")
    for fact, position in plan.protective:
        uses[position].append(f"{fact} speaks against the visit")
    for position, names in uses.items():
        yield f"{truth_name(position)}: {'; '.join(names)}"
    yield ""
    for position, rule in enumerate(plan.rules):
        yield f"{status_name(position)}: {rule.rule.id}"
    yield "statuses: " + ", ".join(f"{code} {status}" for status, code in STATUS_CODES.items())
    yield "rules_assessed, rules_applicable: how many binding rules are assessed, and apply or may"
    yield "outcome: " + ", ".join(f"{code} {name}" for name, code in OUTCOME_CODES.items())
    yield "assessed_outcome: " + ", ".join(f"{code} {name}" for name, code in ASSESSED_CODES.items())

"""What the columns of a printed query mean, as comments above it."""

from __future__ import annotations

from collections.abc import Iterator

from visitcheck.engines.sql.engine import SqlEngine
from visitcheck.engines.sql.verdicts import OUTCOME_CODES, STATUS_CODES, status_name, truth_name

_SESSION = {"duckdb": "SET TimeZone = 'UTC'", "spark": "SET spark.sql.session.timeZone = UTC"}


def legend(engine: SqlEngine, table: str) -> str:
    """SQL comments: what the query reads, and what each of its columns says."""
    return "".join(f"-- {line}".rstrip() + "\n" for line in _lines(engine, table))


def _lines(engine: SqlEngine, table: str) -> Iterator[str]:
    plan = engine.plan
    yield f"policy {plan.policy.name} ({plan.policy.digest}), {plan.stage} visits, for {engine.dialect.name}"
    yield f"`{table}` holds one row a visit, as docs/sql.md says. First: {_SESSION[engine.dialect.name]}"
    yield ""
    for position, parts in sorted(_parts(engine).items()):
        yield f"{truth_name(position)}: {'; '.join(parts)}"
    yield ""
    for position, rule in enumerate(plan.rules):
        yield f"{status_name(position)}: {rule.rule.id}"
    yield "statuses: " + ", ".join(f"{code} {status}" for status, code in STATUS_CODES.items())
    yield "outcome, outcome_assessable: " + ", ".join(f"{code} {name}" for name, code in OUTCOME_CODES.items())


def _parts(engine: SqlEngine) -> dict[int, list[str]]:
    """For each condition, the rules and checks it belongs to."""
    found: dict[int, list[str]] = {}
    for entry in engine.plan.rules:
        rule = entry.rule
        found.setdefault(entry.applies, []).append(f"{rule.id} applies")
        for position, check in zip(entry.checks, rule.require, strict=True):
            found.setdefault(position, []).append(f"{rule.id} requires {check.name}")
        for position, excuse in zip(entry.unless, rule.unless, strict=True):
            found.setdefault(position, []).append(f"{rule.id} unless {excuse.id}")
    return found

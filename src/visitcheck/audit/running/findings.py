"""Findings: rules violated, excused, or undetermined for a fact that the row itself lacks."""

from __future__ import annotations

from collections.abc import Iterator

from visitcheck.audit.running.scope import AuditScope
from visitcheck.audit.running.sql import quote_name, quote_text, text_list
from visitcheck.engines.sql.columns import FILE, ROW
from visitcheck.engines.sql.verdicts import STATUS_CODES
from visitcheck.engines.status import Status
from visitcheck.ir.plan import PlanRule

ROWS, JUDGED, LACKING, REPORTABLE = "shard_rows", "shard_judged", "shard_lacking", "shard_found"
_VIOLATED, _UNDETERMINED, _EXCUSED = (
    STATUS_CODES[one] for one in (Status.VIOLATED, Status.UNDETERMINED, Status.EXCUSED)
)


def lacking_query(scope: AuditScope) -> str:
    """For each row with an undetermined rule, which of the facts that rules read it lacks; sorted."""
    asked = f"SELECT {quote_name(FILE)}, {quote_name(ROW)} FROM {JUDGED} WHERE {has_undetermined_rule(scope)}"
    return (
        f"SELECT {quote_name(FILE)}, {quote_name(ROW)}, {missing_facts(scope)} AS lacks "
        f"FROM {ROWS} SEMI JOIN ({asked}) USING ({quote_name(FILE)}, {quote_name(ROW)})"
    )


def has_undetermined_rule(scope: AuditScope) -> str:
    """Whether a judged row has an undetermined rule."""
    return " OR ".join(f"s{n} = {_UNDETERMINED}" for n in range(len(scope.plan.rules))) or "FALSE"


def missing_facts(scope: AuditScope) -> str:
    """An expression for the facts that rules read and a row lacks, sorted; in forms that Spark has, too.

    Facts that no row gives are left out: rules that need them are listed once, in the summary.
    """
    facts = sorted(scope.plan.facts - scope.never_known)
    missing = ", ".join(f"CASE WHEN {_is_missing(fact)} THEN {quote_text(fact)} END" for fact in facts)
    return f"list_filter([{missing or 'NULL'}], lambda one: one IS NOT NULL)::VARCHAR[]"


def _is_missing(fact: str) -> str:
    """Whether a row lacks a fact: of a fact of list elements, whether some element does."""
    listed, mark, element = fact.partition("[].")
    whole = ".".join(map(quote_name, listed.split(".")))
    if not mark:
        return f"{whole} IS NULL"
    inner = ".".join(map(quote_name, element.split(".")))
    return f"array_length(list_filter({whole}, lambda one: one.{inner} IS NULL)) > 0"


def reportable_query(scope: AuditScope) -> str:
    """Rows of which there is something to say, with what they lack: joined once, for the rules are many."""
    is_reportable = f"IN ({_VIOLATED}, {_UNDETERMINED}, {_EXCUSED})"
    some = " OR ".join(f"s{n} {is_reportable}" for n in range(len(scope.plan.rules))) or "FALSE"
    rows = f"(SELECT * FROM {JUDGED} WHERE {some})"
    return f"SELECT * FROM {rows} LEFT JOIN {LACKING} USING ({quote_name(FILE)}, {quote_name(ROW)})"


def findings_query(scope: AuditScope, labels: tuple[str, ...]) -> str:
    """A row for each finding, with what identifies the visit and what decided."""
    parts = [
        _rule_findings_query(scope, position, rule, file_label(labels))
        for position, rule in enumerate(scope.plan.rules)
    ]
    return " UNION ALL ".join(parts)


def file_label(labels: tuple[str, ...]) -> str:
    """The name of a row's file."""
    return f"({text_list(labels)})[1 + file_number]"


def _rule_findings_query(scope: AuditScope, position: int, rule: PlanRule, file: str) -> str:
    checks = zip(rule.rule.require, rule.checks, strict=True)
    failed = _names_that_hold((check.name, f"c{at} IS NOT TRUE") for check, at in checks)
    excuses = zip(rule.rule.unless, rule.unless, strict=True)
    excused = _names_that_hold((excuse.id, f"c{at}") for excuse, at in excuses)
    missing = f"list_filter(lacks, lambda one: {_is_open_fact(scope, rule)})"
    status = f"s{position}"
    words = f"CASE {status} WHEN {_VIOLATED} THEN 'violated' WHEN {_EXCUSED} THEN 'excused' ELSE 'undetermined' END"
    effects = {_UNDETERMINED: rule.on_unknown, _VIOLATED: rule.effect}
    effect = f"CASE {status} {' '.join(f'WHEN {code} THEN {quote_text(word)}' for code, word in effects.items())} END"
    decided = f"{status} IN ({_VIOLATED}, {_EXCUSED})"
    return f"""SELECT file_number, visit_id, {file} AS file, row, rule, status, effect, checks, exceptions,
      missing, starts_at, debtor_id, place_kind, agency_id, rule_number
    FROM (SELECT j.{quote_name(FILE)} AS file_number, visit_id, j.{quote_name(ROW)} AS row,
      {quote_text(rule.rule.id)} AS rule, {words} AS status, {effect} AS effect, {failed} AS checks,
      {excused} AS exceptions, if({decided}, []::VARCHAR[], {missing}) AS missing,
      make_timestamp(starts_at) AT TIME ZONE 'UTC' AS starts_at, debtor_id, place_kind, agency_id,
      {position}::INTEGER AS rule_number, {decided} AS decided
      FROM {REPORTABLE} AS j
      WHERE {status} IN ({_VIOLATED}, {_EXCUSED}, {_UNDETERMINED}))
    WHERE decided OR len(missing) > 0"""


def _names_that_hold(pairs: Iterator[tuple[str, str]]) -> str:
    """The names of those conditions that hold."""
    shown = ", ".join(f"CASE WHEN {condition} THEN {quote_text(label)} END" for label, condition in pairs)
    return f"list_filter([{shown}]::VARCHAR[], lambda one: one IS NOT NULL)" if shown else "[]::VARCHAR[]"


def _is_open_fact(scope: AuditScope, rule: PlanRule) -> str:
    """Whether `one` is a fact that an UNKNOWN condition of the rule reads."""
    tests = []
    for at in dict.fromkeys(rule.positions):
        facts = sorted(scope.plan.facts_of(at))
        if facts:
            tests.append(f"(c{at} IS NULL AND list_contains({text_list(facts)}, one))")
    return " OR ".join(tests) or "FALSE"

"""Findings: rules violated, suspected, excused, or undetermined for a fact that the row itself lacks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from visitcheck.audit.running.scope import AuditScope
from visitcheck.audit.running.sql import fact_column, quote_name, quote_text, text_list
from visitcheck.engines.columns import FILE, ROW
from visitcheck.engines.outcomes import STATUS_CODES
from visitcheck.engines.status import Status
from visitcheck.engines.tally import asked_effect
from visitcheck.ir.plan import PlanRule

ROWS, JUDGED, LACKING, REPORTABLE = "shard_rows", "shard_judged", "shard_lacking", "shard_found"
_REPORTED = (Status.VIOLATED, Status.SUSPECTED, Status.EXCUSED, Status.UNDETERMINED)
_OPEN = (Status.SUSPECTED, Status.UNDETERMINED)
"""The statuses that facts would settle which a row lacks."""


def _has_status(position: int, statuses: Iterable[Status]) -> str:
    return f"s{position} IN ({', '.join(str(STATUS_CODES[status]) for status in statuses)})"


def lacking_query(scope: AuditScope) -> str:
    """For each row with a suspected or undetermined rule, which of the facts that rules read it lacks; sorted."""
    asked = f"SELECT {quote_name(FILE)}, {quote_name(ROW)} FROM {JUDGED} WHERE {has_open_rule(scope)}"
    return (
        f"SELECT {quote_name(FILE)}, {quote_name(ROW)}, {missing_facts(scope)} AS lacks "
        f"FROM {ROWS} SEMI JOIN ({asked}) USING ({quote_name(FILE)}, {quote_name(ROW)})"
    )


def has_open_rule(scope: AuditScope) -> str:
    """Whether a judged row has a rule that is suspected or undetermined."""
    return " OR ".join(_has_status(n, _OPEN) for n in range(len(scope.plan.rules))) or "FALSE"


def missing_facts(scope: AuditScope) -> str:
    """An expression for the facts that rules read and a row lacks, sorted; in forms that Spark has, too.

    Facts that no row gives are left out: rules left open for them are listed once, in the summary. A list that goes on
    stands there as what is asked of it, like `completeness.contacts`.
    """
    tests = {fact: _is_missing(fact) for fact in scope.ruled_facts - scope.never_known}
    tests |= {f"completeness.{path}": _goes_on(path) for path in _lists_that_may_go_on(scope, scope.ruled_facts)}
    missing = ", ".join(f"CASE WHEN {test} THEN {quote_text(fact)} END" for fact, test in sorted(tests.items()))
    return f"list_filter([{missing or 'NULL'}], lambda one: one IS NOT NULL)::VARCHAR[]"


def _is_missing(fact: str) -> str:
    """Whether a row lacks a fact: of a fact of list elements, whether some element does."""
    listed, mark, element = fact.partition("[].")
    whole = ".".join(map(quote_name, listed.split(".")))
    if not mark:
        return f"{whole} IS NULL"
    inner = ".".join(map(quote_name, element.split(".")))
    return f"array_length(list_filter({whole}, lambda one: one.{inner} IS NULL)) > 0"


def _lists_that_may_go_on(scope: AuditScope, facts: Iterable[str]) -> list[str]:
    """The lists that are among facts, or whose elements are, and of which rows may say that they go on."""
    if not scope.may_go_on:
        return []
    lists = {fact.partition("[]")[0] for fact in facts} & scope.may_go_on
    return sorted(path for path in lists if f"completeness.{path}.complete" in scope.plan.open_facts)


def _goes_on(path: str) -> str:
    return f"{fact_column(f'completeness.{path}.complete')} = FALSE"


def reportable_query(scope: AuditScope) -> str:
    """Rows of which there is something to say, with what they lack: joined once, for the rules are many."""
    some = " OR ".join(_has_status(n, _REPORTED) for n in range(len(scope.plan.rules))) or "FALSE"
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
    excuses = list(zip(rule.rule.unless, rule.unless, strict=True))
    excused = _names_that_hold((excuse.id, f"c{at}") for excuse, at in excuses)
    # Of a suspected rule those that may excuse it: open, or of a reading too weak to.
    open_ = _names_that_hold((excuse.id, f"c{at} IS NOT FALSE") for excuse, at in excuses)
    exceptions = f"if({_has_status(position, [Status.SUSPECTED])}, {open_}, {excused})"
    lacking = f"list_filter(lacks, lambda one: {_is_open_fact(scope, rule)})"
    # What would settle a suspicion is named, though no row of the input gives it.
    never = _names_that_hold(_never_given(scope, rule))
    missing = f"if({_has_status(position, [Status.SUSPECTED])}, list_sort(list_concat({lacking}, {never})), {lacking})"
    words = _by_status(position, {status: str(status) for status in _REPORTED})
    effects: dict[Status, str] = {
        status: asked_effect(rule, status) for status in _REPORTED if status is not Status.EXCUSED
    }
    effect = _by_status(position, effects)
    decided = _has_status(position, (Status.VIOLATED, Status.EXCUSED))
    shown = f"NOT {_has_status(position, [Status.UNDETERMINED])}"
    return f"""SELECT file_number, visit_id, {file} AS file, row, rule, status, effect, checks, exceptions,
      missing, starts_at, debtor_id, place_kind, agency_id, rule_number
    FROM (SELECT j.{quote_name(FILE)} AS file_number, visit_id, j.{quote_name(ROW)} AS row,
      {quote_text(rule.rule.id)} AS rule, {words} AS status, {effect} AS effect, {failed} AS checks,
      {exceptions} AS exceptions, if({decided}, []::VARCHAR[], {missing}) AS missing,
      make_timestamp(starts_at) AT TIME ZONE 'UTC' AS starts_at, debtor_id, place_kind, agency_id,
      {position}::INTEGER AS rule_number, {shown} AS shown
      FROM {REPORTABLE} AS j
      WHERE {_has_status(position, _REPORTED)})
    WHERE shown OR len(missing) > 0"""


def _by_status(position: int, words: Mapping[Status, str]) -> str:
    cases = " ".join(f"WHEN {STATUS_CODES[status]} THEN {quote_text(word)}" for status, word in words.items())
    return f"CASE s{position} {cases} END"


def _names_that_hold(pairs: Iterator[tuple[str, str]]) -> str:
    """The names of those conditions that hold."""
    shown = ", ".join(f"CASE WHEN {condition} THEN {quote_text(label)} END" for label, condition in pairs)
    return f"list_filter([{shown}]::VARCHAR[], lambda one: one IS NOT NULL)" if shown else "[]::VARCHAR[]"


def _never_given(scope: AuditScope, rule: PlanRule) -> Iterator[tuple[str, str]]:
    """The facts that no row gives and a rule reads, each with whether a condition that reads it is UNKNOWN."""
    for fact in sorted(scope.plan.rule_facts(rule) & scope.never_known):
        readers = (at for at in dict.fromkeys(rule.positions) if fact in scope.plan.facts_of(at))
        yield fact, " OR ".join(f"c{at} IS NULL" for at in readers)


def _is_open_fact(scope: AuditScope, rule: PlanRule) -> str:
    """Whether `one` is a fact that an UNKNOWN condition of the rule reads."""
    tests = []
    for at in dict.fromkeys(rule.positions):
        facts = sorted(scope.plan.facts_of(at))
        facts += [f"completeness.{path}" for path in _lists_that_may_go_on(scope, facts)]
        if facts:
            tests.append(f"(c{at} IS NULL AND list_contains({text_list(facts)}, one))")
    return " OR ".join(tests) or "FALSE"

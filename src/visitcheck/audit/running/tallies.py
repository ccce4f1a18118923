"""What a shard adds to the summary: counts only, which add up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from visitcheck.audit.next_facts import needs_key
from visitcheck.audit.running.judged_rows import JUDGED
from visitcheck.audit.running.policy_texts import first_zone
from visitcheck.audit.running.scope import AuditScope
from visitcheck.audit.running.sql import quote_text
from visitcheck.audit.running.visit_doubts import VISIT_DOUBT_CODES
from visitcheck.engines.outcomes import ASSESSED_CODES, ASSESSED_WORDS, OUTCOME_WORDS, STATUS_CODES, AssessedOutcome
from visitcheck.engines.sql.dialects import DIALECTS
from visitcheck.engines.sql.verdicts import ASSESSED, assessed_expression, assessed_outcome_expression
from visitcheck.engines.status import Status
from visitcheck.engines.tally import DECIDED
from visitcheck.ir.plan import PlanRule
from visitcheck.policy.sources import SOURCES, Source, source_of

if TYPE_CHECKING:
    import duckdb

_STATUSES = {code: str(status) for status, code in STATUS_CODES.items()}
_MONTH = "strftime(make_date(k::INTEGER), '%Y-%m')"
_HOUR_OF_WEEK = "printf('%d %02d', k // 24, k % 24)"
# By what rows are counted, and how it is written; written once for many rows, for that takes longer than counting.
_GROUPS = {
    "month": ("day", _MONTH),
    "place_kind": ("place_kind", "k"),
    "agency": ("agency_id", "k"),
    "hour_of_week": ("hour_of_week", _HOUR_OF_WEEK),
}
NOT_KNOWN = "(not known)"
SAID = ("visits", "rules_assessed", "rules_applicable", "lists", "lists_going_on")
"""What is counted of how much the visits of an agency or a collector say."""
Counts = dict[str, Any]


def count_shard(con: duckdb.DuckDBPyConnection, scope: AuditScope) -> Counts:
    """Count the shard whose tables are on the connection."""
    judged = f"(SELECT *, {_hour_of_week(scope)} AS hour_of_week FROM {JUDGED})"
    groups = {
        label: _count_assessed(con, f"SELECT {key} AS k, * FROM {judged}", shown)
        for label, (key, shown) in _GROUPS.items()
    }
    everyone = f"SELECT unnest(list_distinct(collectors)) AS k, * FROM {JUDGED}"
    everything = f"SELECT 'all' AS k, * FROM {JUDGED}"
    return {
        "visits": con.execute(f"SELECT count(*) FROM {JUDGED}").fetchall()[0][0],
        "outcome": _count_words(con, everything, "outcome", OUTCOME_WORDS).get("all", {}),
        "assessed_outcome": _count_assessed(con, everything).get("all", {}),
        "assessed": _count_visits_by_rules(con),
        "sources": {source: _count_source(con, scope, source) for source in SOURCES},
        "said": {
            "agency": _count_what_is_said(con, scope, f"SELECT agency_id AS k, * FROM {JUDGED}"),
            "collector": _count_what_is_said(con, scope, everyone),
        },
        "rules": _count_rules(con, scope),
        "openings": _count_openings(con, scope),
        "doubts": _count_doubts(con, scope),
        "missing": _count_missing(con),
        **groups,
        "collector": _count_assessed(con, everyone),
    }


def _hour_of_week(scope: AuditScope) -> str:
    """Weekday (1 is Monday) times 24 and hour of the start, in the visit's zone or the policy's."""
    zone = f"coalesce(zone, {quote_text(first_zone(scope.plan.policy) or 'UTC')})"
    local = f"(make_timestamp(starts_at) AT TIME ZONE 'UTC' AT TIME ZONE {zone})"
    return f"isodow({local}) * 24 + hour({local})"


def _count_assessed(con: duckdb.DuckDBPyConnection, rows: str, shown: str = "k") -> Counts:
    """Count rows by their `k` and what their facts show."""
    return _count_words(con, rows, "assessed_outcome", ASSESSED_WORDS, shown)


def _count_words(
    con: duckdb.DuckDBPyConnection, rows: str, column: str, words: tuple[str, ...], shown: str = "k"
) -> Counts:
    """Count rows by their `k` and a column, whose numbers stand for words."""
    counts: Counts = {}
    each = f"SELECT k, {column}, count(*) AS number FROM ({rows}) GROUP BY ALL"
    named = f"coalesce({shown}, '{NOT_KNOWN}')"
    query = f"SELECT {named}, {column}, sum(number)::BIGINT FROM ({each}) GROUP BY ALL ORDER BY ALL"
    for key, outcome, number in con.execute(query).fetchall():
        counts.setdefault(key, {})[words[outcome]] = number
    return counts


def _count_visits_by_rules(con: duckdb.DuckDBPyConnection) -> Counts:
    """Count visits by what their facts show, and by how many rules were assessed, and apply or may."""
    counts: Counts = {}
    for column in ("rules_assessed", "rules_applicable"):
        query = f"SELECT assessed_outcome, {column}, count(*) FROM {JUDGED} GROUP BY ALL ORDER BY ALL"
        for outcome, rules, number in con.execute(query).fetchall():
            counts.setdefault(ASSESSED_WORDS[outcome], {}).setdefault(column, {})[str(rules)] = number
    return counts


def _scope(rule: PlanRule) -> str:
    """W, whether a rule applies, over the columns of truths."""
    return " AND ".join(f"c{position}" for position in dict.fromkeys(rule.scope))


def _count_source(con: duckdb.DuckDBPyConnection, scope: AuditScope, source: Source) -> Counts:
    """Count visits by what their facts show of the rules of one source alone; nothing where it has none."""
    rules = [at for at, rule in enumerate(scope.plan.rules) if source_of(rule.rule) == source]
    if not rules:
        return {}
    dialect = DIALECTS["duckdb"]
    assessed, outcome = (
        dialect.print(expression(scope.plan, rules))
        for expression in (assessed_expression, assessed_outcome_expression)
    )
    rows = f"SELECT * EXCLUDE ({ASSESSED}), {assessed} AS {ASSESSED} FROM {JUDGED}"
    in_doubt = ASSESSED_CODES[AssessedOutcome.IN_DOUBT]
    shown = (
        f"SELECT 'all' AS k, if(len({VISIT_DOUBT_CODES}) > 0, least({outcome}, {in_doubt}), {outcome}) "
        f"AS assessed_outcome FROM ({rows})"
    )
    counts: Counts = _count_assessed(con, shown).get("all", {})
    return counts


def _count_what_is_said(con: duckdb.DuckDBPyConnection, scope: AuditScope, rows: str) -> Counts:
    """Count by `k` visits, the rules assessed and applicable on them, and the lists stated and going on in them."""
    stated, going_on = (
        " + ".join(f"count(*) FILTER (c{positions[at]})" for positions in scope.lists.values()) or "0" for at in (0, 1)
    )
    query = (
        f"SELECT coalesce(k, '{NOT_KNOWN}'), count(*), sum(rules_assessed)::BIGINT, sum(rules_applicable)::BIGINT, "
        f"{stated}, {going_on} FROM ({rows}) GROUP BY ALL ORDER BY 1"
    )
    return {key: dict(zip(SAID, numbers, strict=True)) for key, *numbers in con.execute(query).fetchall()}


def _counts(scope: AuditScope, rule: PlanRule) -> str:
    """Whether a row is one that a rule's rate is of: it surely applies, and no list goes on for what it asks."""
    mark = scope.marks.get(rule.rule.id)
    return f"({_scope(rule)})" if mark is None else f"({_scope(rule)}) AND NOT c{mark}"


def _count_rules(con: duckdb.DuckDBPyConnection, scope: AuditScope) -> Counts:
    """Count visits by rule and status; of the satisfied, for how many it is unknown whether it applies.

    Under `counted` are those that a rate is of, by status.
    """
    satisfied = STATUS_CODES[Status.SATISFIED]
    assessed = ", ".join(str(STATUS_CODES[status]) for status in (*DECIDED, Status.SUSPECTED))
    parts = [
        f"SELECT {n} AS rule, s{n} AS status, count(*) AS number, "
        f"count(*) FILTER (s{n} = {satisfied} AND ({_scope(rule)}) IS NULL) AS open, "
        f"count(*) FILTER (s{n} IN ({assessed}) AND {_counts(scope, rule)}) AS counted FROM {JUDGED} GROUP BY s{n}"
        for n, rule in enumerate(scope.plan.rules)
    ]
    rules: Counts = {}
    for position, status, number, unsure, counted in con.execute(" UNION ALL ".join(parts)).fetchall() if parts else ():
        by_status = rules.setdefault(scope.plan.rules[position].rule.id, {})
        by_status[_STATUSES[status]] = number
        if unsure:
            by_status["satisfied_perhaps_not_applicable"] = unsure
        if counted:
            by_status.setdefault("counted", {})[_STATUSES[status]] = counted
    return rules


def _count_openings(con: duckdb.DuckDBPyConnection, scope: AuditScope) -> Counts:
    """Count by rule the visits on which it would be assessed, were some facts given that no column gives.

    Where it is not assessed, and each of its conditions that is UNKNOWN, exceptions apart, reads such a fact.
    """
    settled = f"s{{n}} IN ({STATUS_CODES[Status.SATISFIED]}, {STATUS_CODES[Status.EXCUSED]})"
    is_open = f"s{{n}} IN ({STATUS_CODES[Status.UNDETERMINED]}, {STATUS_CODES[Status.NOT_ASSESSED]})"
    parts, asked = [], {}
    for n, rule in enumerate(scope.plan.rules):
        positions = dict.fromkeys((*rule.scope, *rule.checks))
        needs = [(at, each) for at in positions if (each := scope.needs(at))]
        if not needs:
            continue
        asked[n] = [each for _, each in needs]
        mask = " + ".join(f"(c{at} IS NULL)::BIGINT * {1 << bit}" for bit, (at, _) in enumerate(needs))
        others = [f"c{at} IS NOT NULL" for at in positions if not scope.needs(at)]
        mark = scope.marks.get(rule.rule.id)
        if mark is not None and not any("history.visits_since" in each for each in asked[n]):
            others.append(f"NOT c{mark}")  # a list that goes on would leave it open all the same
        tests = [f"({is_open} OR ({settled} AND ({_scope(rule)}) IS NULL))".format(n=n), *others]
        parts.append(f"SELECT {n}, {mask} AS mask, count(*) FROM {JUDGED} WHERE {' AND '.join(tests)} GROUP BY mask")
    openings: Counts = {}
    for n, mask, number in con.execute(" UNION ALL ".join(parts)).fetchall() if parts else ():
        facts = frozenset[str]().union(*(needs for bit, needs in enumerate(asked[n]) if mask >> bit & 1))
        if facts:
            by_needs = openings.setdefault(scope.plan.rules[n].rule.id, {})
            by_needs[needs_key(facts)] = by_needs.get(needs_key(facts), 0) + number
    return openings


def _count_doubts(con: duckdb.DuckDBPyConnection, scope: AuditScope) -> Counts:
    """Count visits by the doubts that they are in."""
    counts = ", ".join(f"count(*) FILTER (c{position})" for _, position in scope.plan.doubts)
    [numbers] = con.execute(f"SELECT {counts or 'NULL'} FROM {JUDGED}").fetchall()
    return {doubt.code: number for (doubt, _), number in zip(scope.plan.doubts, numbers, strict=False) if number}


def _count_missing(con: duckdb.DuckDBPyConnection) -> Counts:
    """Count by fact the visits that lack it and have a suspected or undetermined rule."""
    query = f"SELECT one, count(*) FROM (SELECT unnest(lacks) AS one FROM {JUDGED}) GROUP BY 1"
    return dict(con.execute(query).fetchall())


def add_counts(left: Any, right: Any) -> Any:
    """Add two counts, or two mappings of them."""
    if isinstance(left, dict):
        return {
            key: add_counts(left[key], right[key]) if key in left and key in right else left.get(key, right.get(key))
            for key in left | right
        }
    return left + right

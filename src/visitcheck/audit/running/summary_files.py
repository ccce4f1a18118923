"""The JSON files of an audit, whichever engine judged: summary, policy and manifest."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import accumulate
from typing import Any

from visitcheck.audit.inputs import InputFile
from visitcheck.audit.next_facts import column_look, fact_label, openings_from, rank_facts
from visitcheck.audit.running.policy_texts import policy_texts
from visitcheck.audit.running.rate_population import is_telling
from visitcheck.audit.running.resume_key import file_labels, run_id
from visitcheck.audit.running.scope import AuditScope
from visitcheck.audit.running.tallies import Counts, add_counts
from visitcheck.engines.outcomes import ASSESSED_WORDS, OUTCOME_WORDS, STATUS_CODES
from visitcheck.engines.status import Status
from visitcheck.engines.tally import EFFECTS
from visitcheck.errors import EngineFailure
from visitcheck.facts.vocabulary import FACTS
from visitcheck.policy.model import Text
from visitcheck.policy.sources import unconfirmed_defaults

_GROUPS = ("month", "place_kind", "agency", "collector", "hour_of_week")


def summary_files(
    scope: AuditScope,
    files: tuple[InputFile, ...],
    key: dict[str, Any],
    counts: dict[str, int],
    total: Counts,
    rejects: Counts,
    visit_doubts: Counts | None = None,
) -> dict[str, Any]:
    """Make the JSON files, by name. `counts` are of tables, `total` those of judged rows, `rejects` by code,
    `visit_doubts` visits by the code of a doubt between visits.

    Raises `EngineFailure` unless every row is a verdict or a reject, which would be a defect.
    """
    if counts["rows"] != counts["verdicts"] + counts["rejects"] or counts["verdicts"] != total.get("visits", 0):
        raise EngineFailure(f"rows were lost or doubled: {counts}, {total.get('visits', 0)} judged")
    summary = make_summary(scope, total, rejects) | {
        "rows": counts["rows"],
        "visit_doubts": visit_doubts or {},
        "broken_files": _broken_files(files),
        "warnings": _warnings(files),
    }
    return {
        "summary.json": summary,
        "policy.json": policy_texts(scope.plan),
        "manifest.json": key | {"run_id": run_id(key), "counts": counts, "status_codes": status_codes()},
    }


def status_codes() -> dict[str, int]:
    """The numbers that stand for statuses in `verdicts.parquet`."""
    return {str(status): code for status, code in STATUS_CODES.items()}


def _broken_files(files: tuple[InputFile, ...]) -> list[dict[str, object]]:
    """Files that could not be read, with why; nothing of them is among the rows."""
    labels = file_labels(tuple(file.path for file in files))
    return [
        {"file": label, "problem": file.problem.as_dict()}
        for file, label in zip(files, labels, strict=True)
        if file.problem is not None
    ]


def _warnings(files: tuple[InputFile, ...]) -> list[dict[str, object]]:
    """What people should know of the files that were read."""
    labels = file_labels(tuple(file.path for file in files))
    return [
        {"file": label, "problem": warning.as_dict()}
        for file, label in zip(files, labels, strict=True)
        for warning in file.warnings
    ]


def sum_counts(parts: Iterable[Counts]) -> Counts:
    """Add up the counts of parts."""
    total: Counts = {}
    for part in parts:
        total = add_counts(total, part)
    return total


def make_summary(scope: AuditScope, total: Counts, rejects: Counts) -> dict[str, Any]:
    """Make the summary, as JSON values. Visits without a month, place or agency are counted under `(not known)`."""
    by_rule = total.get("rules", {})
    return {
        "visits": total.get("visits", 0),
        "rejects": rejects,
        "outcome": _with_zeros(total.get("outcome", {}), OUTCOME_WORDS),
        "assessed_outcome": _with_zeros(total.get("assessed_outcome", {}), ASSESSED_WORDS),
        "assessed": _assessed_rules(total),
        "sources": {
            source: _with_zeros(counts, ASSESSED_WORDS) for source, counts in total.get("sources", {}).items() if counts
        },
        "said": {group: dict(sorted(counts.items())) for group, counts in total.get("said", {}).items()},
        "unconfirmed_defaults": sorted(
            {id_ for rule in scope.plan.rules for id_ in unconfirmed_defaults(scope.plan.policy, rule.rule)}
        ),
        "rules": {rule.rule.id: _rule_counts(rule.rule.id, rule.effect, by_rule) for rule in scope.plan.rules},
        "doubts": dict(sorted(total.get("doubts", {}).items())),
        "by": {group: dict(sorted(total.get(group, {}).items())) for group in _GROUPS},
        "missing": dict(sorted(total.get("missing", {}).items(), key=lambda one: (-one[1], one[0]))),
        "never_given": _never_given(scope, by_rule),
        "collect_next": _collect_next(scope, total),
    }


def _rule_counts(rule: str, effect: str, counts: Counts) -> dict[str, Any]:
    by_status = _with_zeros(counts.get(rule, {}), tuple(map(str, Status)))
    perhaps = counts.get(rule, {}).get("satisfied_perhaps_not_applicable", 0)
    rate = _rate(by_status, counts.get(rule, {}).get("counted", {}))
    return {"effect": effect} | by_status | {"satisfied_perhaps_not_applicable": perhaps, "rate": rate}


def _rate(by_status: Counts, counted: Counts) -> dict[str, Any]:
    """The visits that a rule's rate is of, and whether there is one to show.

    These surely are under the rule, which was assessed on them by lists that do not go on; the others that are or may
    be under it are left out.
    """
    of = sum(counted.values())
    left_out = sum(by_status.values()) - by_status[str(Status.NOT_APPLICABLE)] - of
    violated, suspected = (counted.get(str(status), 0) for status in (Status.VIOLATED, Status.SUSPECTED))
    return {
        "violated": violated,
        "suspected": suspected,
        "of": of,
        "left_out": left_out,
        "shown": is_telling(violated + suspected, of, left_out),
    }


def _assessed_rules(total: Counts) -> dict[str, Any]:
    """For each assessed outcome that occurs, of how many rules: the least, the median and the most of a visit."""
    counts = total.get("assessed", {})
    return {
        outcome: {column: _spread(by_number) for column, by_number in counts[outcome].items()}
        for outcome in ASSESSED_WORDS
        if outcome in counts
    }


def _spread(visits_by_number: Counts) -> dict[str, int]:
    numbers = sorted((int(number), visits) for number, visits in visits_by_number.items())
    upto = list(accumulate(visits for _, visits in numbers))
    median = next(number for (number, _), visits in zip(numbers, upto, strict=True) if 2 * visits >= upto[-1])
    return {"least": numbers[0][0], "median": median, "most": numbers[-1][0]}


def _with_zeros(counts: Counts, names: tuple[str, ...]) -> Counts:
    return {name: counts.get(name, 0) for name in names}


def _collect_next(scope: AuditScope, total: Counts) -> list[dict[str, Any]]:
    """Facts that no column gives, those first that open the most rules; without those that open none."""
    effects = {rule.rule.id: str(rule.effect) for rule in scope.plan.rules}
    facts = FACTS | {f"extra.{name}": info for name, info in scope.plan.policy.extra_facts.items()}
    ranked = list(rank_facts(openings_from(total.get("openings", {})), effects))
    last = max((place for place, each in enumerate(ranked, 1) if each.after), default=0)
    return [
        {
            "fact": each.fact,
            "label": _text_json(fact_label(each.fact)),
            "column": _text_json(column_look(each.fact, facts)),
            "alone": _by_effect(each.alone, effects),
            "after": _by_effect(each.after, effects),
            "rules": list(each.after),
            "visits": each.visits,
        }
        for each in ranked[:last]
    ]


def _by_effect(rules: tuple[str, ...], effects: dict[str, str]) -> dict[str, int]:
    return {effect: sum(effects[rule] == effect for rule in rules) for effect in EFFECTS}


def _text_json(text: Text) -> dict[str, str]:
    return {"en": text.en, "zh": text.zh}


def _never_given(scope: AuditScope, by_rule: Counts) -> dict[str, Any]:
    """Facts that no column gives, and the rules that some visit leaves undecided for them."""
    never = (scope.never_known | scope.plan.policy.never_collected) & scope.ruled_facts
    rules: dict[str, list[str]] = {}
    for rule in scope.plan.rules:
        if by_rule.get(rule.rule.id, {}).get(str(Status.NOT_ASSESSED)):
            rules[rule.rule.id] = sorted(scope.plan.rule_facts(rule) & never)
    return {"facts": sorted(never), "rules": rules}

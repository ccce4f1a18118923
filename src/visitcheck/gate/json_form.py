"""Decisions and explanations as JSON values, in the form that the published schema fixes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from math import isfinite
from typing import Literal, TypeAlias, cast, get_args

from visitcheck.facts.types import (
    COUNT,
    DATE,
    DURATION,
    MINUTE,
    MONEY,
    SECOND,
    TIME_OF_DAY,
    TIMESTAMP,
    ListOf,
    Record,
    Type,
)
from visitcheck.gate.explain import Explanation, Read
from visitcheck.gate.findings import CheckResult, DoubtFinding, Finding, RuleExplanation
from visitcheck.gate.judgment import DoorDuty, Judgment
from visitcheck.gate.margins import Margin
from visitcheck.gate.messages import iso_text, say_value
from visitcheck.gate.remedies.model import Remedies, Remedy
from visitcheck.policy.model import Citation, Text
from visitcheck.truth import Count

JsonObject: TypeAlias = dict[str, object]
Detail: TypeAlias = Literal["full", "brief"]
"""Brief leaves out what supports a finding, and gives the duties at the door by rule id."""
FORM_VERSION = 2
"""Raised when the form of a decision changes in a way that readers notice."""


def to_json(value: object) -> str:
    """Write JSON text with sorted keys and Chinese kept readable: equal values give equal bytes."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(", ", ": "))


def decision_to_dict(decision: Judgment, detail: Detail = "full") -> JsonObject:
    """Put a decision, without its trees, into the form of the schema."""
    if detail not in get_args(Detail):
        raise ValueError(f"`detail` is one of {', '.join(get_args(Detail))}, not {detail!r}")
    return {
        "form": FORM_VERSION,
        "visit": decision.visit_id,
        "stage": decision.stage,
        "as_of": None if decision.as_of is None else iso_text(decision.as_of),
        "as_of_source": decision.as_of_source,
        "outcome": str(decision.outcome),
        "allowed": decision.allowed,
        "policy": {
            "name": decision.policy_name,
            "digest": decision.policy_digest,
            "packs": dict(decision.pack_versions),
            "relaxations": [
                {"target": item.target, "change": item.change, "reason": text_to_dict(item.reason)}
                for item in decision.relaxations
            ],
        },
        "engines": list(decision.engines),
        "trail": {
            "counts": dict(decision.trail.counts),
            "behind": {name: list(entries) for name, entries in decision.trail.behind.items() if entries},
            "answers": {name: outcome and str(outcome) for name, outcome in decision.trail.answers.items()},
        },
        "findings": [finding_to_dict(finding, detail) for finding in decision.findings],
        "rules": dict(decision.status_words),
        "doubts": [_doubt_to_dict(doubt) for doubt in decision.doubts],
        "unread": list(decision.unread),
        "not_stated": list(decision.not_stated),
        "needs": [{"fact": need.fact, "rules": list(need.rules)} for need in decision.needs],
        "conditions": list(decision.door_rules) if detail == "brief" else [*map(_duty_to_dict, decision.conditions)],
        "problems": [problem.as_dict() for problem in decision.problems],
    }


def _duty_to_dict(duty: DoorDuty) -> JsonObject:
    return {
        "rule": duty.rule,
        "title": text_to_dict(duty.title),
        "remedy": duty.remedy and text_to_dict(duty.remedy),
        "cites": [_citation_to_dict(cite) for cite in duty.cites],
    }


def explanation_to_dict(rule: RuleExplanation) -> JsonObject:
    """Put one rule's tree into the form of the schema."""
    return {
        "rule": rule.rule,
        "title": text_to_dict(rule.title),
        "status": str(rule.status),
        "applies": _tree_to_dict(rule.applies),
        "checks": [
            {"name": name, **_tree_to_dict(tree), **_margins_field(rule.margins[name])} for name, tree in rule.checks
        ],
        "exceptions": [{"name": name, **_tree_to_dict(tree)} for name, tree in rule.exceptions],
        "cites": [_citation_to_dict(cite) for cite in rule.cites],
    }


def text_to_dict(text: Text) -> JsonObject:
    """Put a text in both languages into the form of the schema."""
    return {"en": text.en, "zh": text.zh}


def finding_to_dict(finding: Finding, detail: Detail = "full") -> JsonObject:
    """Put one finding into the form of the schema."""
    form: JsonObject = {
        "rule": finding.rule,
        "title": text_to_dict(finding.title),
        "status": str(finding.status),
        "leads_to": str(finding.leads_to),
        "message": text_to_dict(finding.message),
        "remedy": finding.remedy and text_to_dict(finding.remedy),
        "open_exceptions": list(finding.open_exceptions),
        "law_open": finding.law_open,
        "cites": [_citation_to_dict(cite) for cite in finding.cites],
    }
    return form if detail == "brief" else form | _support_to_dict(finding)


def _support_to_dict(finding: Finding) -> JsonObject:
    return {
        "checks": [_check_to_dict(check) for check in finding.checks],
        "exceptions": [_check_to_dict(check) for check in finding.exceptions],
        "evidence": [_read_to_dict(read) for read in finding.evidence],
        "evidence_left_out": finding.evidence_left_out,
        "missing": list(finding.missing),
        "law_facts": list(finding.law_facts),
    }


def remedies_to_dict(remedies: Remedies, zone: str | None) -> JsonObject:
    """Put what makes a proposal lawful, and the rules that nothing settles, into the form of the schema."""
    return {
        "outcome": str(remedies.outcome),
        "steps": [remedy_to_dict(remedy, zone) for remedy in remedies.steps],
        "left": list(remedies.left),
    }


def remedy_to_dict(remedy: Remedy, zone: str | None) -> JsonObject:
    """Put one remedy into the form of the schema, its last moment with the offset of `zone`."""
    return {
        "kind": remedy.kind,
        "what": text_to_dict(remedy.what),
        "changes": [{"fact": change.fact, "value": change.value} for change in remedy.changes],
        "rules": list(remedy.rules),
        "by": None if remedy.by is None else iso_text(remedy.by, zone),
    }


def _doubt_to_dict(doubt: DoubtFinding) -> JsonObject:
    return {
        "code": doubt.code,
        "facts": list(doubt.facts),
        "text": text_to_dict(doubt.text),
        "help": doubt.help,
        "evidence": [_read_to_dict(read) for read in doubt.evidence],
    }


def _check_to_dict(check: CheckResult) -> JsonObject:
    form: JsonObject = {"name": check.name, "text": check.text, "truth": check.truth}
    return form | _margins_field(check.margins)


def _margins_field(margins: tuple[Margin, ...]) -> JsonObject:
    return {"margins": [_margin_to_dict(margin) for margin in margins]} if margins else {}


def _margin_to_dict(margin: Margin) -> JsonObject:
    """Put a margin into the form of the schema: durations in minutes, sums as text."""
    value: object = margin.value
    if margin.type == DURATION:
        minutes, rest = divmod(margin.size, MINUTE)
        value = int(minutes) if not rest else margin.size / MINUTE
    elif margin.type == MONEY:
        value = say_value(value, MONEY, "en")
    return {"passed": margin.passed, "value": value, "unit": margin.unit}


def _citation_to_dict(cite: Citation) -> JsonObject:
    instrument = cite.instrument
    return {
        "instrument": instrument.id,
        "title": text_to_dict(instrument.title),
        "article": cite.article,
        "force": instrument.force,
        "reading": cite.reading,
        "note": cite.note and text_to_dict(cite.note),
    }


def _tree_to_dict(tree: Explanation) -> JsonObject:
    form: JsonObject = {"text": tree.text, "value": json_value(tree.value, tree.type), "decisive": tree.decisive}
    if tree.element is not None:
        form["element"] = tree.element
    if tree.reads:
        form["reads"] = [_read_to_dict(read) for read in tree.reads]
    if tree.parts:
        form["parts"] = [_tree_to_dict(part) for part in tree.parts]
    if tree.left_out:
        form["left_out"] = tree.left_out
    if tree.rest:
        form["rest"] = True
    return form


def _read_to_dict(read: Read) -> JsonObject:
    return {"fact": read.fact, "value": json_value(read.value, read.type)}


def json_value(value: object, type_: Type) -> object:
    """Put a value into the form a visit is written in: times in RFC 3339, durations in seconds, UNKNOWN as null.

    A list of records is its length, `{"size": 3}`; a count that is not exact is `{"low": 2, "high": 4}`, with
    null for an end of which nothing is known.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(type_, ListOf):
        items = cast("tuple[object, ...]", value)
        if isinstance(type_.item, Record):
            return {"size": len(items)}
        return [json_value(item, type_.item) for item in items]
    if isinstance(type_, Record):
        return type_.name
    if type_ == TIMESTAMP:
        return iso_text(cast("int", value))
    if type_ in (DATE, TIME_OF_DAY):
        return say_value(value, type_, "en")
    if type_ == DURATION:
        return {"seconds": cast("int", value) / SECOND}
    if type_ == COUNT:
        count = cast("Count", value)
        ends = {"low": count.low, "high": count.high}
        exact = count.low == count.high
        return count.low if exact else {name: end if isfinite(end) else None for name, end in ends.items()}
    return say_value(value, type_, "en") if type_ == MONEY else _plain_json(value)


def _plain_json(value: object) -> object:
    if isinstance(value, int | float | str):
        return value
    return str(value) if not isinstance(value, Mapping) else dict(value)

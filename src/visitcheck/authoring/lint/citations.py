"""Compares what rules cite with what they do, and with when they are in force."""

from __future__ import annotations

from collections.abc import Iterator

from visitcheck.authoring.lint.subject import Remark, Subject, remark
from visitcheck.facts.times import date_text
from visitcheck.ir.facts_read import parameters_read
from visitcheck.policy.model import Parameter, Rule

_SUFFICIENT = frozenset({"text", "press", "own"})


def check_citations(subject: Subject) -> Iterator[Remark]:
    """Find rules that cite nothing, deny on a draft alone, or are in force before what they cite."""
    for rule in subject.rules:
        if not rule.cites:
            message = "the rule cites nothing"
            yield remark("lint-no-citation", message, "say under `cites` what asks for it", rule.place, rule)
            continue
        if "deny" in (rule.effect, rule.on_unknown) and all(c.instrument.force == "draft" for c in rule.cites):
            message = "the rule may deny, and all that it cites is a draft"
            yield remark("lint-draft-denies", message, "lower it to `review` or `note`", rule.place, rule)
        yield from _check_dates(rule)


def _check_dates(rule: Rule) -> Iterator[Remark]:
    days = [cite.instrument.in_force for cite in rule.cites]
    dated = [day for day in days if isinstance(day, int)]
    if len(dated) < len(days):
        return
    first = min(dated)
    if rule.effective_from is None or rule.effective_from < first:
        begins = "on every day" if rule.effective_from is None else f"from {date_text(rule.effective_from)}"
        message = f"the rule is in force {begins}, and nothing that it cites is before {date_text(first)}"
        help_ = f"write `effective: {{from: {date_text(first)}}}`"
        yield remark("lint-before-in-force", message, help_, rule.place, rule)


def check_parameter_citations(subject: Subject) -> Iterator[Remark]:
    """Find rules that may deny by the value of a parameter whose source was hardly read."""
    parameters = {each.id.rpartition("/")[2]: each for each in subject.policy.parameters.values()}
    for rule in subject.rules:
        if "deny" not in (rule.effect, rule.on_unknown):
            continue
        for name in sorted(_parameters_of_breach(rule) & set(parameters)):
            if _is_weak(parameters[name]):
                message = f"the rule may deny by `params.{name}`, whose citations are all read as `weak`"
                help_ = "read the source, or lower the rule to `review`"
                yield remark("lint-parameter-weak", message, help_, rule.place, rule)


def _is_weak(parameter: Parameter) -> bool:
    readings = {cite.reading for cite in parameter.cites}
    return bool(readings) and readings.isdisjoint(_SUFFICIENT)


def _parameters_of_breach(rule: Rule) -> frozenset[str]:
    """The parameters by which the rule applies and is broken; those of its exceptions apart."""
    return parameters_read(rule.application, *(check.condition.expr for check in rule.require))

"""Finds rules whose cases leave a status out."""

from __future__ import annotations

from collections.abc import Iterator

from visitcheck.authoring.lint.subject import Remark, Subject, own_id, remark
from visitcheck.engines.status import Status
from visitcheck.policy.model import Rule


def check_cases(subject: Subject) -> Iterator[Remark]:
    """Find rules that no case expects to have one of the statuses that they can have."""
    if not subject.rules:
        return
    if subject.cases is None:
        message = "the pack has rules and no cases"
        help_ = f"write them in `{subject.path.stem}.cases.yaml` beside it"
        yield remark("lint-no-cases", message, help_, subject.rules[0].place)
        return
    expected: dict[str, set[str]] = {}
    for case in subject.cases.cases:
        for each in case.expect:
            expected.setdefault(each.full_id(subject.pack), set()).add(each.status)
    accepted = {(each.rule, word) for each in subject.accepted.unshown if each.part is None for word in each.outcomes}
    for rule in subject.rules:
        missing = [
            status
            for status in _expected_statuses(rule)
            if status not in expected.get(rule.id, ()) and (own_id(rule), status) not in accepted
        ]
        if missing:
            message = f"no case expects `{own_id(rule)}` to be {', '.join(missing)}"
            yield remark("lint-case-missing", message, "write one for each", rule.place, rule)


def _expected_statuses(rule: Rule) -> Iterator[Status]:
    yield from (Status.SATISFIED, Status.VIOLATED, Status.UNDETERMINED)
    if rule.when is not None:
        yield Status.NOT_APPLICABLE
    if any(not excuse.weak for excuse in rule.unless):
        yield Status.EXCUSED

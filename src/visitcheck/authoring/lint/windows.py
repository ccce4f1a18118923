"""Finds windows of the clock that are not one parameter, or that are read against what they say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from visitcheck.authoring.lint.subject import Remark, Subject, remark
from visitcheck.ir.nodes import Call, DatedValue, Expr, Param
from visitcheck.ir.walk import distinct_nodes
from visitcheck.policy.model import Parameter

_KEPT_TO = {"allowed": "within", "forbidden": "overlaps"}
"""The function that asks whether visits keep to hours, by what the hours are for."""


def check_windows(subject: Subject) -> Iterator[Remark]:
    """Find rules with a parameter for one end of a window, or whose checks ask the wrong function of hours."""
    parameters = {(each.id.rpartition("/")[2], each.values): each for each in subject.policy.parameters.values()}
    for rule in subject.rules:
        for condition in rule.checks_and_excuses:
            if any(_has_two_ends(node) for node in distinct_nodes(condition.expr)):
                message = "a window of two parameters: an override of one of them cannot say whether it is stricter"
                help_ = "make it one parameter of type `daily_hours`, and ask `overlaps(from, to, params.NAME)`"
                yield remark("lint-window-ends", message, help_, condition.place, rule)
        for check in rule.require:
            for node in distinct_nodes(check.condition.expr):
                parameter = _hours_asked(node, parameters)
                if parameter is not None and isinstance(node, Call):
                    name = parameter.id.rpartition("/")[2]
                    message = f"`{node.function}` is asked of hours that are {parameter.hours}"
                    right = _KEPT_TO[parameter.hours or "allowed"]
                    help_ = f"write `{'!' if right == 'overlaps' else ''}{right}(from, to, params.{name})`"
                    yield remark("lint-hours-reversed", message, help_, check.condition.place, rule)


def _has_two_ends(node: Expr) -> bool:
    ends = {"overlapsDaily": slice(2, 4), "overlapsWeekly": slice(3, 5)}
    if not isinstance(node, Call) or node.function not in ends:
        return False
    return any(isinstance(arg, Param) for arg in node.args[ends[node.function]])


def _hours_asked(node: Expr, parameters: Mapping[tuple[str, tuple[DatedValue, ...]], Parameter]) -> Parameter | None:
    """Find the hours that a call asks in the way that their opposite is asked; None where it does not."""
    if not isinstance(node, Call) or node.function not in _KEPT_TO.values():
        return None
    hours = node.args[2]
    parameter = parameters.get((hours.name, hours.values)) if isinstance(hours, Param) else None
    if parameter is None or parameter.hours is None or _KEPT_TO[parameter.hours] == node.function:
        return None
    return parameter

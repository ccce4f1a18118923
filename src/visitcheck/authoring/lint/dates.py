"""Finds lists of days that are written into conditions, where a calendar would say how far it reaches."""

from __future__ import annotations

from collections.abc import Iterator

from visitcheck.authoring.lint.subject import Remark, Subject, remark
from visitcheck.facts.types import DATE
from visitcheck.ir.nodes import And, Compare, Const, Expr, Or
from visitcheck.ir.walk import distinct_nodes


def check_dates(subject: Subject) -> Iterator[Remark]:
    """Find conditions that compare one date with several constant days.

    Of a day beyond the list such a condition says that it is none of them; a calendar says that it does not know.
    """
    for rule in subject.rules:
        for condition in (rule.when, *rule.checks_and_excuses):
            if condition is not None and any(map(_lists_days, distinct_nodes(condition.expr))):
                message = (
                    "a list of days is written into the condition, and says nothing of years that it does not hold"
                )
                help_ = "ask `isHoliday` of a calendar, which is undecided in years that its table does not cover"
                yield remark("lint-dates-written", message, help_, condition.place, rule)


def _lists_days(node: Expr) -> bool:
    """Whether alternatives, or what must all hold, compare the same date with more than one day."""
    if not isinstance(node, Or | And):
        return False
    op = "==" if isinstance(node, Or) else "!="
    dates = [part.left for part in node.parts if isinstance(part, Compare) and part.op == op and _is_day(part.right)]
    return len(dates) > len(set(dates))


def _is_day(node: Expr) -> bool:
    return isinstance(node, Const) and node.type == DATE

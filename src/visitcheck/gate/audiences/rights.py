"""What the rules of a policy give the person who is visited, in plain words.

A right is told where a rule that denies or reviews, and may bind this visit, reads one of its facts: the policy says
what holds, and this table only puts it into words. So it promises nothing that the policy at hand does not ask for.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from visitcheck.gate.judgment import Judgment
from visitcheck.ir.facts_read import facts_read
from visitcheck.language.interpreter import interpret
from visitcheck.policy.model import Rule, Text


class Right(NamedTuple):
    """A right, and the facts that the rules behind it read."""

    facts: frozenset[str]
    text: Text


def _right(facts: str, en: str, zh: str) -> Right:
    return Right(frozenset(facts.split()), Text(en=en, zh=zh))


RIGHTS: tuple[Right, ...] = (
    _right(
        "notices[].starts_at",
        "You have to be told beforehand when and where they come.",
        "上门之前，应当提前告知您时间和地点。",
    ),
    _right(
        "plan.show_identification",
        "They have to show you identification when they arrive.",
        "来访人员到达时应当向您出示证件。",
    ),
    _right(
        "plan.name_employer",
        "They have to say whom they work for and on whose behalf they come.",
        "来访人员应当说明自己属于哪家单位、受谁委托。",
    ),
    _right(
        "plan.enter_home",
        "Nobody may come into your home unless you have agreed to it. You may say no.",
        "未经您同意，任何人不得进入您的住所，您可以拒绝。",
    ),
    _right(
        "plan.leave_when_asked",
        "You may ask them to leave, and then they have to go.",
        "您可以要求来访人员离开，对方应当离开。",
    ),
    _right(
        "plan.respectful_conduct",
        "They have to treat you with respect, and may not threaten you.",
        "来访人员应当尊重您，不得威胁您。",
    ),
    _right(
        "plan.keep_private plan.contact_third_parties",
        "They may not tell your neighbours, colleagues or others who do not owe the debt about it.",
        "来访人员不得把您的欠款告诉邻居、同事等与债务无关的人。",
    ),
    _right(
        "plan.official_dress",
        "They may not dress as police or other officials.",
        "来访人员不得穿着类似警察或其他执法人员的服装。",
    ),
    _right(
        "plan.record_audio",
        "What is said during the visit has to be recorded, so that it can be checked afterwards.",
        "上门过程应当录音，以便事后核查。",
    ),
    _right(
        "plan.offer_plan",
        "They have to be ready to talk with you about a plan for repaying.",
        "来访人员应当愿意与您商量还款方案。",
    ),
    _right(
        "verification[].matched",
        "What you are said to owe has to be checked before they come.",
        "上门之前，应当先核对您的欠款情况。",
    ),
    _right(
        "wishes.no_contact_order",
        "Where a court or the police has forbidden contact with you, they may not come.",
        "法院或公安机关禁止与您接触的，不得上门。",
    ),
)


def given_rights(decision: Judgment) -> Iterator[Text]:
    """Give the rights that the policy grants on this visit, whatever is planned for it and whatever happened."""
    visit = decision.visit.model_copy(update={"plan": None, "conduct": None})
    facts: set[str] = set()
    for rule in decision.policy.rules:
        if rule.effect != "note" and interpret(rule.application, visit) is not False:
            facts |= _facts_read(rule)
    yield from (right.text for right in RIGHTS if not facts.isdisjoint(right.facts))


def _facts_read(rule: Rule) -> frozenset[str]:
    return facts_read(rule.application, *(check.condition.expr for check in rule.require))

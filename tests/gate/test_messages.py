"""The one renderer of message templates, for the gate, which shows every value, and for pages that withhold some."""

from __future__ import annotations

from collections.abc import Collection

from one_rule import policy_with, rule

import visitcheck as vc
from visitcheck.facts.types import STRING, Type
from visitcheck.gate.messages import MessageFiller
from visitcheck.language.interpreter import CachedInterpretation
from visitcheck.policy.model import Text

MESSAGE = {
    "en": "{{braces}} {debt.days_overdue} days, {place.address}, {agency.name}",
    "zh": "{debt.days_overdue} 天，{place.address}，{agency.name}",
}
POLICY = policy_with([rule("r", "debt.days_overdue > 30", message=MESSAGE)])
VISIT = vc.read_visit({"debt": {"days_overdue": 7}, "place": {"address": "Lane 3"}})


def withhold(type_: Type, facts: Collection[str]) -> Text | None:
    return Text("(withheld)", "（不显示）") if type_ == STRING else None


def test_placeholders_show_the_facts_of_the_visit() -> None:
    text = MessageFiller(CachedInterpretation(VISIT), None).fill(POLICY.rules[0].message)

    assert Text("{braces} 7 days, Lane 3, not known", "7 天，Lane 3，未知") == text


def test_withheld_values_are_replaced_and_missing_ones_are_said_to_be_missing() -> None:
    text = MessageFiller(CachedInterpretation(VISIT), None, withhold).fill(POLICY.rules[0].message)

    assert Text("{braces} 7 days, (withheld), not known", "7 天，（不显示），未知") == text


def test_an_english_plural_goes_with_the_number_before_it() -> None:
    message = {"en": "{debt.days_overdue} day(s), {debt.days_overdue - 6} day(s), {place.address} (s)", "zh": "天(s)"}
    of_rule = policy_with([rule("r", "debt.days_overdue > 30", message=message)]).rules[0].message
    text = MessageFiller(CachedInterpretation(VISIT), None).fill(of_rule)
    assert text == Text("7 days, 1 day, Lane 3 s", "天(s)")

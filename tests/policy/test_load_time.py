"""Loading rules takes work for each, and no more of it the more there are: counted in calls, not in time."""

import sys
from collections import Counter

import pytest
from small_packs import pack, rule

from visitcheck.language import parser
from visitcheck.policy import policy_from_texts

APPLIES = "debt.product == 'credit_card'"
LET = "let: {reached: 'contacts.filter(c, c.channel == \"phone\" && c.connected)'}"
REQUIRE = (
    "reached.filter(c, c.at > visit.starts_at - days(7)).size() <= params.most "
    '&& (debt.days_overdue >= 30 || place.kind in [\\"home\\", \\"workplace\\"])'
)
PARSED_OF_A_RULE = 6
"""Its `let`, `when`, requirement and exception, and the two values that its remedy shows."""


def load(rules: int) -> None:
    """Load a pack of so many rules, each with a `let`, an exception, a remedy and dates; nothing is cached."""
    more = (
        LET + '\nwhen: debt.online && !debt.disputed\nremedy: {en: "{reached.size()} of {params.most}", zh: 救}\n'
        "unless: [{id: x, when: visit.requested_by_debtor, cites: [{instrument: law, reading: press}]}]\n"
        "effective: {from: 2026-01-30}"
    )
    texts = (rule(f"rule-{number}", require=f"{REQUIRE} && {number} > 0", more=more) for number in range(rules))
    head = f'applies: "{APPLIES}"\nparameters: {{most: {{type: int, value: 3}}}}'
    assert rules == len(policy_from_texts({"many.yaml": pack("many", *texts, more=head)}).rules)


def parsed_texts(rules: int, monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    parsed: Counter[str] = Counter()
    parse = parser.parse
    with monkeypatch.context() as patch:
        patch.setattr(parser, "parse", lambda text, *where: parsed.update([text]) or parse(text, *where))
        load(rules)
    return parsed


def calls_made(rules: int) -> int:
    """How many functions are called to load so many rules."""
    calls = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event == "call"

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        load(rules)
    finally:
        sys.setprofile(before)
    return calls


def test_what_rules_share_is_compiled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    load(1)  # the grammar, and the conditions of doubts
    few, many = parsed_texts(3, monkeypatch), parsed_texts(12, monkeypatch)

    assert many[APPLIES] == few[APPLIES] == 1
    assert {text: times for text, times in many.items() if times > 12} == {}
    assert many.total() - few.total() == 9 * PARSED_OF_A_RULE


@pytest.mark.long
def test_loading_takes_no_more_for_each_rule_the_more_there_are() -> None:
    load(1)
    twenty, forty, sixty = map(calls_made, (20, 40, 60))

    assert sixty - forty == pytest.approx(forty - twenty, rel=0.05)

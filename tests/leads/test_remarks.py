"""What one remark is read for."""

from __future__ import annotations

import pytest

from policies import shipped_policy
from visitcheck import Lead, leads


def _kinds(text: str) -> dict[str, bool]:
    """For each kind of lead whether all of it is denied."""
    denied: dict[str, bool] = {}
    for lead in leads(text):
        denied[lead.kind] = denied.get(lead.kind, True) and lead.negated
    return denied


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("外访员在债务人家门口张贴催收函", "notice_posted"),
        ("告知其邻居张三欠款情况", "third_party_told"),
        ("当场收取现金2000元", "cash_taken"),
        ("客户要求我们立即离开", "asked_to_leave"),
        ("家中只有8岁女儿", "children"),
        ("威胁债务人不还就到单位闹", "threat"),
        ("骂债务人是老赖", "insult"),
        ("债务人报警，民警到场", "police"),
        ("用手机拍摄债务人家中", "filming"),
        ("要求其父亲代为还款", "others_asked_to_pay"),
        ("在楼下蹲守两小时", "waiting_outside"),
        ("We taped a notice to the front door.", "notice_posted"),
        ("Told the neighbour about the debt.", "third_party_told"),
        ("He paid 200 in cash.", "cash_taken"),
        ("He ASKED us to leave.", "asked_to_leave"),
        ("Her 8-year-old son opened the door.", "children"),
        ("I said he'd be arrested: we threatened him.", "threat"),
        ("Colleague called him a deadbeat.", "insult"),
        ("Police were called.", "police"),
        ("Took photos of the house.", "filming"),
        ("Asked his mother to pay the balance.", "others_asked_to_pay"),
        ("Waited outside for two hours.", "waiting_outside"),
    ],
)
def test_every_kind_is_found_in_both_languages(text: str, kind: str) -> None:
    assert _kinds(text)[kind] is False


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("未张贴任何通知", ["notice_posted"]),
        ("全程无威胁、辱骂行为", ["insult", "threat"]),
        ("没有拍摄，也没有人报警", ["filming", "police"]),
        ("客户要现金还款，已婉拒", ["cash_taken"]),
        ("是否张贴：否", ["notice_posted"]),
        ("We did not threaten anybody.", ["threat"]),
        ("Nobody filmed.", ["filming"]),
        ("No threats, insults or filming took place.", ["filming", "insult", "threat"]),
        ("He offered cash, which we refused.", ["cash_taken"]),
    ],
)
def test_what_a_remark_denies_is_told_apart(text: str, kinds: list[str]) -> None:
    assert _kinds(text) == dict.fromkeys(kinds, True)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("敲门无人应答后在门上贴了通知单", "notice_posted"),
        ("未经同意拍摄债务人家中", "filming"),
        ("不停辱骂债务人", "insult"),
        ("No answer, so we taped a letter to the gate.", "notice_posted"),
        ("He was not at home but we told the neighbour about the loan.", "third_party_told"),
    ],
)
def test_what_denies_something_else_denies_no_lead(text: str, kind: str) -> None:
    assert _kinds(text)[kind] is False


@pytest.mark.parametrize(
    "text",
    ["", "   ", "债务人辱骂我方外访员", "收取现金贷还款", "The debtor threatened us.", "派出所旁的小区", "\ue000" * 9],
)
def test_other_remarks_have_no_leads(text: str) -> None:
    assert leads(text) == ()


def test_a_lead_names_its_words_without_what_stands_between() -> None:
    text = "到访后告知其邻居王某某欠款5万元"
    [lead] = leads(text)
    assert lead.words == "告知…邻居…欠款"
    assert text[lead.start : lead.end] == "告知其邻居王某某欠款"
    assert lead.entry == "zh: {tell}…{third}…{debt}"


def test_a_lead_names_the_rules_that_read_what_it_is_about() -> None:
    base = shipped_policy("base")
    [lead] = leads("未张贴任何通知", base)
    assert lead.rules == ("base.conduct/no-undue-means", "base.privacy/nothing-posted")
    assert set(lead.rules) <= {rule.id for rule in base.rules}
    [lead] = leads("家中只有8岁女儿", shipped_policy("cn"))
    assert lead.rules == ("cn.law.data/children-protected",)
    assert leads("家中只有8岁女儿")[0].rules == ()


def test_a_span_lies_in_the_text_whatever_its_letters() -> None:
    text = "İİ He’d TAPED a Notice to the door"
    [lead] = leads(text)
    assert (lead.kind, text[lead.start : lead.end], lead.words) == ("notice_posted", "TAPED a Notice", "TAPED…Notice")


def test_the_sentence_is_that_of_the_words() -> None:
    text = "到访一次。在门上张贴通知。离开"
    [lead] = leads(text)
    assert lead.sentence_in(text) == "在门上张贴通知。"
    assert Lead("threat", "x", 0, 1, "own").sentence_in("x") == "x"

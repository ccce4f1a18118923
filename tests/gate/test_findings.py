"""Why: findings, needs, duties at the door, and trees down to the elements that decided."""

from __future__ import annotations

from typing import Any

import pytest

import visitcheck as vc
from visitcheck.facts.types import STRING
from visitcheck.gate.explain import Explanation, explain
from visitcheck.gate.messages import say_value
from visitcheck.language.interpreter import CachedInterpretation
from visitcheck.policy import policy_from_texts

pytestmark = pytest.mark.usefixtures("untested_engines")

PACK = """
pack: own
title: {en: Own, zh: 自有}
version: 1.0.0
timezone: Asia/Shanghai
instruments: {own: {title: {en: House rules, zh: 内部规定}, force: own}}
parameters: {most: {type: int, value: 2}}
rules:
  - id: few-calls
    title: {en: Few calls, zh: 少打电话}
    stages: [proposed]
    let: {calls: 'contacts.filter(c, c.channel == "phone").size()'}
    require: {few: calls <= params.most}
    unless: [{id: asked-for, when: visit.requested_by_debtor, cites: [{instrument: own, article: "2", reading: own}]}]
    effect: deny
    message: {en: "{calls} calls at {place.kind}, at most {params.most}", zh: "{calls} 次电话，最多 {params.most} 次"}
    cites: [{instrument: own, article: "1", reading: own}]
  - id: at-the-door
    title: {en: No threat, zh: 不得威胁}
    stages: [recorded]
    require: {none: 'conduct.all(c, c.kind != "threat")'}
    effect: deny
    message: {en: M, zh: 信}
    cites: [{instrument: own, article: "3", reading: own}]
"""


@pytest.fixture(scope="module")
def own() -> vc.Gate:
    return vc.Gate(policy_from_texts({"own.yaml": PACK}))


def visit(*channels: str | None, requested: bool | None = False, **more: Any) -> dict[str, Any]:
    """A proposal with one contact for each channel, `None` for one whose channel is illegible."""
    contacts = [
        {"at": f"2026-03-0{day}T10:00:00+08:00", **({"channel": channel} if channel else {})}
        for day, channel in enumerate(channels, 1)
    ]
    facts: dict[str, Any] = {
        "visit": {
            "id": "V-1",
            "stage": "proposed",
            "starts_at": "2026-03-10T10:00:00+08:00",
            "as_of": "2026-03-09T10:00:00+08:00",
        },
        "place": {"kind": "home"},
        "contacts": contacts,
    }
    if requested is not None:
        facts["visit"]["requested_by_debtor"] = requested
    return facts | more


def test_a_violation_says_what_was_counted_and_where_the_law_says_so(own: vc.Gate) -> None:
    """Message with its values in both languages, the failed check, the elements that counted, the citation."""
    (finding,) = own.check(visit("phone", "sms", "phone", "phone")).findings

    assert ("own/few-calls", "violated", "deny") == (finding.rule, finding.status, finding.leads_to)
    assert "3 calls at home, at most 2" == finding.message.en
    assert "3 次电话，最多 2 次" == finding.message.zh
    assert [("few", False)] == [(check.name, check.truth) for check in finding.checks]
    assert ["1"] == [cite.article for cite in finding.cites]
    facts = [read.fact for read in finding.evidence]
    assert ["contacts[0].channel", "contacts[2].channel", "contacts[3].channel"] == [
        fact for fact in facts if fact.endswith("channel")
    ]


def test_one_illegible_record_does_not_hide_legible_ones(own: vc.Gate) -> None:
    """Three legible calls break the limit of two whatever the illegible one was; two and one do not settle it."""
    assert "deny" == own.check(visit("phone", "phone", None, "phone")).outcome
    undecided = own.check(visit("phone", "phone", None))

    assert "review" == undecided.outcome
    assert "2 to 3 calls at home, at most 2" == undecided.findings[0].message.en
    assert ["contacts[2].channel"] == [need.fact for need in undecided.needs]


def test_an_exception_that_holds_is_a_finding_with_its_citation(own: vc.Gate) -> None:
    """Excused is told apart from satisfied, and cites the exception too."""
    (finding,) = own.check(visit("phone", "phone", "phone", requested=True)).findings

    assert ("excused", "allow") == (finding.status, finding.leads_to)
    assert ["1", "2"] == [cite.article for cite in finding.cites]


def test_an_exception_not_known_is_a_need(own: vc.Gate) -> None:
    """Whether the borrower asked for the visit could change the outcome."""
    decision = own.check(visit("phone", "phone", "phone", requested=None))

    assert "review" == decision.outcome
    assert ["visit.requested_by_debtor"] == [need.fact for need in decision.needs]


def test_an_absent_list_is_not_an_empty_one(own: vc.Gate) -> None:
    """No list of contacts: not known. An empty one: no calls."""
    absent = visit()
    del absent["contacts"]

    assert "allow" == own.check(visit()).outcome
    assert ["contacts"] == [need.fact for need in own.check(absent).needs]


def test_nothing_is_needed_where_the_denial_is_settled(gate: vc.Gate, allowed: dict[str, Any]) -> None:
    """Facts that could only confirm a denial are not asked for."""
    allowed["debt"]["days_overdue"] = 0
    del allowed["verification"]
    decision = gate.check(allowed)

    assert "deny" == decision.outcome
    assert () == decision.needs
    assert any("verification" in finding.missing for finding in decision.findings)


def test_duties_at_the_door_are_conditions_of_a_proposal(own: vc.Gate) -> None:
    """A proposal is told which rules will bind at the door, with their citations."""
    decision = own.check(visit())

    assert ["own/at-the-door"] == [duty.rule for duty in decision.conditions]
    assert {"own/few-calls": "satisfied", "own/at-the-door": "not_applicable"} == {
        rule.rule: rule.status for rule in decision.rules
    }


def _flat(tree: Explanation) -> list[Explanation]:
    return [tree, *(node for part in tree.parts for node in _flat(part))]


def test_the_tree_goes_down_to_the_elements(own: vc.Gate) -> None:
    """Each element of the counted list with what it came to; the one that was not counted is not decisive."""
    decision = own.check(visit("phone", "sms", None))
    (rule,) = decision.explain("own/few-calls")
    ((name, check),) = rule.checks
    elements = {node.element: (node.truth, node.decisive) for node in _flat(check) if node.element}

    assert "few" == name
    assert {
        "contacts[0]": (True, True),
        "contacts[1]": (False, False),
        "contacts[2]": (None, True),
    } == elements
    with pytest.raises(KeyError):
        decision.explain("own/at-the-door")


def test_a_long_list_is_cut_to_what_decides() -> None:
    """Of a thousand elements the deciding one is shown, and the rest is counted."""
    pack = PACK.replace("calls <= params.most", """'contacts.all(c, c.channel != "in_person")'""")
    gate = vc.Gate(policy_from_texts({"own.yaml": pack}))
    long = visit()
    long["contacts"] = [{"at": "2026-03-01T10:00:00+08:00", "channel": "sms"}] * 999
    long["contacts"] += [{"at": "2026-03-01T10:00:00+08:00", "channel": "in_person"}]
    facts = gate.read(long)
    (rule,) = gate.check(facts).explain("own/few-calls")
    tree = explain(gate.policy.rule("own/few-calls").require[0].condition.expr, CachedInterpretation(facts))

    assert 980 == rule.checks[0][1].left_out
    assert [read.fact for read in tree.deciding_reads()] == ["contacts[999].channel"]


def test_every_example_is_told_in_both_languages(gate: vc.Gate, allowed: dict[str, Any]) -> None:
    """Text for people has the outcome, the rule and the basis in the language asked for."""
    allowed["debt"]["days_overdue"] = 0
    decision = gate.check(allowed)

    assert decision.render("en").startswith("DENY  visit V-2026-0310-001 (proposed)")
    assert decision.render("zh").startswith("禁止  外访 V-2026-0310-001（拟访）")
    assert "依据：贷款机构上门拜访流程" in decision.render("zh")


def test_text_from_a_visit_cannot_pose_as_ours(gate: vc.Gate, allowed: dict[str, Any]) -> None:
    """Line breaks, escape sequences and direction marks of a fact are shown, not obeyed."""
    assert r"a\nALLOW\x1b[2K\u202e" == say_value("a\nALLOW\x1b[2K\u202e", STRING, "en")
    assert "王女士 🙂" == say_value("王女士 🙂", STRING, "zh")


def test_membership_is_one_leaf(own: vc.Gate) -> None:
    """`x in [...]` is told as it is written, not as the or it stands for."""
    pack = PACK.replace("calls <= params.most", """'place.kind in ["home", "workplace"]'""")
    gate = vc.Gate(policy_from_texts({"own.yaml": pack}))
    (rule,) = gate.check(visit()).explain("own/few-calls")
    tree = rule.checks[0][1]

    assert () == tree.parts
    assert [("place.kind", "home")] == [(read.fact, read.value) for read in tree.reads]


def test_a_list_function_shows_what_it_looked_at() -> None:
    """A run of calls is told by the times and results that made it, element by element."""
    pack = PACK.replace("calls <= params.most", """'contacts.lastRun(c, c.at, c.result == "no_answer") >= 2'""")
    gate = vc.Gate(policy_from_texts({"own.yaml": pack}))
    proposal = visit("phone", "phone")
    proposal["contacts"][0]["result"] = "no_answer"
    proposal["contacts"][1]["result"] = "reached"
    (finding,) = gate.check(proposal).findings

    assert "violated" == finding.status
    assert {"contacts[0].result", "contacts[1].result", "contacts[1].at"} <= {read.fact for read in finding.evidence}


def test_what_is_excused_needs_no_remedy(gate: vc.Gate, allowed: dict[str, Any]) -> None:
    """The facts of the exception come first, and there is nothing to do."""
    (finding,) = (each for each in gate.check(allowed).findings if each.status == "excused")

    assert finding.remedy is None
    assert finding.evidence[0].fact.startswith("appointment.")

"""What explaining costs on long lists, and what it says of lists that go on and of what is wanting."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import visitcheck as vc
from policies import shipped_policy
from visitcheck.engines.outcomes import Status
from visitcheck.facts import Visit, read_visit
from visitcheck.facts.types import COUNT
from visitcheck.gate.explain import Explanation, deciding_tree, explain
from visitcheck.gate.findings import FindingMaker
from visitcheck.gate.json_form import json_value
from visitcheck.gate.margins import measure_margins
from visitcheck.gate.messages import say_value
from visitcheck.gate.render import render_explanation
from visitcheck.gate.schema import decision_schema
from visitcheck.ir.nodes import Expr, Size
from visitcheck.ir.plan import make_plan
from visitcheck.language.interpreter import CachedInterpretation, interpret
from visitcheck.policy import policy_from_texts
from visitcheck.policy.model import STAGES
from visitcheck.testing import visits
from visitcheck.truth import NO_END, Count

pytestmark = pytest.mark.usefixtures("shared_engines")

DAY = "2026-03-10T"
EXAMPLES = Path(__file__).parents[2] / "examples"
RULE = """
  - id: {id}
    title: {{en: T, zh: 题}}
    stages: [proposed]
    require: {{only: '{require}'}}
    effect: deny
    message: {{en: M, zh: 信}}
    cites: [{{instrument: own, article: "1", reading: own}}]
"""
HEAD = """
pack: own
title: {en: Own, zh: 自有}
version: 1.0.0
timezone: Asia/Shanghai
instruments: {own: {title: {en: House rules, zh: 内部规定}, force: own}}
parameters: {most: {type: int, values: [{from: 2020-01-01, until: 2024-01-01, value: 2}]}}
rules:
"""


def own_gate(require: str) -> vc.Gate:
    """A gate of one rule with one check."""
    text = HEAD + RULE.format(id="rule", require=require)
    return vc.Gate(policy_from_texts({"own.yaml": text}), engine="native")


def proposal(**facts: Any) -> dict[str, Any]:
    """A proposal with these facts."""
    visit = {"id": "V-1", "stage": "proposed", "starts_at": f"{DAY}10:00:00+08:00", "as_of": f"{DAY}09:00:00+08:00"}
    return {"visit": visit | facts.pop("visit", {}), **facts}


def moment(second: int) -> str:
    """A moment of the visit's day, another for each second."""
    hours, rest = divmod(second, 3600)
    return f"{DAY}{9 + hours:02d}:{rest // 60:02d}:{rest % 60:02d}+08:00"


def recorded(entries: int, consents: int) -> Visit:
    """A recorded visit with this many entries and consents, no two alike, none of which settles the rule."""
    facts = {
        "visit": {"id": "V-1", "stage": "recorded", "starts_at": moment(0), "ends_at": moment(30_000)},
        "place": {"id": "P"},
        "conduct": [
            {"kind": "entry", "private": True, "place_id": "P", "at": moment(2 * n), "until": moment(2 * n + 1)}
            for n in range(entries)
        ],
        "consents": [
            {"kind": "entry", "by": "debtor", "given": True, "informed": True, "place_id": "P", "given_at": moment(n)}
            for n in range(consents)
        ],
        "recordings": [],
    }
    return read_visit(facts)


@lru_cache
def check_of(rule_id: str, name: str) -> Expr:
    """A check of the shipped pack `base`."""
    rule = next(rule for rule in shipped_policy("base").rules if rule.id == rule_id)
    return next(check.condition.expr for check in rule.require if check.name == name)


ONE_LIST = ("base.conduct/credentials-shown", "shown")
TWO_LISTS = ("base.consent/consent-lasted", "entry")


def evaluations(check: tuple[str, str], visit: Visit) -> int:
    """How many nodes are evaluated for a condition's margins, evidence and tree."""
    counted = 0

    def watch(*_: object) -> None:
        nonlocal counted
        counted += 1

    reading = CachedInterpretation(visit, watch=watch)
    measure_margins(check_of(*check), reading)
    deciding_tree(check_of(*check), reading)
    explain(check_of(*check), reading)
    return counted


@pytest.mark.parametrize(
    ("check", "grow"),
    [
        pytest.param(ONE_LIST, lambda n: recorded(n, 1), id="one list"),
        pytest.param(TWO_LISTS, lambda n: recorded(n, 40), id="the outer of two"),
        pytest.param(TWO_LISTS, lambda n: recorded(40, n), id="the inner of two"),
    ],
)
def test_explaining_is_linear_in_each_list(check: tuple[str, str], grow: Any) -> None:
    """Twice as many elements cost twice as much at most, whether all that decide are shown or not."""
    first, second, third = (evaluations(check, grow(n)) for n in (40, 80, 160))

    assert 40 <= first
    assert second <= 2.2 * first
    assert third <= 2.2 * second


def alike(number: int) -> Visit:
    """A recorded visit with this many entries and as many consents, all alike."""
    visit = recorded(1, 1)
    conduct, consents = visit.conduct or (), visit.consents or ()
    return visit.model_copy(update={"conduct": conduct * number, "consents": consents * number})


def test_pairs_of_elements_that_are_alike_are_looked_at_once() -> None:
    """Both lists twice as long cost twice as much at most where no element tells anything new."""
    first, second, third = (evaluations(TWO_LISTS, alike(n)) for n in (40, 80, 160))

    assert second <= 2.2 * first
    assert third <= 2.2 * second


@pytest.mark.long
@pytest.mark.parametrize("number", [20, 40, 80])
def test_explaining_costs_no_more_than_evaluating(number: int) -> None:
    """Margins, evidence and tree of a condition take fewer steps than the interpreter takes for its truth."""
    visit = recorded(number, number)
    steps = 0

    def watch(*_: object) -> None:
        nonlocal steps
        steps += 1

    interpret(check_of(*TWO_LISTS), visit, watch=watch)

    assert evaluations(TWO_LISTS, visit) <= steps


@lru_cache
def conditions() -> tuple[Expr, ...]:
    """Every condition of the shipped packs."""
    plans = (make_plan(shipped_policy(name), stage) for name in ("base", "cn") for stage in STAGES)
    return tuple(dict.fromkeys(condition for plan in plans for condition in plan.conditions))


@pytest.mark.parametrize("examples", [3, pytest.param(120, marks=pytest.mark.long)])
def test_what_is_kept_says_what_the_interpreter_says(examples: int) -> None:
    """One reading of all conditions on a visit, also with lists that go on, and nothing trips over these."""

    @given(data=st.data())
    @settings(max_examples=examples, deadline=None)
    def check(data: st.DataObject) -> None:
        visit: Any = data.draw(visits(min_facts=20))
        reading = CachedInterpretation(visit)
        for condition in conditions():
            assert reading.interpret(condition, {}) == interpret(condition, visit), condition.origin
        for condition in data.draw(st.lists(st.sampled_from(conditions()), max_size=8)):
            whole = explain(condition, reading)
            brief = deciding_tree(condition, reading)
            assert whole.value == brief.value == interpret(condition, visit)
            assert {read.fact for read in brief.deciding_reads()} == {read.fact for read in whole.deciding_reads()}
            measure_margins(condition, reading)

    check()


def test_long_evidence_is_cut_and_what_is_left_out_is_counted() -> None:
    """Fifty calls that break a rule are told by some of them, and the rest is counted."""
    gate = own_gate('contacts.all(c, c.channel != "phone")')
    decision = gate.check(proposal(contacts=[{"channel": "phone"}] * 50))
    (finding,) = decision.findings

    assert "deny" == decision.outcome
    assert (20, 30) == (len(finding.evidence), finding.evidence_left_out)
    assert 30 == decision.to_dict()["findings"][0]["evidence_left_out"]  # type: ignore[index]


def flat(tree: Explanation) -> list[Explanation]:
    """All nodes of a tree."""
    return [tree, *(node for part in tree.parts for node in flat(part))]


@pytest.mark.parametrize(
    ("require", "outcome"),
    [
        ('contacts.all(c, c.channel != "phone")', "review"),
        ('contacts.exists(c, c.channel == "phone")', "review"),
        ('contacts.filter(c, c.channel == "phone").size() <= 2', "review"),
        ("contacts.size() <= 2", "review"),
        ("contacts.map(c, c.at).max() <= visit.starts_at", "review"),
    ],
)
def test_what_further_elements_could_change_is_said_and_asked_for(require: str, outcome: str) -> None:
    """Nobody recorded all contacts: the tree says of which nothing is recorded, and `needs` asks for it."""
    goes_on = {"contacts": {"complete": False, "all_with": {"channel": ["sms"]}}}
    decision = own_gate(require).check(
        proposal(contacts=[{"channel": "sms", "at": f"{DAY}08:00:00+08:00"}], completeness=goes_on)
    )
    (rule,) = decision.explain("own/rule")
    rests = [node for node in flat(rule.checks[0][1]) if node.rest]

    assert outcome == decision.outcome
    assert ["contacts[]"] == [node.element for node in rests]
    assert "completeness.contacts" in decision.findings[0].missing
    assert ["completeness.contacts"] == [need.fact for need in decision.needs]
    assert "completeness.contacts: say whether anything else happened  (own/rule)" in str(decision)
    assert "completeness.contacts：请说明是否还有其他情况  (own/rule)" in decision.render("zh")
    assert "(of other kinds nothing is recorded)" in render_explanation(rule)
    assert "（其他类别没有记录）" in render_explanation(rule, "zh")


def test_further_elements_that_are_out_or_cannot_matter_are_not_asked_for() -> None:
    """All calls are in the list; and three are too many whatever else there was."""
    all_calls = {"contacts": {"complete": False, "all_with": {"channel": ["phone"]}}}
    calls = own_gate('contacts.all(c, c.channel != "phone")')
    count = own_gate('contacts.filter(c, c.channel == "phone").size() <= 2')

    assert "allow" == calls.check(proposal(contacts=[], completeness=all_calls)).outcome
    broken = count.check(proposal(contacts=[{"channel": "phone"}] * 3, completeness={"contacts": {"complete": False}}))
    assert "deny" == broken.outcome
    assert () == broken.findings[0].missing


def test_a_rest_inside_a_rest_trips_nothing() -> None:
    """Two lists that go on, one looked at for each element of the other."""
    gate = own_gate('contacts.all(c, notices.exists(n, n.sent && n.about == "visit" && n.sent_at <= c.at))')
    goes_on = {"contacts": {"complete": False}, "notices": {"complete": False}}
    decision = gate.check(proposal(contacts=[{"channel": "sms"}], notices=[], completeness=goes_on))

    assert "review" == decision.outcome
    assert {"completeness.contacts", "completeness.notices"} <= set(decision.findings[0].missing)


def test_to_say_that_the_list_is_complete_is_a_remedy() -> None:
    """What can be done is to say whether anything else happened."""
    goes_on = {"contacts": {"complete": False, "all_with": {"channel": ["sms"]}}}
    decision = own_gate('contacts.all(c, c.channel != "phone")').check(proposal(contacts=[], completeness=goes_on))
    (step,) = decision.remedies.steps

    assert "allow" == decision.remedies.outcome
    assert "Say whether anything else happened" in step.what.en
    assert ("completeness.contacts.complete", True) in [(change.fact, change.value) for change in step.changes]


@pytest.mark.parametrize(
    ("count", "en", "zh", "form"),
    [
        (Count(3, NO_END), "at least 3", "至少 3", {"low": 3, "high": None}),
        (Count(-NO_END, 2), "at most 2", "至多 2", {"low": None, "high": 2}),
        (Count(-NO_END, NO_END), "any number", "数目不明", {"low": None, "high": None}),
        (Count(2, 4), "2 to 4", "2 至 4", {"low": 2, "high": 4}),
    ],
)
def test_counts_without_an_end(count: Count, en: str, zh: str, form: Any) -> None:
    """A count of a list that goes on is said by the end that is known."""
    assert (en, zh) == (say_value(count, COUNT, "en"), say_value(count, COUNT, "zh"))
    assert form == json_value(count, COUNT)


def missing(require: str, **facts: Any) -> tuple[str, ...]:
    """What is missing where this check is not known."""
    (finding,) = own_gate(require).check(proposal(**facts)).findings
    return finding.missing


def test_what_stands_in_for_a_start_that_is_given_is_not_missing() -> None:
    """`visit.date` is for visits whose time is lost."""
    overdue = "debt.days_overdue > params.most"

    assert ("params.most[2026-03-10]",) == missing(overdue, debt={"days_overdue": 3})
    assert "visit.date" not in missing("debt.days_overdue > 3")


def test_a_history_that_begins_too_late_is_named() -> None:
    """The fact is given, and says too little; given early enough it is not missing."""
    known = 'knownSince(contacts, visit.starts_at - days(7)) && contacts.all(c, c.channel != "phone")'
    late = missing(known, contacts=[], history={"contacts_since": "2026-03-08T00:00:00+08:00"})

    assert ("history.contacts_since",) == late
    assert ("history.contacts_since",) == missing(known, contacts=[])
    early = {"contacts_since": "2026-01-01T00:00:00+08:00"}
    assert "allow" == own_gate(known).check(proposal(contacts=[], history=early)).outcome


def test_a_year_that_no_calendar_covers_is_named() -> None:
    """No table says what is a holiday in 2199."""
    start = {"starts_at": "2199-03-10T10:00:00+08:00"}

    assert ("calendars.CN[2199]",) == missing('!isHoliday(localDate(visit.starts_at), "CN")', visit=start)


def test_findings_without_their_support_cost_little() -> None:
    """Rule, status, message and citation are there without looking at evidence."""
    gate = own_gate('contacts.all(c, c.channel != "phone")')
    decision = gate.check(proposal(contacts=[{"channel": "phone"}] * 50))
    (finding,) = decision.findings

    assert ("own/rule", "violated", "M", "1") == (
        finding.rule,
        finding.status,
        finding.message.en,
        finding.cites[0].article,
    )
    assert not {"checks", "exceptions", "evidence", "missing"} & vars(finding.support).keys()
    assert 20 == len(finding.evidence)


@pytest.mark.parametrize(
    ("policy", "example"),
    [
        *(("base", name) for name in ("proposed-denied.json", "proposed-allowed.json", "recorded-breach.yaml")),
        *(("cn", f"cn/{name}.yaml") for name in ("bank-credit-card", "recorded-breach", "recorded-compliant")),
    ],
)
def test_findings_take_few_evaluations_beside_the_decision(policy: str, example: str) -> None:
    """The texts of all findings evaluate a tenth of what deciding does at most: what they share is evaluated once."""
    gate = vc.Gate(shipped_policy(policy), engine="native")
    path = EXAMPLES / example
    decision = gate.check(gate.read(path.read_text(encoding="utf-8"), format=path.suffix[1:]))  # type: ignore[arg-type]
    visit, steps = decision.visit, 0

    def watch(*_: object) -> None:
        nonlocal steps
        steps += 1

    for condition in decision.plan.conditions:
        interpret(condition, visit, watch=watch)
    deciding, steps = steps, 0
    maker = FindingMaker(decision.plan, CachedInterpretation(visit, decision.plan.looks, watch=watch), decision.zone)
    truths = tuple(interpret(condition, visit) for condition in decision.plan.conditions)
    positions = {rule.rule.id: at for at, rule in enumerate(decision.plan.rules)}
    made = [maker.make(positions[each.rule], each.status, truths) for each in decision.findings]  # type: ignore[arg-type]

    assert list(decision.findings) == made
    assert 10 * steps <= deciding


def test_a_placeholder_is_evaluated_once_for_both_languages() -> None:
    """Two languages, and a message and a remedy that show the same count, evaluate it once."""
    text = (HEAD + RULE.format(id="rule", require="contacts.size() <= 2")).replace(
        "message: {en: M, zh: 信}",
        "let: {calls: contacts.size()}\n    message: {en: '{calls} of {calls}', zh: '{calls}'}\n"
        "    remedy: {en: 'not {calls}', zh: '不 {calls}'}",
    )
    gate = vc.Gate(policy_from_texts({"own.yaml": text}), engine="native")
    visit = gate.read(proposal(contacts=[{"channel": "phone"}] * 3))
    seen: list[Expr] = []
    plan = make_plan(gate.policy, "proposed")
    maker = FindingMaker(plan, CachedInterpretation(visit, plan.looks, watch=lambda node, *_: seen.append(node)), None)
    finding = maker.make(0, Status.VIOLATED, tuple(interpret(condition, visit) for condition in plan.conditions))  # type: ignore[arg-type]

    assert ("3 of 3", "3", "not 3") == (finding.message.en, finding.message.zh, finding.remedy and finding.remedy.en)
    assert 1 == sum(isinstance(node, Size) for node in seen)


@pytest.mark.parametrize("stage", ["proposed", "recorded"])
def test_a_brief_decision_leaves_out_what_supports_it(stage: str) -> None:
    """Findings have no evidence or checks, duties are rule ids; all else is as in full, and both keep to the schema."""
    gate = vc.Gate(shipped_policy("base"), engine="native")
    lender = {"kind": "bank"}
    visit = recorded(2, 2) if stage == "recorded" else proposal(contacts=[], lender=lender, place={"kind": "home"})
    decision = gate.check(visit)
    full, brief = decision.to_dict(), decision.to_dict(detail="brief")
    supports = {"checks", "exceptions", "evidence", "evidence_left_out", "missing", "law_facts"}

    assert brief["findings"] == [
        {name: value for name, value in finding.items() if name not in supports}
        for finding in full["findings"]  # type: ignore[attr-defined]
    ]
    assert brief["conditions"] == [duty["rule"] for duty in full["conditions"]]  # type: ignore[attr-defined]
    assert {**full, "findings": [], "conditions": []} == {**brief, "findings": [], "conditions": []}
    for form in (full, brief):
        jsonschema.validate(form, decision_schema())
    with pytest.raises(ValueError, match="`detail` is one of full, brief"):
        decision.to_dict(detail="short")  # type: ignore[arg-type]

"""One decision for four readers, in two languages."""

from __future__ import annotations

import json
import re
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest
import yaml
from one_rule import policy_of

import visitcheck as vc
from visitcheck.engines.status import Outcome, Status
from visitcheck.facts.vocabulary import FACTS
from visitcheck.gate.audiences import READERS, Reader
from visitcheck.gate.audiences.rights import RIGHTS, given_rights
from visitcheck.policy.model import LANGUAGES, Language

pytestmark = pytest.mark.usefixtures("untested_engines")

EXAMPLES = Path(__file__).parents[2] / "examples"
NAMES = (
    "proposed-allowed.json",
    "proposed-denied.json",
    "proposed-review.yaml",
    "recorded-breach.yaml",
    "recorded-compliant.json",
    "recorded-review.yaml",
)


@pytest.fixture(scope="module")
def decisions(native: vc.Gate) -> dict[str, vc.Decision]:
    return {name: native.check(yaml.safe_load((EXAMPLES / name).read_text(encoding="utf-8"))) for name in NAMES}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("name", NAMES)
def test_chinese_has_its_own_punctuation(decisions: dict[str, vc.Decision], name: str, reader: Reader) -> None:
    """No half-width mark stands beside a Chinese character."""
    text = decisions[name].render("zh", for_=reader)
    assert re.findall(r"[一-鿿] ?[,;:()]|[,;:()][一-鿿]", text) == []


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_an_agent_gets_one_line(decisions: dict[str, vc.Decision], name: str, lang: Language) -> None:
    decision = decisions[name]
    text = decision.render(lang, for_="agent")

    assert 1 == len(text.splitlines())
    assert decision.visit_id in text


@pytest.mark.parametrize(
    ("name", "en", "zh"),
    [
        ("proposed-allowed.json", "GO: visit", "可以上门："),
        ("proposed-denied.json", "DO NOT GO: visit", "不得上门："),
        ("proposed-review.yaml", "WAIT, do not go yet: visit", "暂缓上门："),
        ("recorded-breach.yaml", "Not in order: visit", "违规："),
    ],
)
def test_the_line_begins_with_what_to_do(decisions: dict[str, vc.Decision], name: str, en: str, zh: str) -> None:
    assert decisions[name].render("en", for_="agent").startswith(en)
    assert decisions[name].render("zh", for_="agent").startswith(zh)


def test_the_line_says_what_comes_first_or_what_stands_against_it(decisions: dict[str, vc.Decision]) -> None:
    review, denied = decisions["proposed-review.yaml"], decisions["proposed-denied.json"]

    assert "First: Find out `notices[0].delivered`" in review.render(for_="agent")
    assert "Because: 1 phone or SMS attempt on 1 day in the 14 days before the visit; 3 attempts on 2 days" in (
        denied.render(for_="agent")
    )
    assert " duties will hold at the door." in decisions["proposed-allowed.json"].render(for_="agent")


def test_the_line_names_what_denies_before_all_else(decisions: dict[str, vc.Decision]) -> None:
    """And no rule by its title alone, which reads as if it were kept."""
    for name in NAMES:
        decision = decisions[name]
        line = decision.render(for_="agent")
        denying = [one for one in decision.findings if one.status == "violated" and one.leads_to == "deny"]
        if denying and "Because:" in line:
            because = line.partition("Because: ")[2]
            assert any(because.startswith(finding.message.en.rstrip(".")) for finding in denying)
        assert not any(f": {one.title.en}" in line and f"not confirmed: {one.title.en}" not in line for one in denying)


def test_a_proposal_without_facts_says_what_is_missing_before_when(native: vc.Gate, allowed: dict[str, Any]) -> None:
    visit = {key: allowed["visit"][key] for key in ("id", "stage", "starts_at", "as_of")}
    line, zh = (native.check({"visit": visit}).render(lang, for_="agent") for lang in LANGUAGES)
    assert line.startswith(f"WAIT, do not go yet: visit {visit['id']}. ")
    assert line.index("not confirmed: ") < line.index("Planned for ")
    assert zh.index("未能确认：") < zh.index("拟定时间")


def test_what_is_open_is_to_be_found_out_and_accuses_nobody(native: vc.Gate, allowed: dict[str, Any]) -> None:
    visit = {key: allowed["visit"][key] for key in ("id", "stage", "starts_at", "as_of")}
    decision = native.check({"visit": visit})
    text = decision.render(for_="supervisor")
    lines = text.partition("Not clear, as facts are missing:\n")[2].splitlines()
    section = list(takewhile(lambda line: line.startswith("  "), lines))
    assert sum("find out and record it: " in line for line in section) >= 3
    assert not any("to do: " in line for line in section)


def test_a_duty_of_several_packs_is_said_once() -> None:
    from visitcheck.gate.audiences.common import door_duties

    decision = vc.Gate(vc.load_policy("base"), engine="native").check(
        json.loads((EXAMPLES / "proposed-allowed.json").read_text("utf-8"))
    )
    titles = [duty.en.casefold() for duty in door_duties(decision)]
    assert len(titles) == len(set(titles)) > 1
    assert {duty.title.en.casefold() for duty in decision.conditions} == set(titles)


def test_a_supervisor_gets_every_finding_with_its_margin_and_remedy(decisions: dict[str, vc.Decision]) -> None:
    """All that is wrong or unclear, what to do about it, no citations."""
    for name, lang in [("proposed-denied.json", "en"), ("recorded-breach.yaml", "zh"), ("proposed-review.yaml", "en")]:
        decision = decisions[name]
        text = decision.render(lang, for_="supervisor")  # type: ignore[arg-type]
        for finding in decision.findings:
            if finding.leads_to > Outcome.ALLOW:
                assert finding.title.in_(lang) in text  # type: ignore[arg-type]
                if finding.status is not Status.UNDETERMINED or not finding.missing:
                    assert finding.remedy is None or finding.remedy.in_(lang) in text  # type: ignore[arg-type]
    denied = decisions["proposed-denied.json"].render(for_="supervisor")
    assert "(off by 2 contacts, off by 1 day)" in denied
    assert "Do not enter the home" in denied
    assert "art." not in denied
    assert "Nothing to repair." in decisions["recorded-compliant.json"].render(for_="supervisor")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_a_borrower_reads_no_inside_terms(decisions: dict[str, vc.Decision], name: str, lang: Language) -> None:
    """No ids of rules, paths of facts, statuses, engines, digests or articles; in Chinese no English word at all."""
    decision = decisions[name]
    text = decision.render(lang, for_="borrower")

    assert not any(rule.rule in text for rule in decision.rules)
    assert not any(path in text for path in FACTS if "." in path)
    assert not any(str(status) in text for status in (Status.VIOLATED, Status.UNDETERMINED, Status.NOT_APPLICABLE))
    assert not re.search(r"\+08:00|native|art\.|policy|`", text)
    if lang == "zh":
        assert not re.search(r"[a-z]", text)


def test_a_borrower_is_told_what_was_broken_and_what_holds(decisions: dict[str, vc.Decision]) -> None:
    breach, fine = decisions["recorded-breach.yaml"], decisions["recorded-compliant.json"]

    assert "  - No insults" in breach.render(for_="borrower")
    assert "  - 不得辱骂" in breach.render("zh", for_="borrower")
    assert "These rules were not kept" not in fine.render(for_="borrower")
    for decision in decisions.values():
        assert "Nobody may come into your home unless you have agreed to it." in decision.render(for_="borrower")


def test_rights_are_those_that_the_policy_gives() -> None:
    """A policy that asks for one thing gives one right; facts that rights hang on are facts."""
    gate = vc.Gate(policy_of({"require": "plan.leave_when_asked"}), engine="native")
    decision = gate.check({"visit": {"id": "V-1", "stage": "proposed", "starts_at": "2026-03-10T10:00:00+08:00"}})

    assert ["You may ask them to leave, and then they have to go."] == [right.en for right in given_rights(decision)]
    assert all(fact in FACTS for right in RIGHTS for fact in right.facts)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_regulator_gets_every_rule_with_its_articles_and_reading_levels(
    decisions: dict[str, vc.Decision], lang: Language
) -> None:
    decision = decisions["recorded-breach.yaml"]
    text = decision.render(lang, for_="regulator")

    assert text.startswith(decision.render(lang))
    trees = decision.explain()
    assert len(trees) == len(
        [line for line in text.splitlines() if line.startswith({"en": "  basis:", "zh": "  条文依据："}[lang])]
    )
    for tree in trees:
        assert f"[{tree.rule}]" in text
        for cite in tree.cites:
            assert cite.instrument.title.in_(lang) in text
    assert {"en": "(read in the text)", "zh": "（据原文）"}[lang] in text
    assert "native deny" in text


def test_where_an_engine_broke(base: vc.Policy, allowed: dict[str, Any]) -> None:
    """Supervisor and regulator are told; agent and borrower see that nobody may go, and nothing is promised."""
    with vc.Gate(base, engine="both") as gate:
        gate._by_stage["proposed"].engine_pair.close()
        decision = gate.check(allowed)

        assert "engine broke" in decision.render(for_="supervisor")
        assert "engine broke" in decision.render(for_="regulator")
        assert decision.render(for_="agent").startswith("DO NOT GO")
        assert "请联系负责人员" in decision.render("zh", for_="agent")
        assert "may not take place" in decision.render(for_="borrower")
        assert ("deny", 0) == (decision.remedies.outcome, len(decision.remedies))


def test_a_reader_who_is_none_of_the_four(native: vc.Gate, allowed: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="'agent', 'supervisor', 'borrower', 'regulator'"):
        native.check(allowed).render(for_="journalist")  # type: ignore[arg-type]


def test_all_readers_are_known() -> None:
    assert ("agent", "supervisor", "borrower", "regulator") == READERS
    reader: Reader = READERS[0]
    assert reader == "agent"

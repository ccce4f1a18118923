"""`decision.remedies`: lawful once done, nothing to spare, and nothing that cannot be changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import jsonschema
import pytest
import yaml
from applying import done
from hypothesis import HealthCheck, given, settings
from one_rule import policy_of

import visitcheck as vc
from policies import shipped_policy
from visitcheck.facts.vocabulary import FACTS
from visitcheck.gate.messages import iso_text
from visitcheck.gate.remedies import Remedies, changeable, search
from visitcheck.gate.remedies.actions import Action, possible_actions
from visitcheck.gate.remedies.changeable import FixedClass, OpenClass, class_of, is_open, keep_changeable
from visitcheck.gate.remedies.edits import Edit, parse_path, value_at, vocabulary_path
from visitcheck.gate.remedies.search import MOST_TRIALS
from visitcheck.gate.schema import decision_schema
from visitcheck.policy.model import Text
from visitcheck.testing import visit_mappings

pytestmark = pytest.mark.usefixtures("untested_engines")

EXAMPLES = Path(__file__).parents[3] / "examples"
CASES: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "remedies.cases.yaml").read_text(encoding="utf-8")
)
VISIT = {
    "id": "V-1",
    "stage": "proposed",
    "starts_at": "2026-05-02T10:00:00+08:00",
    "ends_at": "2026-05-02T11:00:00+08:00",
    "as_of": "2026-04-30T20:00:00+08:00",
}
ZONE = "Asia/Shanghai"
SELECTED = {
    "lender.kind": "bank",
    "lender.memberships": ["cba"],
    "debt.product": "credit_card",
    "debt.online": False,
    "debt.facilitated": False,
}


def proposal(facts: dict[str, Any]) -> dict[str, Any]:
    visit: dict[str, Any] = {"visit": dict(VISIT)}
    for name, value in facts.items():
        group, _, field = name.partition(".")
        if field:
            visit.setdefault(group, {})[field] = value
        else:
            visit[group] = value
    return visit


def told(remedies: Remedies) -> list[list[Any]]:
    """Each step as a case writes it."""
    return [
        [step.kind, [change.fact for change in step.changes], *([iso_text(step.by, ZONE)[5:16]] if step.by else [])]
        for step in remedies
    ]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["note"])
def test_the_remedies_of_a_rule(case: dict[str, Any]) -> None:
    gate = vc.Gate(policy_of({"require": case["require"]}), engine="native")
    visit = proposal(case.get("facts", {}))
    remedies = gate.check(visit).remedies

    assert case["steps"] == told(remedies)
    assert case.get("left", []) == list(remedies.left)
    assert gate.check(done(visit, remedies)).outcome is remedies.outcome
    assert bool(remedies.left) is (remedies.outcome is not vc.Outcome.ALLOW)


# -- what may be changed


def test_every_fact_of_the_vocabulary_is_classified() -> None:
    """Each has one class; what is known at the door or later is `door`; no class and no name in the table is idle."""
    classes = {path: class_of(path) for path in FACTS}

    assert {path for path, info in FACTS.items() if info.known != "before"} == {
        path for path, kind in classes.items() if kind == "door"
    }
    assert {*get_args(OpenClass), *get_args(FixedClass)} == set(classes.values())
    assert changeable._OF_FACT.keys() <= FACTS.keys()
    assert changeable._OF_GROUP.keys() <= FACTS.keys()
    with pytest.raises(KeyError):
        class_of("neighbours[].name")


@pytest.mark.parametrize(
    "group",
    ["debtor", "contacts", "earlier_visits", "complaints", "history", "wishes", "met", "conduct", "lender", "record"],
)
def test_the_past_the_person_and_the_door_are_as_they_are(group: str) -> None:
    facts = [path for path in FACTS if path.split(".")[0].removesuffix("[]") == group]

    assert facts
    assert not any(is_open(path) for path in facts)


def rogue(kind: str, fact: str, value: object) -> Action:
    """A remedy as none should be: it rewrites a fact that is as it is."""
    edits = (Edit(parse_path(fact), value),)
    return Action(kind, Text("Rewrite it.", "改写。"), lambda visit, moment: edits, frozenset({fact}), fact)  # type: ignore[arg-type]


def test_what_would_change_a_fixed_fact_is_not_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is put into the catalogue: the debt is as it is, and a rule about it stays unsettled."""
    gate = vc.Gate(policy_of({"require": "debt.days_overdue > 30"}), engine="native")
    monkeypatch.setattr(search, "possible_actions", lambda visit: (rogue("prepare", "debt.days_overdue", 60),))
    remedies = gate.check(proposal({"debt.days_overdue": 7})).remedies

    assert ((), ("own/rule",)) == (remedies.steps, remedies.left)


def test_a_fact_that_is_known_is_not_found_out_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what is missing can be supposed."""
    gate = vc.Gate(policy_of({"require": "debt.days_overdue > 30"}), engine="native")
    supposed = rogue("establish", "debt.days_overdue", 60)
    monkeypatch.setattr(search, "suppositions", lambda visit, missing: (supposed,))
    known, missing = (gate.check(proposal(facts)).remedies for facts in ({"debt.days_overdue": 7}, {}))

    assert ((), ("own/rule",)) == (known.steps, known.left)
    assert ["establish"] == [step.kind for step in missing]


def test_every_action_of_the_catalogue_changes_open_facts_only(allowed: dict[str, Any]) -> None:
    """So the search drops none of them, and what they are said to touch can be changed, too."""
    visit = vc.read_visit(allowed | {"notices": [], "consents": [], "agency": {"id": "A-1"}})
    actions = possible_actions(visit)

    assert list(actions) == list(keep_changeable(actions, visit, 0))
    assert not [path for action in actions for path in action.touches if not is_open(path)]


def assert_nothing_known_is_altered(visit: vc.Visit, remedies: Remedies) -> None:
    """A change is of an open fact, or of one that was missing and has to be found out; lists only grow."""
    for step in remedies:
        for change in step.changes:
            path = parse_path(change.fact)
            missing = value_at(visit, path) is None
            assert missing or is_open(vocabulary_path(path)), change
            assert step.kind != "establish" or missing, change
            in_a_list = next((number for number, part in enumerate(path) if isinstance(part, int)), None)
            if in_a_list is not None and path[0] != "team":
                assert missing, change  # what a notice, a consent or a check said stays


@pytest.mark.parametrize(
    ("policy", "examples"),
    [
        ("base", 3),
        pytest.param("base", 60, marks=pytest.mark.long),
        pytest.param("cn", 20, marks=pytest.mark.long),
    ],
)
def test_generated_proposals(policy: str, examples: int) -> None:
    """Doing what the remedies say gives the outcome they promise, and no step can be left out."""
    loaded = shipped_policy(policy)
    gate = vc.Gate(loaded, engine="native")
    facts = gate._by_stage["proposed"].engine_pair.plan.facts | {"visit.id"}

    @given(visit_mappings(stage="proposed", facts=facts))
    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    def holds(mapping: dict[str, Any]) -> None:
        mapping["visit"] |= VISIT | {"as_of": mapping["visit"].get("as_of") or VISIT["as_of"]}
        mapping["visit"].pop("date", None)
        mapping["visit"].pop("ends_at", None)
        for path, value in SELECTED.items():  # what decides which packs apply
            group, _, name = path.partition(".")
            mapping[group] = {name: value} | (mapping.get(group) or {})
        try:
            decision = gate.check(mapping)
        except vc.InvalidVisit:
            return
        remedies = decision.remedies
        assert gate.check(done(decision.visit.to_dict(), remedies)).outcome is remedies.outcome
        assert_nothing_known_is_altered(decision.visit, remedies)
        assert remedies == gate.check(mapping).remedies

    holds()


@pytest.mark.parametrize("name", ["proposed-denied.json", "proposed-review.yaml"])
def test_no_step_of_an_example_can_be_left_out(native: vc.Gate, name: str) -> None:
    visit = yaml.safe_load((EXAMPLES / name).read_text(encoding="utf-8"))
    decision = native.check(visit)
    remedies = decision.remedies

    def left(steps: tuple[Any, ...]) -> set[str]:
        decision = native.check(done(visit, Remedies(remedies.outcome, steps, ())))
        return {finding.rule for finding in decision.findings if finding.leads_to > vc.Outcome.ALLOW}

    assert set(remedies.left) == left(remedies.steps)
    for position, step in enumerate(remedies.steps):
        if not any(change.fact == "preparation.documents" for change in step.changes):  # these build on each other
            assert set(step.rules) & left(remedies.steps[:position] + remedies.steps[position + 1 :])
    assert_nothing_known_is_altered(decision.visit, remedies)


# -- the answer


def test_an_allowed_or_recorded_visit_has_none(native: vc.Gate, allowed: dict[str, Any]) -> None:
    recorded = native.check(yaml.safe_load((EXAMPLES / "recorded-breach.yaml").read_text(encoding="utf-8")))

    for decision in (native.check(allowed), recorded):
        assert Remedies(decision.outcome, (), ()) == decision.remedies


def test_all_engines_have_the_last_word(base: vc.Policy) -> None:
    """Where the second engine breaks, the remedies promise nothing."""
    visit = yaml.safe_load((EXAMPLES / "proposed-review.yaml").read_text(encoding="utf-8"))
    with vc.Gate(base, engine="both") as gate:
        assert "allow" == gate.check(visit).remedies.outcome
        broken = gate.check(visit)
        gate._by_stage["proposed"].engine_pair.close()

        assert "deny" == broken.remedies.outcome


def test_a_decision_without_a_gate_finds_them_too(native: vc.Gate) -> None:
    visit = yaml.safe_load((EXAMPLES / "proposed-review.yaml").read_text(encoding="utf-8"))
    asked = native.check(visit)
    alone = vc.Decision(asked.plan, asked.visit, asked.verdict, asked._truths, engines=asked.engines)

    assert asked.remedies == alone.remedies


def test_a_moment_is_the_last(native: vc.Gate) -> None:
    """The notice of a visit two days ahead: lawful at its moment, too late a minute after."""
    visit = yaml.safe_load((EXAMPLES / "smallest-proposal.yaml").read_text(encoding="utf-8"))
    visit["visit"]["as_of"] = "2026-03-08T16:00:00+08:00"
    visit["notices"] = []
    remedies = native.check(visit).remedies
    ((step),) = remedies.steps

    assert ("notice", "2026-03-09T10:00:00+08:00") == (step.kind, iso_text(step.by or 0, ZONE))
    assert "allow" == native.check(done(visit, remedies)).outcome
    late = done(visit, remedies)
    late["visit"]["as_of"] = late["notices"][0]["delivered_at"] = "2026-03-09T10:01:00+08:00"
    assert not native.check(late).allowed


def test_the_search_is_bounded(native: vc.Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proposal of which nothing is known asks for many things, within the bound."""
    counted: list[search.RemedySearch] = []
    monkeypatch.setattr(search.RemedySearch, "_last_moments", lambda self, *_: counted.append(self) or {})
    native.check({"visit": VISIT}).remedies  # noqa: B018 - the search is run for its cost

    assert counted[0]._trials <= MOST_TRIALS + 100


def test_the_json_keeps_to_its_schema_and_is_asked_for(native: vc.Gate) -> None:
    decision = native.check((EXAMPLES / "proposed-denied.json").read_text(encoding="utf-8"))
    form = decision.to_dict(remedies=True)

    jsonschema.Draft202012Validator(decision_schema()).validate(form)
    assert "remedies" not in decision.to_dict()
    assert len(decision.remedies) == len(form["remedies"]["steps"])  # type: ignore[index, call-overload]

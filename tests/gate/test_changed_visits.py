"""Lawful visits with one to three facts changed, so that they should not be allowed any more."""

from __future__ import annotations

import copy
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

import visitcheck as vc
from policies import shipped_policy

pytestmark = pytest.mark.usefixtures("shared_engines")

LAWFUL = Path(__file__).parent / "lawful"
CHANGES: list[dict[str, Any]] = yaml.safe_load((LAWFUL / "changes.yaml").read_text(encoding="utf-8"))
NAMES = [each["note"] for each in CHANGES]
POLICIES = ("base", "cn")


@cache
def gate(policy: str, engine: Any = "native") -> vc.Gate:
    return vc.Gate(shipped_policy(policy), engine=engine)


def changed_visit(change: dict[str, Any]) -> dict[str, Any]:
    """The visit that a change starts from, with facts set, added and removed by path."""
    visit: dict[str, Any] = json.loads((LAWFUL / f"{change['from']}.json").read_text(encoding="utf-8"))
    for path, value in change.get("set", {}).items():
        record, key = _find(visit, path)
        record[key] = copy.deepcopy(value)
    for path, elements in change.get("add", {}).items():
        record, key = _find(visit, path)
        record[key] = [*record.get(key, []), *elements]
    for path in change.get("remove", []):
        record, key = _find(visit, path)
        del record[key]
    return visit


def _find(visit: Any, path: str) -> tuple[Any, str]:
    *steps, last = path.split(".")
    for step in steps:
        visit = visit[int(step)] if isinstance(visit, list) else visit.setdefault(step, {})
    return visit, last


def answer(policy: str, change: dict[str, Any], engine: Any = "native") -> tuple[str, set[str], set[str]]:
    """The outcome, with the rules that brought it about and the doubts; a refusal has the codes it is refused for."""
    try:
        decision = gate(policy, engine).check(changed_visit(change))
    except vc.InvalidVisit as refused:
        return "refused", set(), {problem.code for problem in refused.problems}
    rules = {each.rule for each in decision.findings if each.leads_to in ("review", "deny")}
    return decision.outcome, rules, {doubt.code for doubt in decision.doubts}


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("name", ["own-staff", "agency", "agreed-night", "recorded"])
def test_the_visits_that_are_changed_are_allowed(policy: str, name: str) -> None:
    assert ("allow", set(), set()) == answer(policy, {"from": name})


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("change", CHANGES, ids=NAMES)
def test_a_lawful_visit_with_some_facts_changed(policy: str, change: dict[str, Any]) -> None:
    """A doubt is the same under every policy; rules are those of the policy."""
    outcome, rules, doubts = answer(policy, change)
    expected = change.get(policy, {})

    assert expected.get("outcome", change.get("outcome")) == outcome
    assert set(change.get("doubts", [])) == doubts
    assert set(expected.get("rules", change.get("rules", []))) == rules


@pytest.mark.long
@pytest.mark.parametrize("change", CHANGES, ids=NAMES)
def test_both_engines_say_so(change: dict[str, Any]) -> None:
    assert answer("cn", change) == answer("cn", change, "both")


def test_every_change_has_its_own_name() -> None:
    assert len(set(NAMES)) == len(NAMES)

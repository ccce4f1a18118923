"""The policy `cn` on its examples: which packs bind lenders of each kind, and the smallest proposals allowed."""

import copy
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import pytest
from shipped import ROOT

from policies import shipped_policy
from visitcheck.documents import parse_yaml, to_python
from visitcheck.errors import InvalidVisit
from visitcheck.facts import Registers
from visitcheck.facts.groups.people import Lender
from visitcheck.gate import Gate

FOLDER = ROOT / "examples" / "cn"
# Which packs bind besides the lender's process.
BINDS = {
    "auto-finance": {"cn.law"},
    "bank-consumer-loan": {"cn.law", "cn.cba-2026", "cn.consumer-protection"},
    "bank-credit-card": {"cn.law", "cn.cba-2026", "cn.consumer-protection", "cn.credit-card"},
    "bank-online-loan": {"cn.law", "cn.cba-2026", "cn.consumer-protection", "cn.gbt-45251", "cn.internet-loan"},
    "consumer-finance": {"cn.law", "cn.cba-2026", "cn.gbt-45251", "cn.consumer-finance"},
    "micro-loan": {"cn.law", "cn.gbt-45251", "cn.micro-loan"},
    "online-platform": {"cn.law", "cn.gbt-45251", "cn.nifa-2018"},
    "other": {"cn.law"},
    "private": {"cn.law"},
    "trust": {"cn.law"},
}
EXAMPLES = [FOLDER / f"{name}.yaml" for name in BINDS]


def facts_of(path: Path) -> dict:
    node, problems = parse_yaml(path.read_text(encoding="utf-8"), path.name)
    assert problems == []
    facts = to_python(node)
    assert isinstance(facts, dict)
    return facts


REGISTERS = Registers.read(facts_of(FOLDER / "registers.yaml"))
GATE = Gate(
    shipped_policy("cn"), registers=REGISTERS, engine="native", clock=lambda: datetime(2026, 3, 9, 12, 0, tzinfo=UTC)
)


def outcome(visit: dict) -> str:
    try:
        return GATE.check(visit).outcome
    except InvalidVisit:
        return "refused"


def parts(value: object, path: tuple = ()) -> Iterator[tuple]:
    """The paths of all that can be taken away: groups, fields, list elements."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in pairs:
        yield (*path, key)
        yield from parts(part, (*path, key))


def without(visit: dict, path: tuple) -> dict:
    smaller = copy.deepcopy(visit)
    holder = smaller
    for step in path[:-1]:
        holder = holder[step]
    del holder[path[-1]]
    return smaller


def test_there_is_an_example_for_lenders_of_each_kind() -> None:
    shown = {REGISTERS.lenders[facts_of(path)["lender"]["id"]].kind for path in EXAMPLES}
    words = {word for part in get_args(Lender.model_fields["kind"].annotation) for word in get_args(part)}

    assert words
    assert shown == words


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_packs_that_bind_this_lender_and_debt_apply(path: Path) -> None:
    applying = {
        ".".join(result.rule.split("/")[0].split(".")[:2])
        for result in GATE.check(facts_of(path)).rules
        if result.status != "not_applicable" and result.rule.startswith("cn.")
    }

    assert applying == BINDS[path.stem]


@pytest.mark.long
@pytest.mark.parametrize(("name", "expected"), [("recorded-compliant", "allow"), ("recorded-breach", "deny")])
def test_a_recorded_visit_comes_out_as_its_name_says(name: str, expected: str) -> None:
    decision = GATE.check(facts_of(FOLDER / f"{name}.yaml"))

    assert decision.outcome == expected, str(decision)


def test_a_file_of_the_folder_is_registers_or_an_example() -> None:
    others = {"registers", "recorded-compliant", "recorded-breach"}

    assert {path.stem for path in FOLDER.iterdir()} == {*BINDS, *others}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_proposal_is_allowed(path: Path) -> None:
    decision = GATE.check(facts_of(path))

    assert decision.outcome == "allow", str(decision)


@pytest.mark.long
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_proposal_needs_every_fact(path: Path) -> None:
    visit = facts_of(path)

    assert [part for part in parts(visit) if outcome(without(visit, part)) == "allow"] == []


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_proposal_stays_small(path: Path) -> None:
    assert len(list(parts(facts_of(path)))) <= 120

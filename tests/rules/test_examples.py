"""The examples: each comes out as its name says, and the smallest proposal cannot be made smaller."""

import copy
import json
import runpy
from collections.abc import Iterator
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path

import pytest
from shipped import ROOT, base

from policies import shipped_policy
from visitcheck.authoring import as_text, coverage_gaps, read_cases, run_cases
from visitcheck.documents import parse_yaml, to_python
from visitcheck.errors import InvalidVisit
from visitcheck.gate import Gate

EXAMPLES = ROOT / "examples"
VISITS = sorted([*EXAMPLES.glob("*.json"), *EXAMPLES.glob("*.yaml")])
OUTCOMES = {
    "smallest": "allow",
    "allowed": "allow",
    "compliant": "allow",
    "review": "review",
    "denied": "deny",
    "breach": "deny",
}
GATE = Gate(base(), clock=lambda: datetime(2026, 3, 9, 12, 0, tzinfo=UTC))


def facts_of(name: str) -> dict:
    node, problems = parse_yaml((EXAMPLES / name).read_text(encoding="utf-8"), name)
    assert problems == []
    facts = to_python(node)
    assert isinstance(facts, dict)
    return facts


def outcome(visit: dict) -> str:
    try:
        return GATE.check(visit).outcome
    except InvalidVisit:
        return "refused"


@pytest.mark.parametrize("path", VISITS, ids=lambda path: path.name)
def test_an_example_comes_out_as_its_name_says(path: Path) -> None:
    (expected,) = (outcome for word, outcome in OUTCOMES.items() if word in path.stem.split("-"))

    decision = GATE.check(facts_of(path.name))

    assert decision.outcome == expected, str(decision)


SMALLEST = facts_of("smallest-proposal.yaml")


def parts(value: object, path: tuple = ()) -> Iterator[tuple]:
    """The paths of all that can be taken away: groups, fields, list elements."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in pairs:
        yield (*path, key)
        yield from parts(part, (*path, key))


def without(path: tuple) -> dict:
    visit = copy.deepcopy(SMALLEST)
    holder = visit
    for step in path[:-1]:
        holder = holder[step]
    del holder[path[-1]]
    return visit


@pytest.mark.parametrize("path", list(parts(SMALLEST)), ids=lambda path: ".".join(map(str, path)))
def test_the_smallest_proposal_needs_every_fact(path: tuple) -> None:
    assert outcome(without(path)) != "allow"


def test_the_smallest_proposal_has_few_facts() -> None:
    leaves = [path for path in parts(SMALLEST) if not any(True for _ in parts(_at(path)))]

    assert len(leaves) <= 63


def _at(path: tuple) -> object:
    value: object = SMALLEST
    for step in path:
        value = value[step]  # type: ignore[index]
    return value


@pytest.mark.long
def test_the_company_pack_tightens_and_adds() -> None:
    path = EXAMPLES / "company" / "company.cases.yaml"
    file = read_cases(path)
    policy = shipped_policy(*file.policy)

    results = run_cases(policy, file)

    assert all(result.passed for result in results), as_text(results)
    assert coverage_gaps(policy, results, pack="company") == ()


def test_the_service_books_only_what_the_gate_allows() -> None:
    service = runpy.run_path(str(EXAMPLES / "service.py"))
    book = service["book"]

    def gate_at(day: int, hour: int = 12) -> Gate:
        clock = lambda: datetime(2026, 3, day, hour, 0, tzinfo=UTC)  # noqa: E731
        return Gate(base(), registers=service["REGISTERS"], trust_as_of=False, clock=clock)

    def answer(name: str, gate: Gate) -> tuple[HTTPStatus, str]:
        status, text = book((EXAMPLES / name).read_bytes(), gate)
        return status, json.loads(text).get("outcome")

    assert not service["GATE"].trust_as_of
    assert answer("proposed-allowed.json", gate_at(9)) == (HTTPStatus.CREATED, "allow")
    assert answer("proposed-allowed.json", gate_at(11)) == (HTTPStatus.FORBIDDEN, "deny")
    assert answer("proposed-denied.json", gate_at(10, hour=1)) == (HTTPStatus.FORBIDDEN, "deny")
    assert book(b"{}")[0] is HTTPStatus.UNPROCESSABLE_ENTITY
    assert book(b"\xff")[0] is HTTPStatus.UNPROCESSABLE_ENTITY

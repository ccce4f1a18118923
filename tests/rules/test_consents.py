"""What is said of a consent, of the place and of the door: leaving some of it out never helps a visit."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from shipped import RULES, case_file, policy_of

from visitcheck.errors import InvalidVisit
from visitcheck.gate import Gate

FILES = [RULES / "base" / "consent.cases.yaml", RULES / "cn" / "law-home.cases.yaml"]
LISTS = ("consents", "conduct")


def smaller(facts: dict) -> Iterator[tuple[str, dict]]:
    """The visit without one fact of a consent or an event at the door, or without `place.private`."""
    place = facts.get("place", {})
    if "private" in place:
        yield "place.private", facts | {"place": {name: place[name] for name in place if name != "private"}}
    for name in LISTS:
        for index, element in enumerate(facts.get(name, [])):
            for fact in element:
                rest = {other: element[other] for other in element if other != fact}
                yield f"{name}[{index}].{fact}", facts | {name: [*facts[name][:index], rest, *facts[name][index + 1 :]]}


def outcome(gate: Gate, facts: dict) -> str:
    try:
        return gate.check(facts).outcome
    except InvalidVisit:
        return "refused"


@pytest.mark.long
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name.removesuffix(".cases.yaml"))
def test_leaving_a_fact_of_a_consent_out_never_allows_a_visit(path: Path) -> None:
    gate = Gate(policy_of(path), engine="native")
    stopped = [case for case in case_file(path).cases if outcome(gate, case.facts()) != "allow"]

    helped = [
        (case.note, fact)
        for case in stopped
        for fact, facts in smaller(case.facts())
        if outcome(gate, facts) == "allow"
    ]

    assert len(stopped) > 100
    assert helped == []

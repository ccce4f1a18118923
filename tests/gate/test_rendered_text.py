"""What people read of a decision: advice is no breach, a duty stands once, and an own rule is not the law's meaning."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import visitcheck as vc
from policies import shipped_policy
from visitcheck.policy.model import Language

pytestmark = pytest.mark.usefixtures("shared_engines")

LAWFUL = Path(__file__).parent / "lawful"
LANGUAGES: tuple[Language, ...] = ("en", "zh")


@cache
def gate(policy: str) -> vc.Gate:
    return vc.Gate(shipped_policy(policy), engine="native")


def lawful(name: str) -> dict[str, Any]:
    visit: dict[str, Any] = json.loads((LAWFUL / f"{name}.json").read_text(encoding="utf-8"))
    return visit


@pytest.mark.parametrize(("lang", "advice", "violated"), [("en", "advice", "violated"), ("zh", "建议", "违反")])
def test_a_note_that_is_not_met_is_advice_and_violated_in_json_alone(
    lang: Language, advice: str, violated: str
) -> None:
    decision = gate("base").check(lawful("own-staff"))
    text = decision.render(lang)
    (finding,) = [each for each in decision.findings if each.rule == "base.consent/public-place-preferred"]

    assert ("allow", "violated") == (decision.outcome, finding.status)
    assert f"  · {finding.title.in_(lang)}  [{finding.rule}]  {advice}\n" in text
    assert "✗" not in text
    assert violated not in text


def test_a_breach_is_still_marked_as_one() -> None:
    visit = lawful("own-staff") | {"verification": []}
    text = gate("base").check(visit).render("en")

    assert (
        "✗ The borrower's name is verified before the visit  [base.verification/name-verified]  violated → deny" in text
    )


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_duty_at_the_door_stands_once(lang: Language) -> None:
    """A line for each pack, so that the answer is not lost above them; JSON has every duty of every pack."""
    decision = gate("cn").check(lawful("own-staff"))
    _, duties = decision.render(lang).split({"en": "at the door:\n", "zh": "到场后须遵守的义务：\n"}[lang])
    lines = duties.splitlines()
    titles = [title for line in lines for title in line[4:].rpartition("  [")[0].split("；" if lang == "zh" else "; ")]

    assert len(lines) == len({duty.rule.rpartition("/")[0] for duty in decision.conditions})
    assert len(titles) == len({title.casefold() for title in titles}) < len(decision.conditions)
    assert {duty.title.in_(lang).casefold() for duty in decision.conditions} == {title.casefold() for title in titles}


@pytest.mark.parametrize(
    ("lang", "law"), [("en", "(own rule); see also Civil Code"), ("zh", "另参见 中华人民共和国民法典")]
)
def test_an_own_rule_only_refers_to_the_law(lang: Language, law: str) -> None:
    """The spouse consented to the entry: the process asks for the borrower's consent, which the Civil Code does not."""
    visit = lawful("recorded")
    visit["conduct"].append(
        {"kind": "entry", "at": "2026-05-12T18:34:00+08:00", "until": "2026-05-12T19:14:00+08:00", "place_id": "DZ-1",
         "private": True, "to": "debtor"}
    )  # fmt: skip
    visit["consents"] = [
        {"kind": "entry", "by": "spouse", "given": True, "given_at": "2026-05-12T18:33:30+08:00", "informed": True,
         "method": "oral_recorded", "withdrawn": False, "time_limited": False, "place_id": "DZ-1"}
    ]  # fmt: skip
    decision = gate("base").check(visit)

    assert "base.consent/entered-with-consent" in {each.rule for each in decision.findings}
    assert law in decision.render(lang)

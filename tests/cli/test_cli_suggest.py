"""`visitcheck check --suggest` and `--for`: what to change, when, and for whom it is said."""

from __future__ import annotations

import json

import jsonschema
import pytest
from command_line import ALLOWED, DENIED, EXAMPLES, REVIEW, json_lines, run

from visitcheck.gate.schema import decision_schema, slots_schema

LATE = ("--as-of", "2026-03-10T12:00:00+08:00")


def test_a_time_that_has_passed_is_suggested_anew() -> None:
    result = run("check", "--suggest", EXAMPLES / "smallest-proposal.yaml", *LATE)

    assert 1 == result.exit_code
    assert "2026-03-11 12:00 +08:00 to 2026-03-11 21:00 +08:00" in result.stdout
    assert "must have arrived by 2026-03-10 12:00 +08:00" in result.stdout


def test_in_chinese() -> None:
    result = run("check", "--suggest", "--lang", "zh", EXAMPLES / "smallest-proposal.yaml", *LATE)

    assert "最迟须于 2026-03-10 12:00 +08:00 送达" in result.stdout


def test_only_proposals_that_may_not_go_ahead_get_suggestions() -> None:
    result = run("check", "--suggest", "--format", "json", ALLOWED, DENIED, EXAMPLES / "recorded-breach.yaml")
    allowed, denied, recorded = json_lines(result)

    assert ("slots" in allowed, "slots" in recorded) == (False, False)
    assert ("remedies" in allowed["decision"], "remedies" in recorded["decision"]) == (False, False)
    jsonschema.Draft202012Validator(slots_schema()).validate(denied["slots"])
    jsonschema.Draft202012Validator(decision_schema()).validate(denied["decision"])
    assert "plan.enter_home" in [
        change["fact"] for step in denied["decision"]["remedies"]["steps"] for change in step["changes"]
    ]
    assert [] == denied["slots"]["slots"]


@pytest.mark.long
def test_what_to_change_and_what_nothing_settles() -> None:
    english = run("check", "--suggest", DENIED).stdout
    chinese = run("check", "--suggest", "--lang", "zh", DENIED).stdout

    assert "This can be put right:\n  - Do not enter the home" in english
    assert "unless another time does:\n  - Phone and SMS come before a visit  [base.contact/remote" in english
    assert "以下问题可以补救：\n  - 不进入住所" in chinese


def test_what_makes_it_lawful() -> None:
    result = run("check", "--suggest", REVIEW)

    assert "once all of this is done:\n  - Find out `notices[0].delivered`" in result.stdout
    assert "It has to be: yes." in result.stdout


def test_a_list_that_is_missing_has_to_be_found_out() -> None:
    """Nobody can say what would be in it."""
    facts = json.loads(ALLOWED.read_text(encoding="utf-8"))
    del facts["contacts"]
    result = run("check", "--suggest", "-", stdin=json.dumps(facts))

    assert "before the facts are found out, whatever they are:" in result.stdout
    assert "not known: contacts" in result.stdout


def test_a_proposal_without_a_start_says_why_there_is_no_suggestion() -> None:
    visit = '{"visit": {"id": "V-1", "stage": "proposed", "date": "2026-03-10", "as_of": "2026-03-09T00:00:00Z"}}'
    result = run("check", "--suggest", "-", stdin=visit)

    assert 3 == result.exit_code
    assert "error[slot-without-start]" in result.stderr


def test_for_one_reader() -> None:
    english = run("check", "--for", "agent", DENIED)
    chinese = run("check", "--for", "borrower", "--lang", "zh", DENIED)

    assert (1, f"{DENIED}:1: DO NOT GO: visit") == (
        english.exit_code,
        english.stdout[: len(f"{DENIED}:1: DO NOT GO: visit")],
    )
    assert "不得照此上门" in chinese.stdout


def test_for_one_reader_as_json() -> None:
    (line,) = json_lines(run("check", "--for", "agent", "--format", "json", DENIED))

    assert line["text"]["en"].startswith("DO NOT GO")
    assert line["text"]["zh"].startswith("不得上门")
    jsonschema.Draft202012Validator(decision_schema()).validate(line["decision"])


def test_remedies_are_not_told_twice() -> None:
    result = run("check", "--for", "supervisor", "--suggest", DENIED)

    assert 1 == result.stdout.count("This can be put right:")

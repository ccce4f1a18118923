"""`visitcheck check --suggest`: the next times of proposals that may not go ahead."""

from __future__ import annotations

import jsonschema
from command_line import ALLOWED, DENIED, EXAMPLES, json_lines, run

from visitcheck.gate.slots.schema import slots_schema

LATE = ("--as-of", "2026-03-10T12:00:00+08:00")


def test_a_time_that_has_passed_is_suggested_anew() -> None:
    result = run("check", "--suggest", EXAMPLES / "smallest-proposal.yaml", *LATE)

    assert 1 == result.exit_code
    assert "2026-03-11 12:00 +08:00 to 2026-03-16 10:00 +08:00" in result.stdout
    assert "must have arrived by 2026-03-10 12:00 +08:00" in result.stdout


def test_in_chinese() -> None:
    result = run("check", "--suggest", "--lang", "zh", EXAMPLES / "smallest-proposal.yaml", *LATE)

    assert "最迟须于 2026-03-10 12:00 +08:00 送达" in result.stdout


def test_only_proposals_that_may_not_go_ahead_get_suggestions() -> None:
    result = run("check", "--suggest", "--format", "json", ALLOWED, DENIED, EXAMPLES / "recorded-breach.yaml")
    allowed, denied, recorded = json_lines(result)

    assert ("slots" in allowed, "slots" in recorded) == (False, False)
    jsonschema.Draft202012Validator(slots_schema()).validate(denied["slots"])
    assert [] == denied["slots"]["slots"]


def test_a_proposal_without_a_start_says_why_there_is_no_suggestion() -> None:
    visit = '{"visit": {"id": "V-1", "stage": "proposed", "date": "2026-03-10", "as_of": "2026-03-09T00:00:00Z"}}'
    result = run("check", "--suggest", "-", stdin=visit)

    assert 3 == result.exit_code
    assert "error[slot-without-start]" in result.stderr

"""`visitcheck test`: coverage, formats, exit codes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from command_line import json_lines, run

PACK = """\
pack: own
title: {en: Own, zh: 自有}
version: 1.0.0
rules:
  - id: listened
    title: {en: Listened, zh: 倾听}
    stages: [recorded]
    require: {filed: record.filed}
    effect: review
    message: {en: The record is not filed., zh: 记录未归档。}
"""
CASES = """\
pack: own
base:
  filed: {visit: {stage: recorded, starts_at: "2026-03-10T10:00:00+08:00"}, record: {filed: true}}
cases:
  - {note: filed, from: filed, expect: {listened: satisfied}}
  - {note: not filed, from: filed, set: {record.filed: false}, expect: {listened: violated}}
"""
UNKNOWN = "  - {note: not known, from: filed, remove: [record], expect: {listened: undetermined}}\n"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    (tmp_path / "own.yaml").write_text(PACK, encoding="utf-8")
    (tmp_path / "own.cases.yaml").write_text(CASES, encoding="utf-8")
    return tmp_path


def test_what_is_not_shown_fails(own: Path) -> None:
    result = run("test", own, "--coverage")

    assert result.exit_code == 1
    assert "own/listened\n  the rule\n    no case shows: undetermined\n  check filed\n    no case shows: UNKNOWN" in (
        result.stdout
    )


def test_what_is_shown_passes(own: Path) -> None:
    (own / "own.cases.yaml").write_text(CASES + UNKNOWN, encoding="utf-8")
    result = run("test", own, "--coverage")

    assert result.exit_code == 0, result.output
    assert result.stdout.endswith("coverage: 8 of 8 outcomes shown (100.0 %)\n")


def test_accepted_outcomes_come_from_the_file_beside_the_cases(own: Path) -> None:
    accepted = "pack: own\nunshown:\n  - {rule: listened, outcomes: [undetermined], why: w}\n"
    accepted += "  - {rule: listened, part: check filed, outcomes: [UNKNOWN], why: w}\n"
    (own / "own.accepted.yaml").write_text(accepted, encoding="utf-8")
    assert run("test", own, "--coverage").exit_code == 0

    (own / "own.cases.yaml").write_text(CASES + UNKNOWN, encoding="utf-8")
    result = run("test", own, "--coverage")
    assert result.exit_code == 1
    assert "own.accepted.yaml:3:5: accepted, but shown" in result.stdout


def test_json_gives_results_and_coverage_line_by_line(own: Path) -> None:
    *results, coverage = json_lines(run("test", own, "--coverage", "--format", "json"))

    assert {(line["case"], line["passed"]) for line in results} == {
        ("own.cases.yaml::filed", True),
        ("own.cases.yaml::not filed", True),
    }
    assert coverage["coverage"]["missing"] == 2


def test_a_broken_file_of_what_is_accepted_is_an_error(own: Path) -> None:
    (own / "own.accepted.yaml").write_text("[]", encoding="utf-8")

    result = run("test", own)

    assert result.exit_code == 2
    assert "error[case-form]" in result.stderr


def test_mutants_that_no_case_notices_fail_until_explained(own: Path) -> None:
    pack = PACK.replace(
        "require: {filed: record.filed}", 'require: {filed: "record.filed && visit.stage == \\"recorded\\""}'
    )
    (own / "own.yaml").write_text(pack, encoding="utf-8")
    assert run("test", own, "--mutate").exit_code == 0
    mutant = 'record.filed && visit.stage == "recorded": && becomes ||'

    (own / "own.cases.yaml").write_text(CASES.split("  - {note: not filed")[0], encoding="utf-8")
    result = run("test", own, "--mutate")
    assert result.exit_code == 1
    assert f"own/listened: no case notices\n  {mutant}" in result.stdout

    accepted = f"pack: own\nsurvivors:\n  - {{rule: listened, mutant: '{mutant}', why: w}}\n"
    (own / "own.accepted.yaml").write_text(accepted, encoding="utf-8")
    assert run("test", own, "--mutate").exit_code == 0


def test_what_is_not_shown_or_noticed_is_told_in_chinese(own: Path) -> None:
    """Statuses, parts and mutants stay as files of cases and of what is accepted name them."""
    pack = PACK.replace(
        "require: {filed: record.filed}", 'require: {filed: "record.filed && visit.stage == \\"recorded\\""}'
    )
    (own / "own.yaml").write_text(pack, encoding="utf-8")
    kept, _, _ = CASES.partition("  - {note: not filed")
    (own / "own.cases.yaml").write_text(kept, encoding="utf-8")
    told = run("test", own, "--coverage", "--mutate", "--lang", "zh").stdout
    (own / "own.cases.yaml").write_text(CASES.replace("violated", "undetermined"), encoding="utf-8")
    failed = run("test", own, "--lang", "zh").stdout

    assert "全部通过" in told
    assert "own/listened\n  规则本身\n    没有用例展示：violated, undetermined\n  check filed\n" in told
    assert 'own/listened：没有用例察觉\n  record.filed && visit.stage == "recorded": && becomes ||' in told
    assert "\n覆盖：已展示结果 " in told
    assert "\n变体：已察觉 " in told
    assert not re.search("no case|outcomes|mutants:|cases on|passed", told)
    assert "未通过 own.cases.yaml::not filed [native]" in failed
    assert "own/listened：应为 undetermined，实为 violated" in failed


def test_other_files_about_a_pack_add_to_its_cases(own: Path) -> None:
    story = CASES.split("cases:")[0].replace("pack: own", "pack: own.stories\npolicy: ./own.yaml")
    story += "cases:\n  - {note: a story, from: filed, remove: [record], expect: {own/listened: undetermined}}\n"
    (own / "stories.cases.yaml").write_text(story, encoding="utf-8")
    result = run("test", own, "--coverage")

    assert result.exit_code == 0, result.output
    assert "own.stories" not in result.stdout


def test_mutants_as_json(own: Path) -> None:
    *_, line = json_lines(run("test", own, "--mutate", "--format", "json"))

    assert line["mutation"]["pack"] == "own"
    assert line["mutation"]["made"] == line["mutation"]["noticed"] + len(line["mutation"]["survivors"])


SUSPECTED = """\
pack: own
title: {en: Own, zh: 自有}
version: 1.0.0
instruments:
  own: {title: {en: House rules, zh: 内部规定}, force: own}
rules:
  - id: by-day
    title: {en: By day, zh: 白天}
    stages: [recorded]
    require: {by_day: record.filed}
    unless:
      - {id: agreed, when: appointment.agreed, cites: [{instrument: own, article: "1", reading: weak}]}
    effect: review
    message: {en: At night., zh: 夜间。}
  - id: other
    title: {en: Other, zh: 其他}
    stages: [recorded]
    require: {closed: "!record.handed_over"}
    effect: review
    message: {en: Handed over., zh: 已移交。}
"""
SUSPECTED_CASES = """\
pack: own
base:
  given: {visit: {stage: recorded, starts_at: "2026-03-10T10:00:00+08:00"}, record: {filed: false, handed_over: false}}
cases:
  - {note: open, from: given, expect: {by-day: suspected}}
  - {note: weak, from: given, set: {appointment.agreed: true}, expect: {by-day: suspected}}
"""


def test_a_suspected_rule_is_expected_and_shown_and_is_a_finding(tmp_path: Path) -> None:
    """
    An exception of a weak reading is shown by a suspected rule; `findings` of another rule do not pass over it.
    """
    (tmp_path / "own.yaml").write_text(SUSPECTED, encoding="utf-8")
    (tmp_path / "own.cases.yaml").write_text(SUSPECTED_CASES, encoding="utf-8")
    shown = run("test", tmp_path, "--coverage")

    assert "2 cases on" in shown.stdout
    assert "all passed" in shown.stdout
    assert "no case shows: suspected" not in shown.stdout
    unclean = SUSPECTED_CASES + "  - {note: clean, from: given, findings: {other: satisfied}}\n"
    (tmp_path / "own.cases.yaml").write_text(unclean, encoding="utf-8")
    refused = run("test", tmp_path)
    assert refused.exit_code == 1
    assert "own/by-day" in refused.stdout
    assert "suspected" in refused.stdout

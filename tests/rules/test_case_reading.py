"""Files of cases that cannot be read: each problem with its code and place."""

from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from visitcheck.authoring import Story, cases_schema, parse_cases, read_cases
from visitcheck.authoring.format import CASE, CASE_FILE
from visitcheck.errors import InvalidPolicy

GOOD = """\
pack: base.notice
base:
  told: {visit: {stage: proposed}}
cases:
  - note: one
    from: told
    expect: {told-beforehand: undetermined}
"""


def problems(text: str) -> list[str]:
    with pytest.raises(InvalidPolicy) as caught:
        parse_cases(text, "n.cases.yaml")
    return [f"{p.code} {p.place.line}:{p.place.column}" for p in caught.value.problems if p.place]


def test_a_good_file_is_read() -> None:
    file = parse_cases(GOOD, "rules/n.cases.yaml")

    assert [case.id for case in file.cases] == ["n.cases.yaml::one"]
    assert [str(path) for path in file.policy] == ["rules/n.yaml"]
    assert file.cases[0].stage == "proposed"
    assert file.cases[0].facts() == {"visit": {"stage": "proposed"}}


def test_policies_are_names_or_paths_from_the_file() -> None:
    text = GOOD + "policy: [base, company.yaml, ../other]\n"

    assert [str(item) for item in parse_cases(text, "rules/n.cases.yaml").policy] == [
        "base",
        "rules/company.yaml",
        "rules/../other",
    ]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("pack: base.notice\n", "", ["case-missing 1:1"]),
        ("pack: base.notice", "pack: [base.notice]", ["case-form 1:7"]),
        ("cases:", "case:", ["case-key 4:1", "case-missing 1:1"]),
        ("    from: told", "    form: told", ["case-key 6:5", "case-stage 5:5"]),
        ("from: told", "from: tald", ["case-base 6:11"]),
        ("from: told", "from: [told]", ["case-form 6:11"]),
        ("undetermined", "unknown", ["case-status 7:31"]),
        ("{told-beforehand: undetermined}", "told", ["case-form 7:13"]),
        ("    expect: {told-beforehand: undetermined}\n", "", ["case-missing 5:5"]),
        ("stage: proposed", "stage: planned", ["case-stage 5:5"]),
        (
            "  - note: one\n    from: told\n    expect: {told-beforehand: undetermined}\n",
            "  []\n",
            ["case-form 5:3"],
        ),
        ("told: {visit: {stage: proposed}}", "told: {from: told}", ["case-base 3:9"]),
        ("told: {visit: {stage: proposed}}", "told: home", ["case-form 3:9", "case-base 6:11"]),
        ("from: told", "from: told\n    outcome: allowed", ["case-status 7:14"]),
        ("from: told", "from: told\n    set: {'notices[0]': {}}", ["case-path 7:11"]),
        ("from: told", "from: told\n    set: {visit.stage.x: 1}", ["case-path 7:11"]),
        ("from: told", "from: told\n    set: [visit]", ["case-form 7:10"]),
        ("from: told", "from: told\n    story: they came", ["case-form 7:12"]),
        ("from: told", "from: told\n    story: {en: They came., zh: ''}", ["case-form 7:33"]),
        ("from: told", "from: told\n    story: {en: They came.}", ["case-missing 7:12"]),
        ("from: told", "from: told\n    findings: [told-beforehand]", ["case-form 7:15"]),
        ("cases:", "shared: [n.cases.yaml]\ncases:", ["case-form 4:9"]),
        ("cases:", "registers: all\ncases:", ["case-form 4:12"]),
        ("cases:", "registers: {agencies: {a1: {involved: true}}}\ncases:", ["fact-unknown-name 4:39"]),
        ("from: told", "from: told\n    add: {notices: one}", ["case-form 7:20"]),
        ("from: told", "from: told\n    add: {visit: [1]}", ["case-path 7:11"]),
        ("from: told", 'from: told\n    remove: ["visit.id", "a b"]', ["case-path 7:14", "case-path 7:26"]),
    ],
)
def test_what_is_wrong_is_reported_where_it_is_written(old: str, new: str, expected: list[str]) -> None:
    assert old in GOOD

    assert problems(GOOD.replace(old, new)) == sorted(expected, key=_by_place)


def _by_place(problem: str) -> tuple[int, int]:
    line, column = problem.split(" ")[1].split(":")
    return int(line), int(column)


def test_a_note_stands_once() -> None:
    again = "  - {note: one, from: told, expect: {}}\n"

    assert problems(GOOD + again) == ["case-twice 8:5"]


def test_findings_may_stand_in_place_of_expect() -> None:
    file = parse_cases(GOOD.replace("expect:", "findings:"), "n.cases.yaml")

    assert [case.whole for case in file.cases] == [True]
    assert [each.rule for case in file.cases for each in case.expect] == ["told-beforehand"]


def test_a_story_is_told_in_both_languages() -> None:
    text = GOOD.replace("from: told", "from: told\n    story: {en: They came., zh: 有人上门。}")

    assert [case.story for case in parse_cases(text, "n.cases.yaml").cases] == [Story("They came.", "有人上门。")]


def test_bases_and_registers_of_another_file_serve_too(tmp_path: Path) -> None:
    more = "registers: {lenders: {b: {kind: bank}}}\n"
    (tmp_path / "whole.cases.yaml").write_text(more + GOOD, encoding="utf-8")
    text = GOOD.replace("base:\n  told: {visit: {stage: proposed}}", "shared: whole.cases.yaml")

    (case,) = parse_cases(text, str(tmp_path / "n.cases.yaml")).cases

    assert case.facts() == {"visit": {"stage": "proposed"}}
    assert case.registers is not None
    assert case.registers.lenders["b"].kind == "bank"


def test_own_bases_and_registers_go_before_shared_ones(tmp_path: Path) -> None:
    more = "registers: {lenders: {b: {kind: bank}}}\n"
    (tmp_path / "whole.cases.yaml").write_text(more + GOOD, encoding="utf-8")
    own = "shared: whole.cases.yaml\nregisters: {lenders: {t: {kind: trust}}}\n" + GOOD.replace("proposed", "recorded")

    (case,) = parse_cases(own, str(tmp_path / "n.cases.yaml")).cases

    assert case.stage == "recorded"
    assert case.registers is not None
    assert list(case.registers.lenders) == ["t"]


@pytest.mark.parametrize(
    ("text", "expected"), [(None, "case-unreadable"), ("[]", "case-form"), ("a: [", "yaml-syntax")]
)
def test_a_shared_file_that_cannot_be_read_is_named(tmp_path: Path, text: str | None, expected: str) -> None:
    if text is not None:
        (tmp_path / "whole.cases.yaml").write_text(text, encoding="utf-8")

    with pytest.raises(InvalidPolicy) as caught:
        parse_cases(GOOD + "shared: whole.cases.yaml\n", str(tmp_path / "n.cases.yaml"))

    assert [problem.code for problem in caught.value.problems] == [expected]


def test_a_list_is_no_file_of_cases() -> None:
    assert problems("[]") == ["case-form 1:1"]
    assert problems("") == ["case-form 1:1"]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidPolicy, match=r"cannot read `.*none\.cases\.yaml`"):
        read_cases(tmp_path / "none.cases.yaml")


def test_schema_describes_the_same_keys() -> None:
    schema = cases_schema()
    Draft202012Validator.check_schema(schema)

    assert set(schema["properties"]) == set(CASE_FILE.keys)  # type: ignore[call-overload]
    assert set(schema["$defs"]["case"]["properties"]) == set(CASE.keys)  # type: ignore[index]

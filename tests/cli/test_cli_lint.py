"""`visitcheck lint`: formats and exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_line import ROOT, json_lines, run
from jsonschema import Draft202012Validator

PACK = """\
pack: own
title: {en: Own, zh: 自有}
version: 1.0.0
rules:
  - id: filed
    title: {en: Filed, zh: Filed}
    stages: [recorded]
    require: {filed: record.filed}
    effect: review
    message: {en: Not filed., zh: 未归档。}
"""
# What the standard's schema demands of what is written here.
SARIF = {
    "type": "object",
    "required": ["version", "runs"],
    "properties": {
        "$schema": {"type": "string", "format": "uri"},
        "version": {"const": "2.1.0"},
        "runs": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["tool"],
                "properties": {
                    "tool": {
                        "type": "object",
                        "required": ["driver"],
                        "additionalProperties": False,
                        "properties": {
                            "driver": {
                                "type": "object",
                                "required": ["name"],
                                "properties": {
                                    "name": {"type": "string"},
                                    "version": {"type": "string"},
                                    "rules": {
                                        "type": "array",
                                        "uniqueItems": True,
                                        "items": {
                                            "type": "object",
                                            "required": ["id"],
                                            "properties": {"shortDescription": {"$ref": "#/$defs/message"}},
                                        },
                                    },
                                },
                            }
                        },
                    },
                    "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                    "results": {"type": "array", "items": {"$ref": "#/$defs/result"}},
                },
            },
        },
    },
    "$defs": {
        "message": {"type": "object", "required": ["text"], "properties": {"text": {"type": "string"}}},
        "result": {
            "type": "object",
            "required": ["message"],
            "properties": {
                "ruleId": {"type": "string"},
                "ruleIndex": {"type": "integer", "minimum": -1},
                "level": {"enum": ["none", "note", "warning", "error"]},
                "message": {"$ref": "#/$defs/message"},
                "locations": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "properties": {
                            "physicalLocation": {
                                "type": "object",
                                "anyOf": [{"required": ["artifactLocation"]}, {"required": ["address"]}],
                                "properties": {
                                    "artifactLocation": {
                                        "type": "object",
                                        "properties": {"uri": {"type": "string", "format": "uri-reference"}},
                                    },
                                    "region": {
                                        "type": "object",
                                        "additionalProperties": False,
                                        "properties": {
                                            name: {"type": "integer", "minimum": 1}
                                            for name in ("startLine", "startColumn", "endLine", "endColumn")
                                        },
                                    },
                                },
                            }
                        },
                    },
                },
            },
        },
    },
}


@pytest.fixture
def own(tmp_path: Path) -> Path:
    path = tmp_path / "own.yaml"
    path.write_text(PACK, encoding="utf-8")
    return path


def test_remarks_are_warnings_with_their_places(own: Path) -> None:
    result = run("lint", own)

    assert result.exit_code == 1
    assert f"{own}:6:28: warning[lint-text-same]: both languages have the same text\n" in result.stdout
    assert result.stdout.endswith("1 pack: 3 remarks\n")


def test_json_has_a_remark_a_line(own: Path) -> None:
    remarks = json_lines(run("lint", own, "--format", "json"))

    assert {(each["code"], each["line"]) for each in remarks} == {
        ("lint-text-same", 6),
        ("lint-no-citation", 5),
        ("lint-no-cases", 5),
    }


def test_sarif_follows_the_standard(own: Path) -> None:
    log = json.loads(run("lint", own, "--format", "sarif").stdout)

    Draft202012Validator(SARIF, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(log)
    (run_,) = log["runs"]
    rules = [rule["id"] for rule in run_["tool"]["driver"]["rules"]]
    assert [rules[result["ruleIndex"]] for result in run_["results"]] == [
        result["ruleId"] for result in run_["results"]
    ]
    same = next(result for result in run_["results"] if result["ruleId"] == "lint-text-same")
    region = same["locations"][0]["physicalLocation"]["region"]
    assert PACK.splitlines()[region["startLine"] - 1][region["startColumn"] - 1 : region["endColumn"] - 1] == "Filed"


def test_a_pack_that_does_not_load_is_an_error(own: Path) -> None:
    own.write_text(PACK.replace("record.filed", "record.field"), encoding="utf-8")
    result = run("lint", own)

    assert result.exit_code == 2
    assert "error[no-such-field]" in result.stderr


@pytest.mark.long
@pytest.mark.parametrize("packs", [(), ("base",), (ROOT / "examples" / "company",)], ids=["all", "base", "company"])
def test_what_ships_has_no_remarks(packs: tuple[str | Path, ...]) -> None:
    result = run("lint", *packs)

    assert (result.exit_code, result.stdout.splitlines()[-1].split(": ")[1]) == (0, "nothing found"), result.stdout

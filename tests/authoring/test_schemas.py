"""The schemas of case files and of what is accepted: shipped files fit, mistakes do not."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from visitcheck.authoring import accepted_schema, cases_schema
from visitcheck.documents import parse_yaml, to_python

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = [ROOT / "rules", ROOT / "examples"]
CASES = Draft202012Validator(cases_schema())
ACCEPTED = Draft202012Validator(accepted_schema())


def files(suffix: str) -> list[Path]:
    return sorted(path for folder in SHIPPED for path in folder.rglob(f"*{suffix}"))


def read(path: Path) -> Any:
    node, problems = parse_yaml(path.read_text(encoding="utf-8"), path.name)
    assert (problems, node is None) == ([], False)
    return to_python(node)  # type: ignore[arg-type]


def test_the_schemas_are_schemas() -> None:
    for schema in (cases_schema(), accepted_schema()):
        Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("path", files(".cases.yaml"), ids=lambda path: path.name)
def test_shipped_case_files_fit(path: Path) -> None:
    assert [error.message for error in CASES.iter_errors(read(path))] == []


@pytest.mark.parametrize("path", files(".accepted.yaml"), ids=lambda path: path.name)
def test_shipped_files_of_what_is_accepted_fit(path: Path) -> None:
    assert [error.message for error in ACCEPTED.iter_errors(read(path))] == []


CASE_FILE = {
    "pack": "own",
    "base": {
        "one": {"visit": {"stage": "proposed"}, "contacts": []},
        "two": {"from": "one", "set": {"place.kind": "home"}},
    },
    "cases": [{"note": "n", "from": "one", "expect": {"rule": "satisfied"}, "outcome": "allow"}],
}
ACCEPTED_FILE = {
    "pack": "own",
    "unshown": [{"rule": "r", "part": "check c", "outcomes": ["FALSE", "stage proposed"], "why": "w"}],
    "survivors": [{"rule": "r", "mutant": "a: b becomes c", "why": "w"}],
    "lint": [{"code": "lint-no-cases", "why": "w"}],
}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("pack",), ""),
        (("cases",), []),
        (("polcy",), "base"),
        (("base", "one", "contact"), []),
        (("base", "one", "contacts"), {}),
        (("base", "two", "set", "place..kind"), "home"),
        (("cases", 0, "note"), ""),
        (("cases", 0, "expect", "rule"), "unknown"),
        (("cases", 0, "outcome"), "allowed"),
        (("cases", 0, "add"), {"contacts": {}}),
        (("cases", 0, "remove"), "place"),
        (("cases", 0, "form"), "one"),
    ],
)
def test_a_mistake_in_a_case_file_does_not_fit(path: tuple[str | int, ...], value: object) -> None:
    assert CASES.is_valid(CASE_FILE)
    assert not CASES.is_valid(changed(CASE_FILE, path, value))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("unshown", 0, "outcomes"), []),
        (("unshown", 0, "outcomes"), ["MAYBE"]),
        (("unshown", 0, "part"), "checks c"),
        (("unshown", 0, "why"), ""),
        (("survivors", 0, "why"), None),
        (("survivors", 0, "mutants"), "m"),
        (("lint", 0, "code"), "no-cases"),
    ],
)
def test_a_mistake_in_what_is_accepted_does_not_fit(path: tuple[str | int, ...], value: object) -> None:
    assert ACCEPTED.is_valid(ACCEPTED_FILE)
    assert not ACCEPTED.is_valid(changed(ACCEPTED_FILE, path, value))


def changed(document: object, path: tuple[str | int, ...], value: object) -> object:
    altered: Any = copy.deepcopy(document)
    holder = altered
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = value
    return altered

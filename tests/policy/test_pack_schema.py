"""The JSON Schema of pack files agrees with the reader."""

import json
from pathlib import Path

import jsonschema
import pytest
from test_pack_problems import cases, pack_text

from visitcheck.documents import parse_yaml, to_python
from visitcheck.policy import pack_schema, shipped

SHAPE_CODES = {"unknown-key", "missing-key", "both-languages", "wrong-type", "wrong-word"}


def validator() -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(pack_schema())


def as_json(text: str, name: str) -> object:
    node, _ = parse_yaml(text, name)
    return json.loads(json.dumps(to_python(node), default=float))


def shipped_files() -> list[Path]:
    root = Path(str(shipped.packs_root()))
    return sorted(path for path in root.rglob("*.yaml") if shipped.is_pack(path.name))


def test_the_schema_is_a_schema() -> None:
    """Draft 2020-12."""
    jsonschema.Draft202012Validator.check_schema(pack_schema())


@pytest.mark.parametrize("path", shipped_files(), ids=lambda path: path.stem)
def test_shipped_packs_fit(path: Path) -> None:
    """An editor shows no error in a pack that loads."""
    validator().validate(as_json(path.read_text("utf-8"), path.name))


@pytest.mark.parametrize("case", cases(), ids=lambda case: case["note"])
def test_misfits_are_found_by_the_schema_too(case: dict[str, str]) -> None:
    """Where the reader finds a problem of shape, so does an editor."""
    shape = any(problem.split()[0] in SHAPE_CODES - {"wrong-word"} for problem in case["problems"])
    errors = list(validator().iter_errors(as_json(pack_text(case), "p.yaml")))

    assert bool(errors) or not shape

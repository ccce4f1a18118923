"""What users get from visitcheck, as hashes by name: whatever changes one of them is a change that users can see.

`python tests/pinned/outputs.py > tests/pinned/outputs.json` writes them anew, after a change that is meant.
Only the public face is used, so that no change inside can touch them. Wording is left out.
"""

from __future__ import annotations

import hashlib
import json
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from click.testing import CliRunner

import visitcheck as vc
from visitcheck.authoring.error_page import codes_of, layer_names
from visitcheck.cli import main
from visitcheck.documents import parse_yaml, to_python

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
MOMENT = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)
AUDITED = "2026-12-01T12:00:00+00:00"
_WORDING = frozenset({"message", "help", "title", "remedy", "text", "description", "examples"})
_OF_ONE_RUN = frozenset({"run_id", "started_at", "finished_at", "seconds"})
_SCHEMAS = ("visit", "pack", "cases", "accepted", "decision", "slots", "explanation")


def pinned_outputs() -> dict[str, str]:
    """Every pinned output's hash, or short value, by name."""
    pairs = (*_digests(), *_decisions(), *_schemas(), *_codes(), *_audits(), *_exits())
    return dict(sorted(pairs))


def _digests() -> Iterator[tuple[str, str]]:
    from visitcheck.policy import load_policy
    from visitcheck.policy.shipped import names

    for name in names():
        yield f"digest/{name}", load_policy(name).digest


def _decisions() -> Iterator[tuple[str, str]]:
    base = sorted([*EXAMPLES.glob("*.json"), *EXAMPLES.glob("*.yaml")])
    cn = sorted(path for path in (EXAMPLES / "cn").glob("*.yaml") if path.name != "registers.yaml")
    registers = to_python(parse_yaml((EXAMPLES / "cn" / "registers.yaml").read_text("utf-8"), "registers")[0])
    for name, paths, options in (("base", base, {}), ("cn", [*cn, *base], {"registers": registers})):
        gate = vc.Gate(vc.load_policy(name), clock=lambda: MOMENT, **options)
        for path in paths:
            visit = to_python(parse_yaml(path.read_text("utf-8"), path.name)[0])
            try:
                answer = gate.check(visit).to_dict()
            except vc.InvalidVisit as refused:
                answer = {"refused": [problem.code for problem in refused.problems]}
            yield f"decision/{name}/{path.parent.name}/{path.name}", _hash(_plain(answer))


def _schemas() -> Iterator[tuple[str, str]]:
    for name in _SCHEMAS:
        yield f"schema/{name}", _hash(_undescribed(json.loads(_run("schema", name)[1])))
    for stage in ("proposed", "recorded"):
        printed = _run("schema", "visit", "-p", "cn", "--stage", stage)[1]
        yield f"schema/visit/cn/{stage}", _hash(_undescribed(json.loads(printed)))


def _codes() -> Iterator[tuple[str, str]]:
    # By layer and not from the registry, which has the codes of whatever was imported before.
    yield "codes", _hash(sorted(code for layer in layer_names() for code in codes_of(layer)))


def _audits() -> Iterator[tuple[str, str]]:
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "made-up.parquet"
        _run("synth", "-o", str(made), "--visits", "2000", "--seed", "3")
        yield "synth", _table_hash(pq.read_table(made))
        for name, visits, options in (
            ("base", EXAMPLES / "audit" / "visits.parquet", ()),
            ("columns", EXAMPLES / "audit" / "visits.csv", ("--columns", str(EXAMPLES / "audit" / "columns.yaml"))),
            ("cn", made, ("-p", "cn")),
        ):
            out = Path(folder) / name
            code, _ = _run("audit", str(visits), *options, "-o", str(out), "--as-of", AUDITED)
            yield f"audit/{name}/exit", str(code)
            yield f"audit/{name}/summary", _hash(_plain(json.loads((out / "summary.json").read_text("utf-8"))))
            for part in sorted(out.glob("*.parquet")):
                table = pq.read_table(part)
                for column in table.column_names:
                    if column != "message":
                        yield f"audit/{name}/{part.stem}/{column}", _hash(_plain(table[column].to_pylist()))


def _exits() -> Iterator[tuple[str, str]]:
    visit = str(EXAMPLES / "proposed-allowed.json")
    for name, words in {
        "no-such-policy": ("check", "-p", "no-such-policy", visit),
        "no-such-file": ("check", "-p", "base", "no-such-file.json"),
        "no-such-option": ("check", "--no-such-option"),
        "no-visit": ("check", "-p", "cn", visit),
        "several": ("check", "-p", "base", visit, str(EXAMPLES / "proposed-denied.json")),
        "rules": ("rules", "list", "-p", "base"),
        "lint": ("lint", "base"),
    }.items():
        yield f"exit/{name}", str(_run(*words)[0])


def _run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, words)
    return result.exit_code, result.stdout


def _plain(value: Any) -> Any:
    """A JSON value without what is worded for people, or differs from run to run."""
    if isinstance(value, dict):
        left_out = _WORDING | _OF_ONE_RUN
        return {key: _plain(item) for key, item in sorted(value.items()) if key not in left_out}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value


def _undescribed(schema: Any) -> Any:
    """A JSON Schema without its descriptions; a property called `description` stays."""
    if isinstance(schema, dict):
        texts = {key for key in ("description", "title") if isinstance(schema.get(key), str)}
        return {key: _undescribed(item) for key, item in schema.items() if key not in texts}
    if isinstance(schema, list):
        return [_undescribed(item) for item in schema]
    return schema


def _table_hash(table: pa.Table) -> str:
    return _hash(table.slice(0, 100).to_pylist()) + f" {pc.count(table[0]).as_py()}"


def _hash(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:20]


if __name__ == "__main__":
    json.dump(pinned_outputs(), sys.stdout, indent=1)
    sys.stdout.write("\n")

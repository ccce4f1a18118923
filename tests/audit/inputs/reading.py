"""What the gate says of rows, and what inputs say, in the same form."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

from input_rows import rows_of

from visitcheck import Gate, InvalidVisit, Policy, Registers
from visitcheck.audit.inputs import open_inputs
from visitcheck.engines.columns import fact_columns, row_of
from visitcheck.facts.doubts import DOUBTS

_DOUBTS = {doubt.code for doubt in DOUBTS}
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
"""A moment of reading before which every visit was."""
Answer = tuple[list[str], dict[str, Any] | None]
"""Codes with paths, or the facts."""


def said_by_gate(gate: Gate, source: str | bytes | dict[str, Any], as_of: datetime | None = None) -> Answer:
    """The gate's problems, or the facts it judges."""
    try:
        visit = gate.read(source) if as_of is None else gate._read(source, as_of=as_of)
    except InvalidVisit as refused:
        return sorted(f"{one.code} {one.path}" for one in refused.problems), None
    try:
        gate.check(visit)
    except InvalidVisit as refused:
        if {one.code for one in refused.problems} <= _DOUBTS:  # for which an audit refuses nothing
            return [], row_of(visit)
        return sorted(f"{one.code} {one.path}" for one in refused.problems), None
    return [], row_of(visit)


def said_by_inputs(
    paths: Sequence[Path | str],
    policy: Policy,
    registers: Registers | None = None,
    as_of: datetime | None = None,
    now: datetime = NEVER,
) -> list[Answer]:
    """The same of each row of files, in order of file and row; by the database as by columns or one by one."""

    def read() -> list[tuple[Answer, list[str | None]]]:
        rows = rows_of(open_inputs(paths, policy=policy, registers=registers, as_of=as_of, now=now))
        return [(answer_of(row), [(row[group] or {}).get("id") for group in ("visit", "debtor")]) for row in rows]

    said = read()
    inputs = "visitcheck.audit.inputs.inputs"
    with patch(f"{inputs}.is_readable_by_columns", return_value=False), patch(f"{inputs}.FEW", 0):
        assert read() == said
    return [answer for answer, _ in said]


def answer_of(row: dict[str, Any]) -> Answer:
    """What a row of inputs says."""
    problems = row["__problems"]
    codes = sorted(f"{one['code']} {one['path']}" for one in problems or [])
    return codes, None if problems else {name: row[name] for name in fact_columns()}


def write_lines(path: Path, visits: Sequence[Any]) -> Path:
    """A JSON Lines file; text and bytes are written as they are."""
    lines = [
        one if isinstance(one, bytes) else (one if isinstance(one, str) else json.dumps(one)).encode() for one in visits
    ]
    path.write_bytes(b"\n".join(lines) + b"\n")
    return path

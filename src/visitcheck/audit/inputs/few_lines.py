"""JSON Lines with few rows, which the gate's reader reads one by one: sooner than a database has taken in its query."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from visitcheck.audit.inputs.arrow_rows import BatchedRows, canonical_schema
from visitcheck.audit.inputs.canonical_rows import PROBLEMS_COLUMN
from visitcheck.audit.inputs.gate_reader import GateReader
from visitcheck.audit.inputs.json_lines import lines_of
from visitcheck.audit.inputs.raw_rows import BYTES, TEXT
from visitcheck.engines.columns import FILE, ROW, fact_columns
from visitcheck.facts.types import Record

FEW = 2_000
"""So many rows take the gate's reader about as long as a query for all facts takes to be made."""


@dataclass(frozen=True)
class FewLines(BatchedRows):
    """The lines of files, each with its number."""

    files: Sequence[tuple[int, Path]]
    reader: GateReader
    fed: frozenset[str]

    def batches(self, kept: Record | None = None) -> Iterator[pa.RecordBatch]:
        """All rows, with the facts `kept` (None: all)."""
        reader = self.reader if kept is None else replace(self.reader, root=kept)
        schema = canonical_schema(reader.root)
        nothing = dict.fromkeys(fact_columns(reader.root))
        numbers, paths = [number for number, _ in self.files], [path for _, path in self.files]
        for lines in lines_of(paths, numbers):
            sources = [
                raw if text is None else text.encode()
                for text, raw in zip(lines[TEXT].to_pylist(), lines[BYTES].to_pylist(), strict=True)
            ]
            rows = [nothing | _row_of(reader, source) for source in sources]
            columns = {name: [row[name] for row in rows] for name in nothing}
            columns[PROBLEMS_COLUMN] = [row["problems"] or None for row in rows]
            position = {FILE: lines[FILE], ROW: lines[ROW]}
            arrays = {name: pa.array(values, schema.field(name).type) for name, values in columns.items()}
            yield pa.record_batch(position | arrays, schema)


def _row_of(reader: GateReader, source: bytes) -> dict[str, Any]:
    """The facts of a visit; of one that is refused the problems, and the ids to know it by."""
    answer = reader.answer(source)
    if not answer["problems"]:
        return answer
    try:
        sent = json.loads(source)
    except (ValueError, RecursionError):
        sent = None
    return answer | {group: {"id": _readable_id(sent, group)} for group in ("visit", "debtor")}


def _readable_id(sent: object, group: str) -> str | None:
    facts = sent.get(group) if isinstance(sent, dict) else None
    id_ = facts.get("id") if isinstance(facts, dict) else None
    try:
        return id_ if isinstance(id_, str) and id_.encode() else None
    except UnicodeEncodeError:
        return None

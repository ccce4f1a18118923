"""Two audits' folders, row by row."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from visitcheck.audit.result import AuditResult, TableName

_ORDER: dict[TableName, list[str]] = {
    "verdicts": ["file", "row"],
    "findings": ["file", "row", "rule"],
    "rejects": ["file", "row", "table"],
}


def rows_of(result: AuditResult, table: TableName) -> list[dict[str, Any]]:
    """A table's rows in an order that both engines have."""
    rows: Any = getattr(result, table)().arrow().read_all()
    return list(rows.sort_by([(column, "ascending") for column in _ORDER[table]]).to_pylist())


def assert_same(one: Path, other: Path) -> AuditResult:
    """Every column of every row is the same, and the summaries are; the first audit is given back."""
    a, b = AuditResult(one), AuditResult(other)
    for table in _ORDER:
        ours, theirs = rows_of(a, table), rows_of(b, table)
        for left, right in zip(ours, theirs, strict=False):
            assert left == right, table
        assert len(ours) == len(theirs), table
    # Of what one of them did not read remarks for, it says nothing.
    both = a.summary.keys() & b.summary.keys()
    assert a.summary.keys() ^ b.summary.keys() <= {"leads"}
    assert {name: a.summary[name] for name in both} == {name: b.summary[name] for name in both}
    assert a.manifest["counts"] == b.manifest["counts"]
    return a

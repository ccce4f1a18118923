"""Judged rows as the audit's tables have them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from visitcheck.audit.running.findings import ListsOfNames, finding_types
from visitcheck.audit.running.judged_rows import JudgedRows
from visitcheck.audit.running.scope import AuditScope
from visitcheck.engines.columns import FILE, ROW
from visitcheck.engines.outcomes import ASSESSED_WORDS, OUTCOME_WORDS

if TYPE_CHECKING:
    import pyarrow as pa

    from visitcheck.engines.arrays.values import Array


def verdicts_of(rows: JudgedRows, scope: AuditScope, labels: Sequence[str]) -> pa.Table:
    """A row for each visit: id, file, row, what else identifies it, and what `verdict_columns` has."""
    import pyarrow as pa

    identity = rows.identity()
    visit = {name: identity[name] for name in ("debtor_id", "place_kind", "agency_id")}
    starts_at = identity["starts_at"].cast(pa.timestamp("us", "UTC"))
    columns = {"visit_id": identity["visit_id"], **_position(rows, labels), "starts_at": starts_at, **visit}
    return pa.table({**columns, "collectors": rows.collectors_by_row(), **verdict_columns(rows, scope)})


def verdict_columns(rows: JudgedRows, scope: AuditScope) -> dict[str, pa.Array]:
    """Of each visit outcomes as words, counts, codes of doubts, and a code for each rule, under its id."""
    import pyarrow as pa

    verdicts = rows.verdicts
    columns = {
        "outcome": _words(OUTCOME_WORDS, verdicts.outcomes),
        "assessed_outcome": _words(ASSESSED_WORDS, rows.assessed_outcomes),
        "rules_assessed": pa.array(verdicts.assessed),
        "rules_applicable": pa.array(verdicts.applicable),
        "doubts": _doubt_codes(rows, scope),
    }
    statuses = zip(scope.plan.rules, verdicts.statuses, strict=True)
    return columns | {rule.rule.id: pa.array(line.view("i1")) for rule, line in statuses}


def findings_of(rows: JudgedRows, labels: Sequence[str]) -> pa.Table:
    """A row for each finding, with what identifies the visit and what decided."""
    import pyarrow as pa

    at = rows.findings["at"]
    visit = pa.table({**rows.identity(), **_position(rows, labels)}).take(at)
    own = rows.findings
    starts_at = visit["starts_at"].cast(pa.timestamp("us", "UTC"))
    columns = {name: visit[name] for name in ("visit_id", "file", "row")}
    columns |= {name: own[name] for name in finding_types()} | {"starts_at": starts_at}
    return pa.table(columns | {name: visit[name] for name in ("debtor_id", "place_kind", "agency_id")})


def _doubt_codes(rows: JudgedRows, scope: AuditScope) -> pa.Array:
    """The codes of the doubts that each row is in, those between visits last."""
    held = {doubt.code: rows.truths[at].true for doubt, at in scope.plan.doubts} | dict(rows.visit_doubts)
    lists = ListsOfNames()
    return lists.take(lists.places(np.column_stack([np.zeros((len(rows), 0), np.bool_), *held.values()]), list(held)))


def _position(rows: JudgedRows, labels: Sequence[str]) -> dict[str, pa.Array]:
    files = rows.rows.column(FILE).to_numpy()
    return {"file": _words(labels, files), "row": rows.rows.column(ROW)}


def _words(words: Sequence[str], places: Array) -> pa.Array:
    import pyarrow as pa

    return pa.array(list(words), pa.string()).take(pa.array(places))

"""What closes a run, whichever engine judged: the counts held, summary, policy and manifest."""

from __future__ import annotations

from typing import Any

from visitcheck.audit.inputs import InputFile
from visitcheck.audit.running.policy_texts import policy_texts
from visitcheck.audit.running.resume_key import file_labels
from visitcheck.audit.running.scope import AuditScope
from visitcheck.audit.running.summary import make_summary
from visitcheck.audit.running.tallies import Counts
from visitcheck.engines.sql.verdicts import STATUS_CODES
from visitcheck.errors import EngineFailure


def summary_files(
    scope: AuditScope,
    files: tuple[InputFile, ...],
    key: dict[str, Any],
    counts: dict[str, int],
    total: Counts,
    rejects: Counts,
) -> dict[str, Any]:
    """The JSON files by name. `counts` are of tables, `total` those of judged rows, `rejects` by code.

    Every row has to be a verdict or a reject; raises `EngineFailure` for anything else, which is a defect.
    """
    if counts["rows"] != counts["verdicts"] + counts["rejects"] or counts["verdicts"] != total.get("visits", 0):
        raise EngineFailure(f"rows were lost or doubled: {counts}, {total.get('visits', 0)} judged")
    summary = make_summary(scope, total, rejects) | {"rows": counts["rows"], "broken_files": _broken_files(files)}
    return {
        "summary.json": summary,
        "policy.json": policy_texts(scope.plan),
        "manifest.json": key | {"counts": counts, "status_codes": status_codes()},
    }


def status_codes() -> dict[str, int]:
    """How statuses are written."""
    return {str(status): code for status, code in STATUS_CODES.items()}


def _broken_files(files: tuple[InputFile, ...]) -> list[dict[str, object]]:
    """Files that could not be read, with why; nothing of them is among the rows."""
    labels = file_labels(tuple(file.path for file in files))
    return [
        {"file": label, "problem": file.problem.as_dict()}
        for file, label in zip(files, labels, strict=True)
        if file.problem is not None
    ]

"""Does what remedies say, on the plain form of a visit."""

from __future__ import annotations

import copy
from typing import Any

from visitcheck.gate.messages import iso_text
from visitcheck.gate.remedies import Remedies
from visitcheck.gate.remedies.edits import parse_path


def done(visit: dict[str, Any], remedies: Remedies) -> dict[str, Any]:
    """The visit with all changes made, texts that are left open filled in, and judged when the last was made."""
    changed = copy.deepcopy(visit)
    for step in remedies:
        for change in step.changes:
            _put(changed, parse_path(change.fact), _filled(change.value) if step.kind != "agreement" else change.value)
    last = max((step.by for step in remedies if step.by is not None), default=None)
    if last is not None:
        changed["visit"]["as_of"] = iso_text(last)
    return changed


def _filled(value: Any) -> Any:
    return (
        {key: "filled in" if inner is None else inner for key, inner in value.items()}
        if isinstance(value, dict)
        else value
    )


def _put(record: Any, path: tuple[str | int, ...], value: Any) -> None:
    step, *rest = path
    if rest:
        below: Any = [] if isinstance(rest[0], int) else {}
        if isinstance(record, dict) and record.get(step) is None:  # type: ignore[call-overload]
            record[step] = below
        _put(record[step], tuple(rest), value)  # type: ignore[index]
    elif isinstance(record, list) and step == len(record):
        record.append(value)
    else:
        record[step] = value  # type: ignore[index]

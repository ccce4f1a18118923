"""The rows of inputs, as tests look at them."""

from __future__ import annotations

from typing import Any

from visitcheck.audit.inputs import Inputs


def rows_of(inputs: Inputs) -> list[dict[str, Any]]:
    """All rows in order of file and row."""
    rows = [row for batch in inputs.batches() for row in batch.to_pylist()]
    return sorted(rows, key=lambda one: (one["__file"], one["__row"]))

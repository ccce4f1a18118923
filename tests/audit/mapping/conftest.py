from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ledgers import without_missing

from visitcheck import Decision, Gate, Policy, load_policy
from visitcheck.audit.inputs import open_inputs
from visitcheck.audit.mapping import load_mapping
from visitcheck.audit.one_visit import visit_from_row

Map = Callable[..., list[dict[str, Any]]]


PACKS = ("base.conduct", "base.privacy", "cn.cba-2026.visit")


@pytest.fixture(scope="session")
def policy() -> Policy:
    """A small policy: what a mapping says is the same for any."""
    return load_policy(*PACKS)


@pytest.fixture
def ledger(policy: Policy, tmp_path: Path) -> Map:
    """The rows of a ledger, given as text, through a mapping, given as text: missing facts left out."""

    def read(mapping: str, csv: str | bytes, name: str = "ledger.csv", by: Policy = policy) -> list[dict[str, Any]]:
        (tmp_path / "columns.yaml").write_text(mapping, encoding="utf-8")
        file = tmp_path / name
        file.write_bytes(csv.encode() if isinstance(csv, str) else csv)
        inputs = open_inputs([file], mapping=load_mapping(tmp_path / "columns.yaml"), policy=by)
        rows = [row for batch in inputs.batches() for row in batch.to_pylist()]
        return [without_missing(row) for row in sorted(rows, key=lambda row: (row["__file"], row["__row"]))]

    return read


@pytest.fixture(scope="session")
def judge(policy: Policy) -> Callable[[dict[str, Any]], Decision]:
    """What the gate says of a row, by the policy."""
    gate = Gate(policy, engine="native")

    def check(row: dict[str, Any]) -> Decision:
        assert "__problems" not in row
        return gate.check(visit_from_row(row))

    return check

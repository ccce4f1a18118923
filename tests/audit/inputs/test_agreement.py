"""The gate refuses a row with a code exactly when the audit rejects it with that code; else both know the same."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from dirt import dirty_visits
from hypothesis import HealthCheck, Phase, given, settings
from reading import said_by_gate, said_by_inputs, write_lines

from visitcheck import Gate, Policy, load_policy


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy("base")


@pytest.fixture(scope="module")
def gate(policy: Policy) -> Gate:
    """A gate whose clock keeps out of the way of proposals without a moment of judging."""
    return Gate(policy, clock=lambda: datetime(9999, 1, 1, tzinfo=UTC))


def generated(count: int) -> list[Any]:
    """Dirty visits, drawn one by one to be read together: one query for each would take a second."""
    found: list[Any] = []

    @settings(max_examples=count, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(visit=dirty_visits())
    def draw(visit: dict[str, Any]) -> None:
        found.append(visit)

    draw()
    return found


def agree(lines: list[bytes], file: Path, gate: Gate, policy: Policy) -> tuple[int, int]:
    """How many rows were read and rejected, after comparing each with the gate's answer."""
    found = said_by_inputs([file], policy)
    assert len(found) == len(lines)
    for line, answer in zip(lines, found, strict=True):
        assert said_by_gate(gate, line) == answer, line
    rejected = sum(bool(codes) for codes, _ in found)
    return len(found) - rejected, rejected


@pytest.mark.parametrize("count", [120, pytest.param(4_000, marks=pytest.mark.long)])
def test_json_lines(count: int, gate: Gate, policy: Policy, tmp_path: Path) -> None:
    file = write_lines(tmp_path / "visits.jsonl", generated(count))
    read, rejected = agree(file.read_bytes().split(b"\n")[:-1], file, gate, policy)
    assert read > count / 20
    assert rejected > count / 20

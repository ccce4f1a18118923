"""The benchmark's pack and its hand-written twin still give the same answers."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.mark.parametrize("entry", ["visitcheck_evaluate", "visitcheck_gate_visit", "visitcheck_gate_dict"])
def test_pack_and_python_agree(entry: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """On usual visits, and on visits with many values on a rule's boundary."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    by_hand = importlib.import_module("peers.by_hand")
    records = importlib.import_module("records").records
    prepare, _, failed = getattr(importlib.import_module("ours"), entry)()

    for record in records(60, seed=1) + records(120, seed=2, edge=0.3):
        expected = sorted(by_hand.python_hand()(record))

        assert expected == sorted(by_hand.python_loops()(record)) == sorted(failed(prepare(record)))

"""Outputs that users rely on stay as they are, whatever is rebuilt inside."""

import json
from pathlib import Path

import pytest
from outputs import pinned_outputs

PINNED = json.loads(Path(__file__).with_name("outputs.json").read_text("utf-8"))


@pytest.mark.long
def test_outputs_are_as_pinned() -> None:
    outputs = pinned_outputs()

    changed = {name for name in PINNED.keys() | outputs.keys() if PINNED.get(name) != outputs.get(name)}

    assert changed == set()

"""Visits and packs for tests of other times."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from slot_places import EXAMPLES


@pytest.fixture
def smallest() -> dict[str, Any]:
    """The smallest proposal that base allows, judged the evening before: announced for 10:00 on 10 March."""
    visit: dict[str, Any] = yaml.safe_load((EXAMPLES / "smallest-proposal.yaml").read_text(encoding="utf-8"))
    visit["visit"]["as_of"] = "2026-03-09T18:00:00+08:00"
    return visit

"""The shipped base policy and the examples, loaded once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import visitcheck as vc
from policies import shipped_policy

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(scope="session")
def base() -> vc.Policy:
    return shipped_policy("base")


@pytest.fixture(scope="session")
def gate(base: vc.Policy) -> vc.Gate:
    return vc.Gate(base)


@pytest.fixture(scope="session")
def native(base: vc.Policy) -> vc.Gate:
    return vc.Gate(base, engine="native")


@pytest.fixture
def allowed() -> dict[str, Any]:
    visit: dict[str, Any] = json.loads((EXAMPLES / "proposed-allowed.json").read_text(encoding="utf-8"))
    return visit

from __future__ import annotations

from pathlib import Path

import pytest

from visitcheck.policy import Policy, load_policy
from visitcheck.testing import synthesise

PACKS = ("base.record", "base.preparation")


@pytest.fixture(scope="session")
def policy() -> Policy:
    """A small policy: what a run does is the same for any."""
    return load_policy(*PACKS)


@pytest.fixture(scope="session")
def visits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """400 made-up visits, about 180 debtors."""
    path = tmp_path_factory.mktemp("visits") / "visits.parquet"
    synthesise(path, visits=400, seed=7)
    return path

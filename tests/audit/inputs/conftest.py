from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from policies import shipped_policy
from visitcheck import Policy
from visitcheck.audit.inputs import Inputs, open_inputs
from visitcheck.audit.mapping import load_mapping


@pytest.fixture(scope="session")
def policy() -> Policy:
    return shipped_policy("base")


@pytest.fixture
def mapped(policy: Policy, tmp_path: Path) -> Callable[..., Inputs]:
    """Opens files, all below the test's folder, through a mapping given as text."""

    def opened(text: str, *paths: Path) -> Inputs:
        (tmp_path / "columns.yaml").write_text(text, encoding="utf-8")
        return open_inputs(paths, mapping=load_mapping(tmp_path / "columns.yaml"), policy=policy)

    return opened

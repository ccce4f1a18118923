"""Makes `tests/` importable for what tests share (`strategies`), and leaves long tests to CI."""

from __future__ import annotations

import pytest


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without `-m` nothing that takes minutes runs; `-m long` and `-m "long or not long"` run it."""
    if config.getoption("-m"):
        return
    long = [item for item in items if item.get_closest_marker("long")]
    config.hook.pytest_deselected(items=long)
    items[:] = [item for item in items if item not in long]

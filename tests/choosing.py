"""Which cases of a table the default run takes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest


def first_by_default(cases: Iterable[Any], count: int) -> list[Any]:
    """For `parametrize`: the first of some cases that each cost a second; the others are left to the long run."""
    return [
        pytest.param(case, marks=[pytest.mark.long] if number >= count else []) for number, case in enumerate(cases)
    ]

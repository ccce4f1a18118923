"""Where in a visit: `$.contacts[2].at`."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import TypeAlias

Path: TypeAlias = tuple[str | int, ...]
_is_plain = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}").fullmatch
_LONGEST = 100


def json_path(path: Sequence[str | int]) -> str:
    """The JSON path of a value; names that are not plain stand in brackets, printable and cut short."""
    return "$" + "".join(map(_step, path))


def _step(step: str | int) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    return f".{step}" if _is_plain(step) else f"[{json.dumps(step[:_LONGEST])}]"

from __future__ import annotations

from pathlib import Path
from typing import Any

from visitcheck.documents import parse_yaml, to_python

_CASES = Path(__file__).parent / "cases"


def cases(name: str) -> list[Any]:
    """The cases in `cases/<name>.yaml`."""
    node, problems = parse_yaml((_CASES / f"{name}.yaml").read_text(encoding="utf-8"), name)
    assert problems == []
    listed = to_python(node)
    assert isinstance(listed, list)
    return listed


def nested(by_path: dict[str, Any]) -> dict[str, Any]:
    """`{"visit.id": 1}` as `{"visit": {"id": 1}}`."""
    facts: dict[str, Any] = {}
    for path, value in by_path.items():
        *groups, name = path.split(".")
        inner = facts
        for group in groups:
            inner = inner.setdefault(group, {})
        inner[name] = value
    return facts

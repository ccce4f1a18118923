"""What tests of ledgers share."""

from __future__ import annotations

from typing import Any

from visitcheck import Decision


def without_missing(value: Any) -> Any:
    """The value without what is missing in it."""
    if isinstance(value, dict):
        kept = {key: without_missing(one) for key, one in value.items() if one is not None}
        return {key: one for key, one in kept.items() if one != {}}
    return [without_missing(one) for one in value] if isinstance(value, list) else value


def statuses(decision: Decision) -> dict[str, str]:
    """The status of each rule."""
    return {finding.rule: str(finding.status) for finding in decision.rules}

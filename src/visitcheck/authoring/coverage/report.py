"""Writes coverage as text for people and as JSON values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from visitcheck.authoring.coverage.measure import Coverage, Item


def coverage_text(coverages: Sequence[Coverage], *, verbose: bool = False) -> str:
    """Write what is missing, rule by rule, then a line of figures for each pack; with `verbose` all outcomes."""
    lines = [line for coverage in coverages for line in _pack_lines(coverage, verbose=verbose)]
    return "\n".join([*lines, *(_figures(coverage) for coverage in coverages), _total(coverages)])


def coverage_to_dict(coverage: Coverage) -> dict[str, object]:
    """One pack's coverage as JSON values: figures, and every outcome with whether it is shown."""
    return {
        "pack": coverage.pack,
        "reachable": coverage.reachable,
        "shown": coverage.shown,
        "accepted": len(coverage.items) - coverage.reachable,
        "missing": len(coverage.missing),
        "stale": [str(each.place) for each in coverage.stale],
        "outcomes": [
            {
                "rule": item.rule,
                "part": item.part,
                "condition": item.condition,
                "outcome": item.outcome,
                "shown": item.shown,
                "accepted": item.accepted,
            }
            for item in coverage.items
        ],
    }


def _pack_lines(coverage: Coverage, *, verbose: bool) -> Iterator[str]:
    for rule, items in groupby(coverage.items, lambda item: item.rule):
        lines = list(_rule_lines(items, verbose=verbose))
        if lines:
            yield from (rule, *lines)
    for each in coverage.stale:
        yield f"{each.place}: accepted, but shown by a case or not an outcome of the pack: take it out"


def _rule_lines(items: Iterable[Item], *, verbose: bool) -> Iterator[str]:
    grouped: dict[tuple[str | None, str | None], list[Item]] = {}
    for item in items:
        grouped.setdefault((item.part, item.condition), []).append(item)
    for (part, condition), outcomes in grouped.items():
        where = f"  {part or 'the rule'}{f': {condition}' if condition else ''}"
        missing = [item.outcome for item in outcomes if not item.shown and item.accepted is None]
        if verbose:
            shown = ", ".join(item.outcome for item in outcomes if item.shown) or "nothing"
            yield f"{where}\n    shown: {shown}"
            yield from (f"    accepted: {item.outcome} ({item.accepted})" for item in outcomes if item.accepted)
            if missing:
                yield f"    MISSING: {', '.join(missing)}"
        elif missing:
            yield f"{where}\n    no case shows: {', '.join(missing)}"


def _figures(coverage: Coverage) -> str:
    accepted = len(coverage.items) - coverage.reachable
    tail = f", {accepted} more accepted as out of reach" if accepted else ""
    return f"{coverage.pack}: {_share_text(coverage.shown, coverage.reachable)}{tail}"


def _total(coverages: Sequence[Coverage]) -> str:
    shown, reachable = sum(each.shown for each in coverages), sum(each.reachable for each in coverages)
    return f"coverage: {_share_text(shown, reachable)}"


def _share_text(shown: int, reachable: int) -> str:
    # Rounded down: what is not complete never looks complete.
    thousandths = 1000 if reachable == 0 else shown * 1000 // reachable
    return f"{shown} of {reachable} outcomes shown ({thousandths // 10}.{thousandths % 10} %)"

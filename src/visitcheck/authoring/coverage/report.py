"""Writes coverage as text for people and as JSON values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from visitcheck.authoring.coverage.measure import Coverage, Item
from visitcheck.texts import Language, say


def coverage_text(coverages: Sequence[Coverage], *, verbose: bool = False, lang: Language = "en") -> str:
    """Write what is missing, rule by rule, then a line of figures for each pack; with `verbose` all outcomes.

    Parts and outcomes are in every language as files of what is accepted name them.
    """
    lines = [line for coverage in coverages for line in _pack_lines(coverage, verbose=verbose, lang=lang)]
    return "\n".join([*lines, *(_figures(coverage, lang) for coverage in coverages), _total(coverages, lang)])


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


def _pack_lines(coverage: Coverage, *, verbose: bool, lang: Language) -> Iterator[str]:
    for rule, items in groupby(coverage.items, lambda item: item.rule):
        lines = list(_rule_lines(items, verbose=verbose, lang=lang))
        if lines:
            yield from (rule, *lines)
    for each in coverage.stale:
        yield say(lang, "coverage.stale", place=each.place)


def _rule_lines(items: Iterable[Item], *, verbose: bool, lang: Language) -> Iterator[str]:
    grouped: dict[tuple[str | None, str | None], list[Item]] = {}
    for item in items:
        grouped.setdefault((item.part, item.condition), []).append(item)
    for (part, condition), outcomes in grouped.items():
        where = f"  {part or say(lang, 'coverage.rule')}{f': {condition}' if condition else ''}"
        missing = [item.outcome for item in outcomes if not item.shown and item.accepted is None]
        if verbose:
            shown = ", ".join(item.outcome for item in outcomes if item.shown) or say(lang, "coverage.nothing")
            yield f"{where}\n    {say(lang, 'coverage.shown', outcomes=shown)}"
            for item in outcomes:
                if item.accepted:
                    yield f"    {say(lang, 'coverage.accepted', outcome=item.outcome, why=item.accepted)}"
            if missing:
                yield f"    {say(lang, 'coverage.missing', outcomes=', '.join(missing))}"
        elif missing:
            yield f"{where}\n    {say(lang, 'coverage.no-case', outcomes=', '.join(missing))}"


def _figures(coverage: Coverage, lang: Language) -> str:
    accepted = len(coverage.items) - coverage.reachable
    tail = say(lang, "coverage.out-of-reach", number=accepted) if accepted else ""
    return f"{coverage.pack}: {_share_text(coverage.shown, coverage.reachable, lang)}{tail}"


def _total(coverages: Sequence[Coverage], lang: Language) -> str:
    shown, reachable = sum(each.shown for each in coverages), sum(each.reachable for each in coverages)
    return say(lang, "coverage.total", share=_share_text(shown, reachable, lang))


def _share_text(shown: int, reachable: int, lang: Language) -> str:
    # Rounded down: what is not complete never looks complete.
    thousandths = 1000 if reachable == 0 else shown * 1000 // reachable
    percent = f"{thousandths // 10}.{thousandths % 10}"
    return say(lang, "coverage.share", shown=shown, reachable=reachable, percent=percent)

"""Facts without which a policy gives no answer at all."""

from __future__ import annotations

from collections.abc import Iterable

from visitcheck.errors import Problem
from visitcheck.facts import Visit


def missing_selectors(visit: Visit, paths: Iterable[str]) -> list[Problem]:
    """A problem for each of a policy's selectors that the visit lacks, and for a start and date that are both missing."""
    dated = visit.visit is not None and (visit.visit.starts_at is not None or visit.visit.date is not None)
    missing = [missing_selector(path, "a value") for path in sorted(paths) if fact_at(visit, path) is None]
    if not dated:
        missing.append(missing_selector("visit.starts_at", "the start (or, where the time is lost, `visit.date`)"))
    return missing


def missing_selector(path: str, right: str) -> Problem:
    """The problem of one fact that is missing; `right` says what to give."""
    return Problem(
        "missing-selector",
        f"the policy gives no answer without `{path}`",
        help=f"give {right} for `{path}`",
        path=f"$.{path}",
    )


def fact_at(visit: Visit, path: str) -> object:
    """The fact at a path outside lists; None where it or its group is missing."""
    found: object = visit
    for name in path.split("."):
        found = getattr(found, name, None)
    return found

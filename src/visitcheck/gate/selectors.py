"""Facts without which a policy gives no answer at all."""

from __future__ import annotations

from collections.abc import Iterable

from visitcheck.errors import Problem
from visitcheck.facts import Visit

_RIGHT = {
    "visit.stage": "`proposed` or `recorded`",
    "visit.starts_at": "the start (or, where the time is lost, `visit.date`)",
}


def selector_problems(visit: Visit, paths: Iterable[str]) -> list[Problem]:
    """Report each of a policy's selectors that the visit lacks, and a start and a date both missing."""
    dated = any(fact_value(visit, path) is not None for path in ("visit.starts_at", "visit.date"))
    missing = [selector_problem(path) for path in sorted(paths) if fact_value(visit, path) is None]
    if not dated:
        missing.append(selector_problem("visit.starts_at"))
    return missing


def selector_problem(path: str) -> Problem:
    """Make the problem of one fact that is missing."""
    right = _RIGHT.get(path, "a value")
    elsewhere = ", or the register that holds it by id" if path.startswith(("lender.", "agency.")) else ""
    return Problem(
        "missing-selector",
        f"the policy gives no answer without `{path}`",
        help=f"give {right} for `{path}`{elsewhere}",
        path=f"$.{path}",
    )


def fact_value(visit: Visit, path: str) -> object:
    """Look up the fact at a path outside lists; None where it or its group is missing."""
    value: object = visit
    for name in path.split("."):
        value = getattr(value, name, None)
    return value

"""Facts without which a policy gives no answer, and those without which it is open which laws bind."""

from __future__ import annotations

from collections.abc import Mapping

from visitcheck.errors import Problem
from visitcheck.facts import Visit

REQUIRED = ("visit.id", "visit.stage")
"""What every visit must have, with a start or a date. Of a fact that is missing besides, the answer says so."""
_RIGHT = {
    "visit.stage": "`proposed` or `recorded`",
    "visit.starts_at": "the start (or, where the time is lost, `visit.date`)",
}


def selector_problems(visit: Visit) -> list[Problem]:
    """Report each fact that every visit must have and this one lacks."""
    dated = any(fact_value(visit, path) is not None for path in ("visit.starts_at", "visit.date"))
    missing = [selector_problem(path) for path in REQUIRED if fact_value(visit, path) is None]
    if not dated:
        missing.append(selector_problem("visit.starts_at"))
    return missing


def selector_problem(path: str) -> Problem:
    """Make the problem of a fact that is missing and without which there is no answer."""
    right = _RIGHT.get(path, "a value")
    return Problem(
        "missing-selector",
        f"the policy gives no answer without `{path}`",
        help=f"give {right} for `{path}`",
        path=f"$.{path}",
    )


def open_law_problems(rules_by_fact: Mapping[str, tuple[str, ...]]) -> tuple[Problem, ...]:
    """The problem of each fact for whose want it is open whether the laws behind these rules bind."""
    return tuple(_open_law_problem(path, rules) for path, rules in rules_by_fact.items())


def _open_law_problem(path: str, rules: tuple[str, ...]) -> Problem:
    packs = ", ".join(f"`{pack}`" for pack in dict.fromkeys(rule.rpartition("/")[0] for rule in rules))
    elsewhere = ", or the register that holds it by id" if path.startswith(("lender.", "agency.")) else ""
    return Problem(
        "missing-selector",
        f"without `{path}` it is open whether these bind the visit: {packs}",
        help=f"give a value for `{path}`{elsewhere}",
        path=f"$.{path}",
    )


def fact_value(visit: Visit, path: str) -> object:
    """Look up the fact at a path outside lists; None where it or its group is missing."""
    value: object = visit
    for name in path.split("."):
        value = getattr(value, name, None)
    return value

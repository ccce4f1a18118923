"""The decision as an inference: one fact of counts goes in, and `allow`, `review` or `deny` is what fires."""

from __future__ import annotations

from collections.abc import Mapping

from visitcheck.engines.durable.formulas import Atom, Formula, Op, join
from visitcheck.engines.durable.ruleset import RuleSet
from visitcheck.engines.outcomes import Outcome
from visitcheck.engines.tally import COUNTS, KINDS
from visitcheck.errors import EngineFailure

UNACCOUNTED = "unaccounted"
"""The rules that no count of a kind holds: anything but 0 is a rule lost or counted twice."""
FEATURES: tuple[str, ...] = (*COUNTS, UNACCOUNTED)


def conclusion_rules() -> RuleSet:
    """The rule set that decides. Each formula is written out in full: exactly one is TRUE of any counts.

    deny: a rule asks for it, or the counts do not add up; review: none does and one asks for that, or no rule binds;
    allow: nothing asks for either, some rule binds, and every rule is accounted for.
    """
    deny = _any(_asking("deny"), ">=", 1)
    nobody_denies = _all(_asking("deny"), "==", 0)
    review, nobody_reviews = _any(_asking("review"), ">=", 1), _all(_asking("review"), "==", 0)
    whole, none_binds, some_bind = _count(UNACCOUNTED, "==", 0), _count("binding", "==", 0), _count("binding", ">=", 1)
    return RuleSet(
        {
            "deny": _join("or", deny, _count(UNACCOUNTED, "!=", 0)),
            "review": _join("and", nobody_denies, whole, _join("or", review, none_binds)),
            "allow": _join("and", nobody_denies, nobody_reviews, whole, some_bind),
        }
    )


def fact_of(counts: Mapping[str, int]) -> list[int | None]:
    """The values of `FEATURES` for the counts of a `Tally`."""
    unaccounted = counts["rules"] - sum(counts[name] for name in KINDS)
    return [*(counts[name] for name in COUNTS), unaccounted]


def outcome_of(fired: set[str]) -> Outcome:
    """The one outcome that fired; raises `EngineFailure` where none or several did."""
    if len(fired) != 1:
        raise EngineFailure(f"durable-rules concluded {', '.join(sorted(fired)) or 'nothing'} from a visit's counts")
    return Outcome(fired.pop())


def _asking(effect: str) -> list[str]:
    return [name for name in KINDS if name.endswith(f"_{effect}")]


def _count(name: str, op: Op, value: int) -> Formula:
    return Atom(FEATURES.index(name), op, value)


def _any(names: list[str], op: Op, value: int) -> Formula:
    return _join("or", *(_count(name, op, value) for name in names))


def _all(names: list[str], op: Op, value: int) -> Formula:
    return _join("and", *(_count(name, op, value) for name in names))


def _join(word: str, *parts: Formula) -> Formula:
    found = join("and" if word == "and" else "or", parts)
    if isinstance(found, bool):  # there are no constants in it
        raise TypeError(found)
    return found

"""The decision as an inference: one fact of counts goes in, and `allow`, `review` or `deny` is what fires."""

from __future__ import annotations

from collections.abc import Mapping

from visitcheck.engines.durable.formulas import Atom, Formula, Op, Word, join
from visitcheck.engines.durable.rulesets import RuleSet
from visitcheck.engines.outcomes import Outcome
from visitcheck.engines.tally import COUNTS, FLOORS, KINDS
from visitcheck.errors import EngineFailure

UNACCOUNTED = "unaccounted"
"""The rules that no count of a kind holds: anything but 0 is a rule lost or counted twice."""
FEATURES: tuple[str, ...] = (*COUNTS, UNACCOUNTED)


def conclusion_rules() -> RuleSet:
    """Return the rule set that decides. Each formula is written out in full: exactly one is TRUE of any counts.

    deny: a rule asks for it, or the counts do not add up; review: none does and a rule or a floor asks for that, or no
    rule surely binds; allow: nothing asks for either, some rule surely binds, and every rule is accounted for.
    """
    deny_kinds, review_counts = _kinds_asking_for("deny"), [*_kinds_asking_for("review"), *FLOORS]
    nobody_denies, all_accounted_for = _every(deny_kinds, "==", 0), _count(UNACCOUNTED, "==", 0)
    asked_to_review = _join("or", _any(review_counts, ">=", 1), _count("surely_binding", "==", 0))
    return RuleSet(
        {
            "deny": _join("or", _any(deny_kinds, ">=", 1), _count(UNACCOUNTED, "!=", 0)),
            "review": _join("and", nobody_denies, all_accounted_for, asked_to_review),
            "allow": _join(
                "and",
                nobody_denies,
                _every(review_counts, "==", 0),
                all_accounted_for,
                _count("surely_binding", ">=", 1),
            ),
        }
    )


def fact_of(counts: Mapping[str, int]) -> list[int | None]:
    """Return the values of `FEATURES` for the counts of a `Tally`."""
    unaccounted = counts["rules"] - sum(counts[name] for name in KINDS)
    return [*(counts[name] for name in COUNTS), unaccounted]


def outcome_of(fired: set[str]) -> Outcome:
    """Return the one outcome that fired; raises `EngineFailure` where none or several did."""
    if len(fired) != 1:
        raise EngineFailure(f"durable-rules concluded {', '.join(sorted(fired)) or 'nothing'} from a visit's counts")
    return Outcome(fired.pop())


def _kinds_asking_for(effect: str) -> list[str]:
    """Return the kinds of rules that ask for `deny` or `review`, whatever their status."""
    return [name for name in KINDS if name.endswith(f"_{effect}")]


def _count(name: str, op: Op, value: int) -> Formula:
    return Atom(FEATURES.index(name), op, value)


def _any(names: list[str], op: Op, value: int) -> Formula:
    return _join("or", *(_count(name, op, value) for name in names))


def _every(names: list[str], op: Op, value: int) -> Formula:
    return _join("and", *(_count(name, op, value) for name in names))


def _join(word: Word, *parts: Formula) -> Formula:
    joined = join(word, parts)
    if isinstance(joined, bool):  # there are no constants in it
        raise TypeError(joined)
    return joined

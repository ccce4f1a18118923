"""The durable engine's rule sets, held against plain Kleene logic before they are trusted with a visit."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, product
from typing import TYPE_CHECKING, TypeAlias

from visitcheck.engines.durable.features import Features
from visitcheck.engines.durable.formulas import Formula, atoms, truth_of
from visitcheck.engines.outcomes import Outcome
from visitcheck.engines.self_test import Evaluator
from visitcheck.engines.tally import COUNTS, FLOORS, KINDS, conclude
from visitcheck.errors import EngineFailure
from visitcheck.ir.nodes import Const, Expr
from visitcheck.ir.plan import Plan

if TYPE_CHECKING:
    from visitcheck.engines.durable.engine import DurableEngine

_Values: TypeAlias = list[int | None]
_RANDOM_BASES = 2


def feature_evaluators(plan: Plan) -> Sequence[Evaluator]:
    """Return the truths from the features that durable-rules gets, combined by Kleene's tables."""
    return list(map(_feature_evaluator, plan.conditions))


def _feature_evaluator(condition: Expr) -> Evaluator:
    if isinstance(condition, Const):
        constant = condition.value
        return lambda _visit: constant  # type: ignore[return-value]
    features = Features()
    formula = features.formula_of(condition)
    if isinstance(formula, bool):
        return lambda _visit: formula
    reader = features.reader()
    return lambda visit: truth_of(formula, reader.read(visit))


def check_rule_sets(engine: DurableEngine) -> int:
    """Run each rule set's features through all their values and UNKNOWN, then small counts; return how many runs.

    Raises `EngineFailure` at the first where a pattern fires though Kleene's logic does not call it TRUE, or does not
    fire though it does, and where other counts are concluded from than the table of outcomes says.
    """
    runs = 0
    for number, patterns in enumerate(engine.patterns_of_sets):
        for values, expected in _assignments(patterns, engine.domains):
            if engine.fired_patterns(number, values) != expected:
                raise EngineFailure(f"durable-rules finds other truths than Kleene's logic for the features {values}")
            runs += 1
    for counts in _small_counts():
        whole = counts["rules"] == sum(counts[name] for name in KINDS)
        if engine.conclude(counts) is not (conclude(counts) if whole else Outcome.DENY):
            raise EngineFailure(f"durable-rules concludes otherwise than the table of outcomes from {counts}")
        runs += 1
    return runs


def _assignments(
    patterns: Sequence[tuple[str, Formula]], domains: tuple[tuple[int, ...], ...]
) -> Iterator[tuple[_Values, set[str]]]:
    """Yield feature values, one changed at a time: from all UNKNOWN, most atoms TRUE, most FALSE, some at random.

    Beside them come the names of the patterns that are TRUE of them: where one feature changes, only those that read it
    are worked out anew.
    """
    formulas = [formula for _, formula in patterns]
    source = random.Random(1)  # noqa: S311 - the same values at every load
    readers: dict[int, dict[str, Formula]] = {}
    for name, formula in patterns:
        for atom in atoms(formula):
            readers.setdefault(atom.feature, {})[name] = formula
    bases: list[_Values] = [[None] * len(domains)]
    bases += (_values_for_most(wanted, formulas, domains) for wanted in (True, False))
    bases += ([source.choice(domain) for domain in domains] for _ in range(_RANDOM_BASES))
    for base in bases:
        of_base = _true_of(dict(patterns), base)
        yield base, of_base
        for feature, reading in sorted(readers.items()):
            for value in (*domains[feature], None):
                values = [*base[:feature], value, *base[feature + 1 :]]
                yield values, (of_base - reading.keys()) | _true_of(reading, values)


def _true_of(patterns: Mapping[str, Formula], values: _Values) -> set[str]:
    return {name for name, formula in patterns.items() if truth_of(formula, values) is True}


def _values_for_most(wanted: bool, formulas: Sequence[Formula], domains: tuple[tuple[int, ...], ...]) -> _Values:
    """Return values at which every other pattern is TRUE as far as its atoms meet no others first, or is not."""
    chosen: dict[int, int] = {}
    for formula in formulas[::2]:  # a pattern for TRUE is followed by its negation
        for atom in atoms(formula):
            fitting = (value for value in domains[atom.feature] if truth_of(atom, {atom.feature: value}) is wanted)
            chosen.setdefault(atom.feature, next(fitting, domains[atom.feature][0]))
    return [chosen.get(feature, domain[0]) for feature, domain in enumerate(domains)]


def _small_counts() -> Iterator[dict[str, int]]:
    """Yield none, one or two kinds of rules and floors, rules that surely bind or not, and totals off by one."""
    for size in range(3):
        for chosen, surely_binding, off in product(combinations((*KINDS, *FLOORS), size), (0, 1), (-1, 0, 1)):
            counts = dict.fromkeys(COUNTS, 0) | dict.fromkeys(chosen, 1)
            rules = sum(counts[name] for name in KINDS)
            yield counts | {"rules": rules + off, "binding": rules, "surely_binding": surely_binding}

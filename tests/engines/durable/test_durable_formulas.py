"""Formulas, limits and splitting: any formula over ints, however wide or deep, has Kleene's truth."""

from __future__ import annotations

import random
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.durable.durable_checks import assert_durable_agrees, base_plan, plan_of
from visitcheck.engines.durable import DurableEngine, packing
from visitcheck.engines.durable.formulas import Atom, Junction, join, negate, pattern_of
from visitcheck.engines.durable.packing import Combined, fits, pack, split
from visitcheck.engines.durable.rulesets import LARGEST, RuleSet
from visitcheck.errors import EngineFailure, UnsupportedByEngine
from visitcheck.facts.types import BOOL, INT
from visitcheck.ir.nodes import And, Compare, Const, Expr, Fact, Not, Or

BITS = [Fact(("plan", f"b{number}"), BOOL) for number in range(300)]
INTS = [Fact(("plan", f"n{number}"), INT) for number in range(8)]


def visit(seed: int) -> Any:
    """All the facts above, each missing one time in six."""
    chosen = random.Random(seed)  # noqa: S311
    bits = {fact.path[1]: chosen.choice((True, True, True, False, False, None)) for fact in BITS}
    ints = {fact.path[1]: chosen.choice((0, 1, 2**63 - 1, -(2**63), 2**53 + 1, None)) for fact in INTS}
    return SimpleNamespace(plan=SimpleNamespace(**bits, **ints))


def all_but(number: int, truth: bool | None) -> Any:
    """Every bit TRUE but one."""
    bits = {fact.path[1]: True for fact in BITS}
    return SimpleNamespace(plan=SimpleNamespace(**bits | {f"b{number}": truth}))


def comb(depth: int) -> Expr:
    """And in Or in And, `depth` times: more groups than a pattern may have."""
    nested: Expr = BITS[depth]
    for level in reversed(range(depth)):
        nested = (And, Or)[level % 2]((BITS[level], nested))
    return nested


SPLIT: dict[str, Expr] = {
    "an And of 300": And(tuple(BITS)),
    "an Or of 300": Or(tuple(BITS)),
    "the negation of an And of 300": Not(And(tuple(BITS))),
    "40 levels of And and Or": comb(40),
    "an And of 12 Ors of 5: too many paths": And(tuple(Or(tuple(BITS[at * 5 : at * 5 + 5])) for at in range(12))),
    "an Or of 20 Ands of 2: too many groups": Or(tuple(And(tuple(BITS[at * 2 : at * 2 + 2])) for at in range(20))),
}


@pytest.mark.parametrize("condition", SPLIT.values(), ids=SPLIT)
def test_what_is_too_wide_or_deep_is_split_and_answers_the_same(condition: Expr) -> None:
    one_off = [all_but(number, truth) for number in (0, 1, 39, 40, 150, 299) for truth in (True, False, None)]
    assert_durable_agrees((condition,), *one_off, *map(visit, range(40)))


def test_what_fits_is_not_split() -> None:
    wide = join("and", [Atom(number, "is", 1) for number in range(300)])
    assert isinstance(wide, Junction)
    parts = split(wide)

    assert isinstance(parts, Combined)
    assert all(not isinstance(part, Combined) and fits([part]) for part in parts.parts)
    assert split(wide.parts[0]) == wide.parts[0]


def test_rule_sets_are_filled_up_to_the_limits() -> None:
    """The limits are kept up while formulas are added; they come to the same as for all of a rule set at once."""
    formulas = DurableEngine(base_plan())._program.formulas
    packed = pack(formulas)

    assert [at for group in packed for at in group] == list(range(len(formulas)))
    assert len(packed) > 1
    for group in packed:
        assert fits([formulas[at] for at in group])
    for group, following in pairwise(packed):
        assert not fits([formulas[at] for at in (*group, following[0])])


def test_more_rule_sets_than_allowed_are_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("visitcheck.engines.durable.program.RULE_SETS", 1)

    with pytest.raises(UnsupportedByEngine, match=r"more than 1 rule sets, from condition 0 on"):
        DurableEngine(plan_of((And(tuple(BITS)),)))


def test_the_refusal_names_the_rules_of_a_real_policy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("visitcheck.engines.durable.program.RULE_SETS", 1)

    with pytest.raises(UnsupportedByEngine, match=r"from `base\.[a-z]+/[a-z-]+`"):
        DurableEngine(base_plan())


def test_a_condition_nested_beyond_the_stack_is_refused_by_name() -> None:
    with pytest.raises(UnsupportedByEngine, match="condition 0: it is too deep or too wide"):
        DurableEngine(plan_of((_very_deep(),)))


def _very_deep() -> Expr:
    nested: Expr = BITS[0]
    for level in range(3_000):
        nested = (And, Or)[level % 2]((BITS[level % 300], nested))
    return nested


def test_ints_of_any_size_enter_as_signs() -> None:
    comparisons = [
        Compare(op, left, right)
        for op in ("==", "!=", "<", "<=", ">", ">=")
        for left, right in ((INTS[0], INTS[1]), (INTS[2], Const(2**63 - 1, INT)))
    ]
    assert_durable_agrees(
        (*comparisons, And(tuple(comparisons[:4])), Not(Or(tuple(comparisons[4:])))), *map(visit, range(60))
    )


def test_constants_are_not_sent() -> None:
    always, never, unknown = Const(True, BOOL), Const(False, BOOL), Const(None, BOOL)
    constants = (always, never, unknown, Or((BITS[0], always)), Not(And((BITS[0], never))))
    engine = DurableEngine(plan_of(constants))

    assert engine.rule_sets == engine.patterns == 0
    assert engine.evaluate(visit(1)) == (True, False, None, True, True)
    assert_durable_agrees((And((BITS[0], unknown)), Or((BITS[1], unknown))), *map(visit, range(10)))


@pytest.mark.parametrize("value", [LARGEST + 1, -LARGEST - 1, 2**63, 2**64, 1.0, True, "1", float("nan")])
def test_a_value_that_is_no_small_int_is_refused(value: Any) -> None:
    made = RuleSet({"T0": Atom(0, "<", 5)})
    made.open()
    with pytest.raises(EngineFailure, match="is no int within"):
        made.run([value])
    made.reset()

    assert made.run([LARGEST]) == set()
    assert made.run([-LARGEST]) == {"T0"}
    assert made.run([None]) == set()
    made.close()


def test_names_of_formulas_are_checked() -> None:
    for name in ("z", "a.b", "$or", "", 'x"'):
        with pytest.raises(ValueError, match="names must be"):
            RuleSet({name: Atom(0, "is", 1)})


def test_negation_is_its_own_inverse_and_moves_into_atoms() -> None:
    formula = join("and", [Atom(0, "is", 1), Junction("or", (Atom(1, "<", 0), Atom(2, "==", 3)))])
    assert isinstance(formula, Junction)

    assert negate(negate(formula)) == formula
    assert pattern_of(negate(formula), "a{}".format) == {
        "$or": [{"a0": 0}, {"$and": [{"$gte": {"a1": 0}}, {"$neq": {"a2": 3}}]}]
    }


ATOMS = st.builds(
    Atom,
    st.integers(0, 9),
    st.sampled_from(("==", "!=", "<", "<=", ">", ">=")),
    st.integers(-1, 1),
)
FORMULAS = st.recursive(
    ATOMS,
    lambda inner: st.builds(
        lambda word, parts: join(word, parts), st.sampled_from(("and", "or")), st.lists(inner, min_size=1, max_size=6)
    ),
    max_leaves=60,
)


@pytest.mark.long
@settings(max_examples=30, deadline=None)
@given(st.lists(FORMULAS, min_size=1, max_size=12))
def test_packed_formulas_keep_every_limit(formulas: list[Any]) -> None:
    whole = [formula for formula in formulas if fits([formula])]
    packed = pack(whole)

    assert [position for numbers in packed for position in numbers] == list(range(len(whole)))
    for numbers in packed:
        assert fits([whole[number] for number in numbers])
        assert 2 * len(numbers) < packing.PATTERNS

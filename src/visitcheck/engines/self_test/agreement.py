"""Whether evaluators, and engines, agree around every comparison of a policy."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, TypeAlias, cast

from visitcheck.engines.contract import Engine
from visitcheck.engines.self_test.probes import open_probes, probes
from visitcheck.engines.self_test.tried_values import list_fact
from visitcheck.errors import EngineFailure
from visitcheck.facts import Visit, visit_model_with_extra
from visitcheck.facts.types import BOOL
from visitcheck.ir.nodes import Call, Compare, Exists, Expr
from visitcheck.ir.plan import Plan
from visitcheck.ir.walk import Around, free_names, walk, walk_within
from visitcheck.language.interpreter import interpret
from visitcheck.language.printer import to_text
from visitcheck.truth import Truth

Evaluator: TypeAlias = Callable[[Any], Truth]
"""The truth of one condition for a visit."""
Evaluators: TypeAlias = Callable[[Plan], Sequence[Evaluator]]
"""An evaluator for each condition of a plan."""
Probes: TypeAlias = Callable[[Expr, type[Visit]], Iterator[Visit]]
"""Visits around a condition, of a model."""
_CONDITIONS_TOGETHER = 8


def interpreter_evaluators(plan: Plan) -> Sequence[Evaluator]:
    """Return the reference interpreter's reading of each condition."""
    return [partial(_interpret_condition, condition) for condition in plan.conditions]


def _interpret_condition(condition: Expr, visit: object) -> Truth:
    return cast("Truth", interpret(condition, visit))


def engine_evaluators(engine: Engine, make: Callable[[Plan], Engine]) -> Evaluators:
    """Return what `engine` says of its own plan, and for another plan what engines made for it say."""

    def evaluators(plan: Plan) -> Sequence[Evaluator]:
        if plan is engine.plan:
            return [partial(_ask_engine, engine, position) for position in range(len(plan.conditions))]
        parts = list(map(make, _split_plan(plan)))
        return [partial(_ask_engine, part, at) for part in parts for at in range(len(part.plan.conditions))]

    return evaluators


def _split_plan(plan: Plan) -> Iterator[Plan]:
    """Split a plan without rules into parts of a few conditions: an engine evaluates all it has each time."""
    for start in range(0, len(plan.conditions), _CONDITIONS_TOGETHER):
        end = start + _CONDITIONS_TOGETHER
        yield replace(plan, conditions=plan.conditions[start:end], reads=plan.reads[start:end])


def _ask_engine(engine: Engine, position: int, visit: Visit) -> Truth:
    return engine.evaluate(visit)[position]


def compare_evaluators(plan: Plan, first: Evaluators, second: Evaluators) -> int:
    """Compare two evaluators on visits around each whole condition, then around each comparison by itself.

    Returns how many truths were compared. Raises `EngineFailure` that names the rules and both truths.
    """
    apart = _plan_of_comparisons(plan)
    return _compare(plan, plan, first, second, partial(probes, boundaries=False)) + _compare(
        plan, apart, first, second, probes
    )


def compare_open_lists(plan: Plan, first: Evaluators, second: Evaluators) -> int:
    """Compare two evaluators as `compare_evaluators` does, on visits with lists that go on around whole conditions."""
    return _compare(plan, plan, first, second, open_probes)


def _compare(plan: Plan, tested: Plan, first: Evaluators, second: Evaluators, visits: Probes) -> int:
    model, compared = visit_model_with_extra(plan.policy.extra_facts), 0
    evaluators = zip(tested.conditions, first(tested), second(tested), strict=True)
    for condition, first_truth, second_truth in evaluators:
        for probe in visits(condition, model):
            truths = first_truth(probe), second_truth(probe)
            if truths[0] is not truths[1]:
                raise EngineFailure(_difference(plan, condition, truths))
            compared += 1
    return compared


def compare_engines(plan: Plan, first: Engine, second: Engine, *, open_lists: bool = False) -> int:
    """Compare two engines as they answer, all conditions at once, where any has a truth by `first` for the first time.

    `compare_evaluators` may read conditions one by one; what joins them in an engine is tested here, for each truth of
    each: on visits around each condition, or with `open_lists` on those with lists that go on.
    Returns how many visits were compared. Raises `EngineFailure` that names the rules and both truths.
    """
    model, compared = visit_model_with_extra(plan.policy.extra_facts), 0
    visits: Probes = open_probes if open_lists else partial(probes, boundaries=False)
    seen: set[tuple[int, Truth]] = set()
    for around in plan.conditions:
        for probe in visits(around, model):
            expected = first.evaluate(probe)
            if seen.issuperset(enumerate(expected)):
                continue
            seen.update(enumerate(expected))
            answers = zip(expected, second.evaluate(probe), strict=True)
            for condition, truths in zip(plan.conditions, answers, strict=True):
                if truths[0] is not truths[1]:
                    raise EngineFailure(_difference(plan, condition, truths))
            compared += 1
    return compared


def comparisons(conditions: Sequence[Expr]) -> tuple[Expr, ...]:
    """Return every comparison and call in some conditions by itself, once; about a list's element: whether any has it.

    In a whole condition one part hides another; here each meets all its values.
    """
    apart: dict[Expr, None] = {}
    for condition in conditions:
        for node, around in walk_within(condition):
            if isinstance(node, Compare | Call) and node.type == BOOL:
                closed = _close(node, around)
                if closed is not None:
                    apart.setdefault(closed)
    return tuple(apart)


def _close(node: Expr, around: Around) -> Expr | None:
    """Return the node within macros over the lists whose elements it looks at; None where such a list is not a fact."""
    for binder in sorted(free_names(node), reverse=True):
        source = list_fact(around[binder])
        if source is None:
            return None
        node = Exists(source, binder, node)
    return node


def _plan_of_comparisons(plan: Plan) -> Plan:
    """Return a plan without rules, of every comparison."""
    apart = comparisons(plan.conditions)
    return replace(plan, conditions=apart, rules=(), reads=tuple(frozenset() for _ in apart))


def _difference(plan: Plan, condition: Expr, truths: tuple[Truth, Truth]) -> str:
    at = _position(plan, condition)
    return (
        f"the self-test at load found a difference in {name_rules(plan, at)}: `{to_text(condition)}` is "
        f"{truths[0]} for one engine and {truths[1]} for another; this gate must not be used"
    )


def _position(plan: Plan, condition: Expr) -> int:
    """Return which of the plan's conditions one is, or, for a comparison taken out of it, is part of."""
    if condition in plan.conditions:
        return plan.conditions.index(condition)
    inner = {node for node in walk(condition) if isinstance(node, Compare | Call)}
    return next((at for at, whole in enumerate(plan.conditions) if not inner.isdisjoint(walk(whole))), -1)


def name_rules(plan: Plan, position: int) -> str:
    """Return the ids of the rules that a condition belongs to, for a message."""
    return ", ".join(plan.rule_ids(position)) or f"condition {position}"

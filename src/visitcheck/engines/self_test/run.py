"""What a gate makes sure of before it answers: that its engines agree around every comparison of the policy."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, TypeAlias, cast

from visitcheck.engines.contract import Engine
from visitcheck.engines.self_test.comparisons import comparisons
from visitcheck.engines.self_test.visits import probes
from visitcheck.errors import EngineFailure
from visitcheck.facts import Visit, visit_model_with_extra
from visitcheck.ir.nodes import Call, Compare, Expr
from visitcheck.ir.plan import Plan
from visitcheck.ir.walk import walk
from visitcheck.language.interpreter import interpret
from visitcheck.language.printer import to_text
from visitcheck.truth import Truth

Evaluator: TypeAlias = Callable[[Any], Truth]
"""The truth of one condition for a visit."""
Evaluators: TypeAlias = Callable[[Plan], Sequence[Evaluator]]
"""An evaluator for each condition of a plan."""
_TOGETHER = 8


def interpreter_evaluators(plan: Plan) -> Sequence[Evaluator]:
    """The reference's reading."""
    return [partial(_interpreted, condition) for condition in plan.conditions]


def _interpreted(condition: Expr, visit: object) -> Truth:
    return cast("Truth", interpret(condition, visit))


def engine_evaluators(engine: Engine, make: Callable[[Plan], Engine]) -> Evaluators:
    """What `engine` says of its own plan, and for another plan an engine made for it."""

    def evaluators(plan: Plan) -> Sequence[Evaluator]:
        if plan is engine.plan:
            return [partial(_asked, engine, position) for position in range(len(plan.conditions))]
        parts = list(map(make, _parts(plan)))
        return [partial(_asked, part, at) for part in parts for at in range(len(part.plan.conditions))]

    return evaluators


def _parts(plan: Plan) -> Iterator[Plan]:
    """A plan without rules in parts of a few conditions: an engine evaluates all it has, whichever is asked for."""
    for start in range(0, len(plan.conditions), _TOGETHER):
        end = start + _TOGETHER
        yield replace(plan, conditions=plan.conditions[start:end], reads=plan.reads[start:end])


def _asked(engine: Engine, position: int, visit: Visit) -> Truth:
    return engine.evaluate(visit)[position]


def self_test(plan: Plan, first: Evaluators, second: Evaluators) -> int:
    """Compares two evaluators on visits around each whole condition, then around each comparison by itself.

    Returns how many truths were compared. Raises `EngineFailure` that names the rules and both truths.
    """
    model, compared = visit_model_with_extra(plan.policy.extra_facts), 0
    for tested in (plan, _of_comparisons(plan)):
        alone = tested is not plan
        for condition, one, other in zip(tested.conditions, first(tested), second(tested), strict=True):
            for probe in probes(condition, model, boundaries=alone):
                truths = one(probe), other(probe)
                if truths[0] is not truths[1]:
                    raise EngineFailure(_difference(plan, condition, truths))
                compared += 1
    return compared


def check_agreement(plan: Plan, first: Engine, second: Engine) -> int:
    """Compares two engines as they answer, all conditions at once, where any has a truth by `first` for the first time.

    `self_test` may read conditions one by one; what joins them in an engine is tested here, for each truth of each.
    Returns how many visits were compared. Raises `EngineFailure` that names the rules and both truths.
    """
    model, compared = visit_model_with_extra(plan.policy.extra_facts), 0
    seen: set[tuple[int, Truth]] = set()
    for around in plan.conditions:
        for probe in probes(around, model, boundaries=False):
            expected = first.evaluate(probe)
            if seen.issuperset(enumerate(expected)):
                continue
            seen.update(enumerate(expected))
            found = second.evaluate(probe)
            for condition, *truths in zip(plan.conditions, expected, found, strict=True):
                if truths[0] is not truths[1]:
                    raise EngineFailure(_difference(plan, condition, (truths[0], truths[1])))
            compared += 1
    return compared


def _of_comparisons(plan: Plan) -> Plan:
    """A plan without rules, of every comparison."""
    found = comparisons(plan.conditions)
    return replace(plan, conditions=found, rules=(), reads=tuple(frozenset() for _ in found))


def _difference(plan: Plan, condition: Expr, truths: tuple[Truth, Truth]) -> str:
    at = _position(plan, condition)
    return (
        f"the self-test at load found a difference in {rule_ids(plan, at)}: `{to_text(condition)}` is "
        f"{truths[0]} for one engine and {truths[1]} for another; this gate must not be used"
    )


def _position(plan: Plan, condition: Expr) -> int:
    """Which of the plan's conditions one is, or, for a comparison taken out of it, stands in."""
    if condition in plan.conditions:
        return plan.conditions.index(condition)
    inner = {node for node in walk(condition) if isinstance(node, Compare | Call)}
    return next((at for at, whole in enumerate(plan.conditions) if not inner.isdisjoint(walk(whole))), -1)


def rule_ids(plan: Plan, position: int) -> str:
    """The ids of the rules that a condition belongs to."""
    return ", ".join(plan.rule_ids(position)) or f"condition {position}"

"""A policy and a stage to a Plan."""

from __future__ import annotations

from collections.abc import Callable

from visitcheck.language.nodes import Expr
from visitcheck.plan.plan import Plan, PlanRule
from visitcheck.policy.model import Policy, Rule, Stage
from visitcheck.policy.reads import facts_read


def make_plan(policy: Policy, stage: Stage) -> Plan:
    """The plan for visits of one stage: the rules that list it, and each of their conditions once."""
    positions: dict[Expr, int] = {}

    def position(condition: Expr) -> int:
        return positions.setdefault(condition, len(positions))

    rules = tuple(_plan_rule(rule, position) for rule in policy.rules if stage in rule.stages)
    conditions = tuple(positions)
    return Plan(
        policy=policy,
        stage=stage,
        conditions=conditions,
        rules=rules,
        reads=tuple(facts_read(condition) for condition in conditions),
    )


def _plan_rule(rule: Rule, position: Callable[[Expr], int]) -> PlanRule:
    return PlanRule(
        rule=rule,
        applies=position(rule.application),
        checks=tuple(position(check.condition.expr) for check in rule.require),
        unless=tuple(position(excuse.condition.expr) for excuse in rule.unless),
        weak=tuple(excuse.weak for excuse in rule.unless),
        effect=rule.effect,
        on_unknown=rule.on_unknown,
    )

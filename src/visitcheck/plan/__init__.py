"""The Plan: what engines read of a policy, for visits of one stage."""

from visitcheck.plan.build import make_plan
from visitcheck.plan.plan import Plan, PlanRule, Truths

__all__ = ["Plan", "PlanRule", "Truths", "make_plan"]

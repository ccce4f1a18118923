"""Conditions rewritten for lists that go on say what the interpreter finds by looking at rests as it goes."""

from functools import lru_cache

import pytest
from hypothesis import given, settings

from policies import shipped_policy
from visitcheck.facts import Visit
from visitcheck.ir.nodes import Expr
from visitcheck.ir.open_lists import open_lists
from visitcheck.ir.plan import make_plan
from visitcheck.language.interpreter import interpret
from visitcheck.policy import STAGES
from visitcheck.testing import visits


@lru_cache
def conditions(name: str) -> tuple[Expr, ...]:
    policy = shipped_policy(name)
    return tuple(dict.fromkeys(each for stage in STAGES for each in make_plan(policy, stage).conditions))


@lru_cache
def opened(name: str) -> tuple[Expr, ...]:
    return tuple(map(open_lists, conditions(name)))


@pytest.mark.parametrize("name", ["base", "cn"])
@pytest.mark.parametrize("examples", [4, pytest.param(120, marks=pytest.mark.long)])
def test_rewritten_conditions_say_what_is_found_by_looking_at_rests(name: str, examples: int) -> None:
    @given(visits(min_facts=20))
    @settings(max_examples=examples, deadline=None)
    def check(visit: Visit) -> None:
        for condition, rewritten in zip(conditions(name), opened(name), strict=True):
            assert interpret(condition, visit) == interpret(rewritten, visit, rests=False), condition.origin

    check()

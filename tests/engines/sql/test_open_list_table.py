"""Lists that go on: DuckDB and Spark say what the edge table says, and no refinement of a visit takes a truth back."""

from __future__ import annotations

import pytest

from engines.sql.agreement import drawn, plan_of, truths_in
from language.open_list_rows import open_list_rows
from policies import shipped_policy
from strategies.refinements import Refinement, refinements
from visitcheck.ir.nodes import Expr, Has
from visitcheck.ir.plan import make_plan
from visitcheck.ir.walk import distinct_nodes
from visitcheck.policy.model import STAGES, Stage

ROWS = open_list_rows()
CONDITIONS: tuple[Expr, ...] = tuple(dict.fromkeys(row.condition for row in ROWS))


@pytest.mark.parametrize("dialect", ["duckdb", pytest.param("spark", marks=[pytest.mark.long, pytest.mark.spark])])
def test_every_row_in_databases(dialect: str) -> None:
    """The whole table, all conditions in one query; all that is wrong at once."""
    visits = list({id(row.visit): row.visit for row in ROWS}.values())
    rows = {id(visit): number for number, visit in enumerate(visits)}
    answers = truths_in(dialect, plan_of(CONDITIONS), visits)
    wrong = [
        f"{row.name} is {truth}, not {row.truth}"
        for row in ROWS
        if (truth := answers[rows[id(row.visit)]][CONDITIONS.index(row.condition)]) is not row.truth
    ]

    assert not wrong


def count_refined_truths(policy: str, stage: Stage, count: int) -> tuple[int, int]:
    """Compare truths before and after refinements in DuckDB; return how many were compared, and decided by these."""
    plan = make_plan(shipped_policy(policy), stage)
    free = [not any(isinstance(node, Has) for node in distinct_nodes(each)) for each in plan.conditions]
    sample: list[Refinement] = drawn(refinements(stage=stage), count, 5)
    before = truths_in("duckdb", plan, [each.visit for each in sample])
    after = truths_in("duckdb", plan, [each.refined for each in sample])
    compared = decided = 0
    for refinement, earlier, later in zip(sample, before, after, strict=True):
        for position, (first, then) in enumerate(zip(earlier, later, strict=True)):
            if free[position]:
                assert first in (None, then), (plan.owners(position), refinement.steps)
                compared += 1
                decided += first is not then
    return compared, decided


@pytest.mark.long
def test_no_refinement_takes_a_truth_back_in_duckdb() -> None:
    compared, decided = count_refined_truths("base", "proposed", 10)

    assert compared >= 500
    assert decided > 0


@pytest.mark.long
def test_no_refinement_takes_one_of_many_truths_back_in_duckdb() -> None:
    totals = [count_refined_truths(*each) for each in (("base", "proposed", 150), ("base", "recorded", 150))]
    totals += [count_refined_truths("cn", stage, 100) for stage in STAGES]
    compared, decided = map(sum, zip(*totals, strict=True))

    print(f"{compared:,} truths before and after in DuckDB, {decided:,} decided by what was added")
    assert compared >= 50_000
    assert decided >= 500

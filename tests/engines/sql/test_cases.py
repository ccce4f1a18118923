"""The shipped packs' cases and every engine test's own: DuckDB gives the truths that the interpreter gives."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from visitcheck.authoring import as_text, find_cases, read_cases, run_cases
from visitcheck.authoring.run import EngineType
from visitcheck.engines.sql import DuckDbEngine
from visitcheck.facts import Visit, read_visit, visit_model_with_extra
from visitcheck.plan import Plan, Truths
from visitcheck.policy import Policy, load_policy

RULES = Path(__file__).resolve().parents[3] / "rules"
FILES = find_cases(RULES)


class _Prepared:
    """DuckDB's answers for all visits of a case file, asked at once."""

    name = "sql-duckdb"

    def __init__(self, plan: Plan, visits: Sequence[Visit]) -> None:
        self.plan = plan
        answers = DuckDbEngine(plan).evaluate_all(visits)
        self._answers = {visit.to_json(): truths for visit, truths in zip(visits, answers, strict=True)}

    def evaluate(self, visit: Visit) -> Truths:
        return self._answers[visit.to_json()]


def _prepared(policy: Policy, path: Path) -> EngineType:
    model = visit_model_with_extra(policy.extra_facts)
    visits = [read_visit(case.facts(), model=model) for case in read_cases(path).cases]
    return lambda plan: _Prepared(plan, visits)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name.removesuffix(".cases.yaml"))
def test_every_case_comes_out_as_expected(path: Path) -> None:
    file = read_cases(path)
    policy = load_policy(*file.policy)

    results = run_cases(policy, file, engines=[_prepared(policy, path)])

    assert results
    assert all(result.passed for result in results), as_text(results)


def test_one_visit_by_the_contract_of_engines() -> None:
    file = read_cases(FILES[0])

    results = run_cases(load_policy(*file.policy), file.cases[:1], engines=[DuckDbEngine])

    assert [result.engine for result in results] == ["sql-duckdb"]
    assert all(result.passed for result in results), as_text(results)

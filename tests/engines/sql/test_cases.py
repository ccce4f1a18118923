"""The shipped packs' cases come out on arrays and DuckDB as with the interpreter, which `tests/rules` holds to them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

from policies import shipped_policy
from visitcheck.authoring import as_text, find_cases, read_cases, run_cases
from visitcheck.engines.arrays import ArrayEngine
from visitcheck.engines.reference import ReferenceEngine
from visitcheck.engines.sql import DuckDbEngine
from visitcheck.facts import Visit
from visitcheck.ir.plan import Plan, Truths

RULES = Path(__file__).resolve().parents[3] / "rules"
FILES = find_cases(RULES)


ON_DUCKDB_BY_DEFAULT = ("appointment", "conduct", "humane")
"""Each file takes a database seconds; every function and operator is held in tests/language/sql."""
ON_ARRAYS_BY_DEFAULT = ("cba-2026-visit", "gbt-45251-people", "law-data")
"""Besides those of the base policy."""


def _marked(path: Path, engine: type[ArrayEngine | DuckDbEngine]) -> ParameterSet:
    """Those of a country's packs take long to compile, and its stories, told with all of them, the longest."""
    name = path.name.removesuffix(".cases.yaml")
    if engine is DuckDbEngine:
        late = name not in ON_DUCKDB_BY_DEFAULT
    else:
        late = path.parent.name != "base" and name not in ON_ARRAYS_BY_DEFAULT
    return pytest.param(path, engine, id=f"{name}-{engine.name}", marks=[pytest.mark.long] * late)


class _Listening(ReferenceEngine):
    """Answers as the interpreter does, and keeps the visits that it was asked about."""

    def __init__(self, plan: Plan, heard: dict[str, list[Visit]]) -> None:
        super().__init__(plan)
        self._heard = heard.setdefault(plan.stage, [])

    def evaluate(self, visit: Visit) -> Truths:
        self._heard.append(visit)
        return super().evaluate(visit)


class _Prepared:
    """An engine's answers for all visits of a case file, asked at once."""

    def __init__(self, engine: ArrayEngine | DuckDbEngine, visits: Sequence[Visit]) -> None:
        self.plan = engine.plan
        self.name = engine.name
        answers = engine.evaluate_all(visits) if visits else []
        self._answers = {visit.to_json(): truths for visit, truths in zip(visits, answers, strict=True)}

    def evaluate(self, visit: Visit) -> Truths:
        return self._answers[visit.to_json()]


@pytest.mark.parametrize(
    ("path", "engine"), [_marked(path, engine) for path in FILES for engine in (ArrayEngine, DuckDbEngine)]
)
def test_every_case_comes_out_as_with_the_interpreter(path: Path, engine: type[ArrayEngine | DuckDbEngine]) -> None:
    file = read_cases(path)
    policy = shipped_policy(*file.policy)
    heard: dict[str, list[Visit]] = {}

    expected = run_cases(policy, file, engines=[lambda plan: _Listening(plan, heard)])
    results = run_cases(policy, file, engines=[lambda plan: _Prepared(engine(plan), heard[plan.stage])])

    assert results
    assert [(r.rules, r.outcome) for r in results] == [(r.rules, r.outcome) for r in expected], as_text(results)


@pytest.mark.parametrize("engine", [ArrayEngine, DuckDbEngine], ids=lambda engine: engine.name)
def test_one_visit_by_the_contract_of_engines(engine: type[ArrayEngine | DuckDbEngine]) -> None:
    file = read_cases(FILES[0])

    results = run_cases(shipped_policy(*file.policy), file.cases[:1], engines=[engine])

    assert [result.engine for result in results] == [engine.name]
    assert all(result.passed for result in results), as_text(results)

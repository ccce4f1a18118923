"""The shipped packs with their cases, loaded and run once for all tests of this folder."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

from policies import shipped_policy
from visitcheck.authoring import ENGINES, CaseFile, CaseResult, find_cases, read_cases, run_cases
from visitcheck.authoring.run import EngineType
from visitcheck.engines.contract import Engine
from visitcheck.engines.durable import DurableEngine
from visitcheck.ir.plan import Plan
from visitcheck.policy import Policy

ROOT = Path(__file__).resolve().parents[2]
RULES = ROOT / "rules"
CASE_FILES = find_cases(RULES)
_MADE: dict[tuple[int, str, EngineType], Engine] = {}
"""By the policy, which an engine keeps alive, and the stage."""


def short(path: Path) -> str:
    """The file's path below `rules/`, as the name of a test."""
    return path.relative_to(RULES).as_posix().removesuffix(".cases.yaml")


@cache
def case_file(path: Path) -> CaseFile:
    return read_cases(path)


def on_every_engine(paths: Iterable[Path]) -> list[ParameterSet]:
    """
    For `parametrize`: each engine with each file. Rule sets of a country's packs take seconds to make; the long run
    makes them.
    """
    return [
        pytest.param(
            engine,
            path,
            id=f"{engine.__name__}-{short(path)}",
            marks=[pytest.mark.long] * (engine is DurableEngine and path.parent.name != "base"),
        )
        for engine in ENGINES
        for path in paths
    ]


def policy_of(path: Path) -> Policy:
    """The policy that a case file is about."""
    return policy_named(case_file(path).policy)


@cache
def policy_named(names: tuple[str | Path, ...]) -> Policy:
    return shipped_policy(*names)


@cache
def results_on(engine: EngineType, path: Path) -> tuple[CaseResult, ...]:
    """What an engine makes of a case file; made once for all files about one policy."""

    def made_once(plan: Plan) -> Engine:
        key = (id(plan.policy), plan.stage, engine)
        if key not in _MADE:
            _MADE[key] = engine(plan)
        return _MADE[key]

    return run_cases(policy_of(path), case_file(path), engines=[made_once])


@cache
def base() -> Policy:
    return shipped_policy("base")

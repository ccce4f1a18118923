"""Every case of every shipped pack, on every engine; what the cases leave unshown, and what they do not notice."""

from functools import cache
from pathlib import Path

import pytest
from shipped import CASE_FILES, RULES, case_file, on_every_engine, policy_of, results_on, short

from visitcheck.authoring import (
    Mutation,
    as_text,
    coverage_text,
    measure,
    mutate,
    mutation_text,
    read_accepted_beside,
)
from visitcheck.authoring.run import EngineType
from visitcheck.engines.reference import ReferenceEngine
from visitcheck.policy import shipped

NOTICED_AT_LEAST = 0.95
BESIDE_PACKS = [path for path in CASE_FILES if path.with_name(path.name.replace(".cases.yaml", ".yaml")).is_file()]
"""The cases of single packs; others tell stories of whole visits."""
BESIDE = pytest.mark.parametrize("path", BESIDE_PACKS, ids=short)


@pytest.mark.parametrize(("engine", "path"), on_every_engine(BESIDE_PACKS))
def test_every_case_comes_out_as_expected(path: Path, engine: EngineType) -> None:
    results = results_on(engine, path)

    assert all(result.passed for result in results), as_text(results)


@cache
def mutation(path: Path) -> Mutation:
    return mutate(policy_of(path), results_on(ReferenceEngine, path), case_file(path).pack, read_accepted_beside(path))


@BESIDE
def test_cases_show_every_outcome_within_reach(path: Path) -> None:
    results = results_on(ReferenceEngine, path)
    coverage = measure(policy_of(path), results, case_file(path).pack, read_accepted_beside(path))

    assert (coverage.missing, coverage.stale) == ((), ()), coverage_text([coverage])


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(path, id=short(path), marks=[pytest.mark.long] * (path.parent.name != "base"))
        for path in BESIDE_PACKS
    ],
)
def test_every_mutant_is_noticed_or_explained(path: Path) -> None:
    tried = mutation(path)

    assert (tried.unexplained, tried.stale) == ((), ()), mutation_text([tried])


@pytest.mark.long
def test_of_all_mutants_the_cases_notice_nearly_every_one() -> None:
    mutations = [mutation(path) for path in BESIDE_PACKS]

    assert sum(len(each.noticed) for each in mutations) >= NOTICED_AT_LEAST * sum(each.made for each in mutations) > 0


def test_every_shipped_pack_with_rules_has_cases() -> None:
    packs = [path for path in RULES.rglob("*.yaml") if shipped.is_pack(path.name)]
    with_rules = [path for path in packs if "\nrules:" in path.read_text(encoding="utf-8")]

    assert {path.with_suffix(".cases.yaml") for path in with_rules} == set(BESIDE_PACKS)

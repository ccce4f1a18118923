"""Every case of every shipped pack, on every engine, and what the cases leave unshown."""

from pathlib import Path

import pytest
from shipped import CASE_FILES, RULES, case_file, policy_of, short

from visitcheck.authoring import ENGINES, as_text, coverage_gaps, run_cases
from visitcheck.authoring.run import EngineType
from visitcheck.policy import shipped

# A closed word or a text that is given passes, one that is missing is undetermined; a history is known to be
# complete or may be cut: nothing violates these.
NOTHING_VIOLATES = {
    "base.conduct/contacts-not-too-many: no case shows it violated by its check `history-complete`",
    "base.conduct/visits-not-too-many: no case shows it violated by its check `history-complete`",
    "base.privacy/contacts-kept-private: no case shows it violated by its check `history-complete`",
    "base.record/fully-recorded: no case shows it violated by its check `attitude`",
    "base.record/fully-recorded: no case shows it violated by its check `repayment-plan`",
    "base.risk/emergency-plan: no case shows it violated by its check `contact`",
}


@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.__name__)
@pytest.mark.parametrize("path", CASE_FILES, ids=short)
def test_every_case_comes_out_as_expected(path: Path, engine: EngineType) -> None:
    results = run_cases(policy_of(path), case_file(path), engines=[engine])

    assert all(result.passed for result in results), as_text(results)


@pytest.mark.parametrize("path", CASE_FILES, ids=short)
def test_cases_show_every_status_check_and_exception(path: Path) -> None:
    file, policy = case_file(path), policy_of(path)

    gaps = coverage_gaps(policy, run_cases(policy, file), pack=file.pack)

    assert {str(gap) for gap in gaps} <= NOTHING_VIOLATES


def test_every_shipped_pack_with_rules_has_cases() -> None:
    packs = [path for path in RULES.rglob("*.yaml") if shipped.is_pack(path.name)]
    with_rules = [path for path in packs if "\nrules:" in path.read_text(encoding="utf-8")]

    assert {path.with_suffix(".cases.yaml") for path in with_rules} == set(CASE_FILES)

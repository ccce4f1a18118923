"""The shipped packs with their cases, loaded once for all tests of this folder."""

from functools import cache
from pathlib import Path

from policies import shipped_policy
from visitcheck.authoring import CaseFile, find_cases, read_cases
from visitcheck.policy import Policy

ROOT = Path(__file__).resolve().parents[2]
RULES = ROOT / "rules"
CASE_FILES = find_cases(RULES)


def short(path: Path) -> str:
    """The file's path below `rules/`, as the name of a test."""
    return path.relative_to(RULES).as_posix().removesuffix(".cases.yaml")


@cache
def case_file(path: Path) -> CaseFile:
    return read_cases(path)


def policy_of(path: Path) -> Policy:
    """The policy that a case file is about."""
    return policy_named(case_file(path).policy)


@cache
def policy_named(names: tuple[str | Path, ...]) -> Policy:
    return shipped_policy(*names)


@cache
def base() -> Policy:
    return shipped_policy("base")

"""Runs all checks over the packs asked for."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from visitcheck.authoring.lint.cases import check_cases
from visitcheck.authoring.lint.citations import check_citations, check_parameter_citations
from visitcheck.authoring.lint.conditions import check_lets, check_reach, check_repetition, check_style
from visitcheck.authoring.lint.consents import check_consents
from visitcheck.authoring.lint.dates import check_dates
from visitcheck.authoring.lint.excuses import check_excuses
from visitcheck.authoring.lint.histories import check_histories
from visitcheck.authoring.lint.parameters import check_gaps, make_unused_check
from visitcheck.authoring.lint.subject import Check, Subject, read_subject
from visitcheck.authoring.lint.texts import check_numbers, check_texts
from visitcheck.authoring.lint.windows import check_windows
from visitcheck.errors import InvalidPolicy, Problem
from visitcheck.policy import packs_root, shipped

CHECKS: tuple[Check, ...] = (
    check_texts,
    check_numbers,
    check_lets,
    check_citations,
    check_parameter_citations,
    check_gaps,
    check_reach,
    check_repetition,
    check_histories,
    check_windows,
    check_consents,
    check_excuses,
    check_dates,
    check_style,
    check_cases,
)


def pack_paths(*names_or_paths: str | Path) -> tuple[Path, ...]:
    """List the pack files meant: a file, all packs below a folder, or a shipped folder by its name.

    Raises `InvalidPolicy` for a name that is none of these.
    """
    packs: dict[Path, None] = {}
    for name in names_or_paths:
        path = Path(name)
        folders = shipped.folders()
        if not path.exists() and str(name) in folders:
            path = Path(str(packs_root())) / str(name)
        files = sorted(each for each in path.rglob("*") if shipped.is_pack(each.name)) if path.is_dir() else [path]
        if not files or not all(file.is_file() for file in files):
            message = f"there is no pack, folder of packs or shipped folder `{name}`"
            raise InvalidPolicy([Problem("no-such-policy", message, f"shipped are: {', '.join(folders)}")])
        packs.update(dict.fromkeys(files))
    return tuple(packs)


def lint(paths: Iterable[str | Path]) -> tuple[Problem, ...]:
    """Check pack files, and give all remarks but those that the packs accept, sorted by place.

    Raises `InvalidPolicy` with all problems of packs that cannot be loaded.
    """
    subjects: list[Subject] = []
    problems: list[Problem] = []
    files = [Path(path) for path in paths]
    for path in files:
        try:
            subjects.append(read_subject(path, files))
        except InvalidPolicy as error:
            problems += error.problems
    if problems:
        raise InvalidPolicy(problems)
    checks = (*CHECKS, make_unused_check([subject.policy for subject in subjects]))
    remarks = {problem for subject in subjects for problem in _remarks(subject, checks)}
    return tuple(sorted(remarks, key=Problem.sort_key))


def _remarks(subject: Subject, checks: Iterable[Check]) -> Iterable[Problem]:
    remarks = [remark for check in checks for remark in check(subject)]
    occurring = {(each.problem.code, each.rule or subject.pack) for each in remarks}
    passed = {(each.code, each.rule) for each in subject.accepted.lint}
    yield from (each.problem for each in remarks if (each.problem.code, each.rule or subject.pack) not in passed)
    for each in subject.accepted.lint:
        if (each.code, each.rule) not in occurring:
            message = f"accepted, but there is no `{each.code}` here"
            yield Problem("lint-accepted-unused", message, "take it out", each.place)

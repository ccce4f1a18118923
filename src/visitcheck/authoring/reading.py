"""Reads files of rule cases strictly: every problem of a file is reported at once, with its place."""

from __future__ import annotations

from pathlib import Path

from visitcheck.authoring.case_files import Fixtures, read_fixtures, read_text, read_validated
from visitcheck.authoring.cases import Case, CaseFile, Expectation, Story
from visitcheck.authoring.format import CASE_FILE
from visitcheck.authoring.visits import Bases, edit_visit
from visitcheck.documents import YamlScalar
from visitcheck.documents.parts import Part
from visitcheck.engines.status import Outcome, Status
from visitcheck.errors import InvalidPolicy, Problem
from visitcheck.policy.model import Stage

SUFFIX = ".cases.yaml"
_STAGES: dict[str, Stage] = {"proposed": "proposed", "recorded": "recorded"}


def find_cases(*paths: str | Path) -> tuple[Path, ...]:
    """List case files: a file is taken as it is, a folder gives every `*.cases.yaml` below it."""
    files: dict[Path, None] = {}
    for path in map(Path, paths):
        inside = sorted(path.rglob(f"*{SUFFIX}")) if path.is_dir() else [path]
        files.update(dict.fromkeys(inside))
    return tuple(files)


def read_cases(path: str | Path) -> CaseFile:
    """Read the cases of one file; raises `InvalidPolicy` with all problems of the file."""
    return parse_cases(read_text(Path(path)), str(path))


def parse_cases(text: str, file: str) -> CaseFile:
    """Parse the cases in `text`; `file` is its name in problems, and relative paths start from it.

    Raises `InvalidPolicy` with all problems of the file.
    """
    problems: list[Problem] = []
    case_file = _read_file(read_validated(text, file, CASE_FILE, problems), file, problems)
    if problems:
        raise InvalidPolicy(problems)
    return case_file


def _read_file(part: Part, file: str, problems: list[Problem]) -> CaseFile:
    pack = part.text("pack") or ""
    fixtures = read_fixtures(part, file, problems)
    bases = Bases(fixtures.bases, problems)
    bases.check()
    read_cases = (_read_case(case, file, pack, fixtures, bases, problems) for case in part.parts("cases"))
    cases = tuple(case for case in read_cases if case is not None)
    notes: set[str] = set()
    for case in cases:
        if case.note in notes:
            problems.append(Problem("case-twice", f"two cases have the note `{case.note}`", None, case.place))
        notes.add(case.note)
    return CaseFile(file, pack, _policy_sources(part, file, problems), cases)


def _policy_sources(part: Part, file: str, problems: list[Problem]) -> tuple[str | Path, ...]:
    """The packs to load, by name; a name that ends in `.yaml` or holds a slash is a path from the file."""
    folder = Path(file).parent
    single = part.scalar("policy")
    names = part.scalars("policy") if single is None else (single,)
    for name in names:
        if not name.text:
            problems.append(Problem("case-form", "a pack's name or path is missing here", None, name.place()))
    paths = tuple(folder / name.text if _is_path(name.text) else name.text for name in names)
    return paths or (folder / Path(file).name.replace(SUFFIX, ".yaml"),)


def _is_path(name: str) -> bool:
    return "/" in name or name.endswith(".yaml")


def _read_case(
    part: Part, file: str, pack: str, fixtures: Fixtures, bases: Bases, problems: list[Problem]
) -> Case | None:
    note = part.scalar("note")
    visit = edit_visit(part.node, bases, problems)
    expect = (*_read_expectations(part, "expect"), *_read_expectations(part, "findings"))
    outcome = part.scalar("outcome")
    # The stage of a case that is not whole may have been in what was left out.
    if note is None or visit is None or not part.node.whole:
        return None
    stage = _stage_of(Part(visit))
    if stage is None:
        message, help_ = "the visit does not say its stage", "`proposed` or `recorded`"
        problems.append(Problem("case-stage", message, help_, part.place()))
        return None
    return Case(
        file,
        pack,
        note.text,
        stage,
        visit,
        expect,
        None if outcome is None else Outcome(outcome.text),
        None if outcome is None else outcome.place(),
        part.place(),
        "findings" in part.node,
        _read_story(part.part("story")),
        fixtures.registers,
    )


def _stage_of(visit: Part) -> Stage | None:
    group = visit.part("visit")
    word = None if group is None else group.scalar("stage")
    return None if word is None else _STAGES.get(word.text)


def _read_story(part: Part | None) -> Story | None:
    en, zh = (None, None) if part is None else (part.scalar("en"), part.scalar("zh"))
    return None if en is None or zh is None else Story(en.text, zh.text)


def _read_expectations(part: Part, key: str) -> tuple[Expectation, ...]:
    return tuple(
        Expectation(rule.text, Status(status.text), rule.place())
        for rule, status in part.entries(key)
        if isinstance(status, YamlScalar)
    )

"""Reads files of rule cases strictly: every problem of a file is reported at once, with its place."""

from __future__ import annotations

from pathlib import Path

from visitcheck.authoring.case_files import Fixtures, ground, read_text
from visitcheck.authoring.cases import Case, CaseFile, Expectation, Story
from visitcheck.authoring.form import Form
from visitcheck.authoring.visits import Bases, edited
from visitcheck.documents import YamlMapping, YamlNode, YamlScalar, YamlSequence
from visitcheck.engines.status import Outcome, Status
from visitcheck.errors import InvalidPolicy
from visitcheck.policy.model import Stage

SUFFIX = ".cases.yaml"
FILE_KEYS = ("pack", "policy", "shared", "registers", "base", "cases")
CASE_KEYS = ("note", "story", "from", "set", "add", "remove", "expect", "findings", "outcome")
_STAGES: dict[str, Stage] = {"proposed": "proposed", "recorded": "recorded"}


def find_cases(*paths: str | Path) -> tuple[Path, ...]:
    """Case files among `paths`: a file is taken as it is, a folder gives every `*.cases.yaml` below it."""
    found: dict[Path, None] = {}
    for path in map(Path, paths):
        inside = sorted(path.rglob(f"*{SUFFIX}")) if path.is_dir() else [path]
        found.update(dict.fromkeys(inside))
    return tuple(found)


def read_cases(path: str | Path) -> CaseFile:
    """The cases of one file; raises `InvalidPolicy` with all problems of the file."""
    return parse_cases(read_text(Path(path)), str(path))


def parse_cases(text: str, file: str) -> CaseFile:
    """The cases written in `text`; `file` is its name in problems and where relative paths start."""
    form = Form()
    node = form.root(text, file, "a file of cases")
    found = _file(node, file, form)
    if form.problems:
        raise InvalidPolicy(form.problems)
    return found


def _file(node: YamlMapping, file: str, form: Form) -> CaseFile:
    form.keys(node, FILE_KEYS, needed=("pack", "cases"))
    pack = form.text(node.get("pack")) or ""
    given = ground(node, file, form)
    bases = Bases(given.bases, form.problems)
    bases.check()
    items = form.items(node.get("cases"), "`cases` is a list with at least one case")
    read = (_case(item, file, pack, given, bases, form) for item in items)
    cases = tuple(case for case in read if case is not None)
    notes: set[str] = set()
    for case in cases:
        if case.note in notes:
            form.problem("case-twice", f"two cases have the note `{case.note}`", case.place)
        notes.add(case.note)
    return CaseFile(file, pack, _policy(node.get("policy"), file, form), cases)


def _policy(node: YamlNode | None, file: str, form: Form) -> tuple[str | Path, ...]:
    """What to load: names of packs; one that ends in `.yaml` or holds a slash is a path from the file."""
    folder = Path(file).parent
    if node is None:
        return (folder / Path(file).name.replace(SUFFIX, ".yaml"),)
    listed = node.items if isinstance(node, YamlSequence) else (node,)
    names = [name for item in listed if (name := form.text(item))]
    return tuple(folder / name if "/" in name or name.endswith(".yaml") else name for name in names)


def _case(node: YamlNode, file: str, pack: str, given: Fixtures, bases: Bases, form: Form) -> Case | None:
    if not isinstance(node, YamlMapping):
        form.problem("case-form", "a case is a mapping", node.place(), f"its keys: {', '.join(CASE_KEYS)}")
        return None
    whole = "findings" in node
    form.keys(node, CASE_KEYS, needed=("note",) if whole else ("note", "expect"))
    note = form.text(node.get("note"))
    visit = edited(node, bases, form.problems)
    expect = (*_expectations(node, "expect", form), *_expectations(node, "findings", form))
    story = _story(node.get("story"), form)
    outcome = node.get("outcome")
    expected = None if outcome is None else form.word(outcome, Outcome)
    if note is None or visit is None:
        return None
    stage = _stage(visit)
    if stage is None:
        form.problem(
            "case-stage", "the visit does not say its stage", node.place(), "`proposed` or `recorded`"
        )
        return None
    outcome_place = None if outcome is None else outcome.place()
    place = node.place()
    registers = given.registers
    return Case(file, pack, note, stage, visit, expect, expected, outcome_place, place, whole, story, registers)


def _stage(visit: YamlMapping) -> Stage | None:
    group = visit.get("visit")
    word = group.get("stage") if isinstance(group, YamlMapping) else None
    return _STAGES.get(word.text) if isinstance(word, YamlScalar) else None


def _story(node: YamlNode | None, form: Form) -> Story | None:
    if node is None:
        return None
    if not isinstance(node, YamlMapping):
        form.problem("case-form", "`story` tells what happens in `en` and `zh`", node.place())
        return None
    form.keys(node, ("en", "zh"), needed=("en", "zh"))
    en, zh = form.text(node.get("en")), form.text(node.get("zh"))
    return None if en is None or zh is None else Story(en, zh)


def _expectations(case: YamlMapping, key: str, form: Form) -> tuple[Expectation, ...]:
    node = case.get(key)
    if node is None:
        return ()
    if not isinstance(node, YamlMapping):
        form.problem(
            "case-form", f"`{key}` maps rules to statuses", node.place(), "`told-early-enough: violated`"
        )
        return ()
    read = ((key, form.word(value, Status)) for key, value in node.entries)
    return tuple(Expectation(key.text, status, key.place()) for key, status in read if status is not None)

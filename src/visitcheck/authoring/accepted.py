"""Reads `NAME.accepted.yaml`: what the cases of a pack need not show, each entry with its reason.

`unshown` lists outcomes that no visit can show, `survivors` changes of a rule that no visit can tell from the
rule itself, `lint` remarks that are right and do not matter here.
An entry that matches nothing is reported, so that the files do not outlive their reasons.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from visitcheck.authoring.case_files import read_validated
from visitcheck.authoring.format import ACCEPTED_FILE
from visitcheck.authoring.source_spans import one_line
from visitcheck.documents.parts import Part
from visitcheck.errors import InvalidPolicy, Place, Problem

SUFFIX = ".accepted.yaml"


@dataclass(frozen=True, slots=True)
class Unshown:
    """Outcomes that no case can show, and why. Without `rule` the entry is about the pack's `applies`."""

    rule: str
    part: str | None
    condition: str | None
    outcomes: tuple[str, ...]
    why: str
    place: Place


@dataclass(frozen=True, slots=True)
class Survivor:
    """A mutant that no case can notice, and why. Without `rule` it is one of the pack's `applies`."""

    rule: str
    mutant: str
    why: str
    place: Place


@dataclass(frozen=True, slots=True)
class AcceptedRemark:
    """A code of `lint` that is let pass for a rule, and why. Without `rule` it is for the pack itself."""

    rule: str
    code: str
    why: str
    place: Place


@dataclass(frozen=True, slots=True)
class Accepted:
    """What one file accepts."""

    unshown: tuple[Unshown, ...] = ()
    survivors: tuple[Survivor, ...] = ()
    lint: tuple[AcceptedRemark, ...] = ()


def read_accepted_beside(case_file: str | Path) -> Accepted:
    """Read what is accepted for the cases of a file, from the file beside it; without that file, nothing is.

    Raises `InvalidPolicy` with all problems of that file.
    """
    path = Path(case_file)
    beside = path.with_name(path.name.replace(".cases.yaml", SUFFIX))
    if beside == path or not beside.is_file():
        return Accepted()
    try:
        text = beside.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidPolicy([Problem("case-unreadable", f"cannot read `{beside}`: {error}")]) from error
    return parse_accepted(text, str(beside))


def parse_accepted(text: str, file: str) -> Accepted:
    """Parse what `text` accepts, with `file` as its name in problems.

    Raises `InvalidPolicy` with all problems of the file.
    """
    problems: list[Problem] = []
    part = read_validated(text, file, ACCEPTED_FILE, problems)
    if problems:
        raise InvalidPolicy(problems)
    pack = part.text("pack") or ""
    return Accepted(
        tuple(_read_unshown(each, pack) for each in part.parts("unshown")),
        tuple(_read_survivor(each, pack) for each in part.parts("survivors")),
        tuple(_read_remark(each, pack) for each in part.parts("lint")),
    )


def _read_unshown(part: Part, pack: str) -> Unshown:
    return Unshown(
        rule=part.text("rule") or pack,
        part=part.text("part"),
        condition=None if part.text("condition") is None else _read_line(part, "condition"),
        outcomes=tuple(outcome.text for outcome in part.scalars("outcomes")),
        why=_read_line(part, "why"),
        place=part.place(),
    )


def _read_survivor(part: Part, pack: str) -> Survivor:
    return Survivor(
        rule=part.text("rule") or pack,
        mutant=_read_line(part, "mutant"),
        why=_read_line(part, "why"),
        place=part.place(),
    )


def _read_remark(part: Part, pack: str) -> AcceptedRemark:
    return AcceptedRemark(
        rule=part.text("rule") or pack,
        code=part.text("code") or "",
        why=_read_line(part, "why"),
        place=part.place(),
    )


def _read_line(part: Part, key: str) -> str:
    return one_line(part.text(key) or "")

"""Files of what the cases of a pack need not show, `NAME.accepted.yaml`, each entry with its reason.

`unshown` lists outcomes that no visit can show, `survivors` changes of a rule that no visit can tell from the
rule itself, `lint` remarks that are right and do not matter here.
Whatever is listed and does not occur is reported, so that the files do not outlive their reasons.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from visitcheck.authoring.form import Form
from visitcheck.authoring.source_spans import one_line
from visitcheck.documents import YamlMapping, YamlNode
from visitcheck.errors import InvalidPolicy, Place, Problem

SUFFIX = ".accepted.yaml"
ENTRY_KEYS = {
    "unshown": (("rule", "part", "condition", "outcomes", "why"), ("outcomes", "why")),
    "survivors": (("rule", "mutant", "why"), ("mutant", "why")),
    "lint": (("rule", "code", "why"), ("code", "why")),
}


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


def accepted_beside(case_file: str | Path) -> Accepted:
    """What is accepted for the cases of a file: read from the file beside it, nothing where there is none.

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
    """What `text` accepts; `file` is its name in problems."""
    form = Form()
    node = form.root(text, file, "a file of what is accepted")
    form.keys(node, ("pack", *ENTRY_KEYS), needed=("pack",))
    pack = form.text(node.get("pack")) or ""
    unshown = tuple(_unshown(each, pack, form) for each in _entries(node, "unshown", form))
    survivors = tuple(_survivor(each, pack, form) for each in _entries(node, "survivors", form))
    lint = tuple(_passed(each, pack, form) for each in _entries(node, "lint", form))
    if form.problems:
        raise InvalidPolicy(form.problems)
    return Accepted(unshown, survivors, lint)


def _entries(node: YamlMapping, key: str, form: Form) -> list[YamlMapping]:
    known, needed = ENTRY_KEYS[key]
    found = []
    for item in form.items(node.get(key), f"`{key}` is a list of entries"):
        if isinstance(item, YamlMapping):
            form.keys(item, known, needed)
            found.append(item)
        else:
            message = f"an entry of `{key}` is a mapping"
            form.problem("case-form", message, item.place(), f"its keys: {', '.join(known)}")
    return found


def _unshown(node: YamlMapping, pack: str, form: Form) -> Unshown:
    outcomes = form.items(node.get("outcomes"), "`outcomes` is a list, such as `[FALSE, decides]`")
    return Unshown(
        rule=form.text(node.get("rule")) or pack,
        part=form.text(node.get("part")),
        condition=_line(node.get("condition"), form),
        outcomes=tuple(word for item in outcomes if (word := form.text(item))),
        why=_line(node.get("why"), form) or "",
        place=node.place(),
    )


def _survivor(node: YamlMapping, pack: str, form: Form) -> Survivor:
    return Survivor(
        rule=form.text(node.get("rule")) or pack,
        mutant=_line(node.get("mutant"), form) or "",
        why=_line(node.get("why"), form) or "",
        place=node.place(),
    )


def _passed(node: YamlMapping, pack: str, form: Form) -> AcceptedRemark:
    return AcceptedRemark(
        rule=form.text(node.get("rule")) or pack,
        code=form.text(node.get("code")) or "",
        why=_line(node.get("why"), form) or "",
        place=node.place(),
    )


def _line(node: YamlNode | None, form: Form) -> str | None:
    text = form.text(node)
    return None if text is None else one_line(text)

"""The formats of files of rule cases and of accepted files, key by key: for their readers, and as JSON Schema."""

from __future__ import annotations

from visitcheck.authoring.paths import PATH_PATTERN
from visitcheck.documents.json_schema import QUOTED, schema_of
from visitcheck.documents.validation import (
    AnyShape,
    ChoiceShape,
    DeferredShape,
    EitherShape,
    Key,
    ListShape,
    MapShape,
    OneOrManyShape,
    PatternShape,
    RecordShape,
    TextShape,
    ValidationCodes,
)
from visitcheck.engines.status import Outcome, Status
from visitcheck.facts.types import ListOf
from visitcheck.facts.vocabulary import FACTS, ROOT

CODES = ValidationCodes(
    unknown_key="case-key",
    missing_key="case-missing",
    wrong_type="case-form",
    empty_text="case-form",
    wrong_word="case-status",
    wrong_form="case-form",
)
"""The codes of what is wrong with the form of both kinds of files."""

_ANY_NAME = TextShape("a name", may_be_empty=True)
_PATH = PatternShape("a path", PATH_PATTERN, "notices[0].sent_at", code="case-path")
_STATUSES = tuple(status.value for status in Status)
_STATUS_BY_RULE = MapShape(_ANY_NAME, ChoiceShape(_STATUSES))

EDITS = RecordShape(
    "a visit that builds on another",
    {
        "from": Key(
            TextShape("the name of a base", may_be_empty=True),
            "The base that the visit builds on; without it, nothing is given.",
        ),
        "set": Key(MapShape(_PATH, AnyShape()), "Values by path, put in place of what the base has there."),
        "add": Key(MapShape(_PATH, ListShape(AnyShape())), "Elements by path of a list, put at its end."),
        "remove": Key(ListShape(_PATH), "Paths of what is taken away, after all else."),
    },
)
"""What a case or a base says about its visit, as changes of a base."""


def _visit() -> RecordShape:
    # What is in the groups is left to reading the visit: an edit may still put it right.
    groups = {
        name: Key(
            ListShape(AnyShape()) if isinstance(type_, ListOf) else MapShape(_ANY_NAME, AnyShape()),
            FACTS[name].description,
        )
        for name, type_ in ROOT.fields.items()
    }
    return RecordShape(
        "a visit",
        {**groups, **EDITS.keys},
        definition="visit",
        doc="Facts by group, or the edits that make this visit of another one.",
    )


CASE = RecordShape(
    "a case",
    {
        "note": Key(TextShape(), "The case's name; once in a file.", required=True),
        "story": Key(
            RecordShape(
                "a story",
                {
                    "en": Key(TextShape(), "the story in English", required=True),
                    "zh": Key(TextShape(), "the story in Chinese", required=True),
                },
            ),
            "What happens, told in a few sentences.",
        ),
        **EDITS.keys,
        "expect": Key(
            _STATUS_BY_RULE,
            "The status of each rule under test, by its id in the file's pack or by `pack/rule`.",
        ),
        "findings": Key(
            _STATUS_BY_RULE,
            "As `expect`, and no other rule may be violated, suspected, undetermined, not assessed or excused.",
        ),
        "outcome": Key(ChoiceShape(tuple(outcome.value for outcome in Outcome)), "The outcome of all rules together."),
    },
    one_of=("expect", "findings"),
    definition="case",
)

FIXTURES = RecordShape(
    "a file of cases",
    {
        "registers": Key(
            DeferredShape(
                RecordShape(
                    "registers",
                    {
                        "lenders": Key(MapShape(_ANY_NAME, AnyShape()), "lenders by id"),
                        "agencies": Key(MapShape(_ANY_NAME, AnyShape()), "agencies by id"),
                        "collectors": Key(MapShape(_ANY_NAME, AnyShape()), "collectors by id"),
                    },
                ),
                "a mapping of `lenders`, `agencies` and `collectors` to entries",
            ),
            "Facts of lenders, agencies and collectors by id, filled into the visits.",
        ),
        "base": Key(
            MapShape(_ANY_NAME, DeferredShape(_visit(), "a visit")),
            "Visits to build on, by name; one with `from` builds on another, as a case does.",
        ),
    },
)
"""What a case file shares with others."""

CASE_FILE = RecordShape(
    "a file of cases",
    {
        "pack": Key(TextShape(), "The pack whose rules are written without a prefix.", required=True),
        "policy": Key(
            OneOrManyShape(TextShape("a pack's name or path", may_be_empty=True)),
            "Packs to load, by name or by path from this file; the pack beside it if left out.",
        ),
        "shared": Key(
            TextShape("a case file's path"),
            "Another case file, by path from this one, whose bases and registers serve here too.",
        ),
        **FIXTURES.keys,
        "cases": Key(ListShape(CASE, minimum=1), "The cases.", required=True),
    },
)

_WHY = Key(TextShape(), "Why that is right.", required=True)
_OUTCOME = EitherShape(
    (
        ChoiceShape((*_STATUSES, "TRUE", "FALSE", "UNKNOWN", "decides")),
        PatternShape("a stage", "stage (proposed|recorded)", "stage proposed"),
    )
)
_PART = PatternShape("a part of a rule", "(applies|when|(check|unless) .+)", "check told")
_LINT_CODE = PatternShape("a code of lint", "lint-", "lint-no-cases", open_end=True)
_RULE = Key(TextShape("a rule's id"), "The rule's id; without it, the entry is about the pack itself.")

# The outcomes, parts and codes that do not occur are reported where they are compared with what does.
_UNSHOWN = RecordShape(
    "an entry of `unshown`",
    {
        "rule": _RULE,
        "part": Key(DeferredShape(_PART, "a part of a rule"), "A part of the rule; without it, the rule as a whole."),
        "condition": Key(TextShape("a condition"), "An atomic condition as written; without it, the part itself."),
        "outcomes": Key(
            ListShape(DeferredShape(_OUTCOME, "an outcome"), minimum=1), "What no case can show.", required=True
        ),
        "why": _WHY,
    },
)
_SURVIVOR = RecordShape(
    "an entry of `survivors`",
    {
        "rule": _RULE,
        "mutant": Key(TextShape("a change"), "The change, as `visitcheck test --mutate` writes it.", required=True),
        "why": _WHY,
    },
)
_PASSED = RecordShape(
    "an entry of `lint`",
    {
        "rule": _RULE,
        "code": Key(
            DeferredShape(_LINT_CODE, "a code of lint"),
            "The code of a remark of `visitcheck lint`.",
            required=True,
        ),
        "why": _WHY,
    },
)

ACCEPTED_FILE = RecordShape(
    "a file of what is accepted",
    {
        "pack": CASE_FILE.keys["pack"],
        "unshown": Key(ListShape(_UNSHOWN, minimum=1), "Outcomes that no visit can show."),
        "survivors": Key(ListShape(_SURVIVOR, minimum=1), "Changes of a rule that no visit can tell from it."),
        "lint": Key(ListShape(_PASSED, minimum=1), "Remarks of `visitcheck lint` that do not matter here."),
    },
)


def cases_schema() -> dict[str, object]:
    """JSON Schema (draft 2020-12) of a `*.cases.yaml` file."""
    return schema_of(CASE_FILE, "Cases of a visitcheck pack", QUOTED)


def accepted_schema() -> dict[str, object]:
    """JSON Schema (draft 2020-12) of a `*.accepted.yaml` file."""
    return schema_of(ACCEPTED_FILE, "What the cases of a visitcheck pack need not show", QUOTED)

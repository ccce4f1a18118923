"""The pack format, key by key. `docs/packs.md` explains it with examples."""

from __future__ import annotations

from visitcheck.documents.json_schema import LENIENT, schema_of
from visitcheck.documents.validation import (
    AnyShape,
    ChoiceShape,
    Key,
    ListShape,
    MapShape,
    PatternShape,
    RecordShape,
    TextShape,
)

PACK_ID = PatternShape("a pack id", r"[a-z0-9]+(?:[.-][a-z0-9]+)*", "cn.cba-2026")
RULE_ID = PatternShape("a rule id", r"[a-z0-9]+(?:-[a-z0-9]+)*", "two-collectors")
FULL_ID = PatternShape("a full id", r"[a-z0-9]+(?:[.-][a-z0-9]+)*/[A-Za-z0-9_-]+", "base.process/notice-given")
NAME = PatternShape("a name", r"[a-z][a-z0-9_]*", "min_team")
CHECK = PatternShape("a check's name", r"[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*", "data-matched")
INSTRUMENT = PatternShape("an instrument's key", r"[a-z0-9]+(?:[-_][a-z0-9]+)*", "cba")
CITED = PatternShape(
    "an instrument", r"(?:[a-z0-9]+(?:[.-][a-z0-9]+)*/)?[a-z0-9]+(?:[-_][a-z0-9]+)*", "cn.law/civil-code"
)
DATE = PatternShape("a date", r"\d{4}-\d{2}-\d{2}", "2026-01-30")
PATH = PatternShape("a fact's path", r"[a-z][a-z0-9_]*(?:\[\])?(?:\.[a-z][a-z0-9_]*(?:\[\])?)*", "contacts[].at")
CONDITION = TextShape("a condition")
TRUE = ChoiceShape(("true", "false"))
EFFECT = ChoiceShape(("deny", "review", "note"))
FORCE = ChoiceShape(("law", "judicial", "regulation", "standard", "self_regulation", "local", "draft", "own"))

TEXT = RecordShape(
    "a text shown to people",
    {
        "en": Key(TextShape(), "the text in English", required=True),
        "zh": Key(TextShape(), "the text in Chinese", required=True),
    },
    missing=("both-languages", "every text shown to people is written in English (`en`) and Chinese (`zh`)"),
)

CITATION = RecordShape(
    "a citation",
    {
        "instrument": Key(CITED, "key of an instrument of this pack, or `pack/key` of a used one", required=True),
        "article": Key(TextShape("an article"), "the article, section or clause"),
        "reading": Key(
            ChoiceShape(("text", "press", "weak", "own")),
            "how well the place was read: its text, a reliable report, something weaker, or an own rule",
            required=True,
        ),
        "note": Key(TEXT, "what the place was found to say, or how sure that is"),
    },
)
CITATIONS = ListShape(CITATION)

INSTRUMENT_FIELDS = RecordShape(
    "an instrument",
    {
        "title": Key(TEXT, "its title", required=True),
        "issuer": Key(TextShape(), "who issued it"),
        "number": Key(TextShape(), "its official number"),
        "issued": Key(DATE, "day of issue"),
        "in_force": Key(
            PatternShape("a date or `assumed`", r"\d{4}-\d{2}-\d{2}|assumed", "2026-01-30"),
            "first day in force, or `assumed` where no source gives it",
        ),
        "force": Key(FORCE, "what kind of instrument it is", required=True),
        "url": Key(PatternShape("an address", r"https?://\S+", "https://example.org/law"), "where it can be read"),
    },
)

DATED_VALUE = RecordShape(
    "a dated value",
    {
        "from": Key(DATE, "first day on which the value holds; open without it"),
        "until": Key(DATE, "first day on which it no longer holds; without it, the next value's `from`"),
        "value": Key(AnyShape(), "the value, in the form of the parameter's type", required=True),
        "cites": Key(CITATIONS, "where the value comes from"),
    },
)

_VALUES: dict[str, Key] = {
    "value": Key(AnyShape(), "the value on every day (instead of `values`)"),
    "values": Key(ListShape(DATED_VALUE, minimum=1), "values that change over time"),
    "cites": Key(CITATIONS, "where the value comes from"),
}

PARAMETER = RecordShape(
    "a parameter",
    {
        "type": Key(TextShape("a type"), "type of the value: `int`, `duration`, `list<string>`, or a fact's path",
                    required=True),
        "stricter": Key(ChoiceShape(("higher", "lower")), "which direction makes rules stricter"),
        "hours": Key(ChoiceShape(("allowed", "forbidden")),
                     "for `daily_hours` and `weekly_hours`: whether visits keep within the hours, or out of them"),
        "description": Key(TEXT, "what it sets, with its unit"),
        **_VALUES,
    },
)  # fmt: skip

EXTRA_FACT = RecordShape(
    "a fact",
    {
        "type": Key(TextShape("a type"), "`bool`, `int`, `timestamp`, ..., or `word` with `words`", required=True),
        "words": Key(ListShape(NAME, minimum=1), "the closed set of words, for the type `word`"),
        "known": Key(ChoiceShape(("before", "door", "after")), "when it is known; `before` if left out"),
        "description": Key(TEXT, "what it says", required=True),
        "unit": Key(TextShape(), "unit of a number"),
    },
)

PERIOD = RecordShape(
    "a period",
    {
        "from": Key(DATE, "first day in force"),
        "until": Key(DATE, "first day no longer in force"),
    },
)

EXCUSE = RecordShape(
    "an exception",
    {
        "id": Key(RULE_ID, "its name within the rule", required=True),
        "when": Key(CONDITION, "when it excuses", required=True),
        "cites": Key(ListShape(CITATION, minimum=1), "where the exception comes from", required=True),
    },
)

RULE = RecordShape(
    "a rule",
    {
        "id": Key(RULE_ID, "its name within the pack", required=True),
        "title": Key(TEXT, "what it asks for, in a few words", required=True),
        "stages": Key(ListShape(ChoiceShape(("proposed", "recorded")), minimum=1),
                      "the visits it is for: `proposed`, `recorded`, or both", required=True),
        "let": Key(MapShape(NAME, CONDITION), "named parts of its conditions; a later one may use earlier ones"),
        "when": Key(CONDITION, "when the rule applies; always, without it"),
        "require": Key(MapShape(CHECK, CONDITION, minimum=1), "named checks that must all hold", required=True),
        "unless": Key(ListShape(EXCUSE), "its exceptions, each with its own citation"),
        "effect": Key(EFFECT, "what a violation does", required=True),
        "on_unknown": Key(EFFECT, "what an undecided rule does; `review` if left out, `note` for note rules"),
        "effective": Key(PERIOD, "when the rule is in force; always, without it"),
        "dated_by": Key(PATH, "fact whose local date decides what is in force; else the visit's start"),
        "message": Key(TEXT, "what a finding says; `{...}` shows a value", required=True),
        "remedy": Key(TEXT, "what would put it right; `{...}` shows a value"),
        "cites": Key(CITATIONS, "where the law or the lender says so"),
    },
)  # fmt: skip

OVERRIDE = RecordShape(
    "an override",
    {
        "parameter": Key(FULL_ID, "full id of the parameter to change, with `value` or `values`"),
        **_VALUES,
        "rule": Key(FULL_ID, "full id of the rule to change, with `effect` or `on_unknown`"),
        "effect": Key(EFFECT, "the rule's new effect"),
        "on_unknown": Key(EFFECT, "the rule's new effect where it stays undecided"),
        "never_collected": Key(ListShape(PATH, minimum=1), "facts that the lender never collects"),
        "reason": Key(TEXT, "why", required=True),
        "relaxes": Key(TRUE, "`true` where the change loosens the other pack"),
    },
)

PACK = RecordShape(
    "a pack",
    {
        "pack": Key(PACK_ID, "the pack's id", required=True),
        "title": Key(TEXT, "the pack's title", required=True),
        "version": Key(PatternShape("a version", r"\d+(?:\.\d+){0,3}", "1.0.0"), "the pack's version", required=True),
        "jurisdiction": Key(PatternShape("a jurisdiction", r"[A-Z]{2}(?:-[A-Z0-9]{1,3})?", "CN"),
                            "ISO 3166 code of the country or region whose law it holds"),
        "timezone": Key(TextShape("a time zone"), "zone of its rules' local times; else `visit.timezone`"),
        "uses": Key(ListShape(PACK_ID), "packs whose rules come along"),
        "applies": Key(CONDITION, "which visits the pack's rules are for; all, without it"),
        "instruments": Key(MapShape(INSTRUMENT, INSTRUMENT_FIELDS), "laws, standards, own rules it cites"),
        "parameters": Key(MapShape(NAME, PARAMETER), "values that rules read as `params.name`"),
        "lexicons": Key(
            MapShape(NAME, RecordShape("a lexicon", {
                "zh": Key(ListShape(TextShape(), minimum=1), "its Chinese words and phrases", required=True),
                "en": Key(ListShape(TextShape(), minimum=1), "its English words and phrases", required=True),
            })), "words that `mentions` looks for"),
        "facts": Key(MapShape(NAME, EXTRA_FACT), "further facts, read as `extra.name`"),
        "rules": Key(ListShape(RULE), "the rules"),
        "overrides": Key(ListShape(OVERRIDE), "changes to packs it uses"),
    },
)  # fmt: skip


def pack_schema() -> dict[str, object]:
    """JSON Schema (draft 2020-12) of a pack file, for editors that complete and check while one writes."""
    return schema_of(PACK, "visitcheck pack", LENIENT)

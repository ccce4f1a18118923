"""The pack format, key by key. `docs/packs.md` explains it with examples."""

from __future__ import annotations

from visitcheck.policy.shape import Anything, Fields, Form, Key, ListShape, OneOf, Table, Words

PACK_ID = Form("a pack id", r"[a-z0-9]+(?:[.-][a-z0-9]+)*", "cn.cba-2026")
RULE_ID = Form("a rule id", r"[a-z0-9]+(?:-[a-z0-9]+)*", "two-collectors")
FULL_ID = Form("a full id", r"[a-z0-9]+(?:[.-][a-z0-9]+)*/[A-Za-z0-9_-]+", "base.process/notice-given")
NAME = Form("a name", r"[a-z][a-z0-9_]*", "min_team")
CHECK = Form("a check's name", r"[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*", "data-matched")
INSTRUMENT = Form("an instrument's key", r"[a-z0-9]+(?:[-_][a-z0-9]+)*", "cba")
CITED = Form(
    "an instrument", r"(?:[a-z0-9]+(?:[.-][a-z0-9]+)*/)?[a-z0-9]+(?:[-_][a-z0-9]+)*", "cn.law/civil-code"
)
DATE = Form("a date", r"\d{4}-\d{2}-\d{2}", "2026-01-30")
PATH = Form("a fact's path", r"[a-z][a-z0-9_]*(?:\[\])?(?:\.[a-z][a-z0-9_]*(?:\[\])?)*", "contacts[].at")
CONDITION = Words("a condition")
TRUE = OneOf(("true", "false"))
EFFECT = OneOf(("deny", "review", "note"))
FORCE = OneOf(("law", "judicial", "regulation", "standard", "self_regulation", "local", "draft", "own"))

TEXT = Fields(
    "a text shown to people",
    {
        "en": Key(Words(), "the text in English", required=True),
        "zh": Key(Words(), "the text in Chinese", required=True),
    },
    missing=("both-languages", "every text shown to people is written in English (`en`) and Chinese (`zh`)"),
)

CITATION = Fields(
    "a citation",
    {
        "instrument": Key(
            CITED, "key of an instrument of this pack, or `pack/key` of a used one", required=True
        ),
        "article": Key(Words("an article"), "the article, section or clause"),
        "reading": Key(
            OneOf(("text", "press", "weak", "own")),
            "how well the place was read: its text, a reliable report, something weaker, or an own rule",
            required=True,
        ),
        "note": Key(TEXT, "what the place was found to say, or how sure that is"),
    },
)
CITATIONS = ListShape(CITATION)

INSTRUMENT_FIELDS = Fields(
    "an instrument",
    {
        "title": Key(TEXT, "its title", required=True),
        "issuer": Key(Words(), "who issued it"),
        "number": Key(Words(), "its official number"),
        "issued": Key(DATE, "day of issue"),
        "in_force": Key(
            Form("a date or `assumed`", r"\d{4}-\d{2}-\d{2}|assumed", "2026-01-30"),
            "first day in force, or `assumed` where no source gives it",
        ),
        "force": Key(FORCE, "what kind of instrument it is", required=True),
        "url": Key(Form("an address", r"https?://\S+", "https://example.org/law"), "where it can be read"),
    },
)

DATED_VALUE = Fields(
    "a dated value",
    {
        "from": Key(DATE, "first day on which the value holds; open without it"),
        "until": Key(DATE, "first day on which it no longer holds; without it, the next value's `from`"),
        "value": Key(Anything(), "the value, in the form of the parameter's type", required=True),
        "cites": Key(CITATIONS, "where the value comes from"),
    },
)

_VALUES: dict[str, Key] = {
    "value": Key(Anything(), "the value on every day (instead of `values`)"),
    "values": Key(ListShape(DATED_VALUE, minimum=1), "values that change over time"),
    "cites": Key(CITATIONS, "where the value comes from"),
}

PARAMETER = Fields(
    "a parameter",
    {
        "type": Key(Words("a type"), "type of the value: `int`, `duration`, `list<string>`, or a fact's path",
                    required=True),
        "stricter": Key(OneOf(("higher", "lower")), "which direction makes rules stricter"),
        "description": Key(TEXT, "what it sets, with its unit"),
        **_VALUES,
    },
)  # fmt: skip

EXTRA_FACT = Fields(
    "a fact",
    {
        "type": Key(
            Words("a type"), "`bool`, `int`, `timestamp`, ..., or `word` with `words`", required=True
        ),
        "words": Key(ListShape(NAME, minimum=1), "the closed set of words, for the type `word`"),
        "known": Key(OneOf(("before", "door", "after")), "when it is known; `before` if left out"),
        "description": Key(TEXT, "what it says", required=True),
        "unit": Key(Words(), "unit of a number"),
    },
)

PERIOD = Fields(
    "a period",
    {
        "from": Key(DATE, "first day in force"),
        "until": Key(DATE, "first day no longer in force"),
    },
)

EXCUSE = Fields(
    "an exception",
    {
        "id": Key(RULE_ID, "its name within the rule", required=True),
        "when": Key(CONDITION, "when it excuses", required=True),
        "cites": Key(ListShape(CITATION, minimum=1), "where the exception comes from", required=True),
    },
)

RULE = Fields(
    "a rule",
    {
        "id": Key(RULE_ID, "its name within the pack", required=True),
        "title": Key(TEXT, "what it asks for, in a few words", required=True),
        "stages": Key(ListShape(OneOf(("proposed", "recorded")), minimum=1),
                      "the visits it is for: `proposed`, `recorded`, or both", required=True),
        "let": Key(Table(NAME, CONDITION), "named parts of its conditions; a later one may use earlier ones"),
        "when": Key(CONDITION, "when the rule applies; always, without it"),
        "require": Key(Table(CHECK, CONDITION, minimum=1), "named checks that must all hold", required=True),
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

OVERRIDE = Fields(
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

PACK = Fields(
    "a pack",
    {
        "pack": Key(PACK_ID, "the pack's id", required=True),
        "title": Key(TEXT, "the pack's title", required=True),
        "version": Key(Form("a version", r"\d+(?:\.\d+){0,3}", "1.0.0"), "the pack's version", required=True),
        "jurisdiction": Key(Form("a jurisdiction", r"[A-Z]{2}(?:-[A-Z0-9]{1,3})?", "CN"),
                            "ISO 3166 code of the country or region whose law it holds"),
        "timezone": Key(Words("a time zone"), "zone of its rules' local times; else `visit.timezone`"),
        "uses": Key(ListShape(PACK_ID), "packs whose rules come along"),
        "applies": Key(CONDITION, "which visits the pack's rules are for; all, without it"),
        "instruments": Key(Table(INSTRUMENT, INSTRUMENT_FIELDS), "laws, standards, own rules it cites"),
        "parameters": Key(Table(NAME, PARAMETER), "values that rules read as `params.name`"),
        "lexicons": Key(
            Table(NAME, Fields("a lexicon", {
                "zh": Key(ListShape(Words(), minimum=1), "its Chinese words and phrases", required=True),
                "en": Key(ListShape(Words(), minimum=1), "its English words and phrases", required=True),
            })), "words that `mentions` looks for"),
        "facts": Key(Table(NAME, EXTRA_FACT), "further facts, read as `extra.name`"),
        "rules": Key(ListShape(RULE), "the rules"),
        "overrides": Key(ListShape(OVERRIDE), "changes to packs it uses"),
    },
)  # fmt: skip

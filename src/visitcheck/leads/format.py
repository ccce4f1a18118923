"""The form of a lexicon, from which its reader comes."""

from __future__ import annotations

from visitcheck.documents.validation import ChoiceShape, Key, ListShape, MapShape, PatternShape, RecordShape, TextShape

SCRIPTS = ("han", "latin")
_NAME = PatternShape("a name", r"[a-z][a-z0-9_]*", "posted_notice")
_PHRASE = TextShape("a phrase")
_PHRASES = ListShape(_PHRASE, minimum=1)
_VARIANT = PatternShape("two characters", r"\S\S", "張张")
_REACH = PatternShape("a number of characters", r"[1-9][0-9]{0,2}", "12")
_TEXT = RecordShape(
    "a text in two languages",
    {
        "en": Key(TextShape("a text"), "in English", required=True),
        "zh": Key(TextShape("a text"), "in Chinese", required=True),
    },
)
_CONCERN = RecordShape(
    "a fact that rules read",
    {
        "fact": Key(TextShape("a fact"), "its path, like `conduct[].kind`", required=True),
        "words": Key(ListShape(TextShape("a word"), minimum=1), "only rules that ask for one of these of its words"),
    },
)
_KIND = RecordShape(
    "a kind of lead",
    {
        "label": Key(_TEXT, "what people read", required=True),
        "looks_at": Key(
            ListShape(_CONCERN, minimum=1), "the facts whose rules a reader of the remark should look at", required=True
        ),
    },
)
_LEAD = RecordShape(
    "the phrases of a kind",
    {
        "phrases": Key(_PHRASES, "phrases that are leads", required=True),
        "unless": Key(_PHRASES, "phrases with which a match of `phrases` shares words and is none"),
        "always": Key(_PHRASES, "phrases that are leads, whatever `unless` says"),
        "implies": Key(ListShape(_NAME, minimum=1), "kinds of which every such lead is one, too"),
        "negated_by": Key(_PHRASES, "further words before a match that say that it did not happen"),
        "negated_after": Key(_PHRASES, "further words after a match that say that it did not happen"),
    },
)
_NEGATION = RecordShape(
    "how a language says that something did not happen",
    {
        "reach": Key(_REACH, "how many characters before a match are looked at", required=True),
        "before": Key(_PHRASES, "words before a match, in its clause", required=True),
        "unless": Key(_PHRASES, "phrases that begin like one of `before` and deny something else"),
        "after": Key(_PHRASES, "words right after a match"),
        "clauses": Key(_PHRASES, "words with which a clause begins, over which `before` does not reach", required=True),
    },
)
LEXICON = RecordShape(
    "a lexicon",
    {
        "lexicon": Key(PatternShape("a name", r"[a-z][a-z0-9-]*", "zh"), "its name", required=True),
        "script": Key(ChoiceShape(SCRIPTS), "only texts with letters of it are read", required=True),
        "gap": Key(_REACH, "how many characters `…` may stand for", required=True),
        "whole": Key(_PHRASES, "words that hold others, and in which these do not count, as `债务人` holds `债务`"),
        "variants": Key(ListShape(_VARIANT, minimum=1), "characters that are read as others, like `張张`"),
        "kinds": Key(MapShape(_NAME, _KIND), "kinds of leads that visitcheck does not have"),
        "negation": Key(_NEGATION, "how remarks say that something did not happen", required=True),
        "sets": Key(MapShape(_NAME, ListShape(TextShape("a word"), minimum=1)), "sets of words, for `{name}`"),
        "leads": Key(MapShape(_NAME, _LEAD, minimum=1), "the phrases of each kind", required=True),
    },
)
KINDS = RecordShape("kinds of leads", {"kinds": Key(MapShape(_NAME, _KIND, minimum=1), "the kinds", required=True)})

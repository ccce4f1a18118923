"""The codes of problems with lexicons and with readers of remarks."""

from visitcheck.errors import register_codes

register_codes(
    {
        "lexicon-unreadable": "A lexicon cannot be read, or is empty.",
        "lexicon-phrase": "A phrase of a lexicon cannot be read. It is words as they stand in remarks, `{name}` for "
        "one of a set of words, `…` for a few characters of the same clause, and `*` at the end "
        "of a word for any ending.",
        "lexicon-set": "A phrase names a set of words that the lexicon does not have.",
        "lexicon-kind": "A lexicon has phrases for a kind of lead that no file declares. Declare it under `kinds`.",
        "lexicon-fact": "A kind of lead looks at a fact, or at a word of one, that visits do not have.",
        "lead-reader": "A reader of remarks failed, or gave something that is no lead of the text it was given.",
    }
)

"""The codes of problems that reading a YAML document and validating its shape may find."""

from visitcheck.errors import register_codes

register_codes(
    {
        "yaml-syntax": "The text is not well-formed YAML. The underlined place is where the reader gave up; "
        "a missing quote, bracket or indentation just before it is the usual cause.",
        "yaml-character": "The document holds a character that no text may hold: NUL, a control character "
        "or half of a surrogate pair. Remove it.",
        "yaml-alias": "Anchors (`&name`) and aliases (`*name`) are not read. Write the value out where it is used.",
        "yaml-tag": "Tags (`!name`, `!!str`) are not read. Leave the tag out: the expected type reads the text.",
        "yaml-merge-key": "The merge key `<<` is not read. Write the keys out.",
        "yaml-key": "A key is not a single piece of text. Write keys as `name: value`.",
        "yaml-duplicate-key": "The same key is given twice in one mapping. Keep one of them.",
        "yaml-documents": "The file holds more than one document. Keep one, without further `---` lines.",
        "yaml-too-deep": "Brackets or indentation are nested more deeply than the limit. Flatten the document.",
        "yaml-too-large": "The document has more characters or more values than the limit. Split it.",
        "unknown-key": "This key means nothing here. The help names the nearest one that does.",
        "missing-key": "A key that must be there is missing.",
        "wrong-type": "Something else belongs here, such as a list instead of a text.",
        "empty-text": "A text is empty. Write it, or leave the key out.",
        "wrong-form": "The text does not have the form asked for; the help shows a right one.",
        "wrong-word": "Only certain words are allowed here.",
    }
)

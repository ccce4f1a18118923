"""The format of mapping files, key by key. `docs/columns.md` explains it with examples."""

from __future__ import annotations

from visitcheck.documents.validation import (
    AnyShape,
    ChoiceShape,
    Key,
    ListShape,
    MapShape,
    OneOrManyShape,
    PatternShape,
    RecordShape,
    TextShape,
)

COLUMN_NAME = PatternShape("a column's name", r"(?s).+", "外访时间")
FACT = PatternShape(
    "a fact's path",
    r"[a-z][a-z0-9_]*(?:\[(?:[0-9]{1,3})?\])?(?:\.[a-z][a-z0-9_]*(?:\[(?:[0-9]{1,3})?\])?)*",
    "visit.starts_at",
)
ZONE = PatternShape("a time zone", r"[A-Za-z0-9_+/-]+", "Asia/Shanghai")
SEPARATOR = PatternShape("a separator", r"(?s).+", ",")
TRUTH = ChoiceShape(("true", "false"))
EVENT_LISTS: dict[str, str] = {
    "event": "conduct",
    "consent": "consents",
    "notice": "notices",
    "met": "met",
    "recording": "recordings",
    "verification": "verification",
}
"""The keys of event columns, with the list that each adds an element to."""
EVENT_LISTS_HELP: dict[str, str] = {
    "event": "a `conduct[].kind`",
    "consent": "a `consents[].kind`",
    "notice": "a `notices[].about`",
    "met": "a `met[].role`",
    "recording": "a `recordings[].medium`",
    "verification": "a `verification[].item`",
}
READINGS: dict[str, str] = {
    "chinese": "times: 2026年9月5日 下午3时05分, 2026.9.5 10：30; year, month and day in this order",
    "workbook_serial": "times: a workbook's number of a date, like 46270.4375",
    "epoch_seconds": "moments: seconds since 1970 in UTC",
    "epoch_milliseconds": "moments: milliseconds since 1970 in UTC",
    "currency": "numbers: ¥1,200.50, 1200元",
    "ten_thousands": "numbers: 1.2万",
    "unit": "numbers: 120天, 3个月",
    "wide": "anything: digits and marks of full width, like ２０２６／９／５",
}
"""Named readings, with what each is for."""
TIME_READINGS = ("chinese", "workbook_serial", "epoch_seconds", "epoch_milliseconds", "wide")
NUMBER_READINGS = ("currency", "ten_thousands", "unit", "wide")
FOLD = ChoiceShape(("earlier", "later"))

COLUMN = RecordShape(
    "a column",
    {
        "fact": Key(FACT, "the fact that it feeds; the key itself, where `from` or `row_number` is there"),
        "from": Key(ListShape(COLUMN_NAME, minimum=1), "columns that are joined, like a date and a time of day"),
        "between": Key(
            PatternShape("a text", r"(?s).*", "-"), "what stands between joined columns; a space without it"
        ),
        "row_number": Key(TextShape("a text"), "makes an id: this text, and the number of the row"),
        "reading": Key(OneOrManyShape(ChoiceShape(tuple(READINGS))), "how values are written, by name"),
        "values": Key(MapShape(PatternShape("a value", r"(?s).*", "是"), AnyShape()), "what its values mean"),
        "format": Key(AnyShape(), "how times or dates are written, like `%Y/%m/%d %H:%M`; may be a list"),
        "timezone": Key(ZONE, "the zone of local times without an offset"),
        "twice": Key(FOLD, "which of the two an hour means that comes twice, where clocks go back"),
        "split": Key(OneOrManyShape(SEPARATOR), "what may stand between the elements of a list, like `、`"),
        "constants": Key(MapShape(FACT, AnyShape()), "facts of every element that `split` makes"),
        "complete": Key(TRUTH, "whether the cell names all elements of the list; true for lists of words with `split`"),
    },
)
_WORDS = "the word that the column's yes stands for; or what each of its values stands for"
EVENT = RecordShape(
    "an event column",
    {
        **{name: Key(AnyShape(), f"{of}: {_WORDS}") for name, of in EVENT_LISTS_HELP.items()},
        "yes": Key(ListShape(TextShape("a text"), minimum=1), "what is written where it happened"),
        "no": Key(ListShape(TextShape("a text"), minimum=1), "what is written where nothing of the kind happened"),
        "says_nothing": Key(ListShape(TextShape("a text"), minimum=1), "what is written where neither is told"),
        "yes_is_all": Key(TRUTH, "true: yes also says that there was no other of the kind"),
        "split": Key(OneOrManyShape(SEPARATOR), "what may stand between several values in one cell"),
        "with": Key(MapShape(FACT, AnyShape()), "columns with further facts of the element, by fact"),
        "constants": Key(MapShape(FACT, AnyShape()), "further facts of the element that are always the same"),
    },
    one_of=tuple(EVENT_LISTS_HELP),
)
CLOSING = RecordShape(
    "what a list holds",
    {"all_with": Key(
        MapShape(
            PatternShape("a closing fact", r"[a-z_]+", "kind"), ListShape(TextShape("a word"), minimum=1), minimum=1
        ),
        "every element with these words is there; of others there may be more", required=True)},
)  # fmt: skip
_SOURCE = {
    "files": Key(ListShape(TextShape("a file's name or pattern"), minimum=1), "the files, as on the command line"),
    "sheet": Key(TextShape("a sheet's name"), "the sheet of a workbook; the first one without it"),
    "header": Key(
        OneOrManyShape(PatternShape("a row's number", r"[1-9][0-9]{0,3}", "2")),
        "the row of the header, or a list of its rows; found without it",
    ),
    "where": Key(
        MapShape(COLUMN_NAME, ListShape(TextShape("a text"), minimum=1)),
        "which rows are the table's: what these columns hold in them",
    ),
    "encoding": Key(TextShape("an encoding"), "how text files are encoded, like `gb18030`; UTF-8 without it"),
    "delimiter": Key(
        PatternShape("one ASCII character", r"[\t -~]|\\t", ";"), "what stands between columns; a comma without it"
    ),
    "source": Key(ChoiceShape(("postgresql",)), "a database instead of files"),
    "uri": Key(TextShape("a connection URI"), "where the database is; without it the `PG...` variables say so"),
    "query": Key(TextShape("a query"), "the query whose rows are the table"),
    "columns": Key(MapShape(COLUMN_NAME, AnyShape(), minimum=1), "which column feeds which fact", required=True),
}
VISITS = RecordShape(
    "the table of visits",
    {
        **_SOURCE,
        "events": Key(MapShape(COLUMN_NAME, AnyShape()), "columns that say whether something happened"),
        "complete": Key(
            MapShape(PatternShape("a list", r"[a-z_]+(?:\.[a-z_]+)?", "team"), AnyShape()),
            "true, or `all_with`, by list: what lists lack nothing that columns of the visits feed",
        ),
    },
)
TABLE = RecordShape(
    "a separate table",
    {
        **_SOURCE,
        "key": Key(COLUMN_NAME, "its column that says whose a row is", required=True),
        "joins": Key(COLUMN_NAME, "the column of the visits that `key` equals; the same name without it"),
        "constants": Key(MapShape(FACT, AnyShape()), "facts that are the same for all its rows"),
        "complete": Key(
            AnyShape(),
            "true: every element of every visit is there. `all_with`: every element with these words is. "
            "false, as without it: there may be more",
        ),
        "complete_since": Key(TextShape("a moment"), "the moment from which the table is complete"),
    },
)
LOOKUP = RecordShape(
    "a lookup",
    {
        **_SOURCE,
        "key": Key(COLUMN_NAME, "its column that says whose a row is", required=True),
        "joins": Key(COLUMN_NAME, "the column of the visits that `key` equals; the same name without it"),
    },
)
MAPPING = RecordShape(
    "a column mapping",
    {
        "timezone": Key(ZONE, "the zone of all local times without an offset"),
        "twice": Key(FOLD, "which of the two an hour means that comes twice, where clocks go back"),
        "missing": Key(ListShape(TextShape("a text")), "texts that stand for a missing value"),
        "on_bad_value": Key(
            ChoiceShape(("reject", "unknown")),
            "unknown: a value that cannot be read, and that no row must have, is not known; else its row is rejected",
        ),
        "constants": Key(MapShape(FACT, AnyShape()), "facts that are the same for all visits"),
        "visits": Key(VISITS, "the table with a row for each visit", required=True),
        "lookups": Key(
            MapShape(PatternShape("a name", r"[a-z][a-z0-9_]*", "debts"), LOOKUP),
            "tables with one row for each key, by any name, whose columns feed facts of the visits",
        ),
        "tables": Key(
            MapShape(PatternShape("a list", r"[a-z_]+", "contacts"), TABLE), "separate tables, by the list they give"
        ),
    },
)

"""The format of mapping files, key by key. `docs/columns.md` explains it with examples."""

from __future__ import annotations

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

COLUMN_NAME = PatternShape("a column's name", r"(?s).+", "外访时间")
FACT = PatternShape(
    "a fact's path",
    r"[a-z][a-z0-9_]*(?:\[(?:[0-9]{1,3})?\])?(?:\.[a-z][a-z0-9_]*(?:\[(?:[0-9]{1,3})?\])?)*",
    "visit.starts_at",
)
ZONE = PatternShape("a time zone", r"[A-Za-z0-9_+/-]+", "Asia/Shanghai")
FOLD = ChoiceShape(("earlier", "later"))

COLUMN = RecordShape(
    "a column",
    {
        "fact": Key(FACT, "the fact that it feeds", required=True),
        "values": Key(MapShape(PatternShape("a value", r"(?s).*", "是"), AnyShape()), "what its values mean"),
        "format": Key(AnyShape(), "how times or dates are written, like `%Y/%m/%d %H:%M`; may be a list"),
        "timezone": Key(ZONE, "the zone of local times without an offset"),
        "twice": Key(FOLD, "which of the two an hour means that comes twice, where clocks go back"),
        "split": Key(PatternShape("a separator", r"(?s).+", ","), "what stands between the elements of a list"),
    },
)
_SOURCE = {
    "files": Key(ListShape(TextShape("a file's name or pattern"), minimum=1), "the files, as on the command line"),
    "sheet": Key(TextShape("a sheet's name"), "the sheet of a workbook; the first one without it"),
    "encoding": Key(TextShape("an encoding"), "how text files are encoded, like `gb18030`; UTF-8 without it"),
    "delimiter": Key(
        PatternShape("one ASCII character", r"[\t -~]|\\t", ";"), "what stands between columns; a comma without it"
    ),
    "source": Key(ChoiceShape(("postgresql",)), "a database instead of files"),
    "uri": Key(TextShape("a connection URI"), "where the database is; without it the `PG...` variables say so"),
    "query": Key(TextShape("a query"), "the query whose rows are the table"),
    "columns": Key(MapShape(COLUMN_NAME, AnyShape(), minimum=1), "which column feeds which fact", required=True),
}
VISITS = RecordShape("the table of visits", _SOURCE)
TABLE = RecordShape(
    "a separate table",
    {
        **_SOURCE,
        "key": Key(COLUMN_NAME, "its column that says whose a row is", required=True),
        "joins": Key(COLUMN_NAME, "the column of the visits that `key` equals; the same name without it"),
        "complete": Key(
            ChoiceShape(("true", "false")),
            "true: a visit without rows has none. false: of a visit without rows nothing is known",
            required=True,
        ),
        "complete_since": Key(TextShape("a moment"), "the moment from which the table is complete"),
    },
)
MAPPING = RecordShape(
    "a column mapping",
    {
        "timezone": Key(ZONE, "the zone of all local times without an offset"),
        "twice": Key(FOLD, "which of the two an hour means that comes twice, where clocks go back"),
        "missing": Key(ListShape(TextShape("a text")), "texts that stand for a missing value"),
        "constants": Key(MapShape(FACT, AnyShape()), "facts that are the same for all visits"),
        "visits": Key(VISITS, "the table with a row for each visit", required=True),
        "tables": Key(
            MapShape(PatternShape("a list", r"[a-z_]+", "contacts"), TABLE), "separate tables, by the list they give"
        ),
    },
)

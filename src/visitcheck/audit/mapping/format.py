"""The format of mapping files, key by key. `docs/columns.md` explains it with examples."""

from __future__ import annotations

from visitcheck.policy.shape import Anything, Fields, Form, Key, ListShape, OneOf, Table, Words

COLUMN_NAME = Form("a column's name", r"(?s).+", "外访时间")
FACT = Form(
    "a fact's path",
    r"[a-z][a-z0-9_]*(?:\[(?:[0-9]{1,3})?\])?(?:\.[a-z][a-z0-9_]*(?:\[(?:[0-9]{1,3})?\])?)*",
    "visit.starts_at",
)
ZONE = Form("a time zone", r"[A-Za-z0-9_+/-]+", "Asia/Shanghai")
FOLD = OneOf(("earlier", "later"))

COLUMN = Fields(
    "a column",
    {
        "fact": Key(FACT, "the fact that it feeds", required=True),
        "values": Key(Table(Form("a value", r"(?s).*", "是"), Anything()), "what its values mean"),
        "format": Key(Anything(), "how times or dates are written, like `%Y/%m/%d %H:%M`; may be a list"),
        "timezone": Key(ZONE, "the zone of local times without an offset"),
        "twice": Key(FOLD, "which of the two an hour means that comes twice, where clocks go back"),
        "split": Key(Form("a separator", r"(?s).+", ","), "what stands between the elements of a list"),
    },
)
_SOURCE = {
    "files": Key(ListShape(Words("a file's name or pattern"), minimum=1), "the files, as on the command line"),
    "sheet": Key(Words("a sheet's name"), "the sheet of a workbook; the first one without it"),
    "encoding": Key(Words("an encoding"), "how text files are encoded, like `gb18030`; UTF-8 without it"),
    "delimiter": Key(
        Form("one ASCII character", r"[\t -~]|\\t", ";"), "what stands between columns; a comma without it"
    ),
    "source": Key(OneOf(("postgresql",)), "a database instead of files"),
    "uri": Key(Words("a connection URI"), "where the database is; without it the `PG...` variables say so"),
    "query": Key(Words("a query"), "the query whose rows are the table"),
    "columns": Key(Table(COLUMN_NAME, Anything(), minimum=1), "which column feeds which fact", required=True),
}
VISITS = Fields("the table of visits", _SOURCE)
TABLE = Fields(
    "a separate table",
    {
        **_SOURCE,
        "key": Key(COLUMN_NAME, "its column that says whose a row is", required=True),
        "joins": Key(COLUMN_NAME, "the column of the visits that `key` equals; the same name without it"),
        "complete": Key(
            OneOf(("true", "false")),
            "true: a visit without rows has none. false: of a visit without rows nothing is known",
            required=True,
        ),
        "complete_since": Key(Words("a moment"), "the moment from which the table is complete"),
    },
)
MAPPING = Fields(
    "a column mapping",
    {
        "timezone": Key(ZONE, "the zone of all local times without an offset"),
        "twice": Key(FOLD, "which of the two an hour means that comes twice, where clocks go back"),
        "missing": Key(ListShape(Words("a text")), "texts that stand for a missing value"),
        "constants": Key(Table(FACT, Anything()), "facts that are the same for all visits"),
        "visits": Key(VISITS, "the table with a row for each visit", required=True),
        "tables": Key(Table(Form("a list", r"[a-z_]+", "contacts"), TABLE), "separate tables, by the list they give"),
    },
)

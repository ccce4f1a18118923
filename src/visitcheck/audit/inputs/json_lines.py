"""JSON Lines: a visit on each line, as `visitcheck check` reads them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
from sqlglot import exp

from visitcheck.audit.inputs.fact_groups import is_odd_list, is_odd_object, json_elements, json_fields, json_record_type
from visitcheck.audit.inputs.raw_rows import BYTES, ODD, TEXT, RawList, RawRows, RawType
from visitcheck.engines.columns import FILE, ROW, fact_columns
from visitcheck.engines.sql import build as sql
from visitcheck.engines.sql.build import Sql
from visitcheck.engines.sql.steps import QuerySteps
from visitcheck.facts.fields import FieldShape, shapes
from visitcheck.facts.limits import MAX_CHARACTERS
from visitcheck.facts.types import Record
from visitcheck.facts.visit import Visit

if TYPE_CHECKING:
    import duckdb

LINES = pa.schema([(FILE, pa.int32()), (ROW, pa.int64()), (TEXT, pa.large_string()), (BYTES, pa.large_binary())])
_CHUNK = 8 * 1024 * 1024
_BOM = b"\xef\xbb\xbf"
_TAKEN = "__taken"
_has_blank = re.compile(rb"\n[ \t\v\f\r]*\n").search
# Longer lines may hold more values than a visit may have, which only the gate counts.
_LONG = 800_000


def rows_of(lines: str, model: type[Visit], root: Record) -> RawRows:
    """The rows of `lines`, a table with the columns of `LINES`."""
    fields = {name: shape for name, shape in shapes(model).items() if name in fact_columns(root)}
    structure = sql.text(json.dumps(dict.fromkeys(shapes(model), "JSON")))
    taken = sql.make(exp.Try, this=sql.call("json_transform", sql.column(TEXT), structure))
    position = [sql.column(FILE), sql.column(ROW), sql.column(TEXT), sql.column(BYTES)]
    steps = QuerySteps(sql.table(lines))
    steps.add("__lines", [*position, sql.named(taken, _TAKEN)])
    part = {name: sql.field(sql.column(_TAKEN), name) for name in shapes(model)}
    columns = [sql.named(_take_apart(part[name], shape), name) for name, shape in fields.items()]
    odd = sql.named(sql.or_(_odd_signs(part, model)), ODD)
    types: dict[str, RawType] = {name: _raw_type(shape) for name, shape in fields.items()}
    return RawRows(steps.query([*position, *columns, odd]), types, verbatim=True)


def _take_apart(raw: Sql, shape: FieldShape) -> Sql:
    assert shape.record is not None  # noqa: S101 - a visit is made of groups and lists of records
    return json_fields(raw, shape.record) if shape.listed is None else json_elements(raw, shape.record)


def _raw_type(shape: FieldShape) -> RawType:
    assert shape.record is not None  # noqa: S101 - as above
    record = json_record_type(shape.record)
    return record if shape.listed is None else RawList(record)


def _odd_signs(part: dict[str, Sql], model: type[Visit]) -> Iterator[Sql]:
    """What makes a line worth the gate's attention before its facts are looked at."""
    yield sql.is_null(sql.column(_TAKEN))
    yield sql.compare(">", sql.call("strlen", sql.column(TEXT)), _LONG)
    # DuckDB's reader lets a comma stand before a closing bracket.
    yield sql.call("regexp_matches", sql.column(TEXT), sql.text(r",\s*[}\]]"))
    # Keys of what is no JSON would be an error of the whole query.
    yield is_odd_object(sql.case((sql.is_known(sql.column(_TAKEN)), sql.column(TEXT))), model)
    for name, shape in shapes(model).items():
        if shape.record is not None:
            raw = part[name]
            odd = is_odd_object(raw, shape.record) if shape.listed is None else is_odd_list(raw, shape.record)
            yield sql.and_([sql.is_known(raw), odd])


# -- lines from files


def lines_of(paths: Sequence[Path], numbers: Sequence[int]) -> pa.RecordBatchReader:
    """The lines of all files; blank ones are left out, and counted in the numbering."""

    def batches() -> Iterator[pa.RecordBatch]:
        for path, number in zip(paths, numbers, strict=True):
            yield from _lines(path, number)

    return pa.RecordBatchReader.from_batches(LINES, batches())


def _lines(path: Path, number: int) -> Iterator[pa.RecordBatch]:
    row = 1
    for chunk in _chunks(path):
        lines = _split(chunk)
        rows = pa.array(range(row, row + len(lines)), pa.int64())
        row += len(lines)
        texts, data = _decode(lines)
        batch = pa.record_batch([pa.repeat(pa.scalar(number, pa.int32()), len(lines)), rows, texts, data], LINES)
        yield batch.filter(_not_blank(lines))


def count_rows(path: Path) -> int:
    """How many lines are not blank."""
    rows = 0
    for chunk in _chunks(path):
        if _has_blank(b"\n%b\n" % chunk):
            rows += pc.sum(_not_blank(_split(chunk))).as_py()
        else:
            rows += chunk.count(b"\n") + 1
    return rows


def _split(chunk: bytes) -> pa.Array:
    return pc.split_pattern(pa.array([chunk], pa.large_binary()), b"\n").flatten()


def _not_blank(lines: pa.Array) -> pa.Array:
    return pc.greater(pc.binary_length(pc.ascii_trim_whitespace(lines.view(pa.large_string()))), 0)


def _chunks(path: Path) -> Iterator[bytes]:
    """The file in pieces that end at the end of a line, which is left out."""
    rest = b""
    with path.open("rb") as file:
        start = file.read(len(_BOM))
        rest = b"" if start == _BOM else start
        while piece := file.read(_CHUNK):
            whole, end, after = (rest + piece).rpartition(b"\n")
            if end:
                yield whole
            # Of a line that no visit may be as long as, a beginning that is too long stands for all.
            rest = after if len(after) <= _CHUNK else after[: MAX_CHARACTERS + 1]
    if rest:
        yield rest


def _decode(lines: pa.Array) -> tuple[pa.Array, pa.Array]:
    """The lines as text, and the bytes of those that are none, or longer than the gate reads."""
    if (pc.max(pc.binary_length(lines)).as_py() or 0) <= MAX_CHARACTERS:
        try:
            return lines.cast(pa.large_string()), pa.nulls(len(lines), pa.large_binary())
        except pa.ArrowInvalid:
            pass
    texts: list[str | None] = []
    data: list[bytes | None] = []
    for line in lines.to_pylist():
        text = None if len(line) > MAX_CHARACTERS else _text(line)
        texts.append(text)
        data.append(line if text is None else None)
    return pa.array(texts, pa.large_string()), pa.array(data, pa.large_binary())


def _text(line: bytes) -> str | None:
    try:
        return line.decode()
    except UnicodeDecodeError:
        return None


def register_lines(con: duckdb.DuckDBPyConnection, name: str, paths: Sequence[Path], numbers: Sequence[int]) -> None:
    """Makes the lines of files a table of `con` that can be scanned once."""
    con.register(name, lines_of(paths, numbers))

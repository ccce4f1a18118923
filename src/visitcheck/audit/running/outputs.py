"""Parts of shards, put together to the files of an audit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from visitcheck.audit.inputs import InputFile
from visitcheck.audit.running.duplicates import duplicate_rows
from visitcheck.audit.running.resume_key import file_labels
from visitcheck.audit.running.shards import Shards, reject_fields
from visitcheck.audit.running.sql import file_label, parquet_scan, quote_name, quote_text, text_list
from visitcheck.engines.columns import FILE, ROW

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa


def join_parts(parts: Iterable[Path], target: Path, about: dict[str, str]) -> int:
    """Join Parquet files to one, in their order, with `about` as its metadata; returns the number of rows."""
    import pyarrow.parquet as pq

    writer: pq.ParquetWriter | None = None
    rows = 0
    for part in parts:
        with pq.ParquetFile(part) as source:
            if writer is None:
                schema = _drop_not_null(source.schema_arrow).with_metadata({key: about[key] for key in sorted(about)})
                writer = pq.ParquetWriter(target, schema, compression="zstd", store_schema=False)
                writer.add_key_value_metadata(about)
            for group in range(source.num_row_groups):
                table = source.read_row_group(group)
                rows += table.num_rows
                writer.write_table(table.cast(schema))
    if writer is not None:
        writer.close()
    return rows


def _drop_not_null(schema: pa.Schema) -> pa.Schema:
    """The schema without `not null`, which DuckDB writes where a part happens to hold no NULL."""
    import pyarrow as pa

    return pa.schema([pa.field(field.name, _nullable_type(field.type)) for field in schema])


def _nullable_type(type_: pa.DataType) -> pa.DataType:
    import pyarrow as pa

    if pa.types.is_list(type_):
        return pa.list_(pa.field(type_.value_field.name, _nullable_type(type_.value_type)))
    return type_


def write_rejects(
    con: duckdb.DuckDBPyConnection, shards: Shards, duplicates: Path, files: tuple[InputFile, ...], target: Path
) -> dict[str, int]:
    """Write `rejects.parquet`, a row for each rejected row of the input, by file and row; returns rows by table.

    Its code, path and message are those of its first problem.
    """
    labels = file_labels(tuple(file.path for file in files))
    parts = [_duplicate_rejects_query(shards, duplicates, labels), *_refused_file_queries(files)]
    if shards.has_rejects:
        parts.append(f"SELECT {quote_name(FILE)}, {quote_name(ROW)}, visit.id, __problems FROM {shards.rejects}")
    tables = text_list(file.table for file in files)
    con.execute("SET preserve_insertion_order = true")
    con.execute(
        f"""COPY (SELECT {file_label(labels)} AS file, ({tables})[1 + file_number] AS "table", row, visit_id,
          problems[1].code AS code, problems[1].path AS path, problems[1].message AS message, problems
        FROM ({" UNION ALL ".join(parts)}) ORDER BY file_number, row)
        TO {quote_text(target)} (FORMAT parquet, COMPRESSION zstd)"""
    )
    con.execute("SET preserve_insertion_order = false")
    counts = f'SELECT "table", count(*) FROM {parquet_scan(target)} GROUP BY 1 ORDER BY 1'
    return dict(con.execute(counts).fetchall())


def count_rejects_by_code(con: duckdb.DuckDBPyConnection, target: Path) -> dict[str, int]:
    """Count rejected rows by the code of their first problem."""
    return dict(con.execute(f"SELECT code, count(*) FROM {parquet_scan(target)} GROUP BY 1 ORDER BY 1").fetchall())


def _duplicate_rejects_query(shards: Shards, duplicates: Path, labels: tuple[str, ...]) -> str:
    first = file_label(labels).replace("file_number", "first.f")
    message = f"'`visit.id` is that of row ' || first.r || ' of ' || {first} || ', too'"
    return (
        f"SELECT {quote_name(FILE)} AS file_number, {quote_name(ROW)} AS row, id AS visit_id, "
        f"[struct_pack(code := 'duplicate-visit-id', path := '$.visit.id', message := {message})] AS problems "
        f"FROM ({duplicate_rows(shards, duplicates)})"
    )


def _refused_file_queries(files: tuple[InputFile, ...]) -> Iterator[str]:
    """The rows of files that were refused as a whole, each with the file's problem."""
    for number, file in enumerate(files):
        if file.problem is not None and file.rows:
            fields = reject_fields(file.problem).items()
            problem = f"struct_pack({', '.join(f'{key} := {quote_text(value)}' for key, value in fields)})"
            yield f"SELECT {number}, n, NULL, [{problem}] FROM range(1, {file.rows + 1}) AS numbers(n)"

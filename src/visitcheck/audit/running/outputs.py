"""What ranges of rows became, put together to the files of an audit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from visitcheck.audit.inputs import InputFile
from visitcheck.audit.row_groups import regroup_rows
from visitcheck.audit.running.arrow_files import read_arrow
from visitcheck.audit.running.reading import RejectedRows, reject_fields
from visitcheck.audit.running.resume_key import file_labels
from visitcheck.audit.running.sql import file_label, parquet_scan, quote_name, quote_text, text_list
from visitcheck.engines.columns import FILE, ROW

if TYPE_CHECKING:
    import duckdb


ROWS_A_GROUP = 1 << 16
"""Rows of a row group of the tables."""


def join_parts(parts: Iterable[Path], target: Path, about: dict[str, str]) -> int:
    """Write the tables of Arrow files to one Parquet file, in their order, with `about` as its metadata.

    Returns the number of rows.
    """
    import pyarrow.parquet as pq

    tables = map(read_arrow, parts)
    first = next(tables)
    schema = first.schema.with_metadata({key: about[key] for key in sorted(about)})
    rows = 0
    with pq.ParquetWriter(target, schema, compression="zstd", store_schema=False) as writer:
        writer.add_key_value_metadata(about)
        # Row groups are full whatever the parts hold, so that the same rows make the same bytes.
        for group in regroup_rows((table.cast(schema) for table in chain([first], tables)), ROWS_A_GROUP, schema):
            if group.num_rows:
                writer.write_table(group, row_group_size=ROWS_A_GROUP)
            rows += group.num_rows
    return rows


def write_rejects(
    con: duckdb.DuckDBPyConnection, rejected: RejectedRows, files: tuple[InputFile, ...], target: Path
) -> dict[str, int]:
    """Write `rejects.parquet`, a row for each rejected row of the input, by file and row; returns rows by table.

    Its code, path and message are those of its first problem.
    """
    labels = file_labels(tuple(file.path for file in files))
    whose = f"{quote_name(FILE)}, {quote_name(ROW)}, visit_id, debtor_id"
    refused = f"SELECT {whose}, problems FROM {parquet_scan(rejected.refused)}"
    parts = [_repeated_ids_query(rejected.repeated, labels), refused, *_refused_file_queries(files)]
    tables = text_list(file.table for file in files)
    con.execute("SET preserve_insertion_order = true")
    con.execute(
        f"""COPY (SELECT {file_label(labels)} AS file, ({tables})[1 + file_number] AS "table", row, visit_id, debtor_id,
          problems[1].code AS code, problems[1].path AS path, problems[1].message AS message, problems
        FROM ({" UNION ALL ".join(parts)}) ORDER BY file_number, row)
        TO {quote_text(target)} (FORMAT parquet, COMPRESSION zstd)"""
    )
    counts = f'SELECT "table", count(*) FROM {parquet_scan(target)} GROUP BY 1 ORDER BY 1'
    return dict(con.execute(counts).fetchall())


def count_rejects_by_code(con: duckdb.DuckDBPyConnection, target: Path) -> dict[str, int]:
    """Count rejected rows by the code of their first problem."""
    return dict(con.execute(f"SELECT code, count(*) FROM {parquet_scan(target)} GROUP BY 1 ORDER BY 1").fetchall())


def _repeated_ids_query(repeated: Path, labels: tuple[str, ...]) -> str:
    first = file_label(labels).replace("file_number", "first_file")
    message = f"'`visit.id` is that of row ' || first_row || ' of ' || {first} || ', too'"
    return (
        f"SELECT {quote_name(FILE)} AS file_number, {quote_name(ROW)} AS row, visit_id, debtor_id, "
        f"[struct_pack(code := 'duplicate-visit-id', path := '$.visit.id', message := {message})] AS problems "
        f"FROM {parquet_scan(repeated)}"
    )


def _refused_file_queries(files: tuple[InputFile, ...]) -> Iterator[str]:
    """The rows of files that were refused as a whole, each with the file's problem."""
    for number, file in enumerate(files):
        if file.problem is not None and file.rows:
            fields = reject_fields(file.problem).items()
            problem = f"struct_pack({', '.join(f'{key} := {quote_text(value)}' for key, value in fields)})"
            yield f"SELECT {number}, n, NULL, NULL, [{problem}] FROM range(1, {file.rows + 1}) AS numbers(n)"

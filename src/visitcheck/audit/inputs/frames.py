"""Frames in memory (Polars, pandas, pyarrow, DuckDB), copied once to a Parquet file that is read like any other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeGuard, runtime_checkable

import pyarrow as pa
import pyarrow.parquet as pq

from visitcheck.audit.inputs.files import InputFile, sha256_of
from visitcheck.audit.inputs.temp_parquet import Spool, report_temp_failure
from visitcheck.audit.row_groups import regroup_rows
from visitcheck.errors import InvalidInput, Problem
from visitcheck.facts.scalars import shown
from visitcheck.temp_folders import open_private

FRAME_NAME = Path("DataFrame")
"""What results call the file of a row that came from a frame, as they do of Spark's."""
_GROUP = 32_768
_PANDAS_INDEX = "__index_level_"


@runtime_checkable
class ArrowFrame(Protocol):
    """A table, or a stream of its rows, of any library that speaks Arrow's PyCapsule interface."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Its rows as a stream of Arrow record batches."""


def is_arrow_frame(value: object) -> TypeGuard[ArrowFrame]:
    """Whether a value gives its rows as an Arrow stream."""
    return hasattr(value, "__arrow_c_stream__")


@dataclass(frozen=True, slots=True)
class FrameCopy:
    """A frame's rows on disk, with the columns that were asked for; `columns` are the names of all that it has."""

    path: Path
    rows: int
    columns: tuple[str, ...]
    file: InputFile


class OpenFrame:
    """A frame whose rows have not been taken yet: they can be taken once, for it may be a stream.

    Raises `InvalidInput` for what gives no rows with named columns.
    """

    def __init__(self, frame: ArrowFrame) -> None:
        try:
            self._reader = pa.RecordBatchReader.from_stream(frame)
        # What libraries raise for values that Arrow has no type for is their own.
        except Exception as error:
            raise _refused(f"the rows cannot be given as Arrow: {_first_line(error)}") from error
        source = self._reader.schema
        index = source.pandas_metadata is not None
        names = [name for name in source.names if not (index and name.startswith(_PANDAS_INDEX))]
        twice = [name for name, number in Counter(names).items() if number > 1]
        if twice:
            raise _refused(f"the column `{shown(twice[0])}` stands twice")
        if not names:
            raise _refused("it has no columns")
        self.schema = pa.schema([(name, _storable_type(source.field(name).type, name)) for name in names])

    def copy(self, spool: Spool, columns: Collection[str] | None = None) -> FrameCopy:
        """Copy the rows, of these columns alone where some are named.

        Raises `InvalidInput` where the stream breaks off, and `AuditFailed` where nothing can be written.
        """
        kept = [name for name in self.schema.names if columns is None or name in columns]
        schema = pa.schema([self.schema.field(name) for name in kept])
        path = spool.new_path()
        rows = 0
        with report_temp_failure(), open_private(path) as file, pq.ParquetWriter(file, schema) as writer:
            # In groups of one size, so that the copy does not depend on how the frame is divided.
            for group in regroup_rows(self._batches(schema), _GROUP, schema):
                writer.write_table(group, row_group_size=_GROUP)
                rows += len(group)
        source = InputFile(FRAME_NAME, "frame", path.stat().st_size, sha256_of(path), rows)
        return FrameCopy(path, rows, tuple(self.schema.names), source)

    def count_rows(self) -> int:
        """Count the rows, which are gone then."""
        return sum(len(batch) for batch in self._read_batches())

    def _batches(self, schema: pa.Schema) -> Iterator[pa.Table]:
        for batch in self._read_batches():
            table = pa.Table.from_batches([batch]).select(schema.names)
            try:
                yield table.cast(schema) if table.schema != schema else table
            except pa.ArrowException as error:
                raise _refused(f"a column cannot be read: {_first_line(error)}") from error

    def _read_batches(self) -> Iterator[pa.RecordBatch]:
        while True:
            try:
                batch = self._reader.read_next_batch()
            except StopIteration:
                return
            except Exception as error:  # of whatever makes the rows
                raise _refused(f"its rows break off: {_first_line(error)}") from error
            yield batch


def _storable_type(type_: pa.DataType, name: str) -> pa.DataType:
    """The type as a Parquet file holds it; raises `InvalidInput` for one that no fact is read from."""
    if isinstance(type_, pa.BaseExtensionType):
        return _storable_type(type_.storage_type, name)
    if pa.types.is_dictionary(type_) or pa.types.is_run_end_encoded(type_):
        return _storable_type(type_.value_type, name)
    if pa.types.is_string_view(type_):
        return pa.large_string()
    if pa.types.is_binary_view(type_):
        return pa.large_binary()
    if pa.types.is_struct(type_) and type_.num_fields:
        return pa.struct([_storable_field(type_.field(at), name) for at in range(type_.num_fields)])
    if _is_list(type_):
        return pa.large_list(_storable_field(type_.value_field, name))
    if pa.types.is_struct(type_) or pa.types.is_union(type_) or pa.types.is_duration(type_) or _is_interval(type_):
        raise _refused(f"the column `{shown(name)}` holds values of the type `{type_}`, which is no fact's")
    return type_


def _storable_field(field: pa.Field, name: str) -> pa.Field:
    return pa.field(field.name, _storable_type(field.type, name))


def _is_list(type_: pa.DataType) -> bool:
    kinds = (
        pa.types.is_list,
        pa.types.is_large_list,
        pa.types.is_fixed_size_list,
        pa.types.is_list_view,
        pa.types.is_large_list_view,
    )
    return any(is_kind(type_) for is_kind in kinds)


def _is_interval(type_: Any) -> bool:
    return bool(pa.types.is_interval(type_))


def _refused(reason: str) -> InvalidInput:
    message = f"`{FRAME_NAME}` cannot be audited: {reason}"
    return InvalidInput([Problem("input-format", message, "cast or rename the column, or leave it out")])


def _first_line(error: BaseException) -> str:
    return str(error).strip().partition("\n")[0] or type(error).__name__

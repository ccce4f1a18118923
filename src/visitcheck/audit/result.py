"""The results of an audit, read from its output folder piece by piece."""

from __future__ import annotations

import json
from glob import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import duckdb
    import pandas as pd
    import polars as pl
    import pyarrow as pa

TableName = Literal["verdicts", "findings", "rejects"]


class AuditTable:
    """One of an audit's tables, on disk: a file, or a folder of them, as Spark writes. Nothing is loaded unasked."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def _files(self) -> str:
        """The file, or a pattern for the folder's."""
        literal = escape(str(self.path))
        return f"{literal}/*.parquet" if self.path.is_dir() else literal

    def __len__(self) -> int:
        import pyarrow.dataset as ds

        return int(ds.dataset(self.path, format="parquet").count_rows())

    def __repr__(self) -> str:
        return f"<AuditTable {self.path}>"

    def relation(self, con: duckdb.DuckDBPyConnection | None = None) -> duckdb.DuckDBPyConnection | Any:
        """A DuckDB relation, to filter and aggregate: DuckDB reads only what that needs."""
        import duckdb

        return (con or duckdb).read_parquet(self._files)

    def arrow(self, batch_size: int = 65_536) -> pa.RecordBatchReader:
        """A reader of Arrow record batches of at most `batch_size` rows."""
        import pyarrow.dataset as ds

        return ds.dataset(self.path, format="parquet").scanner(batch_size=batch_size).to_reader()

    def polars(self) -> pl.LazyFrame:
        """A lazy Polars frame; `.collect()` loads what is left of it."""
        import polars as pl

        return pl.scan_parquet(self._files)

    def pandas(self, columns: list[str] | None = None) -> pd.DataFrame:
        """A pandas frame of these columns, all of it in memory."""
        import pandas as pd

        return pd.read_parquet(self.path, columns=columns)


class AuditResult:
    """The output folder of an audit: `summary` and `manifest` as they stand in it, and three tables."""

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        self.summary: dict[str, Any] = self._json("summary.json")
        self.manifest: dict[str, Any] = self._json("manifest.json")

    def __repr__(self) -> str:
        counts = self.manifest["counts"]
        return f"<AuditResult {self.folder}: {counts['verdicts']:,} verdicts, {counts['rejects']:,} rejects>"

    def _json(self, name: str) -> dict[str, Any]:
        content: dict[str, Any] = json.loads((self.folder / name).read_text("utf-8"))
        return content

    def verdicts(self) -> AuditTable:
        """One row a visit: outcome, what its facts show, codes of its doubts, a status code for each rule."""
        return AuditTable(self.folder / "verdicts.parquet")

    def statuses(self) -> AuditTable:
        """One row for each visit and rule, with one schema for every policy; where the audit was asked for them."""
        return AuditTable(self.folder / "statuses.parquet")

    def findings(self) -> AuditTable:
        """One row for each rule that a visit violated, was excused from, or left open for a fact of its own."""
        return AuditTable(self.folder / "findings.parquet")

    def doubts(self) -> AuditTable:
        """One row for each visit and doubt between it and others: code, the other visit, the id that they share."""
        return AuditTable(self.folder / "doubts.parquet")

    def leads(self) -> AuditTable:
        """One row for each lead in a remark: kind, words, span, rules to look at."""
        return AuditTable(self.folder / "leads.parquet")

    def rejects(self) -> AuditTable:
        """One row for each input row that could not be judged, with its problems."""
        return AuditTable(self.folder / "rejects.parquet")

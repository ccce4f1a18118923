"""`FrameAudit`: what an audit of a frame in memory found, as tables in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from visitcheck.audit.result import AuditResult, AuditTable

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class FrameAudit:
    """The tables of an audit as Arrow tables, with the columns of its files; nothing of it is on disk.

    `summary` and `manifest` hold what `summary.json` and `manifest.json` would.
    """

    verdicts: pa.Table = field(repr=False)
    findings: pa.Table = field(repr=False)
    rejects: pa.Table = field(repr=False)
    doubts: pa.Table = field(repr=False)
    summary: dict[str, Any] = field(repr=False)
    manifest: dict[str, Any] = field(repr=False)
    leads: pa.Table | None = field(repr=False, default=None)
    """None where no remark was read."""

    def __repr__(self) -> str:
        counts = self.manifest["counts"]
        return f"<FrameAudit: {counts['verdicts']:,} verdicts, {counts['rejects']:,} rejects>"

    @classmethod
    def load(cls, folder: Path) -> FrameAudit:
        """Read all of an audit's folder into memory."""
        result = AuditResult(folder)
        return cls(
            _read_table(result.verdicts()),
            _read_table(result.findings()),
            _read_table(result.rejects()),
            _read_table(result.doubts()),
            result.summary,
            result.manifest,
            _read_table(result.leads()) if result.leads().path.exists() else None,
        )


def _read_table(table: AuditTable) -> pa.Table:
    import pyarrow.parquet as pq

    return pq.ParquetFile(table.path).read()

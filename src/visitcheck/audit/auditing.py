"""`audit`: recorded visits by the million, each ending as a verdict or a reject."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeGuard, cast, overload

from visitcheck.audit.frame_audit import FrameAudit
from visitcheck.audit.inputs import open_inputs
from visitcheck.audit.inputs.frames import ArrowFrame, is_arrow_frame
from visitcheck.audit.inputs.temp_parquet import open_temp_folder
from visitcheck.audit.mapping import ColumnMapping
from visitcheck.audit.options import AuditOptions, HistoryChoice
from visitcheck.audit.progress import Watcher
from visitcheck.audit.refusals import is_incomplete, refuse_changed, refuse_unreadable
from visitcheck.audit.result import AuditResult
from visitcheck.audit.running.run import AuditRun
from visitcheck.audit.running.run_folder import RunFolder
from visitcheck.errors import AuditFailed
from visitcheck.facts import Registers
from visitcheck.leads.reader import RemarkReader
from visitcheck.policy import Policy

if TYPE_CHECKING:
    from visitcheck.audit.spark.result import SparkAudit

Paths = str | PathLike[str] | Sequence[str | PathLike[str]]


class SparkFrame(Protocol):
    """A `pyspark.sql.DataFrame`, recognised by its methods, so that pyspark need not be installed to ask."""

    @property
    def sparkSession(self) -> Any:  # noqa: N802
        """Its session."""

    @property
    def mapInArrow(self) -> Any:  # noqa: N802
        """What an audit needs it to have."""


@overload
def audit(
    visits: SparkFrame,
    policy: Policy,
    *,
    out: str | PathLike[str] | None = None,
    registers: Registers | Mapping[str, object] | None = None,
    history: HistoryChoice = "derive",
    history_since: datetime | None = None,
    as_of: datetime | None = None,
    hash_key: bytes | None = None,
    restart: bool = False,
    replace: bool = False,
) -> SparkAudit: ...


@overload
def audit(
    visits: Paths | ArrowFrame,
    policy: Policy,
    *,
    out: str | PathLike[str],
    columns: ColumnMapping | str | PathLike[str] | None = None,
    registers: Registers | Mapping[str, object] | None = None,
    history: HistoryChoice = "derive",
    history_since: datetime | None = None,
    as_of: datetime | None = None,
    max_speed_kmh: float = 120,
    memory: str = "2GB",
    threads: int | None = None,
    resume: bool = False,
    restart: bool = False,
    replace: bool = False,
    strict_inputs: bool = False,
    allow_empty: bool = False,
    max_rejects: int | str | None = None,
    leads: bool | RemarkReader = True,
    lead_sentences: bool = False,
    statuses: bool = True,
    hash_key: bytes | None = None,
    watch: Watcher = lambda _: None,
) -> AuditResult: ...


def audit(
    visits: Paths | ArrowFrame | SparkFrame,
    policy: Policy,
    *,
    out: str | PathLike[str] | None = None,
    **keywords: Any,
) -> AuditResult | SparkAudit:
    """Judge every recorded visit of these files (names or patterns) and write what was found to the folder `out`.

    `visits` may also be a frame in memory: whatever gives its rows as an Arrow stream, like those of Polars, pandas,
    pyarrow and DuckDB. Its columns are those of a Parquet file, or `columns` maps them. `audit_frame` writes no folder.

    `columns` is a mapping of the columns of tables to facts, or the path of one; it may name the files itself, and
    then `visits` is empty. `out` appears when all is done; until then the run works in `<out>.unfinished`, from which
    `resume` goes on after it was broken off, and which `restart` discards. `replace` allows `out` to exist. `history`,
    `history_since`, `as_of`, `max_speed_kmh`, `strict_inputs`, `allow_empty`, `max_rejects`, `statuses` and `hash_key`
    are as in `AuditOptions`; datetimes are aware. `watch` is told of progress. `leads` says who reads remarks, as in
    `AuditOptions` (`docs/leads.md`).

    Where no visits could be read, a file changed meanwhile, or anything else breaks the run, nothing is published and
    what was in `out` stays.

    `visits` may be a Spark DataFrame whose columns are named as the vocabulary's groups and lists: then Spark judges,
    the tables come back as DataFrames, and without `out` nothing is written (`docs/scale.md`).

    Raises `InvalidInput` for inputs that cannot be named or mapped, `EngineFailure` where the database's zone data
    differs from the pinned or the database breaks, and `AuditFailed` where the run cannot begin, go on,
    or write. Needs the extra `audit`, for a DataFrame `spark` as well.
    """
    options = AuditOptions(**keywords | {"registers": Registers.of(keywords.get("registers"))})
    if _is_spark_frame(visits):
        return _audit_spark_frame(visits, policy, None if out is None else Path(out), options)
    if out is None:
        raise TypeError("audit() needs `out`, the folder for the results; audit_frame() gives tables in memory")
    return audit_with_duckdb(cast("Paths | ArrowFrame", visits), policy, out, options)


def audit_frame(
    frame: ArrowFrame,
    policy: Policy,
    *,
    columns: ColumnMapping | str | PathLike[str] | None = None,
    registers: Registers | Mapping[str, object] | None = None,
    history: HistoryChoice = "derive",
    history_since: datetime | None = None,
    as_of: datetime | None = None,
    max_speed_kmh: float = 120,
    memory: str = "2GB",
    threads: int | None = None,
    allow_empty: bool = False,
    max_rejects: int | str | None = None,
    leads: bool | RemarkReader = True,
    lead_sentences: bool = False,
    watch: Watcher = lambda _: None,
) -> FrameAudit:
    """Judge every recorded visit of a frame in memory; gives tables, and writes nothing that stays.

    The frame, and the keywords, are those of `audit`, and so is what is raised. While it runs, a copy of the facts that
    are read lies in a private folder under `TMPDIR`.
    """
    if _is_spark_frame(frame) or not is_arrow_frame(frame):
        help_ = "audit() takes files, and DataFrames of Spark"
        raise TypeError(f"audit_frame() takes what has `__arrow_c_stream__`, not {type(frame).__name__}; {help_}")
    options = AuditOptions(
        columns=columns,
        registers=Registers.of(registers),
        history=history,
        history_since=history_since,
        as_of=as_of,
        max_speed_kmh=max_speed_kmh,
        memory=memory,
        threads=threads,
        allow_empty=allow_empty,
        max_rejects=max_rejects,
        leads=leads,
        lead_sentences=lead_sentences,
        statuses=False,
        watch=watch,
    )
    folder = open_temp_folder()
    try:
        audit_with_duckdb(frame, policy, folder.path / "audit", options)
        return FrameAudit.load(folder.path / "audit")
    finally:
        folder.close()


def audit_with_duckdb(
    visits: Paths | ArrowFrame, policy: Policy, out: str | PathLike[str], options: AuditOptions
) -> AuditResult:
    """Audit files, or a frame, on this machine; raises what `audit` raises."""
    inputs = open_inputs(
        visits if is_arrow_frame(visits) else _paths(cast("Paths", visits)),
        mapping=options.column_mapping(),
        policy=policy,
        registers=options.registers,
        as_of=options.as_of,
    )
    refuse_unreadable(inputs.files, options)
    if is_incomplete(inputs.files):  # visits that are missing may be anybody's earlier ones
        options = replace(options, history_since=None)
    folder = RunFolder(Path(out))
    try:
        AuditRun(inputs, policy, options, folder).run()
    except AuditFailed:
        refuse_changed(inputs.files)  # what breaks a run may be an input that went away
        raise
    return AuditResult(folder.out)


def audit_with_spark(
    master: str, visits: Paths, policy: Policy, out: str | PathLike[str], options: AuditOptions
) -> AuditResult:
    """Audit Parquet files on Spark, in a session of its own on `master`, like `local[4]`; writes as `audit`.

    Raises `EngineUnavailable` where Spark or Java is missing, and what `audit` raises.
    """
    from visitcheck.audit.spark.auditing import SparkRun
    from visitcheck.audit.spark.session import start_session

    SparkRun(policy, options).audit_files(start_session(master), _paths(visits), Path(out))
    return AuditResult(Path(out))


def _audit_spark_frame(frame: SparkFrame, policy: Policy, out: Path | None, options: AuditOptions) -> SparkAudit:
    from visitcheck.audit.spark.auditing import SparkRun

    if unsuited := options.file_options():
        raise TypeError(f"audit() of a DataFrame has no option `{unsuited[0]}`")
    return SparkRun(policy, options).audit_frame(frame, out)


def _is_spark_frame(visits: object) -> TypeGuard[SparkFrame]:
    return hasattr(visits, "mapInArrow") and hasattr(visits, "sparkSession")


def _paths(visits: Paths) -> list[Path]:
    return list(map(Path, [visits] if isinstance(visits, str | PathLike) else visits))

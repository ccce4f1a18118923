"""`audit`: recorded visits by the million, each ending as a verdict or a reject."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeGuard, cast, overload

from visitcheck.audit.inputs import open_inputs
from visitcheck.audit.mapping import ColumnMapping, load_mapping
from visitcheck.audit.result import AuditResult
from visitcheck.audit.running.progress import Watcher
from visitcheck.audit.running.run import AuditRun
from visitcheck.audit.running.run_folder import RunFolder
from visitcheck.audit.running.settings import AuditOptions, HistoryChoice
from visitcheck.facts import Registers
from visitcheck.policy import Policy

if TYPE_CHECKING:
    from visitcheck.audit.spark.result import SparkAudit

Paths = str | PathLike[str] | Sequence[str | PathLike[str]]


class SparkFrame(Protocol):
    """A `pyspark.sql.DataFrame`, told by what it can do: pyspark need not be there to ask."""

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
    restart: bool = False,
    replace: bool = False,
) -> SparkAudit: ...


@overload
def audit(
    visits: Paths,
    policy: Policy,
    *,
    out: str | PathLike[str],
    columns: ColumnMapping | str | PathLike[str] | None = None,
    registers: Registers | Mapping[str, object] | None = None,
    history: HistoryChoice = "derive",
    history_since: datetime | None = None,
    as_of: datetime | None = None,
    shards: int | None = None,
    memory: str = "2GB",
    threads: int | None = None,
    resume: bool = False,
    restart: bool = False,
    replace: bool = False,
    watch: Watcher = lambda _: None,
) -> AuditResult: ...


def audit(
    visits: Paths | SparkFrame, policy: Policy, *, out: str | PathLike[str] | None = None, **options: Any
) -> AuditResult | SparkAudit:
    """Judge every recorded visit of these files (names or patterns) and write what was found to the folder `out`.

    `columns` is a mapping of the columns of tables to facts, or the path of one; it may name the files itself, and
    then `visits` is empty. `out` appears when all is done; until then the run works in `<out>.unfinished`, from which
    `resume` goes on after it was broken off, and which `restart` discards. `replace` allows `out` to exist. `history`,
    `history_since` and `as_of` are as in `Settings`; aware datetimes. `watch` is told of progress.

    `visits` may be a Spark DataFrame whose columns are named as the vocabulary's groups and lists: then Spark judges,
    the tables come back as DataFrames, and without `out` nothing is written (`docs/scale.md`).

    Raises `InvalidInput` for inputs that cannot be named or mapped, `UnsupportedByEngine` for rules that SQL cannot
    say, `EngineFailure` where the database's zone data differs from the pinned or the database breaks, and
    `AuditFailed` where the run cannot begin, go on, or write. Needs the extra `audit`, for a DataFrame `spark` as well.
    """
    if _is_spark(visits):
        return _frame(visits, policy, None if out is None else Path(out), **options)
    if out is None:
        raise TypeError("audit() of files needs `out`, the folder for the results")
    return _files(cast("Paths", visits), policy, out, **options)


def audit_with_spark(
    master: str,
    visits: Paths,
    policy: Policy,
    *,
    out: str | PathLike[str],
    registers: Registers | None = None,
    history: HistoryChoice = "derive",
    history_since: datetime | None = None,
    as_of: datetime | None = None,
    restart: bool = False,
    replace: bool = False,
) -> AuditResult:
    """The audit of Parquet files on Spark, in a session of its own on `master`, like `local[4]`; writes as `audit`.

    Raises `EngineUnavailable` where Spark or Java is missing, and what `audit` raises.
    """
    from visitcheck.audit.spark.auditing import SparkRun
    from visitcheck.audit.spark.session import start_session

    run = SparkRun(policy, AuditOptions(history, history_since, as_of), registers, {"registers": _digest(registers)})
    run.audit_files(start_session(master), _paths(visits), Path(out), restart=restart, replace=replace)
    return AuditResult(Path(out))


def _is_spark(visits: object) -> TypeGuard[SparkFrame]:
    return hasattr(visits, "mapInArrow") and hasattr(visits, "sparkSession")


def _frame(
    frame: SparkFrame,
    policy: Policy,
    out: Path | None,
    *,
    registers: Registers | Mapping[str, object] | None = None,
    history: HistoryChoice = "derive",
    history_since: datetime | None = None,
    as_of: datetime | None = None,
    restart: bool = False,
    replace: bool = False,
) -> SparkAudit:
    from visitcheck.audit.spark.auditing import SparkRun

    known = Registers.of(registers)
    run = SparkRun(policy, AuditOptions(history, history_since, as_of), known, {"registers": _digest(known)})
    return run.audit_frame(frame, out, restart=restart, replace=replace)


def _files(
    visits: Paths,
    policy: Policy,
    out: str | PathLike[str],
    *,
    columns: ColumnMapping | str | PathLike[str] | None = None,
    registers: Registers | Mapping[str, object] | None = None,
    history: HistoryChoice = "derive",
    history_since: datetime | None = None,
    as_of: datetime | None = None,
    shards: int | None = None,
    memory: str = "2GB",
    threads: int | None = None,
    resume: bool = False,
    restart: bool = False,
    replace: bool = False,
    watch: Watcher = lambda _: None,
) -> AuditResult:
    known = Registers.of(registers)
    settings = AuditOptions(history, history_since, as_of, shards, memory, threads)
    mapping = columns if isinstance(columns, ColumnMapping | None) else load_mapping(Path(columns))
    inputs = open_inputs(_paths(visits), mapping=mapping, policy=policy, registers=known, as_of=as_of)
    options = {"registers": _digest(known), "columns": None if columns is None else _meaning(columns)}
    folder = RunFolder(Path(out)).out
    AuditRun(inputs, policy, settings, folder, options, watch).run(resume=resume, restart=restart, replace=replace)
    return AuditResult(folder)


def _paths(visits: Paths) -> list[Path]:
    return list(map(Path, [visits] if isinstance(visits, str | PathLike) else visits))


def _digest(registers: Registers | None) -> str | None:
    """A hash of the registers' meaning; None where there are none."""
    if registers is None:
        return None
    plain: dict[str, Any] = {
        name: {key: entry.model_dump(mode="json", exclude_none=True) for key, entry in entries.items()}
        for name, entries in (
            ("lenders", registers.lenders),
            ("agencies", registers.agencies),
            ("collectors", registers.collectors),
        )
    }
    return _sha256(json.dumps(plain, sort_keys=True))


def _meaning(columns: ColumnMapping | str | PathLike[str]) -> str:
    """A hash of a mapping: of its file where there is one, so that the folder it lies in does not matter."""
    return _sha256(repr(columns) if isinstance(columns, ColumnMapping) else Path(columns).read_text("utf-8"))


def _sha256(meaning: str) -> str:
    return hashlib.sha256(meaning.encode()).hexdigest()

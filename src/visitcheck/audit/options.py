"""`AuditOptions`: what an audit is asked for, besides its visits, its policy and its folder."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from math import inf
from os import PathLike
from pathlib import Path
from typing import Any, Literal, TypeAlias, get_args

from visitcheck.audit import problem_codes as problem_codes
from visitcheck.audit.hash_keys import SHORTEST_KEY
from visitcheck.audit.mapping import ColumnMapping, load_mapping
from visitcheck.audit.progress import Watcher
from visitcheck.errors import AuditFailed, Problem
from visitcheck.facts import Registers
from visitcheck.facts.times import read_timestamp, timestamp_text
from visitcheck.leads.reader import RemarkReader

HistoryChoice: TypeAlias = Literal["derive", "given", "none"]
_memory = re.compile(r"(?i)[0-9]{1,6}(?:\.[0-9]{1,6})? ?[kmgt]i?b").fullmatch
_limit = re.compile(r"[0-9]{1,12}|[0-9]{1,3}(?:\.[0-9]{1,6})?%").fullmatch
_FOR_FILES = ("memory", "threads", "resume", "columns", "watch", "statuses", "max_speed_kmh", "leads", "lead_sentences")
"""Options that only DuckDB's audit of files has, not Spark's."""


def _ignore_progress(_: object) -> None:
    """The watcher of an audit that nobody watches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditOptions:
    """The options of an audit, named as the keywords of `visitcheck.audit`.

    The first six change what is found; the others only how the run works.

    `columns` is a mapping of the columns of tables to facts, or the path of one. `registers` fill in facts by id.
    `history` says where `earlier_visits` come from: `derive` them from the audited visits themselves for rows
    that give none, take only what is `given`, or `none`. `history_since` is the moment from which the audited
    visits are complete, `as_of` the moment of judging for rows without one. `max_speed_kmh` is how fast a collector may
    have come from one visit to the next, in kilometres an hour; beyond it both visits are in doubt.

    `memory` is DuckDB's limit, like `2GB`. `resume` goes on with
    a run that was broken off, `restart` discards it, and `replace` allows the output folder to hold an audit.

    `strict_inputs` refuses to run where any file is broken, `allow_empty` accepts inputs without a row, and
    `max_rejects` is the most rejected rows with which results are published, like `20` or `0.5%` of all. `statuses`
    writes `statuses.parquet`, a row for each visit and rule. `hash_key` puts hashes with this key in place of the
    ids of visits and people in all that is written.

    `leads` says whether remarks are read for leads, or what reads them: a `LeadReader`, or a function that takes a text
    and gives `Lead`s. `lead_sentences` adds the sentences that they stand in, which may name people.

    Raises `AuditFailed` for values that no audit can have.
    """

    columns: ColumnMapping | str | PathLike[str] | None = None
    registers: Registers | None = None
    history: HistoryChoice = "derive"
    history_since: datetime | None = None
    as_of: datetime | None = None
    max_speed_kmh: float = 120
    memory: str = "2GB"
    threads: int | None = None
    resume: bool = False
    restart: bool = False
    replace: bool = False
    strict_inputs: bool = False
    allow_empty: bool = False
    max_rejects: int | str | None = None
    statuses: bool = True
    hash_key: bytes | None = field(default=None, repr=False)
    watch: Watcher = _ignore_progress
    leads: bool | RemarkReader = True
    lead_sentences: bool = False

    def __post_init__(self) -> None:
        problems = [
            Problem("audit-option", f"`{value}` cannot be {what}", help_)
            for value, what, help_ in self._impossible_values()
        ]
        if problems:
            raise AuditFailed(problems)

    def _impossible_values(self) -> Iterator[tuple[object, str, str]]:
        if self.history not in get_args(HistoryChoice):
            yield self.history, "`history`", "`derive`, `given` or `none`"
        for name in ("history_since", "as_of"):
            moment = getattr(self, name)
            if moment is not None and moment.utcoffset() is None:
                yield moment, f"`{name}`", "give it a zone, like `tzinfo=UTC`"
        if not 0 < self.max_speed_kmh < inf:
            yield self.max_speed_kmh, "a speed", "kilometres an hour, more than 0"
        if self.threads is not None and self.threads < 1:
            yield self.threads, "the number of threads", "1 or more"
        if not isinstance(self.leads, bool) and not callable(self.leads):
            yield self.leads, "`leads`", "True, False, or a function that takes a text and gives leads"
        if self.max_rejects is not None and not _limit(str(self.max_rejects)):
            yield self.max_rejects, "the most rejects", "a number of rows, or a share like `0.5%`"
        if self.hash_key is not None and len(self.hash_key) < SHORTEST_KEY:
            yield "...", "the key for hashing ids", f"{SHORTEST_KEY} bytes at least"
        if not _memory(self.memory):
            yield self.memory, "the database's memory", "write it like `2GB` or `500MB`"

    def file_options(self) -> list[str]:
        """The options given that only DuckDB's audit of files has, not Spark's."""
        defaults = AuditOptions()
        return [name for name in _FOR_FILES if getattr(self, name) != getattr(defaults, name)]

    def allows_rejects(self, rejects: int, rows: int) -> bool:
        """Whether results with so many rejects of so many rows may be published."""
        if self.max_rejects is None:
            return True
        limit = str(self.max_rejects)
        return rejects <= int(limit) if not limit.endswith("%") else rejects * 100 <= rows * Fraction(limit[:-1])

    def column_mapping(self) -> ColumnMapping | None:
        """The column mapping, loaded where `columns` is a path; raises `InvalidInput` with its problems."""
        if self.columns is None or isinstance(self.columns, ColumnMapping):
            return self.columns
        return load_mapping(Path(self.columns))

    def meaning(self) -> dict[str, Any]:
        """The options on which findings depend, whichever engine judges, as JSON values."""
        return {
            "history": self.history,
            "history_since": _moment_text(self.history_since),
            "as_of": _moment_text(self.as_of),
            "registers": self._registers_digest(),
        }

    def columns_digest(self) -> str | None:
        """A hash of the mapping: of its file where there is one, so that the folder it lies in does not matter."""
        if self.columns is None:
            return None
        if isinstance(self.columns, ColumnMapping):
            return _sha256(repr(self.columns))
        return _sha256(Path(self.columns).read_text("utf-8"))

    def _registers_digest(self) -> str | None:
        """A hash of what the registers mean, however they were written."""
        if self.registers is None:
            return None
        entries: dict[str, Any] = {
            name: {id_: entry.model_dump(mode="json", exclude_none=True) for id_, entry in register.items()}
            for name, register in (
                ("lenders", self.registers.lenders),
                ("agencies", self.registers.agencies),
                ("collectors", self.registers.collectors),
            )
        }
        return _sha256(json.dumps(entries, sort_keys=True))


def _moment_text(moment: datetime | None) -> str | None:
    return None if moment is None else timestamp_text(read_timestamp(moment))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()

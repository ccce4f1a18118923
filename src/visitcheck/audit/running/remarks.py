"""Remarks of the rows that are judged, read for leads by columns: each text of a chunk once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from visitcheck.audit.arrow_columns import column_of
from visitcheck.audit.options import AuditOptions
from visitcheck.audit.running.scope import AuditScope
from visitcheck.audit.running.sql import parquet_scan
from visitcheck.engines.columns import FILE, ROW
from visitcheck.errors import AuditFailed, Problem
from visitcheck.leads.lexicon import Kind, shipped_digests
from visitcheck.leads.reader import Lead, LeadReader, RemarkReader
from visitcheck.leads.rules_to_look_at import rules_by_kind

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb
    import pyarrow as pa

_KEPT_TEXTS = 50_000
"""Texts whose leads are remembered from chunk to chunk: remarks that are often the same are often the same later."""


@dataclass(frozen=True)
class RemarkLeads:
    """Reads the remarks of chunks of rows; `rules` are those that each kind of lead points to."""

    read: RemarkReader
    facts: tuple[str, ...]
    rules: Mapping[str, tuple[str, ...]]
    sentences: bool
    _known: dict[str, tuple[Lead, ...]] = field(default_factory=dict)

    @classmethod
    def of_scope(cls, scope: AuditScope, options: AuditOptions) -> RemarkLeads | None:
        """Make the reader of a run; None where it reads no remarks."""
        if options.leads is False or not scope.remarks:
            return None
        read = LeadReader.shipped() if options.leads is True else options.leads
        kinds = kinds_of(options)
        return cls(read, scope.remarks, rules_by_kind(scope.plan, kinds.values()), options.lead_sentences)

    def leads_of(self, rows: pa.RecordBatch, labels: Sequence[str]) -> pa.Table:
        """A row for each lead, in the order of the rows and of the words in them."""
        import pyarrow as pa

        tables = [self._leads_of_fact(rows, fact, labels) for fact in self.facts]
        table = pa.concat_tables(tables)
        order = np.argsort(table["at"].to_numpy(), kind="stable")
        return table.take(pa.array(order)).drop_columns(["at"])

    def _leads_of_fact(self, rows: pa.RecordBatch, fact: str, labels: Sequence[str]) -> pa.Table:
        import pyarrow as pa

        coded = column_of(rows, fact).dictionary_encode()
        texts = coded.dictionary.to_pylist()
        by_text = [self._leads_in(text) for text in texts]
        counts = np.array([*map(len, by_text), 0])  # the last of rows without a text
        codes = coded.indices.fill_null(len(texts)).to_numpy()
        of_row = counts[codes]
        at = np.repeat(np.arange(len(codes)), of_row)
        # A row's leads are a piece of the leads of all texts, one text after the other.
        first = np.concatenate((np.zeros(1, np.int64), np.cumsum(counts)[:-1]))[codes]
        within = np.arange(len(at)) - np.repeat(np.cumsum(of_row) - of_row, of_row)
        own = self._tabulate(zip(texts, by_text, strict=True)).take(pa.array(first[at] + within))
        where = pa.array(at)
        position = {
            "at": where,
            "visit_id": column_of(rows, "visit.id").take(where),
            "file": pa.array(list(labels), pa.string()).take(rows.column(FILE).take(where)),
            "row": rows.column(ROW).take(where),
            "fact": pa.array([fact] * len(at), pa.string()),
        }
        return pa.table(position | {name: own[name] for name in own.schema.names})

    def _tabulate(self, by_text: Iterable[tuple[str, tuple[Lead, ...]]]) -> pa.Table:
        """What the tables say of the leads of texts, in their order."""
        import pyarrow as pa

        leads = [(text, lead) for text, leads in by_text for lead in leads]
        columns: dict[str, tuple[pa.DataType, Callable[[str, Lead], object]]] = {
            "kind": (pa.string(), lambda _, lead: lead.kind),
            "negated": (pa.bool_(), lambda _, lead: lead.negated),
            "words": (pa.string(), lambda _, lead: lead.words),
            "start": (pa.int32(), lambda _, lead: lead.start),
            "end": (pa.int32(), lambda _, lead: lead.end),
            "entry": (pa.string(), lambda _, lead: lead.entry),
            "rules": (pa.list_(pa.string()), lambda _, lead: lead.rules or self.rules.get(lead.kind, ())),
        }
        if self.sentences:
            columns["sentence"] = (pa.string(), lambda text, lead: lead.sentence_in(text))
        return pa.table(
            {name: pa.array([of(text, lead) for text, lead in leads], type_) for name, (type_, of) in columns.items()}
        )

    def _leads_in(self, text: str) -> tuple[Lead, ...]:
        leads = self._known.get(text)
        if leads is None:
            if len(self._known) >= _KEPT_TEXTS:
                self._known.clear()
            leads = self._known[text] = _checked(self.read, text)
        return leads


def _checked(read: RemarkReader, text: str) -> tuple[Lead, ...]:
    """What a reader gives for a text; raises `AuditFailed` where that is no lead of it."""
    try:
        leads = tuple(read(text))
    except Exception as error:
        message = f"the reader of remarks failed: {type(error).__name__}"
        raise AuditFailed([Problem("lead-reader", message, "mend it, or audit without leads")]) from error
    for lead in leads:
        if not isinstance(lead, Lead) or not 0 <= lead.start < lead.end <= len(text):
            help_ = "give `visitcheck.Lead`s whose span lies in the text"
            raise AuditFailed([Problem("lead-reader", "the reader of remarks gave what is no lead of its text", help_)])
    return leads


def leads_digest(options: AuditOptions, facts: Sequence[str]) -> dict[str, Any] | None:
    """What leads depend on, as JSON values: the lexicons' hashes, or the name of somebody's own reader."""
    if options.leads is False:
        return None
    read = options.leads
    if read is True or isinstance(read, LeadReader):
        by: dict[str, Any] = {"lexicons": shipped_digests() if read is True else read.digests}
    else:
        by = {"reader": f"{getattr(read, '__module__', '')}.{getattr(read, '__qualname__', type(read).__qualname__)}"}
    return by | {"facts": list(facts), "sentences": options.lead_sentences}


def kinds_of(options: AuditOptions) -> Mapping[str, Kind]:
    """The kinds of leads that a run may find, by name; somebody's own reader may have others."""
    return (options.leads if isinstance(options.leads, LeadReader) else LeadReader()).kinds


def reads_alone(options: AuditOptions) -> bool:
    """Whether remarks are read by somebody's own function, which other processes cannot be given."""
    return not isinstance(options.leads, bool | LeadReader)


def count_leads(
    con: duckdb.DuckDBPyConnection, target: Path, kinds: Mapping[str, Kind], rules: Mapping[str, tuple[str, ...]]
) -> dict[str, Any]:
    """Count visits with leads by kind: with any, and with only such as the remark denies."""
    counted = con.execute(
        f"""SELECT kind, count(*) FILTER (said), count(*) FILTER (NOT said)
        FROM (SELECT kind, visit_id, bool_or(NOT negated) AS said FROM {parquet_scan(target)} GROUP BY ALL)
        GROUP BY kind ORDER BY kind"""
    ).fetchall()
    return {
        kind: {
            "label": _label_of(kinds[kind]) if kind in kinds else {"en": kind, "zh": kind},
            "visits": said,
            "denied": denied,
            "rules": list(rules.get(kind, ())),
        }
        for kind, said, denied in counted
    }


def _label_of(kind: Kind) -> dict[str, str]:
    return {"en": kind.label.en, "zh": kind.label.zh}

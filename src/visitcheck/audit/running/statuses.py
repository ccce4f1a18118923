"""`statuses.parquet`: a row for each visit and rule, with the same columns whatever the policy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from visitcheck.engines.outcomes import STATUS_CODES
from visitcheck.engines.tally import ASKING, asked_effect
from visitcheck.ir.plan import Plan

if TYPE_CHECKING:
    import pyarrow as pa

_ROWS_A_GROUP = 1 << 20
_VISIT = ("visit_id", "starts_at", "debtor_id", "agency_id", "collectors")
_JOINER = "; "
"""What stands between the ids of a visit's collectors: one column of text, which every program filters by."""


@dataclass(frozen=True)
class StatusTable:
    """Verdicts, which have a column for each rule, as a row for each visit and rule.

    `effects` is what a rule asks for by the code of its status; None where it asks for nothing.
    """

    rules: Sequence[str]
    effects: Sequence[Sequence[str | None]]
    policy: str
    run: str

    @classmethod
    def of_plan(cls, plan: Plan, policy: str, run: str) -> StatusTable:
        """Make the table of a plan's rules."""
        effects = [
            [asked_effect(rule, status) if status in ASKING else None for status in STATUS_CODES] for rule in plan.rules
        ]
        return cls([rule.rule.id for rule in plan.rules], effects, policy, run)

    @property
    def schema(self) -> pa.Schema:
        """The columns of the file."""
        import pyarrow as pa

        texts = ("visit_id", "rule", "status", "effect")
        fields = dict.fromkeys(texts, pa.string()) | {"starts_at": pa.timestamp("us", "UTC")}
        fields |= dict.fromkeys(("debtor_id", "agency_id", "collectors", "policy_digest", "run_id"), pa.string())
        return pa.schema(list(fields.items()))

    def write(self, verdicts: Path, target: Path) -> int:
        """Write the table of a file of verdicts; returns the number of rows."""
        import pyarrow.parquet as pq

        rows = 0
        source = pq.ParquetFile(verdicts)
        # Neighbours are alike, so that little is left to write: no schema of dictionaries, for they are read as texts.
        with pq.ParquetWriter(target, _coded(self.schema), compression="zstd", store_schema=False) as writer:
            for batch in source.iter_batches(max(_ROWS_A_GROUP // max(len(self.rules), 1), 1)):
                table = self.of_verdicts(batch)
                if table.num_rows:
                    writer.write_table(table, row_group_size=_ROWS_A_GROUP)
                rows += table.num_rows
        return rows

    def of_verdicts(self, verdicts: pa.RecordBatch) -> pa.Table:
        """Give the rows of some visits, by visit and rule."""
        import pyarrow as pa

        visits, rules = verdicts.num_rows, len(self.rules)
        at_visit = np.repeat(np.arange(visits, dtype=np.int32), rules)
        at_rule = np.tile(np.arange(rules, dtype=np.int32), visits)
        columns = [verdicts.column(rule).to_numpy(zero_copy_only=False) for rule in self.rules]
        codes = np.stack(columns, axis=1).reshape(-1).astype(np.int32) if columns else np.zeros(0, np.int32)
        by_status = [effect for effects in self.effects for effect in effects]
        words = list(dict.fromkeys(effect for effect in by_status if effect is not None))
        places = np.array([-1 if effect is None else words.index(effect) for effect in by_status], np.int32)
        of_effect = places[at_rule * len(STATUS_CODES) + codes]
        same = np.zeros(len(at_visit), np.int32)
        parts = dict(self._visit_columns(verdicts, at_visit))
        parts |= {
            "rule": _pick_words(self.rules, at_rule),
            "status": _pick_words(list(map(str, STATUS_CODES)), codes),
            "effect": _pick_words(words, of_effect),
            "policy_digest": _pick_words([self.policy], same),
            "run_id": _pick_words([self.run], same),
        }
        return pa.table({name: parts[name] for name in self.schema.names}).cast(_coded(self.schema))

    def _visit_columns(self, verdicts: pa.RecordBatch, at_visit: np.ndarray) -> Iterator[tuple[str, pa.Array]]:
        import pyarrow as pa
        import pyarrow.compute as pc

        for name in _VISIT:
            column = verdicts.column(name)
            if name == "starts_at":
                yield name, column.take(pa.array(at_visit))
                continue
            if name == "collectors":
                joined = pc.binary_join(column, _JOINER)
                column = pc.if_else(pc.equal(joined, ""), None, joined)
            coded = column.dictionary_encode()
            yield name, pa.DictionaryArray.from_arrays(coded.indices.take(pa.array(at_visit)), coded.dictionary)


def _pick_words(words: Sequence[str], places: np.ndarray) -> pa.Array:
    """The words at some places, as a dictionary; NULL at places below 0."""
    import pyarrow as pa

    return pa.DictionaryArray.from_arrays(pa.array(places, mask=places < 0), pa.array(words, pa.string()))


def _coded(schema: pa.Schema) -> pa.Schema:
    """The columns as they are written: texts as dictionaries."""
    import pyarrow as pa

    coded = pa.dictionary(pa.int32(), pa.string())
    return pa.schema([field.with_type(coded) if pa.types.is_string(field.type) else field for field in schema])

"""`statuses.parquet`: a row for each visit and rule, with the same columns whatever the policy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from visitcheck.concurrency import cached_property
from visitcheck.engines.outcomes import STATUS_CODES
from visitcheck.engines.tally import ASKING, asked_effect
from visitcheck.ir.plan import Plan

if TYPE_CHECKING:
    import pyarrow as pa

_ROWS_A_GROUP = 1 << 20
_VISIT = ("visit_id", "starts_at", "debtor_id", "agency_id", "collectors")
COLLECTORS_JOINER = "; "
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
        # Neighbours are alike, so that little is left to write. Texts are given as dictionaries, and read as texts;
        # the least and the most of a group of rows would say nothing.
        how = {"compression": "zstd", "write_statistics": False, "store_schema": False}
        with pq.ParquetWriter(target, _coded(self.schema), **how) as writer:
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
        codes = np.empty((visits, rules), np.int32)
        for place, rule in enumerate(self.rules):
            codes[:, place] = verdicts.column(rule).to_numpy(zero_copy_only=False)
        words, by_status = self._effect_words
        effects = by_status[codes + np.arange(rules, dtype=np.int32) * len(STATUS_CODES)]
        same = np.zeros(visits * rules, np.int32)
        parts = dict(self._visit_columns(verdicts))
        parts |= {
            "rule": _pick_words(self.rules, np.tile(np.arange(rules, dtype=np.int32), visits)),
            "status": _pick_words(list(map(str, STATUS_CODES)), codes.reshape(-1)),
            "effect": _pick_words(words, effects.reshape(-1)),
            "policy_digest": _pick_words([self.policy], same),
            "run_id": _pick_words([self.run], same),
        }
        schema = _coded(self.schema)
        return pa.table([parts[name] for name in schema.names], schema=schema)

    @cached_property
    def _effect_words(self) -> tuple[list[str], npt.NDArray[np.int32]]:
        """The words of effects, and the place of each rule's by the code of its status; -1 for none."""
        by_status = [effect for effects in self.effects for effect in effects]
        words = list(dict.fromkeys(effect for effect in by_status if effect is not None))
        return words, np.array([-1 if effect is None else words.index(effect) for effect in by_status], np.int32)

    def _visit_columns(self, verdicts: pa.RecordBatch) -> Iterator[tuple[str, pa.Array]]:
        """What identifies the visit of each row."""
        import pyarrow as pa
        import pyarrow.compute as pc

        for name in _VISIT:
            column = verdicts.column(name)
            if name == "collectors":
                joined = pc.binary_join(column, COLLECTORS_JOINER)
                column = pc.if_else(pc.equal(joined, ""), None, joined)
            if name == "starts_at":
                times = column.cast(pa.int64())
                repeated = self._repeat(times.fill_null(0).to_numpy(), times)
                yield name, repeated.cast(column.type)
                continue
            coded = column.dictionary_encode()
            places = self._repeat(coded.indices.fill_null(0).to_numpy().astype(np.int32), coded.indices)
            yield name, pa.DictionaryArray.from_arrays(places, coded.dictionary)

    def _repeat(self, values: npt.NDArray[Any], known: pa.Array) -> pa.Array:
        """The value of each visit for all rules, NULL where `known` is."""
        import pyarrow as pa

        mask = None
        if known.null_count:
            mask = np.repeat(known.is_null().to_numpy(zero_copy_only=False), len(self.rules))
        return pa.array(np.repeat(values, len(self.rules)), mask=mask)


def _pick_words(words: Sequence[str], places: npt.NDArray[np.int32]) -> pa.Array:
    """The words at some places, as a dictionary; NULL at places below 0."""
    import pyarrow as pa

    unknown = places < 0
    return pa.DictionaryArray.from_arrays(
        pa.array(places, mask=unknown if unknown.any() else None), pa.array(words, pa.string())
    )


def _coded(schema: pa.Schema) -> pa.Schema:
    """The columns as they are written: texts as dictionaries."""
    import pyarrow as pa

    coded = pa.dictionary(pa.int32(), pa.string())
    return pa.schema([field.with_type(coded) if pa.types.is_string(field.type) else field for field in schema])

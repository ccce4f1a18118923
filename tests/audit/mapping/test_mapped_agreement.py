"""A mapped audit and the gate give one answer to odd values: the same facts, or the same problems."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from visitcheck import Gate, Policy
from visitcheck.audit.inputs import open_inputs
from visitcheck.audit.mapping import load_mapping

sys.path.insert(0, str(Path(__file__).parents[1] / "inputs"))
from dirt import WRONG_VALUES
from reading import said_by_gate

from visitcheck.engines.columns import fact_columns

FACTS = (
    "debtor.id", "place.kind", "debt.amount", "agency.mandate_until", "visit.ends_at", "debt.days_overdue",
    "place.planned_distance_m", "place.private",
)  # fmt: skip
MAPPING = "constants: {visit.stage: recorded, visit.starts_at: 2026-01-30T02:00:00Z, debt.currency: CNY}\nvisits:\n"
MAPPING += "  columns:\n    visit.id: {row_number: V}\n" + "".join(f'    "{path}": {path}\n' for path in FACTS)
_SPACE = "[\t\n\f\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]"
_spaces = re.compile(f"^{_SPACE}+|{_SPACE}+$")
_is_grouped = re.compile(r"-?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?").fullmatch
_is_whole = re.compile(r"-?(?:[0-9]{1,19}|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.0+)?").fullmatch
# What a mapping reads on purpose and the gate does not: local times, and midnights as days.
_is_moment = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}[T ][0-9:.]+").fullmatch

NUMBERS_AND_TRUTHS = (
    "true", "FALSE", " True ", "1", "0", "yes", "是", "TRUE.", "90", " 90 ", "1,200", "12,00", "90.0", "90.00", "90.",
    ".5", "89.5", "9e1", "0x5A", "9_0", "+90", "-1", "-0", "007", "９０", "90%", "90 days", "1" * 19, "1" * 20, "NaN",
    "inf",
)  # fmt: skip

odd_texts = st.one_of(
    st.sampled_from([one for one in WRONG_VALUES if isinstance(one, str)]),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\u180e"), max_size=6),
    st.sampled_from(
        [
            "home",
            "workplace",
            "2026-01-30T03:00:00+00:00",
            "12.50",
            "1,234.5",
            "2026-02-28",
            "\ufffe",
            "D\uffff",
            " D1 ",
            "D\u200b",
        ]
    ),
    st.sampled_from(NUMBERS_AND_TRUTHS),
).filter(lambda text: _is_moment(text.strip()) is None)


def as_sent(path: str, text: str | None) -> str | int | bool | None:
    """What a caller of the gate would send for a cell: nothing for a blank one, no space around, no commas in sums.

    Whole numbers and truths are sent as such where they are plainly written.
    """
    if text is None:
        return None
    plain = _spaces.sub("", text)
    if path == "debt.amount" and _is_grouped(plain):
        plain = plain.replace(",", "")
    if path in ("debt.days_overdue", "place.planned_distance_m") and _is_whole(plain):
        number = int(plain.partition(".")[0].replace(",", ""))
        return number if abs(number) < 2**63 else plain
    if path == "place.private" and plain.lower() in ("true", "false"):
        return plain.lower() == "true"
    return plain or None


@pytest.mark.parametrize("count", [60, pytest.param(3_000, marks=pytest.mark.long)])
def test_odd_values(count: int, policy: Policy, tmp_path: Path) -> None:
    cells: list[tuple[str, str]] = []

    @settings(max_examples=count, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(path=st.sampled_from(FACTS), text=odd_texts)
    def draw(path: str, text: str) -> None:
        cells.append((path, text))

    draw()
    columns = {path: pa.array([text if at == path else None for at, text in cells], pa.string()) for path in FACTS}
    pq.write_table(pa.table(columns), tmp_path / "v.parquet")
    (tmp_path / "columns.yaml").write_text(MAPPING, encoding="utf-8")
    inputs = open_inputs([tmp_path / "v.parquet"], mapping=load_mapping(tmp_path / "columns.yaml"), policy=policy)
    rows = sorted((row for batch in inputs.batches() for row in batch.to_pylist()), key=lambda row: row["__row"])
    gate = Gate(policy, engine="native")

    rejected = 0
    for number, ((path, text), row) in enumerate(zip(cells, rows, strict=True), 1):
        start = "2026-01-30T02:00:00Z"
        visit: dict[str, Any] = {"visit": {"id": f"V{number}", "stage": "recorded", "starts_at": start}}
        visit["debt"] = {"currency": "CNY"}
        if (sent := as_sent(path, text)) is not None:
            group, _, name = path.partition(".")
            visit.setdefault(group, {})[name] = sent
        problems = sorted(f"{one['code']} {one['path']}" for one in row["__problems"] or [])
        facts = None if problems else {name: row[name] for name in fact_columns()}
        assert (problems, facts) == said_by_gate(gate, visit), (path, text)
        rejected += bool(problems)
    assert 0 < rejected < len(rows)

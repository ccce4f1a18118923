"""Facts of visits from another file or sheet with one row for each key."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ledgers import without_missing

from visitcheck import Policy
from visitcheck.audit.inputs import Inputs, open_inputs
from visitcheck.audit.mapping import load_mapping, mapping_from_text
from visitcheck.errors import InvalidInput

MAPPING = """\
timezone: Asia/Shanghai
constants: {visit.stage: recorded}
visits:
  files: [v.csv]
  columns: {单号: visit.id, 时间: visit.starts_at}
lookups:
  debts:
    files: [debts.csv]
    key: 合同号
    joins: 合同
    columns:
      产品: {fact: debt.product, values: {信用卡: credit_card, 车贷: auto_loan}}
      天数: debt.days_overdue
      机构: lender.name
"""


@pytest.fixture
def opened(policy: Policy, tmp_path: Path) -> Callable[..., tuple[Inputs, list[dict[str, Any]]]]:
    """The rows of visits and debts, as text."""

    def read(visits: str, debts: str, mapping: str = MAPPING) -> tuple[Inputs, list[dict[str, Any]]]:
        for name, text in (("v.csv", visits), ("debts.csv", debts), ("columns.yaml", mapping)):
            (tmp_path / name).write_text(text, encoding="utf-8")
        inputs = open_inputs(mapping=load_mapping(tmp_path / "columns.yaml"), policy=policy)
        rows = [without_missing(row) for batch in inputs.batches() for row in batch.to_pylist()]
        return inputs, sorted(rows, key=lambda row: (row["__file"], row["__row"]))

    return read


def test_facts_of_another_table(opened: Callable[..., tuple[Inputs, list[dict[str, Any]]]]) -> None:
    """By key; of a key with several rows what all say, and nothing where there is no row."""
    visits = "单号,合同,时间\n" + "".join(
        f"V{number},{key},2026-03-10 10:00\n" for number, key in enumerate((17, 18, 19, 20, ""))
    )
    debts = "合同号,产品,天数,机构\n17,信用卡,90,工行\n18,信用卡,61,工行\n18,车贷,61,\n"
    debts += "19,信用卡,很久,\n99,车贷,1,\n,车贷,5,\n"
    inputs, rows = opened(visits, debts)

    facts = [(row.get("debt"), row.get("lender")) for row in rows]
    assert facts[:2] == [
        ({"product": "credit_card", "days_overdue": 90}, {"name": "工行"}),
        ({"days_overdue": 61}, {"name": "工行"}),
    ]
    assert facts[3:] == [(None, None), (None, None)]
    [problem] = rows[2]["__problems"]
    assert problem["message"].startswith("column `debts.天数`: ")
    assert [(file.table, file.rows) for file in inputs.files] == [("visits", 5), ("debts", 6)]
    assert [warning.message for warning in inputs.files[1].warnings] == [
        "1 keys of `debts` have rows that differ; what differs is not known",
        "2 visits have no row in `debts`",
    ]
    assert {"debt.product", "lender.name"} <= inputs.fed


def test_a_lookup_is_checked_like_the_visits() -> None:
    """A fact that is fed twice, a list, the name of another table, a column that is not there."""
    wrong = MAPPING.replace("时间: visit.starts_at}", "时间: visit.starts_at, 逾期: debt.days_overdue}")
    wrong = wrong.replace("机构: lender.name", '人: {fact: "team[].id", split: [、]}')
    wrong += "tables: {contacts: {key: 单号, complete: false, columns: {时间: at}}}\n"
    wrong = wrong.replace("  debts:", "  contacts:")
    with pytest.raises(InvalidInput) as refused:
        mapping_from_text(wrong)
    assert sorted(problem.code for problem in refused.value.problems) == [
        "mapping-target",
        "mapping-twice",
        "mapping-twice",
    ]


def test_a_column_that_a_lookup_lacks(opened: Callable[..., tuple[Inputs, list[dict[str, Any]]]]) -> None:
    with pytest.raises(InvalidInput) as refused:
        opened("单号,合同,时间\n", "合同号,产品,天数\n")
    [problem] = refused.value.problems
    assert (problem.code, "debts.csv` has no column `机构`" in problem.message) == ("mapping-column", True)

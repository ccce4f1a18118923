"""`columns suggest`: proposals that load, from headers in Chinese and English."""

from __future__ import annotations

from pathlib import Path

import pytest

from visitcheck.audit.mapping import mapping_from_text
from visitcheck.audit.mapping.samples import look_at
from visitcheck.audit.mapping.suggest import suggestion
from visitcheck.audit.mapping.synonyms import fact_names, folded, likeness, value_words
from visitcheck.facts import FACTS
from visitcheck.facts.types import ListOf, Record, Word

EXAMPLES = Path(__file__).resolve().parents[3] / "examples" / "audit"
SINGLE = [
    path
    for path, fact in FACTS.items()
    if not isinstance(fact.type.item if isinstance(fact.type, ListOf) else fact.type, Record)
]


def test_every_fact_has_names_in_both_languages() -> None:
    assert set(SINGLE) == set(fact_names())
    assert [path for path, names in fact_names().items() if not (names.get("zh") and names.get("en"))] == []


def test_a_name_belongs_to_one_fact() -> None:
    names = {(folded(name), path) for path, some in fact_names().items() for one in some.values() for name in one}
    assert len(names) == len({name for name, _ in names})


def test_every_translated_word_is_one() -> None:
    words = {word for fact in FACTS.values() for one in [fact.type] for word in _words(one)}
    assert set(value_words()["words"]) - words == {"CNY"}


def _words(type_: object) -> tuple[str, ...]:
    item = type_.item if isinstance(type_, ListOf) else type_
    return item.words if isinstance(item, Word) else ()


@pytest.mark.parametrize("path", SINGLE)
def test_each_name_leads_to_its_fact(path: str) -> None:
    """Whatever its case, width and punctuation."""
    for names in fact_names()[path].values():
        for name in names:
            assert likeness(f" {name.upper().replace(' ', '_')}: ") == [(1.0, path)]


def test_the_example_is_proposed() -> None:
    """What the headers and values say is found, and the rest is marked."""
    text = suggestion(look_at(EXAMPLES / "visits.csv"))
    found = {column.name: column for column in mapping_from_text(text).visits.columns}

    assert found["外访时间"].formats == ("%Y/%m/%d %H:%M",)
    assert found["外访地点类型"].values == {"住宅": "home", "单位": "workplace", "其他": "other"}
    assert found["是否私人场所"].values == {"是": True, "否": False, "不清楚": None}
    assert found["外访员工号"].target.steps == ("team", 0, "id")
    assert "# 是否主动要求:  # unsure" in text


def test_a_table_of_a_list_is_told_from_visits() -> None:
    mapping = mapping_from_text(suggestion(look_at(EXAMPLES / "calls.csv")))

    [table] = mapping.tables
    assert table.name == "contacts"
    assert table.join is not None
    assert table.join.key == "案件编号"
    assert {column.target.fact.path for column in table.columns} >= {"contacts[].at", "contacts[].result"}


def test_english_headers_and_another_encoding(tmp_path: Path) -> None:
    """Whatever stands in headers and values, the proposal loads."""
    odd = '"Visit ID","Arrived_At","Days past due","x: ""y"" #","是否私人场所","备注"\n'
    path = tmp_path / "visits.csv"
    path.write_bytes((odd + "1,2026-01-30 10:00,45,?,是,「好」\n").encode("gb18030"))
    text = suggestion(look_at(path))
    mapping = mapping_from_text(text)

    assert mapping.visits.encoding == "gb18030"
    assert {column.name: column.target.fact.path for column in mapping.visits.columns} == {
        "Visit ID": "visit.id",
        "Arrived_At": "visit.starts_at",
        "Days past due": "debt.days_overdue",
        "是否私人场所": "place.private",
        "备注": "record.summary",
    }

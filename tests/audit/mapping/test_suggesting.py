"""`columns suggest`: proposals that load, from headers in Chinese and English."""

from __future__ import annotations

from pathlib import Path

import pytest

from visitcheck.audit.inputs.table_samples import sample_table
from visitcheck.audit.mapping import mapping_from_text
from visitcheck.audit.mapping.suggest import suggest_mapping
from visitcheck.audit.mapping.synonyms import fact_names, fold_header, likely_facts, value_words
from visitcheck.facts import FACTS
from visitcheck.facts.types import ListOf, Record, Word

EXAMPLES = Path(__file__).resolve().parents[3] / "examples" / "audit"
SINGLE = [
    path
    for path, fact in FACTS.items()
    if not isinstance(fact.type.item if isinstance(fact.type, ListOf) else fact.type, Record)
    and not path.startswith(("completeness.", "contradictions"))
]
"""Facts that one column can give. What `completeness` says is said of a whole table, not in a column of it."""


def test_every_fact_has_names_in_both_languages() -> None:
    assert set(SINGLE) == set(fact_names())
    assert [path for path, names in fact_names().items() if not (names.get("zh") and names.get("en"))] == []


def test_a_name_belongs_to_one_fact() -> None:
    names = {(fold_header(name), path) for path, some in fact_names().items() for one in some.values() for name in one}
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
            assert likely_facts(f" {name.upper().replace(' ', '_')}: ") == [(1.0, path)]


def test_the_example_is_proposed() -> None:
    """What the headers and values say is found, and the rest is marked."""
    text = suggest_mapping(sample_table(EXAMPLES / "visits.csv"))
    columns = {column.name: column for column in mapping_from_text(text).visits.columns}

    assert columns["外访时间"].formats == ("%Y/%m/%d %H:%M",)
    assert columns["外访地点类型"].values == {"住宅": "home", "单位": "workplace", "其他": "other"}
    assert columns["是否私人场所"].values == {"是": True, "否": False, "不清楚": None}
    assert columns["外访员工号"].target.steps == ("team", 0, "id")
    assert "# 是否主动要求:  # unsure" in text


def test_a_table_of_a_list_is_told_from_visits() -> None:
    mapping = mapping_from_text(suggest_mapping(sample_table(EXAMPLES / "calls.csv")))

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
    text = suggest_mapping(sample_table(path))
    mapping = mapping_from_text(text)

    assert mapping.visits.encoding == "gb18030"
    assert {column.name: column.target.fact.path for column in mapping.visits.columns} == {
        "Visit ID": "visit.id",
        "Arrived_At": "visit.starts_at",
        "Days past due": "debt.days_overdue",
        "是否私人场所": "place.private",
        "备注": "record.summary",
    }


def test_a_value_that_is_not_written_like_the_rest_is_named(tmp_path: Path) -> None:
    """One wrong date costs a remark, not the column."""
    path = tmp_path / "visits.csv"
    path.write_text("外访时间\n" + "".join(f"2026/03/{day:02} 10:00\n" for day in (1, 2, 3, 4, 5, 41)), "utf-8")
    text = suggest_mapping(sample_table(path))

    formats = {column.name: column.formats for column in mapping_from_text(text).visits.columns}
    assert formats["外访时间"] == ("%Y/%m/%d %H:%M",)
    assert "外访时间:  # unsure: not all values are written alike, such as 2026/03/41 10:00" in text


def test_values_of_several_forms_have_no_format(tmp_path: Path) -> None:
    path = tmp_path / "visits.csv"
    path.write_text("外访时间\n2026/03/01 10:00\n2026-03-02 10:00\n3 March\n", "utf-8")
    text = suggest_mapping(sample_table(path))
    assert "# 外访时间: visit.starts_at  # unsure: the values do not look like those" in text


def test_in_a_table_of_a_list_short_headers_are_facts_of_the_list(tmp_path: Path) -> None:
    path = tmp_path / "calls.csv"
    path.write_text("案件编号,拨打时间,渠道,对象,结果\nA1,2026-03-01 10:00,电话,本人,已接通\n", "utf-8")
    text = suggest_mapping(sample_table(path))
    assert "#   fact: channel\n" in text
    assert "#   fact: party\n" in text
    assert "#   fact: result\n" in text
    assert "conduct" not in text


def test_what_took_place_is_not_taken_for_a_plan(tmp_path: Path) -> None:
    """A column that says whether identification was shown is no plan to show it, unless its header says so."""
    path = tmp_path / "visits.csv"
    path.write_text("是否出示证件,是否计划提供还款方案\n是,否\n", "utf-8")
    text = suggest_mapping(sample_table(path))
    assert "plan.show_identification" not in text
    assert '    是否出示证件: {event: identification, yes: ["是"]}' in text
    facts = {column.target.fact.path for column in mapping_from_text(text).visits.columns}
    assert {path for path in facts if path.startswith("plan.")} == {"plan.offer_plan"}


def test_each_column_of_a_person_is_one_of_the_team(tmp_path: Path) -> None:
    """By names that are known, and by numbers behind one; a cell that names several leaves the others in doubt."""
    tables = {
        "one": "外访编号,外访时间,主催,协催\nW-1,2026-03-01 10:00,张三,李四\n",
        "two": "Visit ID,Officer 1,Officer 2\nW-1,Chan,Lee\n",
        "split": "外访编号,外访人员,陪访人\nW-1,张三、李四,王五\n",
    }
    columns = {}
    for name, table in tables.items():
        (tmp_path / f"{name}.csv").write_text(table, encoding="utf-8")
        text = suggest_mapping(sample_table(tmp_path / f"{name}.csv"))
        columns[name] = {column.name: column.target.steps for column in mapping_from_text(text).visits.columns}

    assert [columns["one"]["主催"], columns["one"]["协催"]] == [("team", 0, "name"), ("team", 1, "name")]
    assert [columns["two"]["Officer 1"], columns["two"]["Officer 2"]] == [("team", 0, "name"), ("team", 1, "name")]
    assert "陪访人" not in columns["split"]


def test_codes_and_products_are_shown_to_be_filled_in(tmp_path: Path) -> None:
    """As comments, with every value; values of other columns that are not known stay in the file."""
    table = "外访编号,产品类型,地点类型\nW-1,惠民贷,1\nW-2,车抵贷,2\n"
    (tmp_path / "visits.csv").write_text(table, encoding="utf-8")

    lines = suggest_mapping(sample_table(tmp_path / "visits.csv")).splitlines()

    assert {"    #     惠民贷: null", "    #     车抵贷: null", "    #     1: null", "    #     2: null"} <= set(lines)
    assert all(line.lstrip().startswith("#") for line in lines if "debt.product" in line or "place.kind" in line)


def test_numbers_with_units_and_marks_get_the_reading_that_they_ask_for(tmp_path: Path) -> None:
    """Days, sums of money and seconds since 1970; the start of an epoch needs no zone."""
    table = "外访编号,逾期天数,欠款金额\nW-1,120天,¥1，200.50\nW-2,90天,¥300\n".replace("，", "")
    (tmp_path / "a.csv").write_text(table, encoding="utf-8")
    (tmp_path / "b.csv").write_text(
        "visit id,visit.startTime,task.status\nV,1773000000000,DONE\nW,1773000600000,X\n", "utf-8"
    )

    a, b = (suggest_mapping(sample_table(tmp_path / name)) for name in ("a.csv", "b.csv"))
    readings = {one.name: one.readings for text in (a, b) for one in mapping_from_text(text).visits.columns}

    assert [("unit",), ("currency",)] == [readings["逾期天数"], readings["欠款金额"]]
    assert ("epoch_milliseconds",) == readings["visit.startTime"]
    assert "# where:" in b


@pytest.mark.parametrize(("second", "sure"), [("15/03/2026", True), ("05/03/2026", False)])
def test_a_day_written_first_is_taken_only_where_it_is_plain(second: str, sure: bool, tmp_path: Path) -> None:
    """A date that could have the month first is asked about; times joined with it have its format."""
    table = f'Visit Ref,Visit Date,Arrival Time,Amount Owed (HKD)\nV1,02/03/2026,10:05,"1,200"\nV2,{second},11:00,5\n'
    (tmp_path / "visits.csv").write_text(table, encoding="utf-8")

    text = suggest_mapping(sample_table(tmp_path / "visits.csv"))
    mapping = mapping_from_text(text)
    columns = {column.name: column for column in mapping.visits.columns}

    assert sure == ("Visit Date" in columns)
    assert ('format: "%d/%m/%Y %H:%M"' in text) == sure
    assert "debt.currency: HKD" in text


@pytest.mark.parametrize(("delimiter", "suffix"), [("\t", "txt"), (";", "csv"), ("|", "txt"), (",", "tsv")])
def test_what_stands_between_values_is_found(delimiter: str, suffix: str, tmp_path: Path) -> None:
    """Workbooks save text with tabs, and some countries' CSV has semicolons; a comma in a name is no mark."""
    path = tmp_path / f"ledger.{suffix}"
    header, row = ["外访编号", "客户号", "外访日期", "说明,如有"], ["A1", "K1", "2026-03-05", "-"]
    if delimiter == ",":
        header[3] = "说明"
    path.write_text(f"{delimiter.join(header)}\n{delimiter.join(row)}\n", encoding="utf-8")
    text = suggest_mapping(sample_table(path))
    mapping = mapping_from_text(text)
    assert {column.target.fact.path for column in mapping.visits.columns} >= {"visit.id", "debtor.id", "visit.date"}
    assert mapping.visits.delimiter == delimiter


def test_columns_of_one_name_are_named_and_left_out(tmp_path: Path) -> None:
    """No mapping can tell them apart; dates and events, too."""
    path = tmp_path / "ledger.csv"
    path.write_text("外访编号,外访日期,备注,是否录音,备注,是否录音\nA1,2026-03-05,x,是,y,否\n", encoding="utf-8")
    text = suggest_mapping(sample_table(path))
    mapping = mapping_from_text(text)
    assert {column.target.fact.path for column in mapping.visits.columns} == {"visit.id", "visit.date"}
    assert not mapping.visits.events
    for name in ("备注", "是否录音"):
        assert f"\n# unsure: {name} stands twice in the header; rename one to use it\n" in text

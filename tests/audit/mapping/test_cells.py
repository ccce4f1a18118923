"""How ledgers write values, and that each is read as what it is, or refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from choosing import first_by_default
from visitcheck.audit.mapping import mapping_from_text
from visitcheck.errors import InvalidInput

Ledger = Callable[..., list[dict[str, Any]]]

MAPPING = """\
timezone: Asia/Shanghai
constants: {{visit.stage: recorded, debt.currency: CNY}}
visits:
  columns:
    visit.id: {{row_number: WF-}}
    日期: visit.date
    值: {feed}
"""


def read_cells(ledger: Ledger, feed: str, cells: tuple[str, ...]) -> list[Any]:
    """What each cell becomes: the moment in Shanghai, the value of the fact, None, or the code of its problem."""
    rows = ledger(MAPPING.format(feed=feed), "日期,值\n" + "".join(f'2026-01-02,"{cell}"\n' for cell in cells))
    assert [row["visit"]["id"] for row in rows] == [f"WF-{number}" for number in range(1, len(cells) + 1)]
    return [_answer(row) for row in rows]


def _answer(row: dict[str, Any]) -> Any:
    if "__problems" in row:
        return row["__problems"][0]["code"]
    if "starts_at" in row["visit"]:
        moment = datetime.fromtimestamp(row["visit"]["starts_at"] / 1e6, UTC).replace(tzinfo=None)
        return moment.isoformat(" ")
    debt = {name: value for name, value in row["debt"].items() if name != "currency"}
    value = debt.get("days_overdue", debt.get("amount", row.get("record", {}).get("summary")))
    return value["minor"] if isinstance(value, dict) else value


CELLS: dict[str, dict[str, Any]] = {
    # A format is read no more loosely than it is written, and ISO order always beside it.
    '{fact: visit.starts_at, format: "%Y/%m/%d %H:%M"}': {
        "2026/9/5 09:05": "2026-09-05 01:05:00",
        "26/9/5 09:05": "fact-timestamp",
        "2026/9/5 24:00": "fact-timestamp",
        "2026-09-05 09:05": "2026-09-05 01:05:00",
        "2026-09-05T09:05:00+08:00": "2026-09-05 01:05:00",
        "2026-09-05 24:00": "local-time-format",
        "46270.4375": "fact-timestamp",
    },
    "{fact: visit.starts_at, reading: chinese}": {
        "2026年9月5日 10:30": "2026-09-05 02:30:00",
        "2026.9.5 10：30": "2026-09-05 02:30:00",
        "２０２６/９/５ 下午3时05分": "2026-09-05 07:05:00",
        "2026年9月5日上午10点30分20秒": "2026-09-05 02:30:20",
        "2026-9-5 上午13:00": "fact-timestamp",
        "2026-9-5 晚上12:00": "fact-timestamp",
        "2026年9月5日": "fact-timestamp",
    },
    "debt.days_overdue": {
        "90": 90,
        "1,200": 1200,
        "90.00": 90,
        "89.5": "fact-wrong-type",
        "0x5A": "fact-wrong-type",
        "9_0": "fact-wrong-type",
        "9e1": "fact-wrong-type",
        "0b1011010": "fact-wrong-type",
        "12,00": "fact-wrong-type",
        "120天": "fact-wrong-type",
    },
    "{fact: debt.amount, reading: [currency, ten_thousands]}": {
        "¥1,200.5": 120050,
        "12000元": 1200000,
        "1.2万": 1200000,
        "1.23456万": 1234560,
        "约1万": "fact-money",
    },
    "record.summary": {"-": None, "无": None, "N/A": None, "不详": None, "正常": "正常", "无人": "无人"},
    '{fact: visit.starts_at, format: ["%Y-%m-%d %H:%M %A", "%Y/%m/%d %I:%M %p", "%Y-%m-%d %H:%M %z"]}': {
        "2026-09-05 09:05 Saturday": "2026-09-05 01:05:00",
        "2026-09-05 09:05 Monday": "fact-timestamp",
        "2026/9/5 9:05 pm": "2026-09-05 13:05:00",
        "2026-09-05 09:05 +0700": "2026-09-05 02:05:00",
    },
    "{fact: visit.starts_at, reading: [workbook_serial, epoch_seconds, epoch_milliseconds]}": {
        "46270.4375": "2026-09-05 02:30:00",
        "46270": "fact-timestamp",
        "1788573000": "2026-09-05 01:50:00",
        "1788573000000": "2026-09-05 01:50:00",
        "178857300": "1975-09-02 02:35:00",
        "17885730000": "fact-timestamp",
    },
    "{fact: debt.days_overdue, reading: [unit, wide]}": {"120天": 120, "３": 3, "3个月": 3, "约3天": "fact-wrong-type"},
}


@pytest.mark.parametrize("feed", first_by_default(CELLS, 5))
def test_cells(feed: str, ledger: Ledger) -> None:
    expected = CELLS[feed]
    answers = read_cells(ledger, feed, tuple(expected))
    assert dict(zip(expected, answers, strict=True)) == expected


@pytest.mark.long
def test_a_date_and_a_time_are_joined(ledger: Ledger) -> None:
    """A time without a date is refused; of a date without a time the moment is not known."""
    mapping = """\
timezone: Asia/Shanghai
constants: {visit.stage: recorded}
visits:
  columns:
    visit.id: {from: [编号, 次], between: "-"}
    外访日期: visit.date
    到达: {fact: visit.starts_at, from: [外访日期, 到达时间]}
    离开: {fact: visit.ends_at, from: [外访日期, 离开时间], format: "%Y-%m-%d %H时%M分"}
"""
    csv = "编号,次,外访日期,到达时间,离开时间\n"
    csv += "A,1,2026-09-05,23:30,23时50分\nA,2,2026-09-05,,\n,3,2026-09-05,8:05:10,\nA,4,,9:30,\n"
    both, day, unnamed, time = ledger(mapping, csv)

    assert both["visit"] == {
        "id": "A-1",
        "stage": "recorded",
        "date": 20701,
        "starts_at": 1788622200000000,
        "ends_at": 1788623400000000,
    }
    assert "starts_at" not in day["visit"]
    assert [problem["path"] for problem in unnamed["__problems"]] == ["$.visit.id"]
    assert time["__problems"][0]["message"].startswith("column `到达`: `9:30` is not a timestamp")


INVISIBLE = {
    "D1": "D1",
    "D1\xa0": "D1",
    "\u2003D1\u3000": "D1",
    "D1\u200b": None,
    "\u202dD1\u202c": None,
    "D\u20601": None,
}


def test_nobody_is_another_for_what_cannot_be_seen(ledger: Ledger) -> None:
    """Spaces around an id are left out; format characters are refused."""
    mapping = "constants: {visit.stage: recorded}\n"
    mapping += "visits: {columns: {visit.id: {row_number: V}, d: debtor.id, t: visit.date}}\n"
    rows = ledger(mapping, "d,t\n" + "".join(f"{cell},2026-01-02\n" for cell in INVISIBLE))
    read = [None if "__problems" in row else row["debtor"]["id"] for row in rows]
    assert dict(zip(INVISIBLE, read, strict=True)) == INVISIBLE
    assert {row["__problems"][0]["code"] for row in rows[3:]} == {"fact-character"}


FORMATS = {
    'visit.starts_at, format: "%H:%M"': "does not state a whole date",
    'visit.starts_at, format: "%m/%d %H:%M"': "does not state a whole date",
    'visit.starts_at, format: "%Y-%m"': "does not state a whole date",
    'visit.starts_at, format: "%Y-%m-%d"': "does not state a time of day",
    'visit.starts_at, format: "%Y-%m-%d %I:%M"': "hour of twelve",
    'visit.starts_at, format: "%Y-%m-%d %H:%M %Z"': "several zones",
    'visit.starts_at, format: "%Y-%m-%d %X"': "read by no format",
    'visit.date, format: "%Y-%m-%d %z"': "offset",
    "visit.date, format: '%Y-%m'": "does not state a whole date",
    "visit.date, reading: currency": "no reading",
    "debt.days_overdue, reading: chinese": "no reading",
    "debt.days_overdue, from: [a, b]": "joined",
    "visit.starts_at, from: [a]": "a date and a time",
}


@pytest.mark.parametrize("feed", FORMATS)
def test_what_states_no_whole_time_is_refused(feed: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        mapping_from_text(f"visits: {{columns: {{编号: visit.id, 时: {{fact: {feed}}}}}}}\n")
    [problem] = refused.value.problems
    assert problem.code == "mapping-value"
    assert FORMATS[feed] in problem.message

"""What a mapped ledger says, and that nothing rests on what it does not say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from ledgers import statuses

from choosing import first_by_default
from visitcheck import Decision

Ledger = Callable[..., list[dict[str, Any]]]
Judge = Callable[[dict[str, Any]], Decision]

BANK = """\
timezone: Asia/Shanghai
constants:
  visit.stage: recorded
  visit.timezone: Asia/Shanghai
  lender.kind: bank
  lender.memberships: [cba]
  debt.product: credit_card
  debt.online: false
"""
UNFLAGGED = (
    "base.conduct/no-violence",
    "base.privacy/nothing-posted",
    "base.privacy/no-disclosure-to-others",
)


def test_one_flag_says_nothing_of_other_conduct(ledger: Ledger, judge: Judge) -> None:
    """An insult in one column: no violence, nothing posted and the like stay open."""
    mapping = (
        BANK
        + """\
visits:
  columns: {编号: visit.id, 日期: visit.date, 是否辱骂: {fact: "conduct[0].kind", values: {是: insult, 否: null}}}
"""
    )
    insulted, quiet = ledger(mapping, "编号,日期,是否辱骂\n1,2026-03-05,是\n2,2026-03-05,否\n")

    assert insulted["conduct"] == [{"kind": "insult"}]
    assert insulted["completeness"] == quiet["completeness"] == {"conduct": {"complete": False}}
    for row in (insulted, quiet):
        decided = statuses(judge(row))
        assert {decided[rule] for rule in UNFLAGGED} == {"undetermined"}
    assert statuses(judge(insulted))["base.conduct/no-insults"] == "violated"
    assert statuses(judge(quiet))["base.conduct/no-insults"] == "undetermined"


def test_yes_is_an_event_and_no_is_none_of_its_kind(ledger: Ledger, judge: Judge) -> None:
    """是 is a disclosure, perhaps not the only one; 否 says that there was none, and nothing of other kinds."""
    mapping = (
        BANK
        + """\
visits:
  columns: {外访编号: visit.id, 到达: visit.starts_at}
  events:
    是否告知第三方: {event: disclosure, yes: [是], no: [否], with: {to: 接待人}}
"""
    )
    csv = "外访编号,到达,是否告知第三方,接待人\n"
    csv += "A1,2026-09-05 10:30,是,neighbour\nA2,2026-09-05 10:30,否,\nA3,2026-09-05 10:30,,x\n"
    yes, no, blank = ledger(mapping, csv)

    assert yes["conduct"] == [{"kind": "disclosure", "to": "neighbour"}]
    assert yes["completeness"]["conduct"] == {"complete": False}
    assert no["completeness"]["conduct"] == {"complete": False, "all_with": {"kind": ["disclosure"]}}
    assert blank["conduct"] == []
    assert blank["completeness"]["conduct"] == {"complete": False}
    rule = "base.privacy/no-disclosure-to-others"  # which plans offered and loan papers shown break, too
    assert [statuses(judge(row))[rule] for row in (yes, no, blank)] == ["suspected", "undetermined", "undetermined"]
    rule = "base.privacy/no-public-disclosure"
    assert [statuses(judge(row))[rule] for row in (yes, no, blank)] == ["undetermined", "satisfied", "undetermined"]
    assert {statuses(judge(row))["base.conduct/no-violence"] for row in (yes, no, blank)} == {"undetermined"}


def test_what_says_neither_is_as_good_as_blank(ledger: Ledger) -> None:
    """Where a cell holds several words, too; any other text is refused."""
    mapping = (
        BANK
        + """\
visits:
  columns: {编号: visit.id, 日期: visit.date}
  events:
    录音: {recording: audio, yes: [是], says_nothing: [否, 不清楚]}
    现场: {event: {辱骂: insult, 张贴: posting}, no: [正常], says_nothing: [其他], split: 、}
"""
    )
    csv = "编号,日期,录音,现场\n1,2026-03-05,否,其他\n2,2026-03-05,是,辱骂、其他\n3,2026-03-05,,\n"
    csv += "4,2026-03-05,部分,正常\n"
    says_nothing, yes, blank, refused = ledger(mapping, csv)

    assert {key: says_nothing[key] for key in ("recordings", "conduct", "completeness")} == {
        key: blank[key] for key in ("recordings", "conduct", "completeness")
    }
    assert yes["recordings"] == [{"medium": "audio"}]
    assert yes["conduct"] == [{"kind": "insult"}]
    assert [problem["path"] for problem in refused["__problems"]] == ["$.recordings[0].medium"]


@pytest.mark.long
def test_a_name_in_one_column_is_not_the_whole_team(ledger: Ledger, judge: Judge) -> None:
    """Nobody came alone because only one column names somebody; `split` makes people of one cell."""
    rule = "cn.cba-2026.visit/two-collectors"
    columns = "visits:\n  columns: {编号: visit.id, 时间: visit.starts_at, 主催: {target}}\n"
    csv = '编号,时间,主催\n1,2026-03-05 10:00,"甲,乙"\n2,2026-03-05 10:00,甲\n'

    both, one = ledger(BANK + columns.replace("{target}", '"team[0].id"'), csv)
    assert statuses(judge(both))[rule] == statuses(judge(one))[rule] == "undetermined"

    people = '{fact: "team[].id", split: [",", "、", "/"], constants: {present: true}}'
    both, one = ledger(BANK + columns.replace("{target}", people), csv)
    assert both["team"] == [{"id": "甲", "present": True}, {"id": "乙", "present": True}]
    assert statuses(judge(both))[rule] == "satisfied"
    assert statuses(judge(one))[rule] == "undetermined"

    said = people.replace("}}", "}, complete: true}")
    _, one = ledger(BANK + columns.replace("{target}", said), csv)
    assert "completeness" not in one
    assert statuses(judge(one))[rule] == "violated"


def test_a_summary_decides_nothing(ledger: Ledger, judge: Judge) -> None:
    """Two visits of which only a remark is known: no rule is kept, none is broken."""
    mapping = BANK + "visits: {columns: {编号: visit.id, 日期: visit.date, 情况: record.summary}}\n"
    for row in ledger(mapping, "编号,日期,情况\n1,2026-03-05,门上张贴催收函\n2,2026-03-06,告知其母欠款金额\n"):
        decided = statuses(judge(row))
        assert decided["base.privacy/nothing-posted"] == "undetermined"
        assert not {rule for rule, status in decided.items() if status in ("violated", "suspected", "excused")}


EVENTS: dict[str, dict[str, Any]] = {
    # The columns of a row, and what its lists hold and lack.
    "骂、打,,,": {"conduct": [{"kind": "insult"}, {"kind": "violence"}], "completeness": {"complete": False}},
    "无,,,": {"completeness": {"complete": False, "all_with": {"kind": ["insult", "violence"]}}},
    "无,是,,": {
        "conduct": [{"kind": "violence", "to": "debtor"}],
        "completeness": {"complete": False, "all_with": {"kind": ["insult"]}},
    },
    # A no to what is special says nothing of its kind.
    ",否,,": {"completeness": {"complete": False}},
    ",,是,": {"consents": [{"kind": "entry", "by": "debtor", "given": True}]},
    ",,,否": {"recordings": "none"},
    ",,,是": {"recordings": [{}]},
    "哭,,,": {"problem": ("fact-unknown-word", "现场", "`哭`")},
}


def test_event_columns(ledger: Ledger) -> None:
    """Words, several in a cell, kinds that are closed, and texts that mean nothing."""
    mapping = (
        BANK
        + """\
visits:
  columns: {编号: visit.id, 日期: visit.date}
  events:
    现场: {event: {骂: insult, 打: violence}, no: [无], split: 、}
    打了本人: {event: violence, yes: [是], no: [否], constants: {to: debtor}}
    同意: {consent: entry, yes: [是], no: [否], yes_is_all: true, constants: {by: debtor}}
    录像: {recording: any, yes: [是], no: [否]}
"""
    )
    lines = "".join(f"1,2026-03-05,{cells}\n" for cells in EVENTS)
    rows = ledger(mapping, f"编号,日期,现场,打了本人,同意,录像\n{lines}")
    for row, (cells, expected) in zip(rows, EVENTS.items(), strict=True):
        if "problem" in expected:
            code, *parts = expected["problem"]
            [problem] = row["__problems"]
            assert problem["code"] == code, cells
            assert all(part in problem["message"] for part in parts), problem
            continue
        assert row["conduct"] == expected.get("conduct", []), cells
        assert row["completeness"]["conduct"] == expected.get("completeness", {"complete": False}), cells
        assert row["consents"] == expected.get("consents", []), cells
        closed = {"all_with": {"kind": ["entry"], "by": ["debtor"]}} if row["consents"] else {}
        assert row["completeness"]["consents"] == {"complete": False, **closed}, cells
        none = expected.get("recordings") == "none"
        assert row["recordings"] == ([] if none else expected.get("recordings", [])), cells
        assert row["completeness"]["recordings"] == {"complete": none}, cells


CLOSINGS = {
    "{}": {"complete": False},
    "complete: {all_with: {channel: [phone], direction: [outbound]}}": {
        "complete": False,
        "all_with": {"channel": ["phone"], "direction": ["outbound"]},
    },
    "complete: true": None,
    "complete: false": {"complete": False},
}


@pytest.mark.long
@pytest.mark.parametrize("said", first_by_default(CLOSINGS, 2))
def test_what_a_separate_table_holds(said: str, ledger: Ledger) -> None:
    """A separate table says whether every element is in it, or every one of some words; else its list goes on."""
    entry = "" if said == "{}" else f"    {said}\n"
    mapping = (
        BANK
        + "visits: {columns: {编号: visit.id, 日期: visit.date}}\n"
        + "tables:\n  contacts:\n    files: [ledger.csv]\n    key: 编号\n"
        + entry
        + "    constants: {channel: phone, direction: outbound}\n    columns: {结果: result}\n"
    )
    [row] = ledger(mapping, "编号,日期,结果\n1,2026-03-05,reached\n")

    assert row["contacts"] == [{"channel": "phone", "direction": "outbound", "result": "reached"}]
    assert row.get("completeness", {}).get("contacts") == CLOSINGS[said]


def test_visits_say_which_of_their_lists_are_whole(ledger: Ledger) -> None:
    """`complete` of the visits closes lists that columns feed; lists of words go on unless a cell may hold several."""
    mapping = """\
constants: {visit.stage: recorded}
visits:
  complete: {team: true, met: {all_with: {role: [debtor]}}}
  columns:
    编号: visit.id
    日期: visit.date
    甲: "team[0].id"
    见到: "met[0].role"
    协会: lender.memberships
    脆弱: {fact: debtor.vulnerabilities, split: 、, values: {老: elderly, 病: illness}}
"""
    named, blank = ledger(
        mapping, "编号,日期,甲,见到,协会,脆弱\n1,2026-03-05,t1,debtor,cba,老、病\n2,2026-03-05,,,,、\n"
    )

    lacking = {
        "met": {"complete": False, "all_with": {"role": ["debtor"]}},
        "lender": {"memberships": {"complete": False}},
    }
    assert named["completeness"] == blank["completeness"] == lacking
    assert named["debtor"]["vulnerabilities"] == ["elderly", "illness"]
    assert "team" not in blank
    assert "debtor" not in blank  # a cell of separators alone says nothing

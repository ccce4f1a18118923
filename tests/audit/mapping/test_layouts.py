"""Column layouts of systems in use: what is proposed runs at once, and nothing of it is wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from choosing import first_by_default
from visitcheck.audit.inputs.table_samples import sample_table
from visitcheck.audit.mapping import mapping_from_text
from visitcheck.audit.mapping.suggest import suggest_mapping
from visitcheck.audit.mapping.synonyms import likely_facts

Ledger = Callable[..., list[dict[str, Any]]]

FOLLOWUP = """\
跟进id,客户信息ID,证件号,委案日期,案件信息ID,联络对象,联络对象姓名,催收日期,催收方式,电话号码,地址类型,详细地址,跟进内容,操作人工号,操作时间
F0,P8,440000190001010000,2026-02-10,1,单位同事,钱磊,2026-03-12 09:05:00,电话,13800000000,户籍地址,0号,接,g3,2026-03-12
F1,P8,440000190001010000,2026-01-19,2,父亲,周敏,2026-02-18 15:10:00,外访,,户籍地址,1号,搬走,g3,2026-02-18
F2,P2,440000190001010000,2026-02-04,3,本人,王伟,2026-03-06 11:00:00,外访,,单位地址,2号,无人,g2,2026-03-06
"""
RECOVERY = """\
id,clientId,visitDate,visitTime,outcome,amountCollected,promiseDate,notes,visitedBy,lat,lng,createdAt
1,4,2026-03-11,17:10,PROMISE_MADE,0,,gate locked,agent1,31.52,74.35,2026-03-11 17:50:00
2,2,2026-03-10,14:05,PAYMENT_COLLECTED,2500,,,agent1,31.52,74.35,2026-03-10 14:45:00
3,4,2026-03-06,22:10,CLIENT_UNAVAILABLE,0,,met client,agent2,31.52,74.35,2026-03-06 22:50:00
"""
LEDGER = """\
外访记录表,,,,,,,,
案件编号,外访日期,到达时间,离开时间,是否录音,是否见到本人,接待人关系,是否告知第三方,备注
XJ1,2026年9月2日,10:16,10：42,是,是,本人,否,无
XJ2,2026.9.20,15:28,15:54,设备故障,否,邻居,是，当即离开,-
XJ3,2026/09/12,10:22,11:26,否,否,,不详,已停机
"""
ORDERS = """\
外勤作业台账,,,,,,,,,,,,,
工单号,客户姓名,外访日期,到达时刻,离开时刻,外访人员,陪同人员,是否出示证件,是否全程录音,是否向第三方透露债务,欠款余额,任务状态,作业方式,结果说明
GD1,张三,2026/3/2,9点40分,10点15分,王强,李敏,是,是,否,"12,480.50",已完成,外访,月底还款
GD2,李四,2026/3/3,22点20分,,赵刚,,否,,是,3200.00,已完成,外访,-
GD3,王五,2026/3/4,10点00分,,,,,,,900.00,已取消,电话,无人
,合计,,,,,,,,,"16,580.50",,,
"""


FILES = Path(__file__).parent / "layouts"
VISIT_RECORD, CODES = ((FILES / name).read_text(encoding="utf-8") for name in ("visit_record.csv", "app_codes.csv"))

# What the proposal feeds from which column, and how many rows are visits.
LAYOUTS: dict[str, tuple[str, str, set[str], int]] = {
    "orders of work with totals": (
        ORDERS,
        "gb18030",
        {
            "工单号 visit.id", "客户姓名 debtor.name", "外访日期 visit.date", "到达时刻 visit.starts_at",
            "离开时刻 visit.ends_at", "外访人员 team[].name", "陪同人员 team[].name", "欠款余额 debt.amount",
            "结果说明 record.summary", "是否出示证件 conduct", "是否全程录音 recordings",
            "是否向第三方透露债务 conduct",
        },
        2,
    ),
    "an agency's list of visits and calls, with totals": (
        (FILES / "agency_list.csv").read_text(encoding="utf-8"),
        "gb18030",
        {
            "序号 visit.id", "委托方 lender.name", "委托方类型 lender.kind", "案件编号 visit.case_id",
            "客户姓名 debtor.name", "逾期天数 debt.days_overdue", "委案金额（元） debt.amount", "外访日期 visit.date",
            "到达时间 visit.starts_at", "离开时间 visit.ends_at", "地址类型 place.kind", "外访人员 team[].name",
            "接待人关系 met[].role", "结果及备注 record.summary", "是否见到本人 met", "是否全程录音 recordings",
        },
        2,
    ),
    "a bank's field app with positions": (
        (FILES / "bank_app.csv").read_text(encoding="utf-8"),
        "utf-8",
        {
            "任务编号 visit.id", "案件号 visit.case_id", "客户号 debtor.id", "借据号 debt.id", "产品大类 debt.product",
            "逾期天数 debt.days_overdue", "应还总额 debt.amount", "签到时间 visit.starts_at", "签退时间 visit.ends_at",
            "签到经度 place.longitude", "签到纬度 place.latitude", "签到偏差(米) place.planned_distance_m",
            "地址类别 place.kind", "外访员工号 team[].id", "协同员工号 team[].id", "处理说明 record.summary",
            "是否入户 conduct", "客户同意入户 consents", "是否录像 recordings",
        },
        3,
    ),
    "a bank's monthly return with a header over two rows": (
        (FILES / "monthly_return.csv").read_text(encoding="utf-8"),
        "gb18030",
        {
            "序号 visit.id", "委外机构/机构名称 agency.name", "委外机构/机构代码 agency.id",
            "客户信息/客户号 debtor.id", "客户信息/姓名 debtor.name", "逾期情况/卡产品 debt.product",
            "逾期情况/逾期天数 debt.days_overdue",
            "上门情况/上门日期 visit.date", "上门情况/到达时间 visit.starts_at", "上门情况/离开时间 visit.ends_at",
            "上门情况/上门地址类型 place.kind", "上门情况/上门人员工号 team[].id", "上门情况/同行人员工号 team[].id",
            "备注 record.summary", "合规情况/是否亮证 conduct", "合规情况/是否录音录像 recordings",
            "合规情况/是否收取现金 conduct",
        },
        8,
    ),
    "a field app's codes and milliseconds": (
        (FILES / "field_app.csv").read_text(encoding="utf-8"),
        "utf-8-sig",
        {
            "taskId visit.id", "caseCode visit.case_id", "custId debtor.id", "custName debtor.name",
            "checkInTime visit.starts_at", "checkOutTime visit.ends_at", "visitorUid team[].id", "partnerUid team[].id",
            "overdueDays debt.days_overdue", "remark record.summary",
            "checkInLat place.latitude", "checkInLng place.longitude",
        },
        9,
    ),
    "a questionnaire": (
        (FILES / "questionnaire.csv").read_text(encoding="utf-8"),
        "gb18030",
        {
            "序号 visit.id", "1、请填写本次外访的案件编号 visit.case_id", "2、外访人员姓名（主访） team[].name",
            "3、外访人员姓名（陪访） team[].name", "4、请选择本次外访日期 visit.date",
            "5、到达现场时间（例：14:30） visit.starts_at", "6、离开现场时间（例：15:10） visit.ends_at",
            "7、外访地址类型 place.kind", "9、如未见到本人，接待人与债务人的关系是？ met[].role",
            "15、其他情况说明（选填） record.summary", "8、现场是否见到债务人本人？ met",
            "10、是否向债务人出示工作证件及委托函？ conduct", "11、全程是否开启录音录像？ recordings",
            "12、是否向第三人透露债务信息？ conduct", "13、债务人是否要求我方离开？ conduct",
        },
        8,
    ),
    "an English tracker with totals, of a zone that is not known": (
        (FILES / "tracker.csv").read_text(encoding="utf-8"),
        "utf-8",
        {
            "Visit Ref visit.id", "Loan A/c No debt.id", "Customer Name debtor.name", "DPD debt.days_overdue",
            "O/S Amount (INR) debt.amount", "Visit Date visit.date", "FOS Code team[].id", "Visited At place.kind",
            "Person Met met[].role", "Disposition / Remarks record.summary", "ID Shown (Y/N) conduct",
        },
        8,
    ),
    "a record of visits in GBK": (
        VISIT_RECORD,
        "gb18030",
        {
            "visit.id", "案件编号 visit.case_id", "姓名 debtor.name", "实际外访时间 visit.starts_at",
            "外访人 team[].name", "外访地址 place.address", "外访报告 record.summary",
        },
        3,
    ),
    "calls and visits in one table": (
        FOLLOWUP,
        "utf-8",
        {
            "跟进id visit.id", "客户信息ID debtor.id", "案件信息ID visit.case_id", "联络对象 met[].role",
            "催收日期 visit.starts_at", "地址类型 place.kind", "详细地址 place.address", "跟进内容 record.summary",
            "操作人工号 team[].id",
        },
        2,
    ),
    "date and time apart, of a zone that is not known": (
        RECOVERY,
        "utf-8",
        {"id visit.id", "clientId debtor.id", "visitDate visit.date", "notes record.summary", "visitedBy team[].id",
         "lat place.latitude", "lng place.longitude"},
        3,
    ),
    "codes": (
        CODES,
        "utf-8",
        {
            "visit.id", "strCaseNo visit.case_id", "dtCreateTime visit.date", "strAddress place.address",
            "strOperator team[].id",
        },
        3,
    ),
    "a ledger with a title": (
        LEDGER,
        "utf-8",
        {
            "visit.id", "案件编号 visit.case_id", "外访日期 visit.date", "到达时间 visit.starts_at",
            "离开时间 visit.ends_at", "接待人关系 met[].role", "备注 record.summary", "是否见到本人 met",
            "是否告知第三方 conduct",
        },
        3,
    ),
}  # fmt: skip

TASKS_NOT_DONE = {"a field app's codes and milliseconds": 2, "a bank's field app with positions": 1}
"""Rows without a time, which no `where` leaves out yet."""


@pytest.mark.parametrize("layout", first_by_default(LAYOUTS, 2))
def test_what_is_proposed_runs_at_once(layout: str, ledger: Ledger, tmp_path: Path) -> None:
    csv, encoding, expected, visits = LAYOUTS[layout]
    path = tmp_path / "ledger.csv"
    path.write_bytes(csv.encode(encoding))
    text = suggest_mapping(sample_table(path))
    mapping = mapping_from_text(text)

    columns = mapping.visits.columns
    fed = {" ".join([*(column.name,) * bool(column.sources), column.target.fact.path]) for column in columns}
    assert fed | {f"{event.name} {event.list}" for event in mapping.visits.events} == expected
    rows = ledger(text, csv.encode(encoding))
    assert len(rows) == visits
    rejected = [problem["path"] for row in rows for problem in row.get("__problems", [])]
    assert rejected == ["$.visit.starts_at"] * TASKS_NOT_DONE.get(layout, 0)
    assert "440000190001010000" not in text  # no values of columns that it does not know
    assert "13800000000" not in text


def test_what_tells_tasks_apart_is_asked(tmp_path: Path) -> None:
    text = suggest_mapping(sample_table(FILES / "field_app.csv"))
    assert '  # where: {taskType: ["1", "2"]}  # unsure' in text
    assert '  # where: {taskStatus: ["2", "3", "1"]}  # unsure' in text


@pytest.mark.parametrize(
    ("header", "fact"),
    [
        ("客户信息/姓名", "debtor.name"),
        ("外访人员/姓名", "team[].name"),  # never the debtor's, though 姓名 alone is
        ("上门情况/到达时间", "visit.starts_at"),
        ("委外机构/机构名称", "agency.name"),
        ("Q3. 请选择本次外访日期（必填）", "visit.date"),
        ("custId", "debtor.id"),
        ("Loan A/c No", "debt.id"),
    ],
)
def test_a_name_in_a_group_or_a_question(header: str, fact: str) -> None:
    assert likely_facts(header) == [(1.0, fact)]


@pytest.mark.parametrize("header", ["接待人/姓名", "联系人信息/姓名", "审批情况/日期", "审批信息/时间"])
def test_a_general_name_is_nothing_without_its_group(header: str) -> None:
    assert not likely_facts(header) or likely_facts(header)[0][0] < 1


def test_a_no_to_more_than_one_thing_says_nothing(tmp_path: Path) -> None:
    """Not recorded throughout is not unrecorded; who did not show a card and a letter may have shown the card."""
    path = tmp_path / "ledger.csv"
    path.write_text("外访编号,是否全程录音,是否出示工作证件及委托函,是否出示证件\nA,否,否,否\nB,是,是,是\n", "utf-8")
    text = suggest_mapping(sample_table(path))
    assert '    是否全程录音: {recording: audio, yes: ["是"], says_nothing: ["否"]}\n' in text
    assert '    是否出示工作证件及委托函: {event: identification, yes: ["是"], says_nothing: ["否"]}\n' in text
    assert '    是否出示证件: {event: identification, yes: ["是"], no: ["否"]}\n' in text


def test_what_is_no_visit_is_asked(tmp_path: Path) -> None:
    """A state of approval is shown with its values; only words that say it keep rows."""
    path = tmp_path / "ledger.csv"
    path.write_text(VISIT_RECORD, encoding="utf-8")
    text = suggest_mapping(sample_table(path))
    assert '# where: {审批状态: ["审批通过", "待审批"]}  # unsure' in text

    path.write_text(FOLLOWUP, encoding="utf-8")
    text = suggest_mapping(sample_table(path))
    assert '\n  where: {催收方式: ["外访"]}\n' in text
    assert 1 == text.count("where: {催收方式")


def test_what_cannot_be_known_says_what_to_fill_in(tmp_path: Path) -> None:
    path = tmp_path / "ledger.csv"
    path.write_text(LEDGER, encoding="utf-8")
    text = suggest_mapping(sample_table(path))
    assert "  # lender.kind: bank  # unsure: fill in; bank, consumer_finance" in text
    assert "  # debt.online: true  # unsure: fill in; true, false" in text
    assert "设备故障 mean?" in text


def test_values_of_persons_are_not_quoted(tmp_path: Path) -> None:
    path = tmp_path / "ledger.csv"
    path.write_text("外访编号,紧急电话备注,身份证\nA,13800001111 张三,110101199001011234\n", encoding="utf-8")
    text = suggest_mapping(sample_table(path))
    assert "13800001111" not in text
    assert "110101199001011234" not in text

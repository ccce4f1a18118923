"""What a ledger of visits plainly holds: columns that belong together, ids, events, and rows that are no visits."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from visitcheck.audit.mapping.model import TableSample
from visitcheck.audit.mapping.synonyms import event_names, fold_header, header_variants, value_words
from visitcheck.facts.scalars import STAND_INS

_PLANNED = ("计划", "拟", "预约", "预计", "申请", "审批", "plan", "scheduled", "expected", "requested", "apply")
_ACTUAL = ("实际", "actual")
_ENTERED = ("创建", "录入", "操作时间", "create", "entered", "updated", "更新")
_VISIT_WORDS = ("外访", "上门", "实地", "家访", "visit", "field visit", "field")
_OTHER_WORDS = (
    "电话", "短信", "微信", "信函", "邮件", "取消", "已取消", "计划", "待",
    "call", "phone", "sms", "letter", "cancelled", "planned",
)  # fmt: skip
FORM_BLANKS = frozenset({"(空)", "（空）", "(跳过)", "（跳过）", "(skipped)", "(blank)"})
"""What exports of questionnaires write where nothing was answered."""
_STATUS = re.compile(r".*(?:状态|status)|(?:任务|作业|工单|跟进|task|visit|job|activity)(?:类型|方式|type)").fullmatch
_MOST_KINDS = 12
is_clock = re.compile(
    r"(?:上午|下午)?\s?[0-9]{1,2}(?:[:：][0-5]?[0-9]){1,2}|(?:上午|下午)?[0-9]{1,2}[点时][0-9]{1,2}分?"
).fullmatch
_ASKS_FOR_MORE = ("全程", "及", "和", "并")
"""Marks in the name of an event of more than one thing, whose no does not say that none happened."""
_SEPARATORS = ("、", "，", ",", "/", ";", "；")


def is_planned(header: str, headers: frozenset[str]) -> bool:
    """Whether a column tells of a plan or an application, not of what took place."""
    name = fold_header(header)
    if any(word in name for word in _PLANNED):
        return True
    return any(fold_header(f"{word}{header}") in headers for word in _ACTUAL)


def is_entry_time(header: str) -> bool:
    """Whether a column tells when a row was entered."""
    return any(word in fold_header(header) for word in _ENTERED)


def rows_of_visits(columns: Mapping[str, tuple[str, ...]]) -> tuple[str, list[str]] | None:
    """The column that plainly tells visits from calls and the like, with the values of visits."""
    for name, values in columns.items():
        folded = {value: fold_header(value) for value in values}
        visits = [value for value, text in folded.items() if text in map(fold_header, _VISIT_WORDS)]
        others = [value for value, text in folded.items() if text in map(fold_header, _OTHER_WORDS)]
        if visits and others and len(values) <= _MOST_KINDS:
            return name, visits
    return None


def status_columns(columns: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Columns that may say that a row is no visit that took place, with their values."""
    # An app's `task.status` is a status, too.
    named = ((name, values) for name, values in columns.items() if _STATUS(fold_header(name.rpartition(".")[2])))
    return ((name, values) for name, values in named if 1 < len(values) <= _MOST_KINDS)


@dataclass(frozen=True, slots=True)
class EventGuess:
    """An event that a column of yes and no tells of: `key` and `word` as under `events:`."""

    key: str
    word: str
    yes: tuple[str, ...]
    no: tuple[str, ...]
    says_nothing: tuple[str, ...]
    unclear: tuple[str, ...]


def event_of(header: str, values: tuple[str, ...]) -> EventGuess | None:
    """The event that a column plainly tells of, by its name and by what it holds."""
    spellings = map(fold_header, header_variants(header))
    named = next((event for one in spellings if (event := event_names().get(one))), None)
    if named is None:
        return None
    truths = value_words()["truths"]
    yes_words = {fold_header(one) for one in truths["true"]} | {"见到", "已见"}
    no_words = {fold_header(one) for one in truths["false"]} | {"未见到", "未见"}
    yes = tuple(one for one in values if fold_header(one) in yes_words or re.match(r"[是有][，,；; ]", one))
    no = tuple(one for one in values if fold_header(one) in no_words)
    unclear = tuple(one for one in values if one not in (*yes, *no) and one.lower() not in STAND_INS | FORM_BLANKS)
    key, word = named
    # What was not recorded throughout may have been in part, and of two documents one may have been shown.
    is_more = any(mark in header for mark in _ASKS_FOR_MORE)
    return EventGuess(key, word, yes, () if is_more else no, no if is_more else (), unclear)


def separators_in(values: tuple[str, ...]) -> list[str]:
    """What stands between several names in the cells of a column."""
    return [one for one in _SEPARATORS if any(one in value for value in values)]


def without_form_blanks(sample: TableSample) -> TableSample:
    """The sample without what questionnaires write for no answer, which says nothing of a column's kind."""
    columns = {
        name: tuple(one for one in values if one.lower() not in FORM_BLANKS) for name, values in sample.columns.items()
    }
    return replace(sample, columns=columns)

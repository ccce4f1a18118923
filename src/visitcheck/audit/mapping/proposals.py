"""What a ledger of visits plainly holds: columns that belong together, ids, events, and rows that are no visits."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from visitcheck.audit.mapping.synonyms import event_names, fold_header, value_words
from visitcheck.facts.scalars import STAND_INS

_PLANNED = ("计划", "拟", "预约", "预计", "申请", "审批", "plan", "scheduled", "expected", "requested", "apply")
_ACTUAL = ("实际", "actual")
_ENTERED = ("创建", "录入", "操作时间", "create", "entered", "updated", "更新")
_VISIT_WORDS = ("外访", "上门", "实地", "家访", "visit", "field visit", "field")
_OTHER_WORDS = (
    "电话", "短信", "微信", "信函", "邮件", "取消", "已取消", "计划", "待",
    "call", "phone", "sms", "letter", "cancelled", "planned",
)  # fmt: skip
_STATUS = ("审批状态", "状态", "任务状态", "外访状态", "status")
_MOST_KINDS = 12
is_clock = re.compile(
    r"(?:上午|下午)?\s?[0-9]{1,2}(?:[:：][0-5]?[0-9]){1,2}|(?:上午|下午)?[0-9]{1,2}[点时][0-9]{1,2}分?"
).fullmatch
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
    known = {fold_header(one) for one in _STATUS}
    # An app's `task.status` is a status, too.
    named = ((name, values) for name, values in columns.items() if fold_header(name.rpartition(".")[2]) in known)
    return ((name, values) for name, values in named if 1 < len(values) <= _MOST_KINDS)


@dataclass(frozen=True, slots=True)
class EventGuess:
    """An event that a column of yes and no tells of: `key` and `word` as under `events:`."""

    key: str
    word: str
    yes: tuple[str, ...]
    no: tuple[str, ...]
    unclear: tuple[str, ...]


def event_of(header: str, values: tuple[str, ...]) -> EventGuess | None:
    """The event that a column plainly tells of, by its name and by what it holds."""
    named = event_names().get(fold_header(header))
    if named is None:
        return None
    truths = value_words()["truths"]
    yes_words = {fold_header(one) for one in truths["true"]} | {"见到", "已见"}
    no_words = {fold_header(one) for one in truths["false"]} | {"未见到", "未见"}
    yes = tuple(one for one in values if fold_header(one) in yes_words or re.match(r"[是有][，,；; ]", one))
    no = tuple(one for one in values if fold_header(one) in no_words)
    unclear = tuple(one for one in values if one not in (*yes, *no) and one.lower() not in STAND_INS)
    key, word = named
    return EventGuess(key, word, yes, no, unclear)


def separators_in(values: tuple[str, ...]) -> list[str]:
    """What stands between several names in the cells of a column."""
    return [one for one in _SEPARATORS if any(one in value for value in values)]

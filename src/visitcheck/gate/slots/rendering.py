"""Slots as text for people, in English or Chinese."""

from __future__ import annotations

from collections.abc import Iterator

from visitcheck.facts.types import DURATION, TIMESTAMP
from visitcheck.gate.messages import add_label, join_texts, say_value
from visitcheck.gate.slots.model import Blocker, Slot, Slots
from visitcheck.policy.model import Language

_WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "found": "The visit may begin, looking at every {step} from {since} until {until}:",
        "none": "The visit may not begin at any of {times} times, looking at every {step} from {since} until {until}.",
        "always": "against every time",
        "some": "against {times} of {all} times",
        "between": "{first} to {last}",
        "first": "before that",
        "missing": "not known",
        "remedy": "to do",
        "no rule": "No rule of the policy that could deny or review applies, at whatever time.",
    },
    "zh": {
        "found": "自 {since} 至 {until}，每隔 {step} 逐一判断，可以开始上门的时间：",
        "none": "自 {since} 至 {until}，每隔 {step} 逐一判断，共 {times} 个时间，均不得上门。",
        "always": "所有时间均受限",
        "some": "{all} 个时间中有 {times} 个受限",
        "between": "{first} 至 {last}",
        "first": "此前须",
        "missing": "缺少",
        "remedy": "处理",
        "no rule": "无论何时上门，都没有可据以禁止或复核的规则适用。",
    },
}


def render_slots(found: Slots, lang: Language = "en") -> str:
    """The slots with what they ask for, or what stands against all times."""
    return "\n".join(_lines(found, lang))


def _lines(found: Slots, lang: Language) -> Iterator[str]:
    words = _WORDS[lang]
    head = words["found" if found.slots else "none"]
    yield head.format(
        step=say_value(found.step, DURATION, lang),
        since=_at(found.searched_from, found, lang),
        until=_at(found.searched_until, found, lang),
        times=found.times,
    )
    for slot in found.slots:
        yield from _slot(slot, found, lang)
    for blocker in found.blockers:
        yield from _blocker(blocker, found, lang)
    if not found.slots and not found.blockers and not found.problems:
        yield f"  {words['no rule']}"
    yield from (f"  ! {problem.code}: {problem.message}" for problem in found.problems)


def _slot(slot: Slot, found: Slots, lang: Language) -> Iterator[str]:
    words, first = _WORDS[lang], _at(slot.starts_at, found, lang)
    last = _at(slot.latest_start, found, lang)
    yield f"  - {first if first == last else words['between'].format(first=first, last=last)}"
    yield from (f"      {add_label(words['first'], remedy.what.in_(lang), lang)}" for remedy in slot.remedies)


def _blocker(blocker: Blocker, found: Slots, lang: Language) -> Iterator[str]:
    words, finding = _WORDS[lang], blocker.finding
    share = words["always" if blocker.times == found.times else "some"].format(times=blocker.times, all=found.times)
    yield f"  - {finding.title.in_(lang)}  [{finding.rule}]  {share}"
    yield f"      {finding.message.in_(lang)}"
    if finding.missing:
        yield f"      {add_label(words['missing'], join_texts(finding.missing, lang), lang)}"
    if finding.remedy:
        yield f"      {add_label(words['remedy'], finding.remedy.in_(lang), lang)}"


def _at(moment: int, found: Slots, lang: Language) -> str:
    return say_value(moment, TIMESTAMP, lang, found.zone)

"""The answer of `Gate.next_slot`: when a visit may begin, or what stands against every time; as JSON and as text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from visitcheck.concurrency import cached_property
from visitcheck.errors import Problem
from visitcheck.facts.types import DURATION, SECOND, TIMESTAMP
from visitcheck.gate.decision import Decision
from visitcheck.gate.findings import Finding
from visitcheck.gate.json_form import FORM_VERSION, JsonObject, finding_to_dict, remedy_to_dict
from visitcheck.gate.messages import add_label, iso_text, join_texts, say_value
from visitcheck.gate.remedies.model import Remedy
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
        "no rule": "No rule by itself stands against it at any time; the decision on the visit says what does.",
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
        "no rule": "无论何时上门，均无单一规则与之抵触；原因见该次外访的结论。",
    },
}


@dataclass(frozen=True, slots=True)
class Slot:
    """Starts in a row at which the visit is allowed: from `starts_at` to `latest_start`, all times of the grid.

    `ends_at` goes with `starts_at`; None where the proposal has no end. With `remedies` the visit is allowed once
    they are done, and `by` of each is for a visit that begins at `starts_at`. `decision` is the gate's own answer,
    of all its engines, on the visit so moved. Moments are microseconds since 1970 UTC.
    """

    starts_at: int
    ends_at: int | None
    latest_start: int
    remedies: tuple[Remedy, ...]
    decision: Decision


@dataclass(frozen=True)
class Blocker:
    """A rule, by id, that stood against `times` of the times looked at.

    `finding` is its finding at the first of them, worked out when first asked for, by `explain`.
    """

    rule: str
    times: int
    explain: Callable[[], Finding] = field(repr=False, compare=False)

    @cached_property
    def finding(self) -> Finding:
        """Why the rule stood against the first of those times."""
        return self.explain()


@dataclass(frozen=True, slots=True)
class Slots:
    """The earliest slots from `searched_from` up to, not including, `searched_until`, every `step`.

    `times` is how many starts were looked at. Where there is no slot, `blockers` are the rules that stood against
    them, those that did at most times first: one with `times` equal to the whole stood against every time.
    `problems` say why a slot found was not confirmed by the gate. `zone` is where times are shown.
    """

    visit: str
    searched_from: int
    searched_until: int
    step: int
    times: int
    zone: str | None
    slots: tuple[Slot, ...]
    blockers: tuple[Blocker, ...]
    problems: tuple[Problem, ...]

    def __iter__(self) -> Iterator[Slot]:
        return iter(self.slots)

    def __len__(self) -> int:
        return len(self.slots)

    @property
    def always(self) -> tuple[Blocker, ...]:
        """The rules that stand against every time."""
        return tuple(blocker for blocker in self.blockers if blocker.times == self.times)

    def to_dict(self) -> JsonObject:
        """Give the answer as JSON values, by the published schema (`visitcheck schema slots`)."""
        return slots_to_dict(self)

    def render(self, lang: Language = "en") -> str:
        """Render the answer as text for people."""
        return render_slots(self, lang)

    def __str__(self) -> str:
        return self.render()


def slots_to_dict(slots: Slots) -> JsonObject:
    """Put the answer of a search, without its decisions, into the form of the schema."""
    return {
        "form": FORM_VERSION,
        "visit": slots.visit,
        "searched": {
            "from": iso_text(slots.searched_from, slots.zone),
            "until": iso_text(slots.searched_until, slots.zone),
            "step": {"seconds": slots.step / SECOND},
            "times": slots.times,
        },
        "slots": [_slot_to_dict(slot, slots.zone) for slot in slots.slots],
        "blockers": [
            {"times": blocker.times, "finding": finding_to_dict(blocker.finding)} for blocker in slots.blockers
        ],
        "problems": [problem.as_dict() for problem in slots.problems],
    }


def _slot_to_dict(slot: Slot, zone: str | None) -> JsonObject:
    return {
        "starts_at": iso_text(slot.starts_at, zone),
        "ends_at": None if slot.ends_at is None else iso_text(slot.ends_at, zone),
        "latest_start": iso_text(slot.latest_start, zone),
        "remedies": [remedy_to_dict(remedy, zone) for remedy in slot.remedies],
    }


def render_slots(slots: Slots, lang: Language = "en") -> str:
    """Render the slots with what they ask for, or what stands against all times."""
    return "\n".join(_slots_lines(slots, lang))


def _slots_lines(slots: Slots, lang: Language) -> Iterator[str]:
    words = _WORDS[lang]
    head = words["found" if slots.slots else "none"]
    yield head.format(
        step=say_value(slots.step, DURATION, lang),
        since=_say_moment(slots.searched_from, slots, lang),
        until=_say_moment(slots.searched_until, slots, lang),
        times=slots.times,
    )
    for slot in slots.slots:
        yield from _slot_lines(slot, slots, lang)
    for blocker in slots.blockers:
        yield from _blocker_lines(blocker, slots, lang)
    if not slots.slots and not slots.blockers and not slots.problems:
        yield f"  {words['no rule']}"
    yield from (f"  ! {problem.code}: {problem.message}" for problem in slots.problems)


def _slot_lines(slot: Slot, slots: Slots, lang: Language) -> Iterator[str]:
    words, first = _WORDS[lang], _say_moment(slot.starts_at, slots, lang)
    last = _say_moment(slot.latest_start, slots, lang)
    yield f"  - {first if first == last else words['between'].format(first=first, last=last)}"
    yield from (f"      {add_label(words['first'], remedy.what.in_(lang), lang)}" for remedy in slot.remedies)


def _blocker_lines(blocker: Blocker, slots: Slots, lang: Language) -> Iterator[str]:
    words, finding = _WORDS[lang], blocker.finding
    share = words["always" if blocker.times == slots.times else "some"].format(times=blocker.times, all=slots.times)
    yield f"  - {finding.title.in_(lang)}  [{finding.rule}]  {share}"
    yield f"      {finding.message.in_(lang)}"
    if finding.missing:
        yield f"      {add_label(words['missing'], join_texts(finding.missing, lang), lang)}"
    if finding.remedy:
        yield f"      {add_label(words['remedy'], finding.remedy.in_(lang), lang)}"


def _say_moment(moment: int, slots: Slots, lang: Language) -> str:
    return say_value(moment, TIMESTAMP, lang, slots.zone)

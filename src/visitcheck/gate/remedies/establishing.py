"""Facts that are missing: what they would have to be. Nothing that is known is ever changed here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from visitcheck.facts import Visit
from visitcheck.facts.types import BOOL, DATE, DAY, HOUR, INT, STRING, TIMESTAMP, ListOf, Type, Word
from visitcheck.facts.vocabulary import FACTS
from visitcheck.gate.messages import say_value
from visitcheck.gate.remedies.actions import Action
from visitcheck.gate.remedies.edits import BLANK, Edit, Path, parse_path, path_text, value_at, vocabulary_path
from visitcheck.policy.model import Text

_YEARS = 5 * 365
_NUMBERS = (0, 1, 10, 100, 1_000, 10_000)


def suppositions(visit: Visit, missing: tuple[str, ...]) -> Iterator[Action]:
    """Suppose, for each missing fact, each value that is worth trying."""
    for fact in missing:
        path = parse_path(fact)
        if path[0] == "completeness":
            yield _completion(path, visit)
            continue
        info = FACTS.get(vocabulary_path(path))
        # A pack's own fact has no list of what it may be; what is in the team's hands is promised or prepared instead.
        if info is None or path[0] in ("plan", "preparation") or value_at(visit, path) is not None:
            continue
        for value in _trial_values(info.type, visit):
            yield _supposition(path, fact, value, info.description)


def _supposition(path: Path, fact: str, value: object, description: str) -> Action:
    edits = (Edit(path, value),)
    what = Text(en=f"Find out `{fact}` ({description.rstrip('.')}).", zh=f"查明 `{fact}`。")
    return Action("establish", what, lambda visit, moment: edits, frozenset({vocabulary_path(path)}), fact)


def _completion(path: Path, visit: Visit) -> Action:
    """Suppose that a list that goes on holds everything there was."""
    listed = ".".join(str(step) for step in path[1:])
    edits = [Edit((*path, "complete"), True)]
    if value_at(visit, (*path, "all_with")) is not None:
        edits.append(Edit((*path, "all_with"), None))  # what is complete needs no kinds named
    what = Text(
        en=f"Say whether anything else happened: `{listed}` goes on.", zh=f"说明是否还有其他情况：`{listed}` 未必完整。"
    )
    below = (f"{listed}[].", f"{listed}[]")
    touches = frozenset(name for name in FACTS if name == listed or name.startswith(below))
    return Action("establish", what, lambda visit, moment: tuple(edits), touches, path_text(path))


def value_choices(visit: Visit, action: Action) -> tuple[tuple[Action, Text], ...]:
    """List what a supposed fact could be, each with its name; nothing for a fact of more than a few values."""
    path = parse_path(action.choice)
    info = FACTS[vocabulary_path(path)]
    if info.type != BOOL and not isinstance(info.type, Word):
        return ()
    return tuple(
        (
            _supposition(path, action.choice, value, info.description),
            Text(en=say_value(value, info.type, "en"), zh=say_value(value, info.type, "zh")),
        )
        for value in _trial_values(info.type, visit)
    )


def find_out_text(action: Action, lawful: Sequence[Text], title: Text) -> Text:
    """Say what to find out, for which rule, and what it has to be, where not every value does."""
    what = Text(en=action.what.en, zh=f"{action.what.zh.rstrip('。')}（涉及：{title.zh}）。")
    if not lawful:
        return what
    en, zh = " or ".join(name.en for name in lawful), "或".join(name.zh for name in lawful)
    return Text(en=f"{what.en} It has to be: {en}.", zh=f"{what.zh}须为：{zh}。")


def _trial_values(type_: Type, visit: Visit) -> tuple[object, ...]:
    """List a few values of a type that differ in what rules make of them."""
    facts = visit.visit
    now = (None if facts is None else facts.as_of) or 0
    start = (None if facts is None else facts.starts_at) or now
    end = (None if facts is None else facts.ends_at) or start
    if type_ == BOOL:
        return (True, False)
    if isinstance(type_, Word):
        return type_.words
    if type_ == TIMESTAMP:
        return (now, min(now, start - 49 * HOUR), now - 8 * DAY, now - _YEARS * DAY, end, start + _YEARS * DAY)
    if type_ == DATE:
        return (now // DAY, now // DAY - _YEARS, start // DAY + _YEARS)
    if type_ == INT:
        return _NUMBERS
    if type_ == STRING:
        place = None if visit.place is None else visit.place.id
        return (place, BLANK) if place is not None else (BLANK,)
    return ((),) if isinstance(type_, ListOf) else ()

"""Columns that say whether something happened, and what the lists of a mapping lack."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from visitcheck.audit.mapping.columns import read_column, read_constants, read_separators, read_target
from visitcheck.audit.mapping.format import CLOSING, EVENT, EVENT_LISTS
from visitcheck.audit.mapping.model import USUAL_STATES, Closing, Column, Constants, EventColumn
from visitcheck.documents import YamlMapping, YamlNode, YamlScalar, YamlSequence
from visitcheck.documents.parts import Part
from visitcheck.documents.validation import validate
from visitcheck.errors import Problem
from visitcheck.facts.completeness import OPEN_LISTS
from visitcheck.facts.types import ListOf, Word
from visitcheck.facts.vocabulary import FactInfo
from visitcheck.suggest import did_you_mean

ANY = "any"
"""What stands for an element of any kind."""


def read_events(
    part: Part, whole: Part, facts: Mapping[str, FactInfo], problems: list[Problem]
) -> tuple[EventColumn, ...]:
    """Read the event columns of the table of visits."""
    return tuple(
        event
        for name, node in part.entries("events")
        for one in (node.items if isinstance(node, YamlSequence) else (node,))
        if (event := _read_event(name, one, whole, facts, problems)) is not None
    )


def _read_event(
    name: YamlScalar, node: YamlNode, whole: Part, facts: Mapping[str, FactInfo], problems: list[Problem]
) -> EventColumn | None:
    fitting = validate(node, EVENT, problems)
    if not isinstance(fitting, YamlMapping):
        return None
    part = Part(fitting)
    keys = [key for key in EVENT_LISTS if part.value(key) is not None]
    if len(keys) != 1:
        if keys:
            message = f"an event column is one of {', '.join(f'`{key}`' for key in keys)}, not several"
            problems.append(Problem("mapping-value", message, "name the column twice, in a list", part.place(keys[1])))
        return None
    [key] = keys
    list_ = EVENT_LISTS[key]
    closing = OPEN_LISTS[list_].closing[0]
    words = dict(_read_words(key, part, facts[f"{list_}[].{closing}"], problems))
    none = frozenset(scalar.text.strip() for scalar in part.scalars("no"))
    for both in sorted(none & words.keys()):
        problems.append(Problem("mapping-value", f"`{both}` is both yes and no", None, part.place("no")))
    nothing = frozenset(scalar.text.strip() for scalar in part.scalars("says_nothing"))
    for both in sorted(nothing & (none | words.keys())):
        message = f"`{both}` is yes or no, and says nothing"
        problems.append(Problem("mapping-value", message, None, part.place("says_nothing")))
    constants = (*read_constants(part, facts, problems, list_), *_usual_state(list_, part, facts))
    details = tuple(_read_details(part, whole, facts, list_, problems))
    is_all = part.text("yes_is_all") == "true"
    return EventColumn(
        name.text, list_, closing, words, none, part.place(), is_all, nothing, read_separators(part), details, constants
    )


def _read_words(key: str, part: Part, fact: FactInfo, problems: list[Problem]) -> Iterator[tuple[str, str | None]]:
    """Read what is written, with the word that it stands for; None for an element of any kind."""
    node = part.value(key)
    yes = part.scalars("yes")
    if isinstance(node, YamlScalar):
        word = _read_word(node, fact, problems)
        if not yes:
            help_ = "say what is written where it happened, like `yes: [是]`"
            problems.append(Problem("missing-key", "an event column needs the key `yes`", help_, part.place()))
        yield from ((scalar.text.strip(), word) for scalar in yes)
        return
    if not isinstance(node, YamlMapping):
        message = f"a word of `{fact.path}` belongs here, or what each value of the column stands for"
        problems.append(Problem("mapping-value", message, None, part.place(key)))
        return
    if yes:
        message = "`yes` is for a column with one word; here each value has its own"
        problems.append(Problem("mapping-value", message, "leave `yes` out", part.place("yes")))
    for written, value in node.entries:
        if isinstance(value, YamlScalar):
            yield written.text.strip(), _read_word(value, fact, problems)
        else:
            problems.append(Problem("mapping-value", f"a word of `{fact.path}` belongs here", None, value.place()))


def _read_word(node: YamlScalar, fact: FactInfo, problems: list[Problem]) -> str | None:
    assert isinstance(fact.type, Word)  # noqa: S101 - closing facts are closed words
    if node.text == ANY:
        return None
    if node.text not in fact.type.words:
        help_ = did_you_mean(node.text, (*fact.type.words, ANY))
        problems.append(Problem("mapping-value", f"`{node.text}` is no word of `{fact.path}`", help_, node.place()))
    return node.text


def _usual_state(list_: str, part: Part, facts: Mapping[str, FactInfo]) -> Constants:
    """The state that seeing such an element has, unless the column gives it."""
    state = USUAL_STATES.get(list_)
    given = {key.text for name in ("with", "constants") for key, _ in part.entries(name)}
    if state is None or not given.isdisjoint({state, f"{list_}[].{state}"}):
        return ()
    ignored: list[Problem] = []
    name = YamlScalar(state, "plain", part.node.span)
    target = read_target(name, facts, ignored, list_)
    return () if target is None else ((target, True),)


def _read_details(
    part: Part, whole: Part, facts: Mapping[str, FactInfo], list_: str, problems: list[Problem]
) -> Iterator[Column]:
    """Read the columns under `with:`, each as a column that feeds the fact."""
    for fact, node in part.entries("with"):
        if isinstance(node, YamlScalar):
            column = read_column(node, fact, whole, facts, list_, problems)
        else:
            column = _read_detail(fact, node, whole, facts, list_, problems)
        if column is not None:
            yield column


def _read_detail(
    fact: YamlScalar,
    node: YamlNode,
    whole: Part,
    facts: Mapping[str, FactInfo],
    list_: str,
    problems: list[Problem],
) -> Column | None:
    name = node.get("column") if isinstance(node, YamlMapping) else None
    if not isinstance(node, YamlMapping) or not isinstance(name, YamlScalar):
        help_ = "write it like `to: 接待人关系`, or `to: {column: 接待人关系, values: {母亲: parent}}`"
        problems.append(Problem("mapping-value", "a column's name belongs here", help_, node.place()))
        return None
    key = node.key("column")
    entries = tuple(entry for entry in node.entries if entry[0] is not key)
    entries = ((YamlScalar("fact", "plain", fact.span), fact), *entries)
    return read_column(name, replace(node, entries=entries), whole, facts, list_, problems)


def read_closing(path: str, node: YamlNode | None, facts: Mapping[str, FactInfo], problems: list[Problem]) -> Closing:
    """Read what a list holds: `true`, `false` or `all_with`; nothing is known of it without."""
    if node is None:
        return Closing(complete=False)
    if isinstance(node, YamlScalar):
        if node.text not in ("true", "false"):
            help_ = "write `true`, `false`, or `{all_with: {...}}`"
            problems.append(Problem("mapping-value", f"`{node.text}` does not say what is there", help_, node.place()))
        return Closing(complete=node.text == "true")
    fitting = validate(node, CLOSING, problems)
    if not isinstance(fitting, YamlMapping):
        return Closing(complete=False)
    words = {}
    for key, value in Part(fitting).entries("all_with"):
        closing = OPEN_LISTS[path].closing
        if key.text not in closing:
            known = ", ".join(f"`{one}`" for one in closing) or "none"
            message = f"`{key.text}` is no closing fact of `{path}`"
            problems.append(Problem("mapping-value", message, f"it has {known}", key.place()))
            continue
        type_ = facts[path].type if key.text == "words" else facts[f"{path}[].{key.text}"].type
        words[key.text] = tuple(_closing_words(value, type_.item if isinstance(type_, ListOf) else type_, problems))
    return Closing(complete=False, all_with=words)


def _closing_words(node: YamlNode, type_: object, problems: list[Problem]) -> Iterator[str]:
    known = type_.words if isinstance(type_, Word) else ()
    for item in node.items if isinstance(node, YamlSequence) else ():
        if isinstance(item, YamlScalar):
            if item.text not in known:
                message = f"`{item.text}` is none of the words of this fact"
                problems.append(Problem("mapping-value", message, did_you_mean(item.text, known), item.place()))
            yield item.text

"""Checks texts for people: in both languages, complete, and written as each language is."""

from __future__ import annotations

import re
from collections.abc import Iterator

from visitcheck.authoring.lint.subject import Remark, Subject, remark
from visitcheck.authoring.source_spans import one_line
from visitcheck.documents import YamlMapping, YamlNode, YamlScalar, YamlSequence
from visitcheck.facts.types import DAY, DURATION, HOUR, INT, MINUTE
from visitcheck.ir.facts_read import parameters_read
from visitcheck.policy.model import Message, Parameter, Placeholder

_PLACEHOLDER = re.compile(r"\{\{|\}\}|\{[^{}]*\}")
_HAN = r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]"
_WIDE = r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u3001-\u303f\uff01-\uff0f\uff1a-\uff20]"
_ANY_HAN = re.compile(_HAN)
_LETTER = re.compile(r"[^\W\d_]")
_HALF_WIDTH = re.compile(rf"{_HAN} ?[,;:?!()]|[()] ?{_HAN}|{_HAN}\.(?:\s|$)")
_FULL_WIDTH = re.compile(r"[\u3001\u3002\uff01\uff08\uff09\uff0c\uff1a\uff1b\uff1f]")
_FOLDED = re.compile(rf"{_WIDE}\s+{_WIDE}")
_UNFINISHED = re.compile(r"\b(?:TODO|FIXME|TBD|XXX)\b|待补|待译|待定稿|lorem ipsum", re.IGNORECASE)
_ENDS_EN = re.compile(r"[.!?][\"')]?\s*$")
_ENDS_ZH = re.compile(r"[。！？；][”’）]?\s*$")
_BLANK = "\N{OBJECT REPLACEMENT CHARACTER}"
"""Stands for a placeholder, whose value is neither language."""


def check_texts(subject: Subject) -> Iterator[Remark]:
    """Check every `{en, zh}` of the file."""
    for owner, both in _bilingual_texts(subject.node, None):
        en, zh = both.get("en"), both.get("zh")
        if isinstance(en, YamlScalar) and isinstance(zh, YamlScalar):
            for pair_remark in _check_pair(en, zh):
                yield Remark(pair_remark.problem, owner)


def _bilingual_texts(node: YamlNode, owner: str | None) -> Iterator[tuple[str | None, YamlMapping]]:
    """The mappings that hold a text in both languages, with the id of the rule around them."""
    if isinstance(node, YamlSequence):
        for item in node.items:
            yield from _bilingual_texts(item, owner)
    elif isinstance(node, YamlMapping):
        if {"en", "zh"} <= set(node):
            yield owner, node
        name = node.get("id")
        inside = name.text if owner is None and isinstance(name, YamlScalar) and "require" in node else owner
        for _, value in node.entries:
            yield from _bilingual_texts(value, inside)


def _check_pair(en: YamlScalar, zh: YamlScalar) -> Iterator[Remark]:
    english, chinese = (_PLACEHOLDER.sub(_BLANK, node.text) for node in (en, zh))
    if one_line(english) == one_line(chinese) and _LETTER.search(english):
        yield remark("lint-text-same", "both languages have the same text", "translate it", zh.place())
    elif _LETTER.search(chinese) and not _ANY_HAN.search(chinese):
        yield remark("lint-text-not-chinese", "the Chinese text has no Chinese characters", "translate it", zh.place())
    if _ANY_HAN.search(english):
        help_ = "translate it, or write the name in Latin letters"
        yield remark("lint-text-not-english", "the English text has Chinese characters", help_, en.place())
    yield from _check_punctuation(en, english, zh, chinese)
    yield from _check_ending(english, zh, chinese)
    for node in (en, zh):
        mark = _UNFINISHED.search(node.text)
        if mark:
            yield remark("lint-text-unfinished", f"`{mark[0]}`: the text is not finished", "write it", node.place())
    yield from _check_placeholders(en, zh)


def _check_punctuation(en: YamlScalar, english: str, zh: YamlScalar, chinese: str) -> Iterator[Remark]:
    half = _HALF_WIDTH.search(chinese)
    if half:
        message = f"`{half[0].strip()}`: half-width punctuation beside Chinese characters"
        yield remark("lint-text-punctuation", message, "write ，；：？！（）。", zh.place())
    full = _FULL_WIDTH.search(english)
    if full:
        message = f"`{full[0]}`: full-width punctuation in the English text"
        yield remark("lint-text-punctuation", message, "write , ; : ? ! ( ) .", en.place())
    gap = _FOLDED.search(chinese)
    if gap:
        message = f"`{one_line(gap[0])}`: a space between Chinese characters"
        help_ = "YAML puts one where a folded text goes on in the next line: write the text on one line"
        yield remark("lint-text-space", message, help_, zh.place())


def _check_ending(en: str, zh: YamlScalar, chinese: str) -> Iterator[Remark]:
    """A sentence in one language is a sentence in the other."""
    if _ENDS_EN.search(en) and not _ENDS_ZH.search(chinese):
        message = "the English text is a sentence, the Chinese one does not end as one"
        yield remark("lint-text-punctuation", message, "end it with `。`", zh.place())


def _check_placeholders(en: YamlScalar, zh: YamlScalar) -> Iterator[Remark]:
    shown = [_placeholder_sources(node.text) for node in (en, zh)]
    for node, here, there in ((zh, shown[1], shown[0]), (en, shown[0], shown[1])):
        missing = sorted(there - here)
        if missing:
            message = f"the other language shows `{{{missing[0]}}}`, this one does not"
            help_ = "show the same values in both languages"
            yield remark("lint-placeholders-differ", message, help_, node.place())


def _placeholder_sources(text: str) -> set[str]:
    placeholders = (each for each in _PLACEHOLDER.findall(text) if each not in ("{{", "}}"))
    return {one_line(placeholder[1:-1]) for placeholder in placeholders}


def check_numbers(subject: Subject) -> Iterator[Remark]:
    """Find numbers of parameters that a message spells out: it would go on saying them when they change."""
    parameters = {each.id.rpartition("/")[2]: each for each in subject.policy.parameters.values()}
    for rule, written in subject.written_rules():
        names = parameters_read(*rule.conditions)
        for key, message in (("message", rule.message), ("remedy", rule.remedy)):
            node = written.get(key)
            if message is None or not isinstance(node, YamlMapping):
                continue
            for name in sorted(names & set(parameters)):
                literal = _value_in_text(parameters[name], message)
                if literal is not None:
                    help_ = f"write `{{params.{name}}}`, which stays true when the value changes"
                    text = f"`{literal}` is the value of `params.{name}`"
                    yield remark("lint-number-written", text, help_, node.place(), rule)


def _value_in_text(parameter: Parameter, message: Message) -> str | None:
    """The parameter's value as a number with its unit in the text of a message, where it stands there."""
    pieces = (*message.en, *message.zh)
    own = f"params.{parameter.id.rpartition('/')[2]}"
    if any(isinstance(piece, Placeholder) and piece.source == own for piece in pieces):
        return None
    text = " ".join(piece for piece in pieces if isinstance(piece, str))
    for dated in parameter.values:
        for amount, units in _amounts_with_units(dated.value, parameter):
            match = re.search(rf"(?<![\w.-]){amount}[ -]?(?:{units})", text)
            if match:
                return match[0]
    return None


def _amounts_with_units(value: object, parameter: Parameter) -> Iterator[tuple[int, str]]:
    if parameter.type == DURATION and isinstance(value, int):
        for size, units in ((DAY, "days?|天|日"), (HOUR, "hours?|h\\b|小时"), (MINUTE, "minutes?|min\\b|分钟")):
            if value % size == 0:
                yield value // size, units
    elif parameter.type == INT and isinstance(value, int) and value > 1:
        yield value, "[a-z]+|[\\u4e00-\\u9fff]"

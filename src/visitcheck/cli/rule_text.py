"""One rule in full, as text for people and as JSON values."""

from __future__ import annotations

from collections.abc import Iterator

from visitcheck.facts.types import DATE
from visitcheck.gate.json_form import JsonObject, text_to_dict
from visitcheck.gate.messages import add_brackets, add_label, join_texts, say_value
from visitcheck.policy import Citation, Condition, Language, Message, Rule, facts_read

_LABELS: dict[Language, dict[str, str]] = {
    "en": {
        "stages": "stages",
        "effect": "effect",
        "on_unknown": "if not known",
        "from": "in force from",
        "until": "no longer from",
        "applies": "applies",
        "when": "when",
        "let": "let",
        "require": "require",
        "unless": "unless",
        "message": "message",
        "remedy": "to do",
        "basis": "basis",
        "file": "written in",
    },
    "zh": {
        "stages": "阶段",
        "effect": "后果",
        "on_unknown": "无法判定时",
        "from": "生效日",
        "until": "失效日",
        "applies": "适用范围",
        "when": "适用条件",
        "let": "定义",
        "require": "要求",
        "unless": "例外",
        "message": "说明",
        "remedy": "处理",
        "basis": "依据",
        "file": "出处文件",
    },
}
# The words of packs, as people say them; in English they stand as they are written.
_WORDS: dict[Language, dict[str, str]] = {
    "en": {},
    "zh": {
        "proposed": "拟访",
        "recorded": "已访",
        "deny": "禁止",
        "review": "复核",
        "note": "提示",
        "text": "据原文",
        "press": "据报道",
        "weak": "来源较弱",
        "own": "本机构规定",
    },
}


def message_source(message: Message, lang: Language) -> str:
    """A message as its pack has it, with placeholders."""
    return "".join(piece if isinstance(piece, str) else f"{{{piece.source}}}" for piece in message.in_(lang))


def facts_of(rule: Rule) -> list[str]:
    """The facts that decide the rule, by path, sorted; list elements as `contacts[].at`."""
    return sorted(facts_read(*rule.conditions))


def render_rule(rule: Rule, lang: Language) -> str:
    """The rule as text."""
    labels = _LABELS[lang]
    lines = [f"{rule.id}  {rule.title.in_(lang)}"]
    lines += (f"  {add_label(labels[label], value, lang)}" for label, value in _labelled_parts(rule, lang))
    return "\n".join(lines)


def _labelled_parts(rule: Rule, lang: Language) -> Iterator[tuple[str, str]]:
    yield "stages", join_texts((_word_text(stage, lang) for stage in rule.stages), lang)
    yield "effect", _word_text(rule.effect, lang)
    yield "on_unknown", _word_text(rule.on_unknown, lang)
    for label, day in (("from", rule.effective_from), ("until", rule.effective_until)):
        if day is not None:
            yield label, say_value(day, DATE, lang)
    yield from _labelled_conditions(rule, lang)
    yield "message", message_source(rule.message, lang)
    if rule.remedy:
        yield "remedy", message_source(rule.remedy, lang)
    for cite in rule.cites:
        yield "basis", _citation_text(cite, lang)
    yield "file", str(rule.place)


def _word_text(word: str, lang: Language) -> str:
    return _WORDS[lang].get(word, word)


def _labelled_conditions(rule: Rule, lang: Language) -> Iterator[tuple[str, str]]:
    for label, condition in (("applies", rule.applies), ("when", rule.when)):
        if condition is not None:
            yield label, _one_line(condition)
    for name, condition in rule.lets.items():
        yield "let", f"{name} = {_one_line(condition)}"
    for check in rule.require:
        yield "require", add_label(check.name, _one_line(check.condition), lang)
    for excuse in rule.unless:
        yield "unless", add_label(excuse.id, _one_line(excuse.condition), lang)


def _one_line(condition: Condition) -> str:
    return " ".join(condition.text.split())


def _citation_text(cite: Citation, lang: Language) -> str:
    article = f" {cite.article}" if cite.article else ""
    cited = f"{cite.instrument.title.in_(lang)}{article}{add_brackets(_word_text(cite.reading, lang), lang)}"
    return add_label(cited, cite.note.in_(lang), lang) if cite.note else cited


def rule_to_dict(rule: Rule) -> JsonObject:
    """The rule as JSON values."""
    return {
        "rule": rule.id,
        "title": text_to_dict(rule.title),
        "stages": list(rule.stages),
        "effect": rule.effect,
        "on_unknown": rule.on_unknown,
        "effective_from": (
            rule.effective_from if rule.effective_from is None else say_value(rule.effective_from, DATE, "en")
        ),
        "effective_until": (
            rule.effective_until if rule.effective_until is None else say_value(rule.effective_until, DATE, "en")
        ),
        "applies": rule.applies and rule.applies.text,
        "when": rule.when and rule.when.text,
        "let": {name: condition.text for name, condition in rule.lets.items()},
        "require": {check.name: check.condition.text for check in rule.require},
        "unless": {excuse.id: excuse.condition.text for excuse in rule.unless},
        "message": _message_to_dict(rule.message),
        "remedy": rule.remedy and _message_to_dict(rule.remedy),
        "cites": [
            {
                "instrument": cite.instrument.id,
                "title": text_to_dict(cite.instrument.title),
                "article": cite.article,
                "reading": cite.reading,
            }
            for cite in rule.cites
        ],
        "facts": facts_of(rule),
        "file": rule.place.file,
        "line": rule.place.line,
    }


def _message_to_dict(message: Message) -> dict[str, str]:
    return {"en": message_source(message, "en"), "zh": message_source(message, "zh")}

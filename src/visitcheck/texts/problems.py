"""Problems in Chinese.

A problem's message and help are English sentences, made where the problem is found. The catalogue has the forms of
these sentences by code, with `{name}` for what changes, and their Chinese. A sentence that has none of the forms of its
code stays English, below the Chinese sentence on its code, which says what is wrong and what would be right.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from visitcheck.errors import Problem
from visitcheck.texts.catalogue import Language, read_texts

_placeholder = re.compile(r"\{([a-z_]+)\}")
_KINDS = {"error": "错误", "warning": "警告", "note": "提示"}


@dataclass(frozen=True, slots=True)
class ChineseProblem:
    """A problem's sentence and help in Chinese; `original` is what of it is told in English only."""

    message: str
    help: str | None
    original: str | None


@dataclass(frozen=True, slots=True)
class _Form:
    """One form of an English sentence, and its Chinese."""

    pattern: re.Pattern[str]
    zh: str

    def translate(self, text: str) -> str | None:
        """Fill in the Chinese with the values of an English sentence; None if it has another form."""
        values = self.pattern.fullmatch(text)
        if values is None:
            return None
        words: Mapping[str, str] = read_texts("problems.yaml")["words"]
        return _placeholder.sub(lambda name: words.get(values[name[1]], values[name[1]]), self.zh)


def _compile(form: Mapping[str, str]) -> _Form:
    """Make the pattern of a form, in which a name that stands twice has one value."""
    pattern, at = "", 0
    seen: set[str] = set()
    for placeholder in _placeholder.finditer(form["en"]):
        name = placeholder[1]
        pattern += re.escape(form["en"][at : placeholder.start()])
        pattern += f"(?P={name})" if name in seen else f"(?P<{name}>.+?)"
        seen.add(name)
        at = placeholder.end()
    return _Form(re.compile(pattern + re.escape(form["en"][at:]), re.DOTALL), form["zh"])


def problem_forms(code: str) -> tuple[Mapping[str, str], ...]:
    """Give the forms of a code, `en` and `zh`, then those of any code."""
    texts = read_texts("problems.yaml")
    return (*texts["codes"].get(code, {}).get("forms", ()), *texts["common"])


@cache
def _forms(code: str) -> tuple[_Form, ...]:
    """Compile the forms of a code, with those that say most first."""
    forms = sorted(problem_forms(code), key=lambda form: -len(_placeholder.sub("", form["en"])))
    return tuple(map(_compile, forms))


def chinese_sentence(code: str) -> str | None:
    """Give the Chinese sentence on a code: what is wrong, and what would be right."""
    sentence: str | None = read_texts("problems.yaml")["codes"].get(code, {}).get("zh")
    return sentence


def translate(code: str, text: str) -> str | None:
    """Give a message or help of a code in Chinese; None if the catalogue does not have its form."""
    return next((chinese for form in _forms(code) if (chinese := form.translate(text)) is not None), None)


def translate_problem(code: str, message: str, help_: str | None) -> ChineseProblem:
    """Say a problem in Chinese, as far as the catalogue has it."""
    sentence, advice = translate(code, message), None if help_ is None else translate(code, help_)
    untold = [text for text, chinese in ((message, sentence), (help_, advice)) if text is not None and chinese is None]
    original = "; ".join(untold) or None
    if sentence is None:
        return ChineseProblem(chinese_sentence(code) or code, advice, original)
    return ChineseProblem(sentence, chinese_sentence(code) if original else advice, original)


def render_problem(problem: Problem, lang: Language, kind: str = "error") -> str:
    """Render a problem as people read it: English as `Problem.render` does, or Chinese."""
    if lang == "en":
        return problem.render(kind)
    chinese = translate_problem(problem.code, problem.message, problem.help)
    where = ": ".join(str(part) for part in (problem.place, problem.path) if part is not None)
    head = f"{_KINDS[kind]}[{problem.code}]：{chinese.message}"
    lines = [f"{where}: {head}" if where else head]
    if problem.place is not None and problem.place.excerpt:
        lines.append(problem.place.underlined())
    if chinese.help:
        lines.append(f"  = 建议：{chinese.help}")
    if chinese.original:
        lines.append(f"  = 原文：{chinese.original}")
    return "\n".join(lines)

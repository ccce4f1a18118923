"""How a page words things: its own texts in both languages, numbers, and text of a record made safe to show."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import cast

from visitcheck.documents import parse_yaml, to_python
from visitcheck.policy.model import Language, Text
from visitcheck.report.rates import Rate, RateChange

LANGUAGES: tuple[Language, ...] = ("en", "zh")
NO_NUMBER = "–"
_FILES = ("page", "audit", "comparison", "decision", "codes", "workbook", "mending")
_JOINER = "\u200d"


@dataclass(frozen=True)
class PageTexts:
    """Texts by key, like `audit.rules.title`."""

    texts: Mapping[str, Text]

    def __call__(self, key: str) -> Text:
        """Give the text of a key; raises `KeyError` without one."""
        return self.texts[key]

    def of_word(self, group: str, word: str) -> Text:
        """Give the text for a word of the data, or the word itself where there is none."""
        return self.texts.get(f"{group}.{word}", Text(word, word))


@cache
def page_texts() -> PageTexts:
    """Read all texts from the package's YAML files, once."""
    texts: dict[str, Text] = {}
    for name in _FILES:
        source = files("visitcheck.report") / "texts" / f"{name}.yaml"
        node, problems = parse_yaml(source.read_text("utf-8"), f"{name}.yaml")
        if node is None or problems:
            raise ValueError(f"{name}.yaml: {problems}")
        _collect_texts(cast("Mapping[str, object]", to_python(node)), name, texts)
    return PageTexts(texts)


def _collect_texts(tree: Mapping[str, object], prefix: str, texts: dict[str, Text]) -> None:
    for name, value in tree.items():
        key = f"{prefix}.{name}"
        inner = cast("Mapping[str, object]", value)
        if set(inner) == set(LANGUAGES):
            texts[key] = Text(en=str(inner["en"]), zh=str(inner["zh"]))
        else:
            _collect_texts(inner, key, texts)


def escape_controls(text: object) -> str:
    """Spell out controls and direction marks in text of a record, so that it cannot pose as the page's own.

    Joiners stay: emoji are made of them.
    """
    return "".join(
        char if char.isprintable() or char == _JOINER else char.encode("unicode_escape").decode("ascii")
        for char in str(text)
    )


def format_count(number: int) -> str:
    """Write a count with commas."""
    return f"{number:,}"


_DIGITS = "零一二三四五六七八九"
_UNITS = ("", "十", "百", "千")
_plain_article = re.compile(r"(\d{1,4})(?:\((\d{1,2})\))?").fullmatch


def format_article(article: str) -> Text:
    """Write an article as laws are cited, in Chinese like 第一千零三十三条第（二）项; what is no number stays."""
    plain = _plain_article(article)
    if plain is None:
        numbered = article[:1].isdigit()
        return Text(f"art. {article}" if numbered else article, f"第 {article} 条" if numbered else article)
    item = f"第（{chinese_number(int(plain[2]))}）项" if plain[2] else ""
    return Text(f"art. {article}", f"第{chinese_number(int(plain[1]))}条{item}")


def chinese_number(number: int) -> str:
    """Write a number from 0 to 9,999 in Chinese characters."""
    text, zero = "", False
    for place, digit in zip(reversed(range(4)), f"{number:04}", strict=True):
        if digit == "0":
            zero = bool(text)
            continue
        text += ("零" if zero else "") + _DIGITS[int(digit)] + _UNITS[place]
        zero = False
    return (text.removeprefix("一") if 10 <= number < 20 else text) or _DIGITS[0]


def format_month(month: str) -> Text:
    """Write a month like 2026-09, in Chinese as 2026年9月."""
    year, mark, number = month.partition("-")
    return Text(month, f"{year}年{int(number)}月" if mark and number.isdigit() else month)


def format_spread(numbers: Mapping[str, int]) -> str:
    """Write a median with the least and the most, where they differ."""
    least, median, most = (numbers[name] for name in ("least", "median", "most"))
    return f"{median}" if least == most else f"{median} ({least}–{most})"


def format_percent(share: float | None) -> str:
    """Write a share with one decimal; one that is not quite none or all does not look as if it were."""
    if share is None:
        return NO_NUMBER
    if 0 < share < 0.0005:
        return "<0.1%"
    if 0.9995 <= share < 1:
        return ">99.9%"
    return f"{share * 100:.1f}%"


def format_interval(rate: Rate) -> str:
    """Write the bounds of a rate's interval."""
    return f"{rate.low * 100:.1f}–{rate.high * 100:.1f}%" if rate.of else NO_NUMBER


def format_points(change: RateChange) -> str:
    """Write a change in percentage points, always with its sign."""
    return NO_NUMBER if change.by is None else f"{change.by * 100:+.1f}".replace("-", "−")


def format_points_interval(change: RateChange) -> str:
    """Write the bounds of a change in percentage points."""
    if change.by is None:
        return NO_NUMBER
    return f"{change.low * 100:+.1f} … {change.high * 100:+.1f}".replace("-", "−")

"""Values in words, and messages of rules with values filled in, in English and Chinese.

Gate and report render every template of a message here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import datetime, timedelta
from typing import TypeAlias, cast

from visitcheck.facts import Visit
from visitcheck.facts.times import date_text
from visitcheck.facts.types import (
    BOOL,
    COUNT,
    DATE,
    DAY,
    DURATION,
    EPOCH,
    HOUR,
    MINUTE,
    MONEY,
    SECOND,
    TIME_OF_DAY,
    TIMESTAMP,
    ListOf,
    Money,
    Record,
    Type,
)
from visitcheck.facts.zones import zone_info
from visitcheck.gate.margins import MarginUnit
from visitcheck.ir.dated_values import never_changes
from visitcheck.ir.facts_read import facts_read
from visitcheck.ir.nodes import Expr, Param
from visitcheck.language.hours import DAY_NAMES, WeeklyHours, hours_text
from visitcheck.language.interpreter import CachedInterpretation
from visitcheck.policy.model import LANGUAGES, Language, Message, Placeholder, Policy, Text
from visitcheck.truth import NO_END, Count, Truth

_DURATION_UNITS: dict[Language, tuple[tuple[int, str], ...]] = {
    "en": ((DAY, " d"), (HOUR, " h"), (MINUTE, " min"), (SECOND, " s")),
    "zh": ((DAY, "天"), (HOUR, "小时"), (MINUTE, "分钟"), (SECOND, "秒")),
}
_TRUTHS: dict[Language, dict[Truth, str]] = {
    "en": {True: "yes", False: "no", None: "not known"},
    "zh": {True: "是", False: "否", None: "未知"},
}

_DAYS_AND_HOLIDAYS: dict[Language, tuple[tuple[str, ...], str]] = {
    "en": (DAY_NAMES, "holiday"),
    "zh": (("周一", "周二", "周三", "周四", "周五", "周六", "周日"), "节假日"),
}
_UNITS: dict[Language, dict[str, tuple[str, str]]] = {
    "en": {
        "days": ("day", "days"),
        "people": ("person", "people"),
        "visits": ("visit", "visits"),
        "contacts": ("contact", "contacts"),
        "notices": ("notice", "notices"),
        "consents": ("consent", "consents"),
        "complaints": ("complaint", "complaints"),
        "checks": ("check", "checks"),
        "metres": ("metre", "metres"),
        "items": ("item", "items"),
    },
    "zh": {
        "days": ("天", "天"),
        "people": ("人", "人"),
        "visits": ("次上门", "次上门"),
        "contacts": ("次联系", "次联系"),
        "notices": ("份告知", "份告知"),
        "consents": ("份同意", "份同意"),
        "complaints": ("件投诉", "件投诉"),
        "checks": ("次核对", "次核对"),
        "metres": ("米", "米"),
        "items": ("项", "项"),
    },
}
_PLURAL = "(s)"
"""In an English message: an `s` unless the number before it is 1."""
_AT_LEAST: dict[Language, str] = {"en": "at least {}", "zh": "至少 {}"}
_AT_MOST: dict[Language, str] = {"en": "at most {}", "zh": "至多 {}"}
Withhold: TypeAlias = Callable[[Type, Collection[str]], Text | None]
"""Gives what is shown in place of values of a type that come of these facts; None where they may be shown."""


def show_all(type_: Type, facts: Collection[str]) -> None:
    """Withhold nothing: the texts of the gate, whose reader has the visit's facts."""


class MessageFiller:
    """Fills in the placeholders of messages and remedies from one visit, times in `zone`.

    Each placeholder is evaluated once, for both languages and all messages that have it.
    """

    def __init__(self, reading: CachedInterpretation, zone: str | None, withhold: Withhold = show_all) -> None:
        self._reading = reading
        self._zone = zone
        self._withhold = withhold
        self._texts: dict[int, tuple[Expr, Text]] = {}

    def fill(self, message: Message) -> Text:
        """Fill in a message in both languages."""
        return Text(en=self._join(message.en, "en"), zh=self._join(message.zh, "zh"))

    def _join(self, pieces: tuple[str | Placeholder, ...], lang: Language) -> str:
        said = [piece if isinstance(piece, str) else self._say(piece.expr).in_(lang) for piece in pieces]
        if lang == "en":
            for at, piece in enumerate(pieces):
                if isinstance(piece, str) and _PLURAL in piece and at:
                    said[at] = piece.replace(_PLURAL, "" if said[at - 1] == "1" else "s")
        return "".join(said)

    def _say(self, expr: Expr) -> Text:
        key = self._reading.key_of(expr)  # the node is kept, so that its id, where that is the key, stays its
        said = self._texts.get(key)
        if said is None:
            value = self._value_of(expr)
            facts = () if self._withhold is show_all else facts_read(expr)
            texts = (say_or_withhold(value, expr.type, facts, lang, self._zone, self._withhold) for lang in LANGUAGES)
            said = self._texts[key] = expr, Text(*texts)
        return said[1]

    def _value_of(self, expr: Expr) -> object:
        if isinstance(expr, Param) and never_changes(expr.values):
            return expr.values[0].value
        return self._reading.interpret(expr, {})


def say_or_withhold(
    value: object, type_: Type, facts: Collection[str], lang: Language, zone: str | None, withhold: Withhold
) -> str:
    """Say a value in words, or what stands in its place; that a value is not known is never withheld."""
    instead = None if value is None else withhold(type_, facts)
    return say_value(value, type_, lang, zone) if instead is None else instead.in_(lang)


def display_zone(policy: Policy, visit: Visit) -> str | None:
    """Tell in which zone times are shown: the visit's own, else that of the first pack that names one."""
    own = None if visit.visit is None else visit.visit.timezone
    return own or next((pack.timezone for pack in policy.packs if pack.timezone), None)


def to_datetime(micros: int, zone: str | None = None) -> datetime:
    """Turn microseconds since 1970 UTC into an aware datetime, in `zone` or UTC."""
    utc = EPOCH + timedelta(microseconds=micros)
    return utc.astimezone(zone_info(zone)) if zone else utc


def iso_text(micros: int, zone: str | None = None) -> str:
    """Write a timestamp in RFC 3339, with the offset of `zone`, or `Z`."""
    text = to_datetime(micros, zone).isoformat()
    return text if zone else text.replace("+00:00", "Z")


def say_value(value: object, type_: Type, lang: Language, zone: str | None = None) -> str:
    """Say a value of this type in words; UNKNOWN is said to be not known."""
    if value is None:
        return _TRUTHS[lang][None]
    if isinstance(type_, ListOf):
        items = cast("tuple[object, ...]", value)
        if isinstance(type_.item, Record):
            return _say_size(len(items), lang)
        return ("、" if lang == "zh" else ", ").join(say_value(item, type_.item, lang, zone) for item in items)
    if isinstance(type_, Record):
        return type_.name
    if type_ == BOOL:
        return _TRUTHS[lang][cast("bool", value)]
    if type_ == COUNT:
        return _say_count(cast("Count", value), lang)
    if type_ == MONEY:
        return _say_money(cast("Money", value))
    if isinstance(value, WeeklyHours):
        return hours_text(value, *_DAYS_AND_HOLIDAYS[lang])
    if type_ in (TIMESTAMP, DATE, TIME_OF_DAY, DURATION):
        return _say_time(cast("int", value), type_, lang, zone)
    return _spell_out_controls(str(value))


def _spell_out_controls(text: str) -> str:
    """Spell out line breaks, escapes and direction marks in a visit's text, so that it cannot pose as our own."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in text)


def _say_size(number: int, lang: Language) -> str:
    return f"{number} 条" if lang == "zh" else f"{number} in the list"


def _say_count(count: Count, lang: Language) -> str:
    if count.low == count.high:
        return str(count.low)
    if count.low == -NO_END:
        open_ends = {"en": "any number", "zh": "数目不明"} if count.high == NO_END else _AT_MOST
        return open_ends[lang].format(count.high)
    if count.high == NO_END:
        return _AT_LEAST[lang].format(count.low)
    return f"{count.low} 至 {count.high}" if lang == "zh" else f"{count.low} to {count.high}"


def _say_money(money: Money) -> str:
    sign = "-" if money.minor < 0 else ""
    whole, cents = divmod(abs(money.minor), 100)
    return f"{sign}{whole:,}.{cents:02d} {money.currency}"


def _say_time(value: int, type_: Type, lang: Language, zone: str | None) -> str:
    if type_ == TIMESTAMP:
        at = to_datetime(value, zone)
        offset = at.strftime("%z")
        return f"{at:%Y-%m-%d %H:%M}{f':{at:%S}' if value % MINUTE else ''} {offset[:3]}:{offset[3:]}"
    if type_ == DATE:
        return date_text(value)
    if type_ == TIME_OF_DAY:
        hours, rest = divmod(value, HOUR)
        return f"{hours:02d}:{rest // MINUTE:02d}"
    return _say_duration(value, lang)


def add_label(label: str, text: str, lang: Language) -> str:
    """Put a label before a text, with the colon of the language."""
    return f"{label}：{text}" if lang == "zh" else f"{label}: {text}"


def join_texts(texts: Iterable[str], lang: Language) -> str:
    """Join texts with the comma of the language."""
    return ("、" if lang == "zh" else ", ").join(texts)


def add_brackets(text: str, lang: Language) -> str:
    """Put a text into the brackets of the language, with the space before them that it asks for."""
    return f"（{text}）" if lang == "zh" else f" ({text})"


def say_span(micros: int, lang: Language) -> str:
    """Say how far two moments lie apart, in the two largest units, without the rest: `259 d 23 h`, `15 min`."""
    rest = abs(micros)
    if rest < MINUTE or (rest % MINUTE == 0 and rest < 2 * DAY):
        return _say_duration(rest, lang)
    parts: list[str] = []
    for size, unit in _DURATION_UNITS[lang] if rest >= 2 * DAY else _DURATION_UNITS[lang][1:]:
        number, rest = divmod(rest, size)
        if number or parts:
            parts.append(f"{number}{unit}" if number else "")
        if len(parts) == 2:
            break
    return ("" if lang == "zh" else " ").join(part for part in parts if part)


def say_unit(number: int | float, unit: MarginUnit, lang: Language) -> str:
    """Say a number with what it counts."""
    words = _UNITS[lang].get(unit)
    if words is None:
        return str(number)
    return f"{number} {words[number != 1]}"


def _say_duration(micros: int, lang: Language) -> str:
    rest, parts = abs(micros), []
    units = _DURATION_UNITS[lang]
    # Days only where they are whole: "24 h" and "36 h" are how notice periods are spoken of.
    for size, unit in units if rest % DAY == 0 and rest > DAY else units[1:]:
        number, rest = divmod(rest, size)
        if number:
            parts.append(f"{number}{unit}")
    if rest or not parts:
        parts.append(f"{rest} μs" if rest else f"0{units[-1][1]}")
    joined = ("" if lang == "zh" else " ").join(parts)
    return f"-{joined}" if micros < 0 else joined

"""Headers that read as garbage, since a text was read by an encoding that is not its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from visitcheck.facts.scalars import shown

_LEAST_CHARS = 4
"""How many characters must read as others, before that is no accident."""
_broken = re.compile(r"[\ufffd\ue000-\uf8ff\x00-\x08\x80-\x9f]|锟斤拷|[a-zà-ÿ][㐀-鿿][a-zà-ÿ]").search
"""What no name holds: marks of lost characters, private and control characters, one Han character within a word."""
_latin = re.compile(r"[\x80-\uffff]+").findall


def garbled_name(names: Iterable[str]) -> tuple[str, str | None] | None:
    """A name that reads as garbage, and the encoding that its text is rather in, where that shows; None if all read."""
    every = list(names)
    broken = next((name for name in every if _broken(name)), None)
    text = "".join(every)
    for wrong, right, is_likely in _MISTAKES:
        strange = [name for name in every if not name.isascii() and _read_again(name, wrong, right, is_likely)]
        number = sum(not char.isascii() for name in strange for char in name)
        if number >= _LEAST_CHARS and 2 * number >= sum(not char.isascii() for char in text):
            return strange[0], right
    return None if broken is None else (broken, None)


def _read_again(name: str, wrong: str, right: str, is_likely: Callable[[str, str], bool]) -> bool:
    """Whether a name, read by the wrong encoding, is a likely text by the right one."""
    try:
        text = name.encode(wrong).decode(right)
    except UnicodeError:
        return False
    return is_likely(name, text)


def _is_shorter(name: str, text: str) -> bool:
    """Whether the bytes make fewer characters, as those of UTF-8 do, which are no text of this form by accident."""
    return len(text) < len(name) and text.isprintable()


def _is_common_chinese(name: str, text: str) -> bool:
    """Whether the text is of common Chinese characters, where the name was of marks and accents alone."""
    try:
        text.encode("gb2312")
    except UnicodeError:
        return False
    return not re.search(r"[A-Za-z]", name) and all(len(run) % 2 == 0 for run in _latin(name))


_MISTAKES: tuple[tuple[str, str, Callable[[str, str], bool]], ...] = (
    ("cp1252", "utf-8", _is_shorter),
    ("latin-1", "utf-8", _is_shorter),
    ("gb18030", "utf-8", _is_shorter),
    ("cp1252", "gb18030", _is_common_chinese),
    ("latin-1", "gb18030", _is_common_chinese),
)
"""Encodings that were taken for others: the wrong one, the right one, and what shows it."""


def reason_of_garbage(names: Iterable[str], encoding: str, *, guessed: bool = False) -> str | None:
    """Why a header that reads as garbage is refused; None where it reads. `guessed`: nobody named the encoding."""
    garbled = garbled_name(names)
    if garbled is None:
        return None
    name, right = garbled
    said = "`--encoding {}`" if guessed else "`encoding: {}` in the mapping"
    if right is None:
        advice = f"name its encoding by {said.format('NAME')}, or save it as UTF-8"
    elif encoding.lower().replace("-", "").startswith("utf8"):
        advice = "it was saved after it had been read wrongly: export it again"
    else:
        advice = f"say {said.format(right)}"
    how = ", which was guessed as it is no UTF-8" if guessed else ""
    return f"its header reads as garbage in {encoding}{how}, like `{shown(name)}`; {advice}"

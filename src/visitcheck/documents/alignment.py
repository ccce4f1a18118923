"""Where each character of a scalar's value is written in its source.

The characters of a value that are not white space come in its source in the same order, whatever the
style; escapes are one character each. So the two are walked side by side, and white space (folded, stripped,
or indentation) is skipped on whichever side has more of it. This needs no second reading of YAML's folding.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([ \t]*\n[ \t]*)|(.))", re.S)
_ESCAPED = {
    "0": "\0", "a": "\a", "b": "\b", "t": "\t", "\t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r",
    "e": "\x1b", " ": " ", '"': '"', "/": "/", "\\": "\\",
    "N": "\x85", "_": "\xa0", "L": "\u2028", "P": "\u2029",
}  # fmt: skip


def align_characters(value: str, style: str, source: str) -> list[tuple[int, int]]:
    """For each character of `value` the `(start, end)` of what stands for it in `source`.

    `source` is the scalar with its quotes or block header. White space made by folding gets the place of
    the break it stands for.
    """
    offsets: list[tuple[int, int]] = []
    position, here = 0, 0
    for char, start, end in _TOKENS[style](source):
        if not char.isspace():
            while position < len(value) and value[position] != char and value[position].isspace():
                offsets.append((here, here + 1))
                position += 1
        if position < len(value) and value[position] == char:
            offsets.append((start, end))
            position += 1
        here = end
    offsets.extend((here, here + 1) for _ in range(position, len(value)))
    return offsets


def _plain_characters(source: str) -> Iterator[tuple[str, int, int]]:
    return ((char, at, at + 1) for at, char in enumerate(source))


def _single_quoted_characters(source: str) -> Iterator[tuple[str, int, int]]:
    at = 1
    while at < len(source) - 1:
        width = 2 if source.startswith("''", at) else 1
        yield source[at], at, at + width
        at += width


def _double_quoted_characters(source: str) -> Iterator[tuple[str, int, int]]:
    at = 1
    while at < len(source) - 1:
        escape = _ESCAPE.match(source, at)
        if escape is None:
            yield source[at], at, at + 1
            at += 1
            continue
        code = escape[1] or escape[2] or escape[3]
        if code:
            yield chr(int(code, 16)), at, escape.end()
        elif escape[5]:
            yield _ESCAPED.get(escape[5], escape[5]), at, escape.end()
        at = escape.end()


def _block_characters(source: str) -> Iterator[tuple[str, int, int]]:
    header = source.find("\n") + 1 or len(source)
    return ((source[at], at, at + 1) for at in range(header, len(source)))


_TOKENS = {
    "plain": _plain_characters,
    "'": _single_quoted_characters,
    '"': _double_quoted_characters,
    "|": _block_characters,
    ">": _block_characters,
}

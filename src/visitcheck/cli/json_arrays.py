"""JSON text that holds several visits: cut into them without reading them twice over."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from visitcheck.errors import Place, Problem
from visitcheck.facts.sources import too_deep

# Numbers stay text here: visits are only cut apart, and read later by the reader that knows the limits.
_DECODER = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str)
_BLANK = re.compile(r"[ \t\r\n]*")
_LINE_OF_OBJECT = re.compile(r"^\{", re.MULTILINE)
_LONGEST_EXCERPT = 200


def is_array(text: str) -> bool:
    """Whether the JSON text begins as an array."""
    return text[_skip_blank(text, 0) :][:1] == "["


def looks_like_lines(text: str) -> bool:
    """Whether JSON text is JSON Lines: several lines begin an object, and it is not one value as a whole."""
    if len(_LINE_OF_OBJECT.findall(text)) < 2:
        return False
    try:
        _, end = _DECODER.raw_decode(text, _skip_blank(text, 0))
    except (ValueError, RecursionError):
        return True
    return _skip_blank(text, end) < len(text)


def split_array(text: str, file: str) -> Iterator[tuple[int, str | Problem]]:
    """The text of each element of a JSON array, with its line; a problem ends it, for no more can be told."""
    at = _skip_blank(text, _skip_blank(text, 0) + 1)
    line, counted = 1, 0
    if text[at : at + 1] == "]":
        at += 1
    else:
        while True:
            line, counted = line + text.count("\n", counted, at), at
            end = _end_of_value(text, at, file)
            if isinstance(end, Problem):
                yield line, end
                return
            yield line, text[at:end]
            at = _skip_blank(text, end)
            if text[at : at + 1] != ",":
                break
            at = _skip_blank(text, at + 1)
        if text[at : at + 1] != "]":
            yield _syntax_problem(text, at, file, "expecting ',' or ']' after an element")
            return
        at += 1
    at = _skip_blank(text, at)
    if at < len(text):
        yield _syntax_problem(text, at, file, "there is more after the end of the array")


def _end_of_value(text: str, at: int, file: str) -> int | Problem:
    try:
        return _DECODER.raw_decode(text, at)[1]
    except json.JSONDecodeError as error:
        return _syntax_problem(text, error.pos, file, f"{error.msg[:1].lower()}{error.msg[1:]}")[1]
    except RecursionError:
        return too_deep()


def _syntax_problem(text: str, at: int, file: str, message: str) -> tuple[int, Problem]:
    begin, end = text.rfind("\n", 0, at) + 1, text.find("\n", at)
    excerpt = text[begin : end if end >= 0 else len(text)].rstrip("\r")
    line = text.count("\n", 0, at) + 1
    shown = excerpt if len(excerpt) <= _LONGEST_EXCERPT else ""
    return line, Problem("json-syntax", message, place=Place(file, line, at - begin + 1, excerpt=shown))


def _skip_blank(text: str, at: int) -> int:
    blank = _BLANK.match(text, at)
    return blank.end() if blank else at

"""A visit as text or bytes: JSON or YAML to plain Python values, refusing what has no single meaning."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Literal, NoReturn, TypeAlias

from visitcheck.documents import Limits, parse_yaml, to_python
from visitcheck.errors import InvalidVisit, Problem
from visitcheck.facts.limits import MAX_CHARACTERS, MAX_DEPTH, MAX_NODES, MAX_NUMBER
from visitcheck.facts.paths import Path, json_path
from visitcheck.facts.scalars import shown

Format: TypeAlias = Literal["json", "yaml"]
_LIMITS = Limits(characters=MAX_CHARACTERS, values=MAX_NODES, depth=MAX_DEPTH)
_is_number = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,3})?").fullmatch


def decode_visit(source: str | bytes, format_: Format | None) -> tuple[object, list[Problem]]:
    """What the text holds, and the problems that do not keep it from being read further.

    Raises `InvalidVisit` for text that is not JSON or YAML at all.
    """
    if len(source) > MAX_CHARACTERS:
        unit = "characters" if isinstance(source, str) else "bytes"
        message = f"the visit has {len(source):,} {unit}"
        raise InvalidVisit([Problem("visit-too-large", message, f"at most {MAX_CHARACTERS:,} are read", path="$")])
    text = source if isinstance(source, str) else _text(source)
    return _from_yaml(text) if format_ == "yaml" else _from_json(text)


def _text(source: bytes) -> str:
    try:
        return source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"the bytes are not UTF-8 text: byte {error.start} is 0x{source[error.start]:02x}"
        raise InvalidVisit([Problem("visit-encoding", message, "save it as UTF-8", path="$")]) from None


def _from_yaml(text: str) -> tuple[object, list[Problem]]:
    node, problems = parse_yaml(text, "visit.yaml", limits=_LIMITS)
    if problems and node is None:
        raise InvalidVisit(problems)
    return to_python(node), problems


class _NumberError(ValueError):
    """A JSON value that is read no further."""

    def __init__(self, message: str, help_: str) -> None:
        super().__init__(message)
        self.help = help_


class _Twice(dict[str, object]):
    """An object in which keys were given twice."""

    twice: tuple[str, ...] = ()


def _from_json(text: str) -> tuple[object, list[Problem]]:
    twice: list[_Twice] = []

    def pairs(members: list[tuple[str, object]]) -> dict[str, object]:
        plain = dict(members)
        if len(plain) == len(members):
            return plain
        seen: set[str] = set()
        repeated = _Twice(plain)
        repeated.twice = tuple(key for key, _ in members if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        twice.append(repeated)
        return repeated

    try:
        value = json.loads(
            text, object_pairs_hook=pairs, parse_float=_decimal, parse_int=_whole, parse_constant=_constant
        )
    except json.JSONDecodeError as error:
        message = f"line {error.lineno}, column {error.colno}: {error.msg[:1].lower()}{error.msg[1:]}"
        raise InvalidVisit([Problem("json-syntax", message, path="$")]) from None
    except _NumberError as error:
        raise InvalidVisit([Problem("json-number", str(error), error.help, path="$")]) from None
    except RecursionError:
        raise InvalidVisit([too_deep()]) from None
    return value, list(_repeated(value)) if twice else []


def too_deep() -> Problem:
    """The problem of input that is nested too deeply."""
    message = f"objects or lists are nested more than {MAX_DEPTH} deep"
    return Problem("visit-too-deep", message, "send the facts of the visit only", path="$")


def _repeated(value: object) -> Iterator[Problem]:
    stack: list[tuple[Path, object]] = [((), value)]
    while stack:
        path, top = stack.pop()
        if isinstance(top, _Twice):
            for key in dict.fromkeys(top.twice):
                message = f"the key `{shown(key)}` is given twice in one object"
                yield Problem("json-duplicate-key", message, "keep one of them", path=json_path((*path, key)))
        if isinstance(top, dict):
            stack += [((*path, key), below) for key, below in top.items()]
        elif isinstance(top, list):
            stack += [((*path, position), below) for position, below in enumerate(top)]


def _decimal(text: str) -> Decimal:
    _measure(text)
    return Decimal(text)


def _whole(text: str) -> int:
    _measure(text)
    return int(text)


def _measure(text: str) -> None:
    # Longer numbers mean nothing here, and converting endless digits takes endless time.
    if len(text) > MAX_NUMBER or _is_number(text) is None:
        raise _NumberError(f"the number `{shown(text, 24)}` has too many digits", f"at most {MAX_NUMBER} are read")


def _constant(text: str) -> NoReturn:
    raise _NumberError(f"`{text}` is no JSON number", "leave the fact out")

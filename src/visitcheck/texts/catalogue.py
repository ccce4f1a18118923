"""Reads the catalogue, and fills in its lines."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Literal, TypeAlias, cast

from visitcheck.documents import parse_yaml, to_python

Language: TypeAlias = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")


@cache
def read_texts(name: str) -> Mapping[str, Any]:
    """Read a file of the catalogue, once."""
    source = files("visitcheck.texts") / name
    node, problems = parse_yaml(source.read_text("utf-8"), name)
    if node is None or problems:
        raise ValueError(f"{name}: {problems}")
    return cast("Mapping[str, Any]", to_python(node))


def say(lang: Language, code: str, /, **values: object) -> str:
    """Write a line of `lines.yaml` in a language, with its values; raises `KeyError` without it."""
    template: str = read_texts("lines.yaml")[code][lang]
    return template.format(**values)


def command_text(command: str) -> tuple[str, ...] | None:
    """Give the Chinese paragraphs on a command, like `columns suggest`; `visitcheck` itself is the empty text."""
    entry = read_texts("commands.yaml")["commands"].get(command)
    return None if entry is None else tuple(entry["help"])


def option_text(command: str, option: str) -> str | None:
    """Give the Chinese text on an option of a command: its own, or what several commands share."""
    texts = read_texts("commands.yaml")
    own: Mapping[str, str] = texts["commands"].get(command, {}).get("options", {})
    shared: Mapping[str, str] = texts["shared"]
    return own.get(option, shared.get(option))

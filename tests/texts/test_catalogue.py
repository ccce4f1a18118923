"""The catalogue of texts: complete, in both languages, with the same values in both."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import click
import pytest

from visitcheck.cli import main
from visitcheck.cli.commands import option_name
from visitcheck.texts.catalogue import LANGUAGES, command_text, option_text, read_texts

SOURCE = Path(__file__).resolve().parents[2] / "src" / "visitcheck"
_chinese = re.compile("[\u4e00-\u9fff]")


def _commands(command: click.Command = main, name: str = "") -> Iterator[tuple[str, click.Command]]:
    yield name, command
    for each, inner in getattr(command, "subcommands", {}).items():
        yield from _commands(inner, f"{name} {each}".strip())
    if isinstance(command, click.Group):
        for each, inner in command.commands.items():
            yield from _commands(inner, f"{name} {each}".strip())


def _options() -> Iterator[tuple[str, click.Option]]:
    for name, command in _commands():
        context = click.Context(command, info_name=name)
        yield from ((name, each) for each in command.get_params(context) if isinstance(each, click.Option))


def test_every_command_has_its_help_in_chinese() -> None:
    """
    As many paragraphs as in English, for commands that are there.
    """
    told = {name: command_text(name) for name, _ in _commands()}
    assert not [name for name, text in told.items() if not text or not _chinese.search("".join(text))]
    assert told.keys() == read_texts("commands.yaml")["commands"].keys()
    for name, command in _commands():
        assert len(told[name] or ()) == len((command.help or "").strip().split("\n\n")), name


def test_every_option_has_its_help_in_chinese() -> None:
    """
    Its own, or one for options whose English is the same in all commands.
    """
    assert not [(name, option_name(each)) for name, each in _options() if not option_text(name, option_name(each))]
    texts = read_texts("commands.yaml")
    shared: dict[str, set[str]] = {}
    for name, each in _options():
        if option_name(each) not in texts["commands"][name].get("options", {}):
            shared.setdefault(option_name(each), set()).add(each.help or "")
    assert {option for option, english in shared.items() if len(english) > 1} == set()
    assert shared.keys() == texts["shared"].keys()


def test_no_option_is_told_of_that_no_command_has() -> None:
    options = {(name, option_name(each)) for name, each in _options()}
    told = read_texts("commands.yaml")["commands"].items()
    assert not [(name, each) for name, text in told for each in text.get("options", {}) if (name, each) not in options]


def test_every_command_asks_for_the_language() -> None:
    with_language = {name for name, each in _options() if option_name(each) == "--lang"}
    assert with_language == {name for name, _ in _commands()}


def test_both_languages_of_a_line_show_the_same_values() -> None:
    for code, line in read_texts("lines.yaml").items():
        assert set(line) == set(LANGUAGES), code
        english, chinese = (sorted(_values(line[lang])) for lang in LANGUAGES)
        assert english == chinese, code


def _values(template: str) -> Iterator[tuple[str, str | None]]:
    return ((name, spec) for _, name, spec, _ in Formatter().parse(template) if name is not None)


def test_lines_are_printed_and_are_there() -> None:
    """
    Every code that a command names has a line; every line is named. An f-string names all with its beginning.
    """
    codes, beginnings = set[str](), set[str]()
    printing = ("cli/*.py", "authoring/**/*.py", "audit/mapping/*.py", "columns.py")
    for path in (path for pattern in printing for path in SOURCE.glob(pattern)):
        tree = ast.parse(path.read_text("utf-8"))
        constants = {
            ast.unparse(each.targets[0]): str(each.value.value)
            for each in tree.body
            if isinstance(each, ast.Assign) and isinstance(each.value, ast.Constant)
        }
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and ast.unparse(call.func) in (
                "line",
                "echo_line",
                "say",
                "note",
                "_say_both",
            ):
                code = call.args[1 if ast.unparse(call.func) == "say" else 0]
                if isinstance(code, ast.Constant):
                    codes.add(str(code.value))
                elif isinstance(code, ast.Name) and code.id in constants:
                    codes.add(constants[code.id])
                elif isinstance(code, ast.JoinedStr) and isinstance(code.values[0], ast.Constant):
                    beginnings.add(str(code.values[0].value))
    lines = read_texts("lines.yaml").keys()
    assert codes - lines == set()
    assert [each for each in lines if each not in codes and not each.startswith(tuple(beginnings))] == []
    assert [each for each in beginnings if not any(line.startswith(each) for line in lines)] == []


@pytest.mark.parametrize("name", ["lines.yaml"])
def test_texts_are_in_the_order_of_the_alphabet(name: str) -> None:
    assert list(read_texts(name)) == sorted(read_texts(name))

"""The language of a command: `--lang`, or what VISITCHECK_LANG says; English without either."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, cast

import click

if TYPE_CHECKING:
    from visitcheck.errors import Problem
    from visitcheck.texts import Language

VARIABLE = "VISITCHECK_LANG"
_LANGUAGES = ("en", "zh")  # as in `visitcheck.texts`, which takes a while to import


def read_language(arguments: Sequence[str], environment: Mapping[str, str]) -> Language:
    """The language that is asked for, known before the command line is parsed: help and mistakes are in it, too."""
    named = last_value(arguments, "--lang") or environment.get(VARIABLE, "")
    return cast("Language", named) if named in _LANGUAGES else "en"


def last_value(arguments: Sequence[str], option: str) -> str | None:
    """What the command line says of an option, without being parsed; the last one counts."""
    spelled = " ".join(arguments).replace(f"{option}=", f"{option} ").split()
    chosen = [after for before, after in pairwise(spelled) if before == option]
    return chosen[-1] if chosen else None


def check_variable(environment: Mapping[str, str]) -> None:
    """Raises `UsageError` where the environment names a language that there is not."""
    named = environment.get(VARIABLE, "")
    if named and named not in _LANGUAGES:
        raise click.UsageError(f"`{VARIABLE}` is `{named}`, and must be `en` or `zh`")


def asked_language() -> Language:
    """The language that was asked for, in which files for people are written."""
    return cast("Language", getattr(_streams(None), "language", "en"))


def console_language(context: click.Context | None = None) -> Language:
    """The language that was asked for, if the console can show it; of the command being run, or of this context."""
    return cast("Language", getattr(_streams(context), "console_language", "en"))


def _streams(context: click.Context | None) -> Any:
    context = context or click.get_current_context(silent=True)
    return None if context is None else context.find_root().obj


def line(code: str, /, **values: object) -> str:
    """A line of the catalogue in the console's language."""
    from visitcheck.texts import say

    return say(console_language(), code, **values)


def echo_line(code: str, /, **values: object) -> None:
    """Print a line of the catalogue."""
    click.echo(line(code, **values))


def problem_text(problem: Problem, kind: str = "error") -> str:
    """A problem as people read it, in the console's language."""
    if console_language() == "en":
        return problem.render(kind)
    from visitcheck.texts import render_problem

    return render_problem(problem, "zh", kind)


def message_text(code: str, message: str, help_: str | None = None) -> str:
    """A problem's sentence with its help in one line, in the console's language."""
    if console_language() == "en":
        return f"{message}; {help_}" if help_ else message
    from visitcheck.texts import translate_problem

    chinese = translate_problem(code, message, help_)
    text = f"{chinese.message}；{chinese.help}" if chinese.help else chinese.message
    return f"{text}（原文：{chinese.original}）" if chinese.original else text


def usage_text(message: str) -> str:
    """What is wrong with the command line, in Chinese."""
    from visitcheck.texts import translate

    return translate("usage", message) or message


def one_or_more(number: int) -> str:
    """The last part of the code of a line that English says otherwise of one thing than of several."""
    return "one" if number == 1 else "more"

"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal, TypeAlias, TypeVar

import click

from visitcheck.cli.languages import VARIABLE, console_language

OutputFormat: TypeAlias = Literal["text", "json"]
Command = TypeVar("Command", bound=Callable[..., Any])


class Moment(click.ParamType[datetime]):
    """An RFC 3339 moment, read as the facts of a visit are."""

    name = "rfc3339"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """The aware datetime; a usage error says what is wrong."""
        from visitcheck.facts.scalars import BadValueError
        from visitcheck.facts.times import read_timestamp
        from visitcheck.gate.messages import to_datetime

        if isinstance(value, datetime):
            return value
        try:
            return to_datetime(read_timestamp(value))
        except BadValueError as bad:
            self.fail(f"{bad.message}{f'; {bad.help}' if bad.help else ''}", param, ctx)


def policy_option(command: Command) -> Command:
    """`--policy`, repeatable: what `load_policy` takes; `base` without it; and `--allow-shadow` beside it."""
    shadow = click.option(
        "--allow-shadow",
        multiple=True,
        metavar="ID",
        expose_value=False,
        is_eager=True,
        callback=_keep_allowed_shadows,
        help="Let a file take the place of the shipped pack with this id; every decision lists it.",
    )
    return click.option(
        "policies",
        "--policy",
        "-p",
        multiple=True,
        default=("base",),
        show_default="base",
        metavar="NAME|PATH",
        help="Shipped pack or folder of packs by name, or a path to a pack; may be repeated.",
    )(shadow(command))


_SHADOWS = "visitcheck.allow_shadow"


def _keep_allowed_shadows(ctx: click.Context, _: click.Parameter, ids: tuple[str, ...]) -> None:
    ctx.meta[_SHADOWS] = ids


def allowed_shadows() -> tuple[str, ...]:
    """The ids that `--allow-shadow` names in the command being run."""
    ids: tuple[str, ...] = click.get_current_context().meta.get(_SHADOWS, ())
    return ids


def format_option(command: Command) -> Command:
    """`--format`: text for people, or one JSON object a line."""
    return click.option(
        "format_",
        "--format",
        type=click.Choice(["text", "json"]),
        default="text",
        show_default=True,
        help="Text for people, or one JSON object a line.",
    )(command)


def lang_option(command: Command) -> Command:
    """`--lang`: the language of texts for people, as `lang`, which is one that the console can show."""
    return _lang(command, expose=True)


def help_lang_option(command: Command) -> Command:
    """`--lang` for a command whose own function does not ask for the language."""
    return _lang(command, expose=False)


def _lang(command: Command, *, expose: bool) -> Command:
    return click.option(
        "--lang",
        type=click.Choice(["en", "zh"]),
        callback=lambda ctx, _, __: console_language(ctx),
        expose_value=expose,
        show_default="en",
        help=f"Language of texts for people; also by {VARIABLE}.",
    )(command)


def stage_option(text: str) -> Callable[[Command], Command]:
    """`--stage`, with what it does for this command."""
    return click.option("--stage", type=click.Choice(["proposed", "recorded"]), help=text)


def visit_options(command: Command) -> Command:
    """How visits are read and judged: `--policy`, `--registers`, `--as-of`, `--engine`, `--lang`, `--format`."""
    registers = click.option(
        "--registers", metavar="FILE", help="Facts of lenders, agencies and collectors by id, JSON or YAML."
    )
    as_of = click.option("--as-of", type=Moment(), help="The moment of judging, for visits that give no `visit.as_of`.")
    engine = click.option(
        "--engine",
        type=click.Choice(["native", "durable", "both"]),
        help="Who answers; without it both engines where durable-rules is installed, else native.",
    )
    return policy_option(registers(as_of(engine(lang_option(format_option(command))))))

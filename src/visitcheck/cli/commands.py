"""Commands whose help is in English, as it is written beside them, or in Chinese, as the catalogue has it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import IO, Any, TypeVar
from unicodedata import east_asian_width

import click

from visitcheck.cli.languages import console_language, usage_text

_Function = TypeVar("_Function", bound=Callable[..., Any])
_NOT_FIRST = "，。；：、！？）》”’」』】］…,.;:!?)]}%"
_NOT_LAST = "（《“‘「『【［([{"
_METAVARS = {"[OPTIONS]": "[选项]", "COMMAND [ARGS]...": "命令 [参数]...", "COMMAND": "命令", "[ARGS]...": "[参数]..."}


_EXTRAS = (("(", ""), (")", ""), ("default: ", "默认："), ("required", "必填"), ("; ", "；"), ("[", "［"), ("]", "］"))
_HELP_ONLY: tuple[type[Exception], ...] = tuple(
    getattr(click.exceptions, name) for name in ("NoArgsIsHelpError",) if hasattr(click.exceptions, name)
)


class ChineseFormatter(click.HelpFormatter):
    """Writes help whose lines may end at any Chinese character, and counts these as two cells."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write the line that says how a command is called."""
        super().write_usage(prog, args, prefix or "用法：")

    def write_heading(self, heading: str) -> None:
        """Write a heading."""
        self.write(f"{'':>{self.current_indent}}{heading}：\n")

    def write_text(self, text: str) -> None:
        """Write paragraphs, with an empty line between them."""
        indent = " " * self.current_indent
        paragraphs = (wrap_wide(part, self.width - self.current_indent) for part in text.split("\n\n"))
        self.write("\n\n".join("\n".join(f"{indent}{each}" for each in lines) for lines in paragraphs) + "\n")

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Write terms, and beside each what it says."""
        listed = list(rows)
        first_column = min(max((cells(term) for term, _ in listed), default=0), col_max) + col_spacing
        margin = " " * self.current_indent
        for term, text in listed:
            lines = wrap_wide(text, max(self.width - first_column - self.current_indent, 10))
            self.write(f"{margin}{term}")
            if cells(term) > first_column - col_spacing:
                self.write("\n")
                lead = margin + " " * first_column
            else:
                lead = " " * (first_column - cells(term))
            for each in lines or [""]:
                self.write(f"{lead}{each}".rstrip() + "\n")
                lead = margin + " " * first_column


def cells(text: str) -> int:
    """How many cells of a terminal a text takes."""
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)


def pad(text: str, width: int) -> str:
    """The text with spaces after it, to as many cells."""
    return text + " " * (width - cells(text))


def wrap_wide(text: str, width: int) -> list[str]:
    """Break a text into lines: between words, and between Chinese characters, but not before punctuation."""
    lines, line = [], ""
    for piece in _pieces(text):
        if line and cells(line + piece.rstrip()) > width:
            lines.append(line.rstrip())
            line = piece.lstrip()
        else:
            line += piece
    return [*lines, line.rstrip()] if line.strip() else lines


def _pieces(text: str) -> Iterator[str]:
    """The parts of a text that stay in one line."""
    piece = ""
    for char in text:
        if piece and _may_break(piece[-1], char):
            yield piece
            piece = ""
        piece += char
    if piece:
        yield piece


def _may_break(before: str, after: str) -> bool:
    if after in _NOT_FIRST or before in _NOT_LAST or after == " ":
        return False
    return before == " " or east_asian_width(before) in "WF" or east_asian_width(after) in "WF"


class _Context(click.Context):
    """A context whose help is laid out for its language."""

    def make_formatter(self) -> click.HelpFormatter:
        if console_language(self) == "zh":
            self.formatter_class = ChineseFormatter
        return super().make_formatter()


class _Bilingual(click.Command):
    """What commands and groups have in common."""

    context_class = _Context

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """The parts of the line that says how the command is called."""
        pieces = super().collect_usage_pieces(ctx)
        return [_METAVARS.get(piece, piece) for piece in pieces] if console_language(ctx) == "zh" else pieces

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what the command does."""
        if console_language(ctx) == "en":
            super().format_help_text(ctx, formatter)
            return
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text("\n\n".join(_paragraphs(self, command_name(ctx))))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, and of a group its commands."""
        if console_language(ctx) == "en":
            super().format_options(ctx, formatter)
            return
        with formatter.section("选项"):
            formatter.write_dl(
                [
                    _option_record(param, ctx)
                    for param in self.get_params(ctx)
                    if isinstance(param, click.Option) and not param.hidden
                ]
            )
        if isinstance(self, click.Group):
            name = command_name(ctx)
            with formatter.section("命令"):
                formatter.write_dl(
                    [
                        (each, _paragraphs(command, f"{name} {each}".strip())[0])
                        for each, command in sorted(self.commands.items())
                    ]
                )


class Command(_Bilingual):
    """A command with help in two languages."""


class Group(_Bilingual, click.Group):
    """A group of commands with help in two languages."""

    command_class = Command


def command(name: str | None = None) -> Callable[[_Function], Command]:
    """Make a command of a function, as `click.command` does."""
    return click.command(name, cls=Command)


def command_name(ctx: click.Context) -> str:
    """The words after `visitcheck` that call a command."""
    names = []
    each: click.Context | None = ctx
    while each is not None and each.parent is not None:
        names.append(each.info_name or "")
        each = each.parent
    return " ".join(reversed(names))


def _paragraphs(command_: click.Command, name: str) -> tuple[str, ...]:
    from visitcheck.texts import command_text

    return command_text(name) or (command_.help or "",)


def _option_record(option: click.Option, ctx: click.Context) -> tuple[str, str]:
    """How an option is written, and what the catalogue says of it, with its default and range."""
    from visitcheck.texts import option_text

    text = option_text(command_name(ctx), option_name(option)) or option.help or ""
    written, english = option.get_help_record(ctx) or ("", "")
    extra = english.removeprefix(option.help or "").strip()
    for said, chinese in _EXTRAS:
        extra = extra.replace(said, chinese)
    return written, f"{text}{extra}"


def option_name(option: click.Parameter) -> str:
    """The name that the catalogue has an option under: its first long one."""
    return next((name for name in option.opts if name.startswith("--")), option.opts[0])


@contextmanager
def chinese_mistakes() -> Iterator[None]:
    """Let what is wrong with the command line be shown in the language that was asked for."""
    try:
        yield
    except _HELP_ONLY:  # a group without a command shows its help
        raise
    except click.ClickException as error:
        context = getattr(error, "ctx", None)
        if console_language(context) == "en" or isinstance(error, _ChineseMistake):
            raise
        raise _ChineseMistake(error, context) from error


class _ChineseMistake(click.ClickException):
    """A mistake of the command line that shows itself in Chinese."""

    def __init__(self, error: click.ClickException, context: click.Context | None) -> None:
        super().__init__(usage_text(error.format_message()))
        self._code = error.exit_code
        help_ = "" if context is None else f"输入“{context.command_path} --help”可查看说明。"
        self._usage = "" if context is None else f"{context.get_usage()}\n{help_}\n\n"

    @property
    def exit_code(self) -> int:  # type: ignore[override]
        """The exit code of the mistake itself."""
        return self._code

    def show(self, file: IO[Any] | None = None) -> None:
        """Show it on standard error."""
        click.echo(f"{self._usage}错误：{self.message}", file=file, err=file is None)

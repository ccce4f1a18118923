"""The group of all commands, and what holds for each of them."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Sequence
from typing import Any, NoReturn

import click

from visitcheck.cli import exits
from visitcheck.cli.audit import audit
from visitcheck.cli.check import check
from visitcheck.cli.columns import columns
from visitcheck.cli.commands import Group, chinese_mistakes
from visitcheck.cli.demo import demo
from visitcheck.cli.doctor import doctor
from visitcheck.cli.explain import explain
from visitcheck.cli.languages import check_variable, last_value, line, read_language
from visitcheck.cli.lint import lint
from visitcheck.cli.options import help_lang_option
from visitcheck.cli.report import report
from visitcheck.cli.rules import rules
from visitcheck.cli.schema import schema
from visitcheck.cli.streams import OutputLost, Streams
from visitcheck.cli.synth import synth
from visitcheck.cli.test import test
from visitcheck.errors import AuditFailed, EngineFailure, InvalidInput, Problem, UnsupportedByEngine

# The packages of extras, by the name they are imported by.
_EXTRAS = {
    "duckdb": "audit",
    "pyarrow": "audit",
    "sqlglot": "audit",
    "numpy": "audit",
    "jinja2": "report",
    "markupsafe": "report",
    "pandas": "spark",
    "pyspark": "spark",
    "python_calamine": "excel",
    "xlsxwriter": "excel",
    "adbc_driver_manager": "postgres",
    "adbc_driver_postgresql": "postgres",
    "hypothesis": "testing",
    "pytest": "testing",
}


class _Root(Group):
    """Keeps exit code 1 for what it says: a visit was denied.

    Python and click would end with 1 as well on a defect, an interrupt, or a reader that has gone away.
    """

    def main(self, args: Sequence[str] | None = None, *rest: Any, **extra: Any) -> Any:
        """Run the command line with its streams and signals guarded; nothing that they do shows a traceback."""
        streams = Streams()
        given = sys.argv[1:] if args is None else list(args)
        streams.json = last_value(given, "--format") == "json"
        streams.language = read_language(given, os.environ)
        with streams.guard():
            try:
                return super().main(given, *rest, **{**extra, "obj": streams})
            except OutputLost as error:  # while help, or the version, was printed
                click.echo(_describe_loss(error, streams), err=True)
                sys.exit(exits.ERROR)
            except SystemExit:
                if streams.signal is not None:
                    sys.exit(exits.SIGNALLED + streams.signal)
                raise
            finally:
                for note in () if streams.json else streams.notes():
                    click.echo(note, err=True)

    def make_context(self, *arguments: Any, **extra: Any) -> click.Context:
        """Parse the options of the group itself."""
        with chinese_mistakes():
            return super().make_context(*arguments, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; whatever breaks it ends with a code of its own."""
        try:
            try:
                with chinese_mistakes():
                    return super().invoke(ctx)
            finally:
                _flush_output()
        except click.exceptions.Exit:
            raise
        except click.ClickException as error:
            if not ctx.obj.json:
                raise
            _end_with_problems(ctx, Problem("usage", error.format_message()))
        except OutputLost as error:
            click.echo(_describe_loss(error, ctx.obj), err=True)
            ctx.exit(exits.ERROR)
        except (AuditFailed, InvalidInput) as error:  # such as a full disk for temporary files, in any command
            _end_with_problems(ctx, *error.problems)
        except KeyboardInterrupt:
            _end_by_signal(ctx)
        except ModuleNotFoundError as error:
            hint = _install_hint(error)
            if hint is None:  # a defect, as below
                traceback.print_exc()
                ctx.exit(exits.ERROR)
            if ctx.obj.json:
                _end_with_problems(ctx, Problem("usage", hint))
            _end_with_mistake(hint, ctx, error)
        except (EngineFailure, UnsupportedByEngine) as error:  # a gate's engines are made, and tested, when first asked
            if ctx.obj.json:
                _end_with_problems(ctx, Problem("usage", str(error)))
            _end_with_mistake(str(error), ctx, error)
        except Exception as error:  # a defect: shown in full, for it is to be reported
            lost = _cause_of_loss(error)
            if lost is None:
                traceback.print_exc()
            else:
                click.echo(_describe_loss(lost, ctx.obj), err=True)
            ctx.exit(exits.ERROR)


def _end_with_mistake(message: str, ctx: click.Context, cause: Exception) -> NoReturn:
    with chinese_mistakes():
        raise click.UsageError(message, ctx) from cause


def _describe_loss(lost: OutputLost, streams: Streams) -> str:
    if streams.console_language == "en":
        return f"error: cannot write to standard output: {lost}"
    return f"错误：无法写入标准输出：{lost}"


def _flush_output() -> None:
    sys.stdout.flush()


def _end_with_problems(ctx: click.Context, *problems: Problem) -> NoReturn:
    """End with the problems, as JSON for whoever asked for JSON."""
    from visitcheck.cli.output import show_problems

    command = sys.argv[0] if ctx.invoked_subcommand is None else ctx.invoked_subcommand
    try:
        show_problems(command, problems, "json" if ctx.obj.json else "text")
        _flush_output()
    except OutputLost as error:
        click.echo(_describe_loss(error, ctx.obj), err=True)
    ctx.exit(exits.ERROR)


def _end_by_signal(ctx: click.Context) -> NoReturn:
    """End with the code that shells have for the signal."""
    number = ctx.obj.signal
    if number is None:
        ctx.exit(exits.INTERRUPTED)
    click.echo(line("root.ended", signal=signal.Signals(number).name), err=True)
    ctx.exit(exits.SIGNALLED + number)


def _cause_of_loss(error: BaseException | None) -> OutputLost | None:
    """Standard output's failure behind another error, if that is what it comes from."""
    while error is not None and not isinstance(error, OutputLost):
        error = error.__cause__ or error.__context__
    return error


def _install_hint(error: ModuleNotFoundError) -> str | None:
    """Say what to install for a missing package; None if no extra brings it: then its absence is a defect."""
    package = (error.name or "").partition(".")[0]
    extra = _EXTRAS.get(package)
    if extra is None:
        return None
    return f'this command needs the package {package}, which is not installed: pip install "visitcheck[{extra}]"'


def _show_version(ctx: click.Context, _param: click.Parameter, asked: bool) -> None:
    if not asked:
        return
    from importlib.metadata import PackageNotFoundError, version

    try:
        click.echo(f"visitcheck {version('visitcheck')}")
    except PackageNotFoundError:
        click.echo("visitcheck, not installed")
    ctx.exit()


@click.group(cls=_Root, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_show_version, help="Show the version."
)
@help_lang_option
@click.pass_context
def main(ctx: click.Context) -> None:
    """Check debt-collection visits against law and policy, before the visit and afterwards."""
    check_variable(os.environ)
    if os.environ.get("NO_COLOR"):
        ctx.color = False


for _command in (demo, check, audit, report, explain, columns, rules, lint, schema, synth, test, doctor):
    main.add_command(_command)

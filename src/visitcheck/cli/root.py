"""The group of all commands, and what holds for each of them."""

from __future__ import annotations

import os
import sys
import traceback
from typing import Any

import click

from visitcheck.cli import exits
from visitcheck.cli.audit import audit
from visitcheck.cli.check import check
from visitcheck.cli.columns import columns
from visitcheck.cli.demo import demo
from visitcheck.cli.doctor import doctor
from visitcheck.cli.explain import explain
from visitcheck.cli.lint import lint
from visitcheck.cli.report import report
from visitcheck.cli.rules import rules
from visitcheck.cli.schema import schema
from visitcheck.cli.synth import synth
from visitcheck.cli.test import test
from visitcheck.errors import EngineFailure, UnsupportedByEngine

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
    "adbc_driver_manager": "postgres",
    "adbc_driver_postgresql": "postgres",
    "hypothesis": "testing",
    "pytest": "testing",
}


class _Root(click.Group):
    """Keeps exit code 1 for what it says: a visit was denied.

    Python and click would end with 1 as well on a defect, an interrupt, or a reader that has gone away.
    """

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; whatever breaks it ends with a code of its own."""
        try:
            try:
                return super().invoke(ctx)
            finally:
                sys.stdout.flush()
        except (click.ClickException, click.exceptions.Exit):
            raise
        except BrokenPipeError:
            # Python flushes once more at exit; that must find somewhere to go.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(exits.ERROR)
        except KeyboardInterrupt:
            ctx.exit(exits.INTERRUPTED)
        except ModuleNotFoundError as error:
            hint = _install_hint(error)
            if hint is None:  # a defect, as below
                traceback.print_exc()
                ctx.exit(exits.ERROR)
            raise click.UsageError(hint, ctx) from error
        except (EngineFailure, UnsupportedByEngine) as error:  # a gate's engines are made, and tested, when first asked
            raise click.UsageError(str(error), ctx) from error
        except Exception:  # a defect: shown in full, for it is to be reported
            traceback.print_exc()
            ctx.exit(exits.ERROR)


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
@click.pass_context
def main(ctx: click.Context) -> None:
    """Check debt-collection visits against law and policy, before the visit and afterwards."""
    if os.environ.get("NO_COLOR"):
        ctx.color = False


for _command in (demo, check, audit, report, explain, columns, rules, lint, schema, synth, test, doctor):
    main.add_command(_command)

"""The group of all commands, and what holds for each of them."""

from __future__ import annotations

import os
import sys
from typing import Any

import click

from visitcheck.cli import exits
from visitcheck.cli.check import check
from visitcheck.cli.doctor import doctor
from visitcheck.cli.explain import explain
from visitcheck.cli.rules import rules
from visitcheck.cli.schema import schema
from visitcheck.cli.test import test


class _Root(click.Group):
    """Ends quietly, but not as a success, when whoever reads the output has gone away.

    click itself would end with 1, which says that a visit was denied.
    """

    def invoke(self, ctx: click.Context) -> Any:
        try:
            try:
                return super().invoke(ctx)
            finally:
                sys.stdout.flush()
        except BrokenPipeError:
            # Python flushes once more at exit; that must find somewhere to go.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(exits.ERROR)


def _version(ctx: click.Context, _param: click.Parameter, asked: bool) -> None:
    if not asked:
        return
    from importlib.metadata import PackageNotFoundError, version

    try:
        click.echo(f"visitcheck {version('visitcheck')}")
    except PackageNotFoundError:
        click.echo("visitcheck, not installed")
    ctx.exit()


@click.group(cls=_Root, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Show the version.")
@click.pass_context
def main(ctx: click.Context) -> None:
    """Check debt-collection visits against law and policy, before the visit and afterwards."""
    if os.environ.get("NO_COLOR"):
        ctx.color = False


for _command in (check, explain, rules, schema, test, doctor):
    main.add_command(_command)

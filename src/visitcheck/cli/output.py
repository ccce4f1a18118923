"""What commands print: decisions and JSON to standard output, problems to standard error."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NoReturn

import click

from visitcheck.cli import exits
from visitcheck.cli.languages import problem_text
from visitcheck.cli.options import OutputFormat
from visitcheck.errors import Problem


def json_line(value: object) -> None:
    """One JSON value on a line of its own."""
    from visitcheck.gate.json_form import to_json

    click.echo(to_json(value))


def show_problems(source: str, problems: Iterable[Problem], format_: OutputFormat) -> None:
    """What is wrong with `source`: as text to standard error, or as a JSON line among the others."""
    if format_ == "json":
        json_line({"source": source, "problems": [problem.as_dict() for problem in problems]})
        return
    for problem in problems:
        before = "" if problem.place else f"{source}: "
        click.echo(f"{before}{problem_text(problem)}", err=True)


def stop(source: str, problems: Iterable[Problem], format_: OutputFormat) -> NoReturn:
    """Show problems that leave nothing more to do, and end with the exit code for errors."""
    show_problems(source, problems, format_)
    raise click.exceptions.Exit(exits.ERROR)

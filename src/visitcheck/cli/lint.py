"""`visitcheck lint`: likely mistakes in packs that load."""

from __future__ import annotations

import json
from typing import Literal, TypeAlias

import click

from visitcheck.cli.commands import command
from visitcheck.cli.languages import echo_line, line, one_or_more, problem_text
from visitcheck.cli.options import help_lang_option

LintFormat: TypeAlias = Literal["text", "json", "sarif"]


@command()
@click.argument("packs", metavar="[PATH|NAME]...", nargs=-1)
@click.option(
    "format_",
    "--format",
    type=click.Choice(["text", "json", "sarif"]),
    default="text",
    show_default=True,
    help="Text for people, one JSON object a line, or SARIF 2.1.0 for code hosts.",
)
@help_lang_option
def lint(packs: tuple[str, ...], format_: LintFormat) -> None:
    """Look for likely mistakes: in pack files, in all packs below a folder, in a shipped folder by its name.

    Without PATH, the shipped packs. `NAME.accepted.yaml` beside a pack may let remarks pass, with a reason.

    Exit code: 0 nothing found, 1 something found, 2 a pack that cannot be loaded.
    """
    from visitcheck.authoring.lint import lint as look
    from visitcheck.authoring.lint import pack_paths, to_sarif
    from visitcheck.cli import exits
    from visitcheck.cli.output import json_line, stop
    from visitcheck.errors import InvalidPolicy
    from visitcheck.policy import packs_root

    try:
        paths = pack_paths(*(packs or (str(packs_root()),)))
        remarks = look(paths)
    except InvalidPolicy as error:
        stop(" ".join(packs), error.problems, "json" if format_ == "json" else "text")
    if format_ == "sarif":
        click.echo(json.dumps(to_sarif(remarks), ensure_ascii=False, indent=2))
    for problem in remarks if format_ != "sarif" else ():
        if format_ == "json":
            json_line(problem.as_dict())
        else:
            click.echo(problem_text(problem, "warning"))
    if format_ == "text":
        number = len(remarks)
        result = line(f"lint.remarks.{one_or_more(number)}", number=number) if remarks else line("lint.nothing")
        echo_line(f"lint.packs.{one_or_more(len(paths))}", number=len(paths), result=result)
    raise click.exceptions.Exit(exits.BREACH if remarks else exits.CLEAN)

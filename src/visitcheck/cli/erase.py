"""`visitcheck audit erase`: one person taken out of a finished audit."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from visitcheck.cli.commands import command
from visitcheck.cli.html import KEY_VARIABLE, key_for
from visitcheck.cli.languages import echo_line, line
from visitcheck.cli.options import OutputFormat, format_option, help_lang_option


@command()
@click.argument("folder", metavar="AUDIT")
@click.option("--debtor", metavar="ID", required=True, help="The id that visits have for the person; `-` reads it.")
@click.option(
    "--hash-ids",
    metavar="KEYFILE",
    help=f"The key of the audit or its pages, where they hold hashes; without it that in {KEY_VARIABLE}.",
)
@help_lang_option
@format_option
def erase(folder: str, debtor: str, hash_ids: str | None, format_: OutputFormat) -> None:
    """Take one person out of all that the folder AUDIT holds.

    Verdicts, statuses, findings, rejects, doubts and leads are written without the person's rows, and put in place at
    once; pages and workbooks in the folder are made anew. The manifest is told when and how many rows, and not who.
    Figures of the summary stay those of the audit. Copies elsewhere are not known.

    Exit code: 0 done, also where no row is about the person, 2 an error.
    """
    from visitcheck.audit.erasing import erase as erase_person
    from visitcheck.cli.output import json_line, stop
    from visitcheck.errors import AuditFailed, InvalidInput

    id_ = sys.stdin.readline().strip() if debtor == "-" else debtor
    if not id_:
        raise click.UsageError("the id of a person is not empty")
    key = key_for(hash_ids, format_)
    made: list[str] = []
    left: list[str] = []

    def remake(old: Path, new: Path) -> None:
        names = [path.name for path in old.iterdir() if path.suffix in (".html", ".xlsx")]
        try:
            from visitcheck.report.remaking import remake_reports
        except ModuleNotFoundError:  # nothing makes pages here, so those that there are go
            left.extend(names)
            return
        again, gone = remake_reports(old, new, key)
        made.extend(again)
        left.extend(gone)

    try:
        rows = erase_person(folder, id_, key=key, remake=remake)
    except (AuditFailed, InvalidInput) as error:
        stop(folder, error.problems, format_)
    if format_ == "json":
        json_line({"out": folder, "rows": rows, "remade": made, "deleted": left})
        return
    if not sum(rows.values()):
        echo_line("erase.nothing")
        return
    listed = (line("erase.rows", rows=number, table=table) for table, number in rows.items() if number)
    echo_line("erase.done", listed=", ".join(listed))
    for name in made:
        echo_line("erase.remade", file=name)
    for name in left:
        echo_line("erase.deleted", file=name)
    echo_line("erase.copies")

"""Pages of HTML and workbooks from commands: the options that they share, and the files."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from visitcheck.cli.languages import line
from visitcheck.cli.options import Command, OutputFormat

if TYPE_CHECKING:
    from visitcheck.gate import Decision
    from visitcheck.policy import Language
    from visitcheck.report import AuditFolder, Choices
    from visitcheck.report.worst_visits import AuditSources

KEY_VARIABLE = "VISITCHECK_HASH_KEY"


def privacy_options(command: Command) -> Command:
    """`--include-personal` and `--hash-ids`: what a page keeps to itself."""
    personal = click.option(
        "--include-personal",
        is_flag=True,
        help="In pages and workbooks: also show names, addresses, recorded words and ids of borrowers.",
    )
    hashing = click.option(
        "--hash-ids",
        metavar="KEYFILE",
        help="Show ids of visits and people as hashes with the key in KEYFILE, their salt; an audit writes them so, "
        f"too. Without it, with the key in {KEY_VARIABLE}, where that is set.",
    )
    return personal(hashing(command))


def heading_options(command: Command) -> Command:
    """`--institution`, `--auditor`, `--period` and `--date`: the head of what is handed over, with a place to sign."""
    for name, help_ in (
        ("date", "The date of the report, at its head."),
        ("period", "The period that was audited, at the head of the report."),
        ("auditor", "Who audited, at the head of the report."),
        ("institution", "The institution audited, at the head of the report; there is then a place to sign."),
    ):
        command = click.option(f"--{name}", metavar="TEXT", help=help_)(command)
    return command


def choices_for(
    lang: Language, include_personal: bool, hash_ids: str | None, format_: OutputFormat, **more: Any
) -> Choices:
    """What the options ask for; what is wrong with the key ends the command."""
    with name_missing_packages():
        import jinja2  # noqa: F401 - the templates need it, once all else is done

        from visitcheck.report import Choices, Privacy
    return Choices(lang, privacy=Privacy(include_personal, key_for(hash_ids, format_)), **more)


def key_for(hash_ids: str | None, format_: OutputFormat) -> bytes | None:
    """The key for hashing ids: that of a file, else that of the environment; what is wrong with it ends the command."""
    from visitcheck.audit.hash_keys import check_key, read_key
    from visitcheck.cli.output import stop
    from visitcheck.errors import InvalidInput

    try:
        if hash_ids is not None:
            return read_key(hash_ids)
        given = os.environ.get(KEY_VARIABLE)
        return check_key(given.strip().encode(), f"`{KEY_VARIABLE}`") if given else None
    except InvalidInput as error:
        stop(hash_ids or KEY_VARIABLE, error.problems, format_)


def write_book(target: str | Path, audit: AuditFolder, choices: Choices, format_: OutputFormat) -> None:
    """The workbook of an audit as a file, whole or not at all; says so beside the command's own text."""
    from visitcheck.cli.output import stop
    from visitcheck.errors import InvalidInput

    with name_missing_packages("a workbook", "audit,report,excel"):
        import xlsxwriter  # noqa: F401 - it is needed once all else is done

        from visitcheck.report.workbook import write_workbook
    try:
        path = write_workbook(audit, target, choices)
    except InvalidInput as error:
        stop(str(target), error.problems, format_)
    if format_ == "text":
        click.echo(line("page.written", path=path, bytes=path.stat().st_size), err=True)


def write_page(target: str | Path, html: str, format_: OutputFormat) -> None:
    """The page as a file, whole or not at all; says so beside the command's own text."""
    path = Path(target)
    save_page(path, html, format_)
    if format_ == "text":
        click.echo(line("page.written", path=path, bytes=len(html.encode())), err=True)


def save_page(path: Path, html: str, format_: OutputFormat) -> None:
    """The page as a file, whole or not at all; what keeps it from being written ends the command."""
    from visitcheck.cli.output import stop
    from visitcheck.errors import InvalidInput
    from visitcheck.report.private_files import replace_file

    try:
        with replace_file(path) as file:
            file.write(html.encode())
    except InvalidInput as error:
        stop(str(path), error.problems, format_)


def write_decisions(target: str, decisions: list[Decision], choices: Choices, format_: OutputFormat) -> None:
    """The page of these decisions as a file; what keeps it from being made ends the command."""
    from visitcheck.cli.output import stop
    from visitcheck.errors import InvalidInput

    with name_missing_packages():
        from visitcheck.report import decisions_page
    try:
        html = decisions_page(decisions, choices)
    except InvalidInput as error:
        stop(target, error.problems, format_)
    write_page(target, html, format_)


def render_audit(audit: AuditFolder, choices: Choices, sources: AuditSources | None) -> str:
    """The page of an audit; with its sources, the worst visits are explained with their own facts."""
    from visitcheck.report import audit_page

    explained = None
    if sources is not None:
        from visitcheck.report.worst_visits import explain_worst

        explained = explain_worst(audit, sources, choices.worst, choices.privacy)
    return audit_page(audit, choices, explained)


@contextmanager
def name_missing_packages(what: str = "a page", extras: str = "audit,report") -> Iterator[None]:
    """Says which extras a page or a workbook needs, where a package of them is not installed."""
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name not in ("jinja2", "markupsafe", "duckdb", "sqlglot", "pyarrow", "xlsxwriter"):
            raise
        message = f'{what} needs the package {error.name}: pip install "visitcheck[{extras}]"'
        raise click.UsageError(message) from error

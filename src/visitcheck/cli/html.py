"""Pages of HTML from commands: the options that they share, and the file."""

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
        "--include-personal", is_flag=True, help="In HTML: also show names, addresses and recorded words."
    )
    hashing = click.option(
        "--hash-ids",
        metavar="KEYFILE",
        help="In HTML: show ids of visits and people as hashes with the key in KEYFILE; "
        f"without it, with the key in {KEY_VARIABLE}, where that is set.",
    )
    return personal(hashing(command))


def choices_for(
    lang: Language, include_personal: bool, hash_ids: str | None, format_: OutputFormat, **more: Any
) -> Choices:
    """What the options ask for; what is wrong with the key ends the command."""
    from visitcheck.cli.output import stop
    from visitcheck.errors import InvalidInput

    with name_missing_packages():
        import jinja2  # noqa: F401 - the templates need it, once all else is done

        from visitcheck.report import Choices, Privacy
        from visitcheck.report.privacy import check_key, read_key
    try:
        key = read_key(hash_ids) if hash_ids is not None else None
        if key is None and (given := os.environ.get(KEY_VARIABLE)):
            key = check_key(given.strip().encode(), f"`{KEY_VARIABLE}`")
    except InvalidInput as error:
        stop(hash_ids or KEY_VARIABLE, error.problems, format_)
    return Choices(lang, privacy=Privacy(include_personal, key), **more)


def write_page(target: str | Path, html: str, format_: OutputFormat) -> None:
    """The page as a file, whole or not at all; says so beside the command's own text."""
    path = Path(target)
    save_page(path, html, format_)
    if format_ == "text":
        click.echo(line("page.written", path=path, bytes=len(html.encode())), err=True)


def save_page(path: Path, html: str, format_: OutputFormat) -> None:
    """The page as a file, whole or not at all; what keeps it from being written ends the command."""
    from visitcheck.cli.output import stop
    from visitcheck.errors import Problem

    part = path.with_name(f"{path.name}.part")
    try:
        part.write_text(html, "utf-8", newline="\n")
        os.replace(part, path)
    except OSError as error:
        part.unlink(missing_ok=True)
        message = f"cannot write `{path}`: {error.strerror or error}"
        stop(str(path), [Problem("report-unwritable", message)], format_)


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
def name_missing_packages() -> Iterator[None]:
    """Says which extra a page needs, where its package is not installed."""
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name not in ("jinja2", "markupsafe", "duckdb", "sqlglot", "pyarrow"):
            raise
        message = f'a page needs the package {error.name}: pip install "visitcheck[audit,report]"'
        raise click.UsageError(message) from error

"""`visitcheck report`: an audit, or two of them compared, as one page of HTML; an audit also as a workbook."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from visitcheck.cli.commands import command
from visitcheck.cli.html import (
    choices_for,
    heading_options,
    name_missing_packages,
    privacy_options,
    render_audit,
    write_book,
    write_page,
)
from visitcheck.cli.languages import asked_language
from visitcheck.cli.options import OutputFormat, format_option, help_lang_option, policy_option

if TYPE_CHECKING:
    from visitcheck.report import AuditFolder
    from visitcheck.report.worst_visits import AuditSources


@command()
@click.argument("folders", metavar="AUDIT [AUDIT]", nargs=-1, required=True)
@click.option("-o", "--out", metavar="FILE", help="The page; by default report.html in AUDIT, or comparison.html.")
@click.option(
    "--xlsx", metavar="FILE", help="Write a workbook of AUDIT for Excel; then a page only where -o names one."
)
@click.option("--worst", type=click.IntRange(0, 2_000), default=100, show_default=True, help="Visits shown one by one.")
@click.option(
    "--visits",
    metavar="FILE",
    multiple=True,
    help="The audit's input, to explain those visits with their own facts; may be repeated.",
)
@click.option("--columns", metavar="FILE", help="With --visits: the column mapping of the audit.")
@click.option("--registers", metavar="FILE", help="With --visits: the registers of the audit.")
@policy_option
@heading_options
@privacy_options
@help_lang_option
@format_option
def report(
    folders: tuple[str, ...],
    out: str | None,
    xlsx: str | None,
    worst: int,
    visits: tuple[str, ...],
    columns: str | None,
    registers: str | None,
    policies: tuple[str, ...],
    institution: str | None,
    auditor: str | None,
    period: str | None,
    date: str | None,
    include_personal: bool,
    hash_ids: str | None,
    format_: OutputFormat,
) -> None:
    """Make one self-contained page of the audit in the folder AUDIT, or of what changed from one AUDIT to another.

    The page is in English and Chinese, opens from disk and loads nothing. --lang is the language it opens in, and that
    of a workbook; --policy is needed with --visits only.

    Exit code: 0 all was written, 2 an error.
    """
    from visitcheck.cli.output import json_line, stop
    from visitcheck.errors import InvalidInput

    if len(folders) > 2:
        raise click.UsageError("name one audit, or two to compare")
    if xlsx is not None and len(folders) > 1:
        raise click.UsageError("a workbook is of one audit")
    heading = {"institution": institution, "auditor": auditor, "period": period, "date": date}
    choices = choices_for(asked_language(), include_personal, hash_ids, format_, worst=worst, **heading)
    with name_missing_packages():
        from visitcheck.report import AuditFolder, comparison_page
    try:
        audits = [AuditFolder.open(folder) for folder in folders]
        if xlsx is not None:
            write_book(xlsx, audits[0], choices, format_)
            if out is None:
                return
        if len(audits) == 2:
            html, name = comparison_page(audits[0], audits[1], choices), "comparison.html"
        else:
            given = (visits, columns, registers, policies)
            sources = _audit_sources(audits[0], *given, format_) if visits or columns else None
            html, name = render_audit(audits[0], choices, sources), "report.html"
    except InvalidInput as error:
        stop(" ".join(folders), error.problems, format_)
    target = out or str(audits[-1].path / name)
    write_page(target, html, format_)
    if format_ == "json":
        json_line({"out": target, "bytes": len(html.encode())})


def _audit_sources(
    audit: AuditFolder,
    visits: tuple[str, ...],
    columns: str | None,
    registers: str | None,
    policies: tuple[str, ...],
    format_: OutputFormat,
) -> AuditSources:
    """What the audit was made from: the files as given, the options as its manifest has them."""
    from visitcheck.audit.options import AuditOptions
    from visitcheck.cli.judging import policy_for, registers_for
    from visitcheck.report.worst_visits import AuditSources

    policy = policy_for(policies, format_)
    recorded = audit.manifest["options"]
    options = AuditOptions(
        columns=columns,
        registers=None if registers is None else registers_for(registers, format_),
        history=recorded["history"],
        history_since=_moment(recorded["history_since"]),
        as_of=_moment(recorded["as_of"]),
    )
    return AuditSources([Path(file) for file in visits], policy, options)


def _moment(text: Any) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)

"""Writes the workbook of an audit: the overview, then a sheet for each of its tables."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from visitcheck.audit.inputs.temp_parquet import open_temp_folder
from visitcheck.report.folder import AuditFolder
from visitcheck.report.pages import CHOICES_MARK, Choices
from visitcheck.report.private_files import replace_file
from visitcheck.report.sections.overview import summarise_audit
from visitcheck.report.workbook.book import Book, Cell, shown_rows
from visitcheck.report.workbook.sheets import FILES, SHEETS, Sheets

Line = list[tuple[Cell, str]]


def write_workbook(audit: AuditFolder | str | Path, target: str | Path, choices: Choices | None = None) -> Path:
    """Write the workbook of an audit, which only its owner may read; gives its path.

    `choices` says the language, and what is shown of persons. Raises `InvalidInput` where the folder is no audit's, or
    the workbook cannot be written. Needs the extra `excel`.
    """
    choices = choices or Choices()
    opened = audit if isinstance(audit, AuditFolder) else AuditFolder.open(audit)
    path = Path(target)
    privacy = replace(choices.privacy, ids_are_hashed=opened.has_hashed_ids)
    sheets = Sheets(opened, choices.lang, privacy)
    names = [sheet for sheet in SHEETS if sheet != "leads" or sheets.has_leads]
    spill = open_temp_folder()
    try:
        with replace_file(path) as file:
            title = sheets.say("audit.title")
            about = {CHOICES_MARK: replace(choices, privacy=privacy).as_json()}
            mark = sheets.say("workbook.cut_mark")
            book = Book(file, spill.path, mark=mark, made=_finished(opened), title=title, about=about)
            book.add_sheets(map(sheets.name, names))
            cut: list[str] = []
            for sheet in names[1:]:
                table = sheets.table(sheet)
                number = f"{table.number - shown_rows(table.number):,}"
                book.write_table(
                    table, sheets.say("workbook.more", number=number, file=FILES.get(sheet, "summary.json"))
                )
                if shown_rows(table.number) < table.number:
                    cut.append(_say_cut(sheets, sheet, table.number))
            if book.cut:
                cut.append(sheets.say("workbook.overview.cut_cells", number=f"{book.cut:,}", mark=mark.strip()))
            # Last, for it says what the others left out; rows of a sheet are written once.
            book.write_lines(sheets.name("overview"), (34, 16, 12, 30), _overview(sheets, choices, cut))
            book.close()
    finally:
        spill.close()
    return path


def _say_cut(sheets: Sheets, sheet: str, number: int) -> str:
    shown = f"{shown_rows(number):,}"
    name = sheets.name(sheet)
    return sheets.say(
        "workbook.overview.cut_rows",
        sheet=name,
        shown=shown,
        number=f"{number:,}",
        file=FILES.get(sheet, "summary.json"),
    )


def _finished(audit: AuditFolder) -> datetime | None:
    """When the audit ended, in UTC; Excel has no zones."""
    try:
        run = json.loads((audit.path / "run.json").read_text("utf-8"))
        return datetime.fromisoformat(run["finished_at"]).astimezone(UTC).replace(tzinfo=None)
    except (OSError, ValueError, KeyError):
        return None


def _overview(sheets: Sheets, choices: Choices, cut: list[str]) -> Iterator[Line]:
    """The lines of the first sheet."""
    audit, say = sheets.audit, sheets.say
    overview = summarise_audit(audit)

    def line(key: str, value: Cell, form: str = "text") -> Line:
        return [(say(f"workbook.overview.{key}"), "strong"), (value, form)]

    yield [(say("audit.title"), "title")]
    for key, value in choices.heading():
        yield line(key, value)
    yield line("policy", overview.policy)
    yield line("digest", audit.manifest["policy"]["digest"])
    yield line("run", audit.manifest.get("run_id"))
    if overview.first:
        yield line("months", f"{overview.first} – {overview.last}")
    for file in audit.manifest["input"]:
        sheet = f" / {file['sheet']}" if file.get("sheet") else ""
        yield [*line("input", f"{file['file']}{sheet}"), (None, "text"), (file["sha256"], "note")]
    yield line("rows", overview.rows, "number")
    yield line("visits", overview.visits, "number")
    yield line("rejects", overview.rejects, "number")
    if audit.erased:
        yield line("erased", audit.erased, "number")
    yield []
    heads = ("outcome", "number", "share", "rules")
    yield [(say(f"workbook.overview.{key}"), "head") for key in heads]
    for one in overview.outcomes:
        assessed = one.assessed if one.outcome != "not_assessable" else None
        medians = assessed and (assessed["rules_assessed"]["median"], assessed["rules_applicable"]["median"])
        rules = f"{medians[0]} / {medians[1]}" if medians else None
        name = say(f"page.assessed.{one.outcome}")
        yield [(name, "strong"), (one.rate.hits, "number"), (one.rate.share, "share"), (rules, "text")]
    yield line("compliant", overview.compliant, "number")
    if len(overview.sources) > 1:
        yield []
        words = [one.outcome for one in overview.outcomes]
        yield [(say("audit.sources.title"), "head"), *((say(f"page.assessed.{word}"), "head") for word in words)]
        for source, _, counts in overview.sources:
            yield [(say(f"audit.sources.{source}"), "strong"), *((counts[word], "number") for word in words)]
    if overview.unconfirmed:
        yield []
        yield line("unconfirmed", len(overview.unconfirmed), "number")
        for name in overview.unconfirmed:
            yield [(None, "text"), (name, "text")]
    yield []
    private = "note_personal" if sheets.privacy.personal else "note_private"
    notes = ["note_rates", private, *(["note_hashed"] if sheets.privacy.hashes else []), "note_advice"]
    for note in [*cut, *(say(f"workbook.overview.{note}") for note in notes)]:
        yield [(note, "note")]

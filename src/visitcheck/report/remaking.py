"""Pages and workbooks of an audit made anew, as they were asked for, after its tables have changed."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast
from zipfile import BadZipFile, ZipFile

from visitcheck.report.folder import AuditFolder
from visitcheck.report.pages import CHOICES_MARK, Choices, audit_page
from visitcheck.report.privacy import Privacy
from visitcheck.report.private_files import replace_file

_MARK = re.compile(rf'<meta name="{CHOICES_MARK}" content="([^"]*)">')
_PROPERTY = re.compile(rf'name="{CHOICES_MARK}"[^>]*><vt:lpwstr>([^<]*)<')


def remake_reports(old: Path, new: Path, key: bytes | None) -> tuple[list[str], list[str]]:
    """Make the pages and workbooks of `old` anew from the tables in `new`; returns names made, and names not made.

    Those are not made again that were no report of visitcheck's, or showed hashes of ids where there is no `key`.
    """
    audit, made, left = AuditFolder.open(new), [], []
    for path in _reports(old):
        choices = _choices_of(path)
        needs_key = choices is not None and choices.privacy.ids_are_hashed and not audit.has_hashed_ids
        if choices is None or (needs_key and key is None):
            left.append(path.name)
            continue
        _make(
            audit,
            new / path.name,
            replace(choices, privacy=Privacy(choices.privacy.personal, key if needs_key else None)),
        )
        made.append(path.name)
    return made, left


def _reports(folder: Path) -> Iterator[Path]:
    yield from (path for path in sorted(folder.iterdir()) if path.suffix in (".html", ".xlsx"))


def _make(audit: AuditFolder, target: Path, choices: Choices) -> None:
    if target.suffix == ".xlsx":
        from visitcheck.report.workbook import write_workbook

        write_workbook(audit, target, choices)
        return
    with replace_file(target) as file:
        file.write(audit_page(audit, choices).encode())


def _choices_of(path: Path) -> Choices | None:
    """What a report was asked for, as it says itself; None where it does not."""
    try:
        mark = _MARK.search(path.read_text("utf-8")) if path.suffix == ".html" else _PROPERTY.search(_properties(path))
        asked = json.loads(html.unescape(mark[1])) if mark else None
    except (OSError, ValueError, BadZipFile, KeyError):
        return None
    return None if asked is None else _read_choices(cast("dict[str, Any]", asked))


def _properties(path: Path) -> str:
    with ZipFile(path) as book:
        return book.read("docProps/custom.xml").decode()


def _read_choices(asked: dict[str, Any]) -> Choices:
    privacy = Privacy(asked.pop("personal"), ids_are_hashed=asked.pop("hashed"))
    return Choices(**asked, privacy=privacy)

"""Error cells of old workbooks (`.xls`, BIFF in a compound file): the reader of workbooks gives them as blank ones."""

from __future__ import annotations

from collections.abc import Iterator
from struct import unpack_from

_CODES = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A",
}  # fmt: skip
_BOUND_SHEET, _BOF, _EOF, _BOOL_OR_ERROR, _FORMULA = 0x0085, 0x0809, 0x000A, 0x0205, 0x0006
_END_OF_CHAIN, _MAGIC = 0xFFFFFFFA, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ERROR_RESULT = 2


def errors_in_biff(content: bytes, sheet: int) -> Iterator[tuple[tuple[int, int], str]]:
    """The cells of a sheet, by its number in the workbook, that hold an error, by row and column from 0.

    Nothing for what is no such workbook.
    """
    stream = _workbook_stream(content)
    starts = [unpack_from("<I", body)[0] for kind, body in _records(stream, 0) if kind == _BOUND_SHEET]
    depth = 0
    for kind, body in _records(stream, starts[sheet]) if sheet < len(starts) else ():
        # A chart within the sheet has records of its own.
        depth += (kind == _BOF) - (kind == _EOF)
        if depth == 0:
            return
        if depth == 1 and kind == _BOOL_OR_ERROR and body[7]:
            yield unpack_from("<HH", body), _CODES.get(body[6], "#N/A")
        elif depth == 1 and kind == _FORMULA and body[12:14] == b"\xff\xff" and body[6] == _ERROR_RESULT:
            yield unpack_from("<HH", body), _CODES.get(body[8], "#N/A")


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """The records from a place on."""
    while at + 4 <= len(stream):
        kind, size = unpack_from("<HH", stream, at)
        yield kind, stream[at + 4 : at + 4 + size]
        at += 4 + size


def _workbook_stream(content: bytes) -> bytes:
    """The stream of the workbook in a compound file; empty where there is none."""
    if not content.startswith(_MAGIC):
        return b""
    size = 1 << unpack_from("<H", content, 30)[0]
    sectors = list(unpack_from("<109I", content, 76))
    more = unpack_from("<I", content, 68)[0]
    while more < _END_OF_CHAIN:
        *listed, more = unpack_from(f"<{size // 4}I", content, (more + 1) * size)
        sectors += listed
    table: list[int] = []
    for sector in sectors:
        if sector < _END_OF_CHAIN:
            table += unpack_from(f"<{size // 4}I", content, (sector + 1) * size)
    folder = _chain(content, table, unpack_from("<I", content, 48)[0], size)
    for at in range(0, len(folder) - 127, 128):
        length = unpack_from("<H", folder, at + 64)[0]
        name = folder[at : at + max(length - 2, 0)].decode("utf-16-le", "replace")
        if name in ("Workbook", "Book"):
            first, number = unpack_from("<II", folder, at + 116)
            # Streams shorter than this are kept elsewhere; no workbook with a cell is so short.
            is_short = number < unpack_from("<I", content, 56)[0]
            return b"" if is_short else _chain(content, table, first, size)[:number]
    return b""


def _chain(content: bytes, table: list[int], sector: int, size: int) -> bytes:
    """The sectors that follow each other from one on."""
    parts: list[bytes] = []
    while sector < len(table) and len(parts) <= len(table):
        parts.append(content[(sector + 1) * size : (sector + 2) * size])
        sector = table[sector]
    return b"".join(parts)

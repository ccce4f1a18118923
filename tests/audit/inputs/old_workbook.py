"""Writes a workbook of the old kind (`.xls`): as few records as its readers need, in a compound file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from struct import pack

_SECTOR = 512
_FREE, _END, _TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_NONE = 0xFFFFFFFF


@dataclass(frozen=True)
class CellError:
    """A cell that holds an error, by its code: 0x17 is `#REF!`; as the result of a formula, or as it stands."""

    code: int
    formula: bool = False


def write_old_workbook(path: Path, rows: list[list[object]]) -> Path:
    """One sheet, 外访. Numbers are floats, None blank cells."""
    name = "外访".encode("utf-16-le")
    start = len(_record(0x0809, _begin(5))) + len(_record(0x0085, bytes(8) + name)) + len(_record(0x000A, b""))
    bound = pack("<IHBB", start, 0, len(name) // 2, 1) + name
    cells = b"".join(_cell(row, column, value) for row, some in enumerate(rows) for column, value in enumerate(some))
    book = _record(0x0809, _begin(5)) + _record(0x0085, bound) + _record(0x000A, b"")
    path.write_bytes(_compound(book + _record(0x0809, _begin(0x10)) + cells + _record(0x000A, b"")))
    return path


def _begin(kind: int) -> bytes:
    return pack("<HHHHII", 0x0600, kind, 0, 0, 0, 0)


def _record(kind: int, body: bytes) -> bytes:
    return pack("<HH", kind, len(body)) + body


def _cell(row: int, column: int, value: object) -> bytes:
    place = pack("<HHH", row, column, 0)
    match value:
        case None:
            return b""
        case CellError(code, formula=False):
            return _record(0x0205, place + bytes([code, 1]))
        case CellError(code):
            return _record(0x0006, place + bytes([2, 0, code, 0, 0, 0, 0xFF, 0xFF]) + pack("<HIH", 0, 0, 0))
        case int() | float():
            return _record(0x0203, place + pack("<d", value))
        case _:
            text = str(value).encode("utf-16-le")
            return _record(0x0204, place + pack("<HB", len(text) // 2, 1) + text)


def _compound(stream: bytes) -> bytes:
    """A compound file of one stream: its table, its folder, and the stream, made long enough."""
    stream += bytes(max(4096, -(-len(stream) // _SECTOR) * _SECTOR) - len(stream))
    number = len(stream) // _SECTOR
    table = [_TABLE, _END, *range(3, 2 + number), _END]
    table += [_FREE] * (_SECTOR // 4 - len(table))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += pack("<IIIIIIIII", 0, 1, 1, 0, 4096, _END, 0, _END, 0) + pack("<109I", 0, *[_FREE] * 108)
    folder = _entry("Root Entry", 5, 1, _END, 0) + _entry("Workbook", 2, _NONE, 2, len(stream)) + bytes(256)
    return header + pack(f"<{_SECTOR // 4}I", *table) + folder + stream


def _entry(name: str, kind: int, child: int, first: int, size: int) -> bytes:
    text = (name + "\0").encode("utf-16-le")
    body = text.ljust(64, b"\0") + pack("<HBBIII", len(text), kind, 1, _NONE, _NONE, child)
    return body + bytes(36) + pack("<IQ", first, size)

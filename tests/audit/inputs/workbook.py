"""Writes a workbook from nothing but its XML, as small as Excel reads it: no package for that is needed otherwise."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from xml.sax.saxutils import escape
from zipfile import ZipFile

_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
)
_NS = "http://schemas.openxmlformats.org"
_RELS = (
    f'<?xml version="1.0"?><Relationships xmlns="{_NS}/package/2006/relationships"><Relationship Id="r1" '
    f'Type="{_NS}/officeDocument/2006/relationships/{{kind}}" Target="{{target}}"/>{{more}}</Relationships>'
)
_STYLE = f'<Relationship Id="r2" Type="{_NS}/officeDocument/2006/relationships/styles" Target="styles.xml"/>'
_BOOK = (
    f'<?xml version="1.0"?><workbook xmlns="{_NS}/spreadsheetml/2006/main" xmlns:r="{_NS}/officeDocument/2006/'
    'relationships"><sheets><sheet name="外访" sheetId="1" r:id="r1"/></sheets></workbook>'
)
_STYLES = (
    f'<?xml version="1.0"?><styleSheet xmlns="{_NS}/spreadsheetml/2006/main"><cellXfs count="2"><xf numFmtId="0"/>'
    '<xf numFmtId="22"/></cellXfs></styleSheet>'
)
_SHEET = f'<?xml version="1.0"?><worksheet xmlns="{_NS}/spreadsheetml/2006/main"><sheetData>'


def write_workbook(path: Path, rows: list[list[object]], merged: tuple[str, ...] = ()) -> Path:
    """One sheet, 外访. Moments become Excel's own, numbers floats, None blank cells; `merged` are ranges of cells."""
    cells = "".join(f"<row>{''.join(map(_cell, row))}</row>" for row in rows)
    merges = "".join(f'<mergeCell ref="{one}"/>' for one in merged)
    merges = f'<mergeCells count="{len(merged)}">{merges}</mergeCells>' if merged else ""
    sheet = f"{_SHEET}{cells}</sheetData>{merges}</worksheet>"
    with ZipFile(path, "w") as file:
        file.writestr("[Content_Types].xml", _TYPES)
        file.writestr("_rels/.rels", _RELS.format(kind="officeDocument", target="xl/workbook.xml", more=""))
        file.writestr("xl/workbook.xml", _BOOK)
        file.writestr("xl/_rels/workbook.xml.rels", _RELS.format(kind="worksheet", target="sheet1.xml", more=_STYLE))
        file.writestr("xl/styles.xml", _STYLES)
        file.writestr("xl/sheet1.xml", sheet)
    return path


def _cell(value: object) -> str:
    match value:
        case None:
            return "<c/>"
        case bool():
            return f'<c t="b"><v>{int(value)}</v></c>'
        case int() | float():
            return f"<c><v>{value}</v></c>"
        case datetime():
            since = value - datetime(1899, 12, 30)
            return f'<c s="1"><v>{since.total_seconds() / 86400!r}</v></c>'
        case _:
            return f'<c t="inlineStr"><is><t>{escape(str(value))}</t></is></c>'

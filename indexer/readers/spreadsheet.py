"""Spreadsheets (.xlsx, .xlsm, .xlsb, .xls, .ods), read by calamine: what the cells hold, without formulas.

A sheet whose first row names a column of texts (متن, text) holds a record in each further row. Any other sheet is a
part of the document of the file, with a line for each row. The words of text boxes, charts and diagrams of .xlsx come
after the sheets.
"""

import datetime
from collections.abc import Callable, Iterator
from io import BufferedReader, BytesIO
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from ..document import Section
from ..errors import BadInput
from ..options import ReadOptions
from .blocks import RenderedText
from .comments import sheet_comments
from .document_builder import build_document
from .docx import drawn_text
from .parts import join_parts
from .record_columns import columns_of
from .records import read_record
from .source import Item, Source
from .zip_package import OLE, OfficePackage, ZipPackage

MAX_BYTES = 64 << 20
"""The largest file that is read."""

_MAX_UNPACKED = 512 << 20
_MOST_EXACT = 1 << 53  # whole numbers up to it, such as those of bank cards, are exact
_MAX_DRAWN = 64 << 20  # of XML, unpacked
_DRAWN = ("xl/drawings/drawing", "xl/charts/chart", "xl/diagrams/data")
_MAX_CELLS = 20_000_000
_TEXTS = frozenset(("text", "body", "content", "متن", "متن کامل", "متن خبر", "محتوا"))
_UNNAMED = ("sheet", "برگه", "کاربرگ", "worksheet")


def read_spreadsheet(
    source: Source, file: BufferedReader, options: ReadOptions, on_bytes: Callable[[int], None]
) -> Iterator[Item]:
    """Yield a document for each record, and one for all sheets that hold none."""
    content = file.read(MAX_BYTES + 1)
    on_bytes(len(content))
    try:
        sheets = _sheets(content)
        others: list[RenderedText] = []
        for name, rows in sheets:
            records = _records(rows, options)
            if records:
                prefix = f"{source.name}:{name}:" if len(sheets) > 1 else f"{source.name}:"
                names, columns = records
                for number, row in enumerate(rows[1:], 1):
                    values = {name: _value(cell) for name, cell in zip(names, row, strict=False) if name and cell != ""}
                    if values:
                        where = f"{prefix}{number}"
                        yield from read_record(values, source, options, where, where, columns)
            else:
                others.append(_text(name, rows))
        if drawn := _drawn(content, others, comments=options.comments):
            others.append(RenderedText("\n".join(drawn)))
        if any(other.text for other in others):
            yield build_document(source, join_parts(others).rendered)
        elif len(others) == len(sheets):
            raise BadInput("no text in it")
    except BadInput as error:
        yield BadInput(f"{source.name}: {error}")


def _sheets(content: bytes) -> list[tuple[str, list[list[Any]]]]:
    """Return the name of each sheet, and its rows without blank ones."""
    if len(content) > MAX_BYTES:
        raise BadInput(f"larger than {MAX_BYTES >> 20} MB; cut it into several files")
    if not content:
        raise BadInput("empty file")
    if not content.startswith(OLE) and ZipPackage(content, _MAX_UNPACKED).size > _MAX_UNPACKED:
        raise BadInput(f"larger than {_MAX_UNPACKED >> 20} MB when unpacked")
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(content))
        found: list[tuple[str, list[list[Any]]]] = []
        cells = 0
        for name in book.sheet_names:
            sheet = book.get_sheet_by_name(name)
            cells += sheet.height * sheet.width
            if cells > _MAX_CELLS:
                raise BadInput(f"more than {_MAX_CELLS:,} cells; cut it into several files")
            rows = [row for row in sheet.iter_rows() if any(cell != "" for cell in row)]
            found.append((name, rows))
    except PasswordError:
        raise BadInput("protected by a password; save it without one") from None
    except CalamineError as error:
        if content.startswith(OLE) and b"E\0n\0c\0r\0y\0p\0t\0e\0d\0P" in content:
            raise BadInput("protected by a password; save it without one") from None
        raise BadInput(f"broken, or no spreadsheet ({' '.join(str(error).split())})") from None
    return found


def _records(rows: list[list[Any]], options: ReadOptions) -> tuple[list[str], dict[str, str]] | None:
    """Return the names and the columns of a sheet of records; None if it is none."""
    if len(rows) < 2:
        return None
    names = [cell.strip() if isinstance(cell, str) else _shown(cell) for cell in rows[0]]
    columns = columns_of([name for name in names if name], options)
    text = columns.get("text", "")
    is_stated = text in options.columns("text") or text.lower() in _TEXTS
    return (names, columns) if text and is_stated else None


def _drawn(content: bytes, sheets: list[RenderedText], *, comments: bool) -> list[str]:
    """Return the texts of boxes, charts and diagrams that no cell says, each once; and on request the comments."""
    if content.startswith(OLE):
        return []
    package = OfficePackage(content, _MAX_DRAWN, "Excel", ".xlsx")
    said = {cell for sheet in sheets for line in sheet.text.splitlines() for cell in line.split("\t")}
    found: dict[str, None] = {}
    for name in sorted(package.names):
        if name.startswith(_DRAWN) and name.endswith(".xml") and (part := package.xml(name)) is not None:
            found |= dict.fromkeys(text for text in drawn_text(part) if text not in said)
        elif comments and name.startswith("xl/comments") and (part := package.xml(name)) is not None:
            found |= dict.fromkeys(sheet_comments(part))
    return list(found)


def _value(cell: Any) -> str | int | float | bool:
    """Return a cell as a record in JSON would have it."""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < _MOST_EXACT:
        return int(cell)
    return cell if isinstance(cell, str | int | float | bool) else _shown(cell)


def _text(name: str, rows: list[list[Any]]) -> RenderedText:
    """Return a sheet as text: its name, if somebody named it, and its rows, with tabs between the cells."""
    lines = ["\t".join(filter(None, (" ".join(_shown(cell).split()) for cell in row))) for row in rows]
    if not lines:
        return RenderedText("")
    body = "\n".join(lines)
    if name.lower().startswith(_UNNAMED):
        return RenderedText(body)
    return RenderedText(f"{name}\n\n{body}", (Section(0, name),))


def _shown(cell: Any) -> str:
    """Return a cell as text: a day without a time, and whole numbers without a point."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < _MOST_EXACT else repr(cell)
    if isinstance(cell, datetime.datetime) and cell.time() == datetime.time():
        cell = cell.date()
    return str(cell)

"""Spreadsheets: what cells hold, and what is drawn over them."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest
from openpyxl.chart import BarChart, Reference
from reader_helpers import document, reason

BOX = (
    '<xdr:wsDr xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><xdr:sp><xdr:txBody>{}</xdr:txBody></xdr:sp></xdr:wsDr>'
)
PARAGRAPH = "<a:p><a:r><a:t>{}</a:t></a:r></a:p>"


def workbook(
    *rows: tuple[object, ...], draw: Callable[[openpyxl.worksheet.worksheet.Worksheet], None] | None = None
) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    if draw:
        draw(book.active)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def with_boxes(content: bytes, *texts: str) -> bytes:
    out = BytesIO(content)
    with ZipFile(out, "a") as package:
        package.writestr("xl/drawings/drawing9.xml", BOX.format("".join(map(PARAGRAPH.format, texts))))
    return out.getvalue()


def add_chart(sheet: openpyxl.worksheet.worksheet.Worksheet) -> None:
    chart = BarChart()
    chart.title = "بارش هر شهر"
    chart.add_data(Reference(sheet, min_col=2, min_row=1, max_row=2), titles_from_data=True)
    sheet.add_chart(chart)


def test_text_boxes_that_say_what_no_cell_says(tmp_path: Path) -> None:
    content = with_boxes(workbook(("شهر", "بارش"), ("رشت", 80)), "شهر", "یادداشت مدیر", "یادداشت مدیر")
    assert document(tmp_path, "a.xlsx", content).text.endswith("شهر\tبارش\nرشت\t80\n\nیادداشت مدیر")


def test_the_title_of_a_chart(tmp_path: Path) -> None:
    content = workbook(("شهر", "بارش"), ("رشت", 80), draw=add_chart)
    assert document(tmp_path, "a.xlsx", content).text.endswith("رشت\t80\n\nبارش هر شهر")


def test_a_sheet_with_nothing_but_a_box(tmp_path: Path) -> None:
    assert document(tmp_path, "a.xlsx", with_boxes(workbook(), "تنها کادر")).text == "تنها کادر"
    assert reason(tmp_path, "b.xlsx", with_boxes(workbook())) == "b.xlsx: no text in it"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (6037991234567890, "6037991234567890"),  # of a bank card
        (80.0, "80"),
        (0.25, "0.25"),
        (1e300, "1e+300"),
    ],
)
def test_numbers(tmp_path: Path, value: float, shown: str) -> None:
    assert document(tmp_path, "a.xlsx", workbook(("شهر",), (value,))).text.endswith(f"شهر\n{shown}")

"""Word documents, read and searched."""

import base64
import io
import json
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from html import escape
from pathlib import Path

import docx
import pytest
from command import run
from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from hypothesis import given, settings
from hypothesis import strategies as st
from reader_helpers import document, headings, reason

from jooya.indexer import BadInput, Date, Document
from jooya.indexer.readers import docx as reader
from jooya.indexer.readers.source import Source

DAY = Date("2005-12-13", "1384-09-22")
NAMESPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
FOOTNOTES = f"""<w:footnotes {NAMESPACE}><w:footnote w:id="2"><w:p>
<w:r><w:footnoteRef/></w:r><w:r><w:t>از تاریخ شمال.</w:t></w:r></w:p></w:footnote></w:footnotes>"""


def word(write: Callable[[WordDocument], object]) -> bytes:
    """Return a Word document with what `write` adds to it."""
    written = docx.Document()
    write(written)
    file = io.BytesIO()
    written.save(file)
    return file.getvalue()


def with_parts(content: bytes, **parts: str | bytes) -> bytes:
    """Return a Word document in whose folder `word` these parts are replaced or added."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        every = {name: archive.read(name) for name in archive.namelist()}
    every |= {f"word/{name}.xml": part.encode() if isinstance(part, str) else part for name, part in parts.items()}
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in every.items():
            archive.writestr(name, part)
    return file.getvalue()


def right_to_left(written: WordDocument, *runs: str) -> None:
    """Add a paragraph as Word writes Persian ones: its runs end anywhere, even inside a word."""
    paragraph = written.add_paragraph()
    paragraph._p.get_or_add_pPr().append(OxmlElement("w:bidi"))
    for text in runs:
        paragraph.add_run(text)._r.get_or_add_rPr().append(OxmlElement("w:rtl"))


def talk(written: WordDocument) -> None:
    written.add_heading("دیدار - ۲۲ آذر ۱۳۸۴", 0)  # the style Title
    right_to_left(written, "بار", "ان بر سرز", "مین\u200c", "های شمالی", " بارید", ".")
    note = parse_xml(f'<w:r {nsdecls("w")}><w:footnoteReference w:id="2"/></w:r>')
    written.paragraphs[-1]._p.insert(5, note)
    styles = written.styles
    persian = styles.add_style("تیتر", WD_STYLE_TYPE.PARAGRAPH)
    persian.base_style = styles["Heading 2"]
    written.add_paragraph("خسارت‌ها", "تیتر")
    table = written.add_table(2, 2)
    for row, texts in zip(table.rows, (("شهر", "بارش"), ("رشت", "۸۰")), strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    outlined = styles.add_style("سرفصل", WD_STYLE_TYPE.PARAGRAPH)
    level = OxmlElement("w:outlineLvl")
    level.set(qn("w:val"), "2")
    outlined.element.get_or_add_pPr().append(level)
    written.add_paragraph("امداد", "سرفصل")
    styles.add_style("toc 1", WD_STYLE_TYPE.PARAGRAPH)
    written.add_paragraph("فهرست\t۱", "toc 1")
    written.add_paragraph("چادر", "List Bullet")
    written.add_paragraph("پتو", "List Bullet")
    written.add_paragraph("خط یک\nخط دو")
    written.core_properties.title = "نامهٔ دیگر"
    written.core_properties.created = datetime(2020, 1, 1, tzinfo=UTC)


TEXT = """دیدار - ۲۲ آذر ۱۳۸۴

باران بر سرزمین\u200cهای شمالی بارید.

خسارت‌ها

شهر\tبارش
رشت\t۸۰

امداد

چادر
پتو

خط یک
خط دو

از تاریخ شمال."""


def test_a_hit_in_a_word_document(tmp_path: Path) -> None:
    (tmp_path / "دیدار.docx").write_bytes(with_parts(word(talk), footnotes=FOOTNOTES))
    assert run("index", ".", cwd=tmp_path)[:2] == (0, "new 1, updated 0, unchanged 0, removed 0\n")
    (hit,) = json.loads(run("search", "--format", "json", "سرزمین باران", cwd=tmp_path)[1])["hits"]
    assert (hit["document"], hit["title"]) == ("دیدار.docx", "دیدار")
    assert hit["date"] == {"gregorian": "2005-12-13", "jalali": "1384-09-22"}
    assert hit["text"] == TEXT[hit["start"] : hit["end"]]
    assert {hit["text"][start:end] for start, end in hit["highlights"]} == {"باران", "سرزمین\u200cهای"}
    assert run("search", "تاریخ", cwd=tmp_path)[0] == 0


def test_headings_by_style(tmp_path: Path) -> None:
    read = document(tmp_path, "a.docx", with_parts(word(talk), footnotes=FOOTNOTES))
    assert read.text == TEXT
    assert (read.title, read.date, read.body) == ("دیدار", DAY, len("دیدار - ۲۲ آذر ۱۳۸۴"))
    assert headings(read) == [(TEXT.index("خسارت"), "خسارت‌ها"), (TEXT.index("امداد"), "امداد")]


@pytest.mark.parametrize(
    ("first", "given", "title"),
    [
        ("گزارش باران.", "گزارش باران", "گزارش باران"),  # the title stands in the text
        ("گزارش باران", "", "گزارش باران"),  # a line that stands alone
        ("گزارش باران.", "نامهٔ پیشین", "نامهٔ پیشین"),  # no better title is stated
        ("گزارش باران", "نامهٔ پیشین", "گزارش باران"),
        ("گزارش باران.", "Microsoft Word - Document1", None),
        ("گزارش باران.", "سند 3", None),
        ("گزارش باران.", "report.doc", None),
    ],
)
def test_a_title_in_the_properties(tmp_path: Path, first: str, given: str, title: str | None) -> None:
    def write(written: WordDocument) -> None:
        written.add_paragraph(first)
        written.add_paragraph("سیل آمد.")
        written.core_properties.title = given

    assert document(tmp_path, "a.docx", word(write)).title == title


@pytest.mark.parametrize(
    ("first", "created", "date"),
    [
        ("باران", datetime(2005, 12, 13, tzinfo=UTC), DAY),
        ("باران", datetime(2005, 12, 13, 8, 15, tzinfo=UTC), None),  # the moment at which a program made the file
        ("باران", None, None),  # the template of python-docx is of 2013
        ("باران - ۲۲ آذر ۱۳۸۴", datetime(2020, 1, 1, tzinfo=UTC), DAY),
    ],
)
def test_a_date_in_the_properties(tmp_path: Path, first: str, created: datetime | None, date: Date | None) -> None:
    def write(written: WordDocument) -> None:
        written.add_paragraph(first)
        written.add_paragraph("سیل آمد.")
        if created:
            written.core_properties.created = created

    assert document(tmp_path, "a.docx", word(write)).date == date


PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def test_pictures_are_left_out(tmp_path: Path) -> None:
    def write(written: WordDocument) -> None:
        written.add_paragraph("پیش")
        written.add_picture(io.BytesIO(PNG))
        written.add_paragraph("پس")

    assert document(tmp_path, "a.docx", word(write)).text == "پیش\n\nپس"


EMPTY = word(lambda _: None)
PARAGRAPH = "<w:p><w:r><w:t>متن</w:t></w:r></w:p>"
BODY = f"<w:document {NAMESPACE}><w:body>{{}}</w:body></w:document>"
DEEP = "<w:tbl><w:tr><w:tc>" * 3000 + PARAGRAPH + "</w:tc></w:tr></w:tbl>" * 3000
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 1000


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty file"),
        (b"x", "broken, or of another format: not a ZIP file"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "protected by a password; save it without one"),
        (OLE + "WordDocument".encode("utf-16-le"), "a file of an older program; save it as .docx"),
        (EMPTY, "no text in it"),
        (with_parts(EMPTY, document="<x/>"), "broken, or no Word document"),
        (with_parts(EMPTY, document="<x>"), "broken, or no Word document"),
        (with_parts(EMPTY, document=b"\xff"), "broken, or no Word document"),
        (with_parts(EMPTY, document=""), "broken, or no Word document"),
        (
            with_parts(EMPTY, document='<!DOCTYPE x [<!ENTITY a "b">]>' + BODY.format("&a;")),
            "its part 'word/document.xml' has a document type, which no Word document has",
        ),
        (with_parts(EMPTY, document=BODY.format(DEEP)), "nested too deeply"),
    ],
)  # fmt: skip
def test_bad_documents_are_reported(tmp_path: Path, content: bytes, why: str) -> None:
    assert reason(tmp_path, "a.docx", content) == f"a.docx: {why}"


def test_unpacking_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "_MAX_BYTES", 1 << 20)
    bomb = with_parts(EMPTY, document=BODY.format(PARAGRAPH + " " * (1 << 20)))
    assert reason(tmp_path, "a.docx", bomb) == "a.docx: larger than 1 MB when unpacked"


def test_styles_that_are_based_on_one_another(tmp_path: Path) -> None:
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="{name}"><w:name w:val="{name}"/><w:basedOn w:val="{base}"/></w:style>'
        for name, base in (("a", "b"), ("b", "a"), ("c", "d"), ("d", "gone"))
    )
    body = BODY.format(f'<w:p><w:pPr><w:pStyle w:val="a"/></w:pPr><w:r><w:t>متن</w:t></w:r></w:p>{PARAGRAPH}')
    content = with_parts(EMPTY, document=body, styles=f"<w:styles {NAMESPACE}>{styles}</w:styles>")
    assert document(tmp_path, "a.docx", content).text == "متن\n\nمتن"


SAMPLE = with_parts(word(talk), footnotes=FOOTNOTES)


@settings(max_examples=20)
@given(st.integers(0, len(SAMPLE) - 1), st.binary(min_size=1, max_size=8))
def test_damage_is_reported(at: int, damage: bytes) -> None:
    content = bytearray(SAMPLE)
    content[at : at + len(damage)] = damage
    (item,) = reader.read_docx(Source(Path("/a.docx"), "a.docx"), bytes(content), None)
    assert isinstance(item, Document | BadInput)
    assert isinstance(item, Document) or "\n" not in str(item)


@settings(max_examples=20)
@given(st.lists(st.text("ابکگ\u200cیء&<>\"'", min_size=1).filter(lambda word: word.strip("\u200c")), min_size=1))
def test_all_words_stay_in_their_order(words: list[str]) -> None:
    body = "".join(
        f'<w:p><w:pPr><w:pStyle w:val="Heading{1 + number % 9}"/></w:pPr><w:r><w:t>{escape(text)}</w:t></w:r></w:p>'
        for number, text in enumerate(words)
    )
    content = with_parts(EMPTY, document=BODY.format(body))
    (item,) = reader.read_docx(Source(Path("/a.docx"), "a.docx"), content, None)
    assert isinstance(item, Document)
    assert item.text.split() == words

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
from reader_helpers import document, headings, items, reason

from jooya.indexer import BadInput, Date, Document, ReadOptions
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


@pytest.mark.parametrize("digits", ["9" * 6, "9" * 5_000])
def test_no_level_has_so_many_digits(tmp_path: Path, digits: str) -> None:
    properties = f'<w:outlineLvl w:val="{digits}"/>'
    assert read_body(tmp_path, paragraph_of(run_of("باران"), properties)) == "باران"


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
    (item,) = reader.read_docx(Source(Path("/a.docx"), "a.docx"), bytes(content), ReadOptions())
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
    (item,) = reader.read_docx(Source(Path("/a.docx"), "a.docx"), content, ReadOptions())
    assert isinstance(item, Document)
    assert item.text.split() == words


MATH = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
SHAPES = (
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
)


def run_of(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph_of(content: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr>{content}</w:p>"


def read_body(tmp_path: Path, body: str, **parts: str) -> str:
    """Return the text of a document with this body."""
    whole = f"<w:document {NAMESPACE} {MATH} {SHAPES}><w:body>{body}</w:body></w:document>"
    return document(tmp_path, "a.docx", with_parts(EMPTY, document=whole, **parts)).text


def test_what_was_left_out() -> None:
    path = Path(__file__).parent / "data" / "formats" / "docx" / "left-out.docx"
    (item,) = reader.read_docx(Source(path, path.name), path.read_bytes(), ReadOptions())
    assert isinstance(item, Document)
    assert item.text == "آغاز گلابی هلو انجیر و سرعت سیب\nانار انجام"


@pytest.mark.parametrize(
    ("content", "text"),
    [
        # Elements around runs
        (f'<w:hyperlink w:anchor="x">{run_of("پیوند")}</w:hyperlink>', "پیوند"),
        (f"<w:ins>{run_of('افزوده')}</w:ins><w:moveTo>{run_of(' آمده')}</w:moveTo>", "افزوده آمده"),
        (f"<w:smartTag>{run_of('تهران')}</w:smartTag>", "تهران"),
        (f"<w:sdt><w:sdtContent>{run_of('خانه')}</w:sdtContent></w:sdt>", "خانه"),
        (f"<w:customXml>{run_of('برچسب')}</w:customXml>", "برچسب"),
        # What is not shown
        (f"{run_of('مانده')}<w:del><w:r><w:delText>رفته</w:delText></w:r></w:del>", "مانده"),
        (f"{run_of('مانده')}<w:moveFrom>{run_of('رفته')}</w:moveFrom>", "مانده"),
        (f"{run_of('پیدا')}<w:r><w:rPr><w:vanish/></w:rPr><w:t>پنهان</w:t></w:r>", "پیدا"),
        (f'{run_of("پیدا")}<w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>نما</w:t></w:r>', "پیدانما"),
        (
            f"{run_of('پیدا')}<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr>"
            f"<w:sdtContent>{run_of('متن را وارد کنید')}</w:sdtContent></w:sdt>",
            "پیدا",
        ),
        # Fields show their result
        (
            '<w:r><w:fldChar w:fldCharType="begin"/><w:instrText> REF x </w:instrText>'
            f'<w:fldChar w:fldCharType="separate"/></w:r>{run_of("فصل دوم")}'
            '<w:r><w:fldChar w:fldCharType="end"/></w:r>',
            "فصل دوم",
        ),
        # Breaks keep words apart
        ("<w:r><w:t>سیب</w:t><w:cr/><w:t>انار</w:t></w:r>", "سیب\nانار"),
        ("<w:r><w:t>سیب</w:t><w:tab/><w:t>انار</w:t></w:r>", "سیب انار"),
        ('<w:r><w:t>سیب</w:t><w:ptab w:alignment="right"/><w:t>انار</w:t></w:r>', "سیب انار"),
        ('<w:r><w:t>سیب</w:t><w:br w:type="page"/><w:t>انار</w:t></w:r>', "سیب\nانار"),
        ("<w:r><w:t>علمی</w:t><w:noBreakHyphen/><w:t>تخیلی</w:t></w:r>", "علمی\u2011تخیلی"),
        # Symbols
        ('<w:r><w:sym w:font="Symbol" w:char="F061"/></w:r>', "α"),
        ('<w:r><w:sym w:font="Wingdings" w:char="F0FC"/></w:r>', "✓"),
        ('<w:r><w:sym w:font="Webdings" w:char="F021"/></w:r>', "•"),
        ('<w:r><w:sym w:font="Arial" w:char="2192"/></w:r>', "→"),
        # Formulas on one line
        (
            "<m:oMath><m:f><m:num><m:r><m:t>مسافت</m:t></m:r></m:num>"
            "<m:den><m:r><m:t>زمان</m:t></m:r></m:den></m:f></m:oMath>",
            "مسافت/زمان",
        ),
        (
            "<m:oMathPara><m:oMath><m:sSup><m:e><m:r><m:t>r</m:t></m:r></m:e>"
            "<m:sup><m:r><m:t>2</m:t></m:r></m:sup></m:sSup></m:oMath></m:oMathPara>",
            "r^2",
        ),
        (
            "<m:oMath><m:r><m:t>x</m:t></m:r><m:f><m:num><m:r><m:t>a</m:t></m:r></m:num>"
            "<m:den><m:r><m:t>b</m:t></m:r></m:den></m:f><m:r><m:t>y</m:t></m:r></m:oMath>",
            "x a/b y",
        ),
        # Rubies
        (
            f"<w:r><w:ruby><w:rt>{run_of('خوانش')}</w:rt><w:rubyBase>{run_of('نوشته')}</w:rubyBase></w:ruby></w:r>",
            "خوانش نوشته",
        ),
        # Text boxes, in both of the forms in which Word writes each of them
        (
            f"<w:r><mc:AlternateContent><mc:Choice><wps:txbx><w:txbxContent><w:p>{run_of('کادر')}</w:p></w:txbxContent>"
            f"</wps:txbx></mc:Choice><mc:Fallback><v:textbox><w:txbxContent><w:p>{run_of('کادر')}</w:p>"
            f"</w:txbxContent></v:textbox></mc:Fallback></mc:AlternateContent></w:r>{run_of('متن')}",
            "متن\n\nکادر",
        ),
        (f"<w:r><v:textbox><w:txbxContent><w:p>{run_of('کادر')}</w:p></w:txbxContent></v:textbox></w:r>", "کادر"),
        ('<w:r><v:shape><v:textpath string="محرمانه"/></v:shape></w:r>', "محرمانه"),
    ],
)
def test_all_that_word_shows_is_read(tmp_path: Path, content: str, text: str) -> None:
    assert read_body(tmp_path, paragraph_of(content)) == text


NUMBERING = f"""<w:numbering {NAMESPACE}>
<w:abstractNum w:abstractNumId="1">
<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="ماده %1:"/></w:lvl>
<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="arabicAlpha"/><w:lvlText w:val="%1-%2)"/></w:lvl></w:abstractNum>
<w:abstractNum w:abstractNumId="2"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val="·"/></w:lvl>
</w:abstractNum>
<w:abstractNum w:abstractNumId="3"><w:lvl w:ilvl="0"><w:numFmt w:val="upperRoman"/><w:lvlText w:val="%1."/></w:lvl>
</w:abstractNum>
<w:abstractNum w:abstractNumId="4"><w:lvl w:ilvl="0"><w:numFmt w:val="hindiNumbers"/><w:lvlText w:val="%1."/></w:lvl>
</w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="2"/></w:num>
<w:num w:numId="3"><w:abstractNumId w:val="3"/></w:num><w:num w:numId="4"><w:abstractNumId w:val="4"/></w:num>
<w:num w:numId="5"><w:abstractNumId w:val="1"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="9"/></w:lvlOverride>
</w:num></w:numbering>"""


@pytest.mark.parametrize(
    ("items", "text"),
    [
        ([(1, 0), (1, 0), (1, 0)], "ماده 1: الف\nماده 2: الف\nماده 3: الف"),
        ([(1, 0), (1, 1), (1, 1), (1, 0), (1, 1)], "ماده 1: الف\n1-ا) الف\n1-ب) الف\nماده 2: الف\n2-ا) الف"),
        ([(2, 0), (2, 0)], "الف\nالف"),
        ([(3, 0)] * 4, "I. الف\nII. الف\nIII. الف\nIV. الف"),
        ([(4, 0)] * 2, "۱. الف\n۲. الف"),
        ([(1, 0), (5, 0), (5, 0)], "ماده 1: الف\nماده 9: الف\nماده 10: الف"),
        ([(0, 0), (7, 0)], "الف\n\nالف"),
    ],
)
def test_the_numbers_of_lists(tmp_path: Path, items: list[tuple[int, int]], text: str) -> None:
    body = "".join(
        paragraph_of(run_of("الف"), f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr>')
        for number, depth in items
    )
    assert read_body(tmp_path, body, numbering=NUMBERING) == text


def test_headers_and_footers_come_last_and_once(tmp_path: Path) -> None:
    header = f"<w:hdr {NAMESPACE}>{paragraph_of(run_of('شمارهٔ نامه: ۱۲'))}</w:hdr>"
    field = f'<w:fldSimple w:instr=" PAGE ">{run_of("1")}</w:fldSimple>'
    lines = paragraph_of(run_of("نشانی: تهران")) + paragraph_of(run_of("صفحهٔ ") + field)
    footer = f"<w:ftr {NAMESPACE}>{lines}</w:ftr>"
    text = read_body(tmp_path, paragraph_of(run_of("متن نامه")), header1=header, header2=header, footer1=footer)
    assert text == "متن نامه\n\nنشانی: تهران\n\nشمارهٔ نامه: ۱۲"


COMPLEX_FIELD = (
    '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> PAGE </w:instrText></w:r>'
    '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>7</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
)
SIMPLE_FIELD = '<w:fldSimple w:instr=" NUMPAGES ">' + run_of("9") + "</w:fldSimple>"


@pytest.mark.parametrize(
    ("runs", "shown"),
    [
        (run_of("شمارهٔ نامه: ۱۲ ") + COMPLEX_FIELD, "شمارهٔ نامه: ۱۲"),
        (COMPLEX_FIELD + run_of(" گزارش سالانه"), "گزارش سالانه"),
        (run_of("گزارش ") + SIMPLE_FIELD + run_of(" شرکت"), "گزارش شرکت"),
        (run_of("صفحهٔ ") + COMPLEX_FIELD + run_of(" از ") + SIMPLE_FIELD, ""),
        (run_of("Page ") + COMPLEX_FIELD + run_of(" of ") + SIMPLE_FIELD, ""),
        (run_of("- ") + COMPLEX_FIELD + run_of(" -"), ""),
    ],
)
def test_the_words_beside_a_page_number(tmp_path: Path, runs: str, shown: str) -> None:
    footer = f"<w:ftr {NAMESPACE}>{paragraph_of(runs)}</w:ftr>"
    assert read_body(tmp_path, PARAGRAPH, footer1=footer).partition("\n\n")[2] == shown


def test_the_words_of_charts_and_diagrams(tmp_path: Path) -> None:
    drawing = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    parts = {
        "charts/chart1": f"<c:chart xmlns:c='c' {drawing}><a:p><a:r><a:t>فروش سال</a:t></a:r></a:p>"
        "<c:cat><c:strRef><c:strCache><c:pt><c:v>بهار</c:v></c:pt></c:strCache></c:strRef></c:cat></c:chart>",
        "diagrams/data1": f"<d xmlns='d' {drawing}><a:p><a:r><a:t>گام </a:t></a:r><a:r><a:t>نخست</a:t></a:r></a:p></d>",
    }
    assert read_body(tmp_path, PARAGRAPH, **parts) == "متن\n\nفروش سال\n\nبهار\n\nگام نخست"


def test_properties_are_metadata(tmp_path: Path) -> None:
    def write(written: WordDocument) -> None:
        written.add_paragraph("باران")
        written.core_properties.author = "مهدی رضایی"
        written.core_properties.subject = "آب"
        written.core_properties.keywords = "سیل، باران، خزر"

    meta = document(tmp_path, "a.docx", word(write)).meta
    assert meta == {"author": "مهدی رضایی", "subject": "آب", "keywords": ("سیل", "باران", "خزر"), "pages": 1}


def test_an_embedded_file_is_reported(tmp_path: Path) -> None:
    body = BODY.format(f'<w:altChunk w:id="x"/>{PARAGRAPH}')
    error, read = items(tmp_path, "a.docx", with_parts(EMPTY, document=body))
    assert str(error) == "a.docx: 1 embedded files in it are left out; open and save it with Word"
    assert isinstance(read, Document)

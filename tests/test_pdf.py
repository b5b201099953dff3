"""PDFs, read and searched."""

import io
import json
from pathlib import Path

import pdfs
import pypdfium2
import pytest
from command import run

from jooya.indexer import BadInput, Date, Document
from jooya.indexer.document import Place
from jooya.indexer.readers import pdf as reader
from jooya.indexer.readers import pdf_pages
from jooya.indexer.readers.ocr import ADVICE
from jooya.indexer.readers.pdf import read_pdf
from jooya.indexer.readers.source import Item, Source

# Without half-spaces, which are not in the font, and so in few of the files.
LINES = [
    "گزارش سفر",
    "",
    "ایشان با اشاره به شرایط سخت کنونی مردم در سرزمینهای اشغالی افزودند: پایداری",
    "کتاب تازه (چاپ ۱۳۸۴/۹/۲۲) در Tehran و New York به نام «خاطرات سفر» با 2005 نسخه",
    "منتشر شد؛ لاله و ملا و اسلام! می رود [و] نمیگوید، ۲۵٪ از ۱۲٬۳۴۵ تن چه گفتند؟",
]
PROSE = (
    "مردم آن شهر از دیرباز به کشاورزی و دامداری روزگار میگذراندند و در هر خانه چند درخت انار بود که سایه آن",
    "بر حوض میافتاد و کودکان زیر آن بازی میکردند تا آفتاب از بام همسایه پایین میرفت و مادران آنان را",
    "صدا میزدند و پدران از کار بازمیگشتند و چراغها روشن میشد و شب آرام آرام بر کوچه های خاکی مینشست",
)

PERSIAN_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
UNREADABLE = f"its text can't be read, since its fonts have no usable Unicode map: {ADVICE}"


def _read(content: bytes) -> list[Item]:
    return list(read_pdf(Source(Path("/a.pdf"), "a.pdf"), content, None))


def _document(content: bytes) -> Document:
    (document,) = _read(content)
    assert isinstance(document, Document)
    return document


@pytest.mark.parametrize("drawn", pdfs.DRAWN)
def test_ways_of_storing_and_placing_letters(drawn: str) -> None:
    assert _document(pdfs.made([LINES], pdfs.DRAWN[drawn])).text.split("\n") == LINES


@pytest.mark.parametrize("draw", [pdfs.shaped, pdfs.letters])
def test_vowel_marks_stay_with_their_letters(draw: pdfs.Draw) -> None:
    line = "مُحَمَّد از تجربهٔ ملّت و لَالایی و خانهٔ ما گفت"
    assert _document(pdfs.made([[line]], draw)).text == line


def test_half_spaces_without_extent() -> None:
    """PDFium leaves out text without extent, so that words which only a half-space separates were joined."""
    line = "این کتاب‌های خوب می‌رود و خانه‌ای که رفته‌اند"
    assert _document(pdfs.made([[line]], pdfs.shaped)).text == line


def test_columns_are_read_one_after_the_other() -> None:
    pdf = pdfs.new()
    pdf.add_page()
    pdfs.put(pdf, ["سرمقاله"], pdfs.forms)
    right = [line[: len(line) // 2].rsplit(" ", 1)[0] for line in PROSE for _ in range(2)]
    left = [line[len(line) // 2 :].split(" ", 1)[1] for line in PROSE]
    pdfs.put(pdf, right, pdfs.forms, height=130)
    pdfs.put(pdf, left, pdfs.forms, right=270, height=137)  # lines of two columns need not be at the same height
    assert _document(bytes(pdf.output())).text == "\n".join(["سرمقاله\n", *right, *left])


def test_columns_of_latin_are_read_from_the_left() -> None:
    pdf = pdfs.new()
    pdf.add_page()
    for number in range(4):
        pdf.text(50, 100 + number * 20, f"line {number} of the first column is here")
        pdf.text(330, 100 + number * 20, f"line {number} of the second column is there")
    first, second = (
        [f"line {number} of the {which} column is {where}" for number in range(4)]
        for which, where in (("first", "here"), ("second", "there"))
    )
    assert _document(bytes(pdf.output())).text.split("\n") == first + second


@pytest.mark.parametrize(
    "verses",
    [
        [  # the halves rhyme
            ("بنی آدم اعضای یکدیگرند", "که در آفرینش ز یک گوهرند"),
            ("چو عضوی به درد آورد روزگار", "دگر عضوها را نماند قرار"),
            ("تو کز محنت دیگران بی غمی", "نشاید که نامت نهند آدمی"),
        ],
        [  # the lines rhyme
            ("الا یا ایها الساقی ادر کاسا و ناولها", "که عشق آسان نمود اول ولی افتاد مشکلها"),
            ("به بوی نافه ای کاخر صبا زان طره بگشاید", "ز تاب جعد مشکینش چه خون افتاد در دلها"),
            ("مرا در منزل جانان چه امن عیش چون هر دم", "جرس فریاد میدارد که بربندید محملها"),
            ("به می سجاده رنگین کن گرت پیر مغان گوید", "که سالک بی خبر نبود ز راه و رسم منزلها"),
        ],
    ],
)
def test_a_poem_is_read_across(verses: list[tuple[str, str]]) -> None:
    pdf = pdfs.new()
    pdf.add_page()
    pdfs.put(pdf, [first for first, _ in verses], pdfs.forms)
    pdfs.put(pdf, [second for _, second in verses], pdfs.forms, right=280)
    assert _document(bytes(pdf.output())).text.split("\n") == [" ".join(verse) for verse in verses]


def test_a_table_is_read_across() -> None:
    pdf = pdfs.new()
    pdf.add_page()
    rows = [("تهران", "۱۲۳۴", "الف"), ("شیراز", "۵۶۷", "ب"), ("تبریز", "۸۹", "ج"), ("مشهد", "۱۰", "د")]
    for column in range(3):
        pdfs.put(pdf, [row[column] for row in rows], pdfs.forms, right=500 - column * 150)
    assert _document(bytes(pdf.output())).text.split("\n") == [" ".join(row) for row in rows]


@pytest.mark.parametrize("digits", [{}, PERSIAN_DIGITS])
def test_running_headers_are_left_out_and_a_sentence_continues_on_the_next_page(digits: dict[int, int]) -> None:
    pages = [
        [PROSE[0], PROSE[1]],
        [PROSE[2], "پایان شب."],
        ["روز دیگر", PROSE[2]],
        [PROSE[1], "غروب شد."],
        [PROSE[0]],
        ["تمام"],
    ]
    pdf = pdfs.new()
    for number, lines in enumerate(pages, 12):
        pdf.add_page()
        header = "تاریخ ایران" if number % 2 else f"فصل یکم {number}"
        pdfs.put(pdf, [header.translate(digits)], pdfs.forms, height=50)
        pdfs.put(pdf, lines, pdfs.forms)
        pdfs.put(pdf, [f"- {number} -".translate(digits)], pdfs.forms, right=300, height=800)
    document = _document(bytes(pdf.output()))
    # A page that ends with a sentence is followed by a new paragraph, another one by a new line.
    parts = ["\n".join(page) for page in pages]
    assert document.text == "\n\n".join(["\n".join(parts[:2]), "\n".join(parts[2:4]), "\n".join(parts[4:])])
    assert [place.page for place in document.places] == [1, 2, 3, 4, 5, 6]
    assert [document.text[place.start :].split("\n")[0] for place in document.places] == [page[0] for page in pages]


def test_a_refrain_at_the_foot_of_pages_is_no_footer() -> None:
    pdf = pdfs.new()
    refrain = "که یکی هست و هیچ نیست جز او"
    stanzas = [list(PROSE[:size]) for size in (1, 3, 2, 3, 1)]
    for number, stanza in enumerate(stanzas, 1):
        pdf.add_page()
        pdfs.put(pdf, [*stanza, "", refrain], pdfs.forms)
        pdfs.put(pdf, [str(number)], pdfs.forms, right=300, height=800)
    assert _document(bytes(pdf.output())).text.count(refrain) == len(stanzas)


def test_hyphens_at_the_end_of_lines() -> None:
    lines = ["این پژوهش علمی-", "پژوهشی دربارهٔ کتا-", "ب و exam-", "ple است"]
    joined = "این پژوهش علمی-پژوهشی\nدربارهٔ کتاب\nو example\nاست"
    assert _document(pdfs.made([lines], pdfs.forms)).text == joined


@pytest.mark.parametrize("angle", [90, 180, 270])
def test_turned_pages(angle: int) -> None:
    pdf = pdfs.new()
    pdf.add_page()
    with pdf.rotation(angle, 300, 420):
        pdfs.put(pdf, LINES, pdfs.forms)
    with pypdfium2.PdfDocument(bytes(pdf.output())) as turned:
        turned[0].set_rotation(angle)
        out = io.BytesIO()
        turned.save(out)
    assert _document(out.getvalue()).text.split("\n") == LINES


def test_text_at_an_angle_is_left_out() -> None:
    pdf = pdfs.new()
    pdf.add_page()
    pdfs.put(pdf, LINES, pdfs.forms)
    with pdf.rotation(45, 300, 420):
        pdfs.put(pdf, ["پیش نویس"], pdfs.forms)
    assert _document(bytes(pdf.output())).text.split("\n") == LINES


def test_the_number_of_a_footnote_stays_on_its_line() -> None:
    pdf = pdfs.new()
    pdf.add_page()
    pdfs.put(pdf, [PROSE[0]], pdfs.forms)
    pdf.set_font_size(7)
    pdf.text(60, 76, "۱")
    assert _document(bytes(pdf.output())).text == f"{PROSE[0]} ۱"


def test_title_and_date() -> None:
    def document(title: str) -> Document:
        pdf = pdfs.new()
        pdf.set_title(title)
        pdf.add_page()
        pdfs.put(pdf, ["بیانیه", "۲۲ آذر ۱۳۸۴", "", *PROSE], pdfs.forms)
        return _document(bytes(pdf.output()))

    assert document("تاریخ ایران").title == "تاریخ ایران"
    assert document("تاریخ ایران").date == Date("2005-12-13", "1384-09-22")
    for none in ("", "Microsoft Word - a.doc", "بخش.docx", "Untitled 1", "a", "۱۲", "ÊÇÑíÎ ÇíÑÇä", "\ufffd\ufffd"):
        assert document(none).title is None, none


def test_sections_from_the_outline() -> None:
    pdf = pdfs.new()
    for page, heading in enumerate(["فصل یکم: آغاز", "فصل دوم: پایان"]):
        pdf.add_page()
        pdf.set_y(80)
        pdf.start_section(f"{page + 1}. {heading}")
        pdfs.put(pdf, [PROSE[0], heading, *PROSE], pdfs.forms)
    document = _document(bytes(pdf.output()))
    assert document.sections is not None
    assert [section.heading for section in document.sections] == ["1. فصل یکم: آغاز", "2. فصل دوم: پایان"]
    assert [document.text[section.start :].split("\n")[0] for section in document.sections] == [
        "فصل یکم: آغاز",
        "فصل دوم: پایان",
    ]
    assert _document(pdfs.made([LINES])).sections is None


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (pdfs.picture(), f"no text in it; it may be a scan: {ADVICE}"),
        (pdfs.made([[]]), f"no text in it; it may be a scan: {ADVICE}"),
        (pdfs.without_unicode_map(pdfs.made([PROSE])), UNREADABLE),
        (pdfs.with_wrong_unicode_map(PROSE), UNREADABLE),
        (pdfs.in_old_font("ايشان با اشاره به شرايط سخت مردم"), UNREADABLE),
        (pdfs.locked(LINES, "secret"), "is encrypted; remove its password first"),
        (b"", "not a PDF, or a broken one"),
        (b"%PDF-1.7\njunk", "not a PDF, or a broken one"),
        (pdfs.made([LINES])[:5000], "not a PDF, or a broken one"),
    ],
)
def test_files_that_can_not_be_read_are_reported(content: bytes, reason: str) -> None:
    (item,) = _read(content)
    assert isinstance(item, BadInput)
    assert str(item) == f"a.pdf: {reason}"


def test_a_password_for_changes_does_not_matter() -> None:
    assert _document(pdfs.locked(LINES)).text.split("\n") == LINES


def test_pages_that_can_not_be_read_cost_no_others() -> None:
    document, fault = _read(pdfs.joined(pdfs.made([PROSE]), pdfs.with_wrong_unicode_map(PROSE), pdfs.made([LINES])))
    assert isinstance(document, Document)
    assert document.places == (Place(0, page=1), Place(document.text.index(LINES[0]), page=3))
    assert str(fault) == f"a.pdf, page 2: {UNREADABLE}"


def test_scanned_pages_are_reported_if_they_are_most() -> None:
    """One picture is an illustration in a book."""
    assert isinstance(_document(pdfs.joined(pdfs.made([PROSE]), pdfs.picture())), Document)
    _, fault = _read(pdfs.joined(pdfs.picture(), pdfs.made([PROSE]), pdfs.picture(), pdfs.picture()))
    assert str(fault) == f"a.pdf, page 1, 3-4: no text in it; it may be a scan: {ADVICE}"


HELLO = b"BT /F 12 Tf 72 700 Td (Hello) Tj ET"
CALLS_ITSELF = b"/Type/XObject/Subtype/Form/BBox[0 0 595 842]/Resources<</XObject<</X 6 0 R>>>>"


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (pdfs.drawing(HELLO), "Hello"),
        (pdfs.drawing(HELLO, pages=b"/Kids[4 0 R]/Count 2147483648"), "Hello"),
        (pdfs.drawing(HELLO, pages=b"/Kids[4 0 R]/Count -1"), "Hello"),
        (pdfs.drawing(HELLO, entries=b"/MediaBox[0 0 0 0]"), "Hello"),
        (pdfs.drawing(b"q " * 100_000 + HELLO), "Hello"),
        (pdfs.drawing(HELLO + b" /X Do", pdfs.stream(b"/X Do", CALLS_ITSELF)), "Hello"),
        (pdfs.drawing(HELLO + b" BT /F 12 Tf 90000000 0 Td (far) Tj 1 0 0 1 nan 1e400 Tm (off) Tj ET"), "Hello"),
        (pdfs.drawing(HELLO + b" BT /F 12 Tf 0 0 0 0 72 500 Tm (!) Tj 1 0 0 1 72 500 Tm (bye) Tj ET"), "Hello\nbye"),
        # The outline's only entry is its own child, and the next one after itself.
        (pdfs.drawing(HELLO, b"<</First 7 0 R>>", b"<</Title(Hello)/First 7 0 R/Next 7 0 R>>"), "Hello"),
        (pdfs.drawing(HELLO, b"<</First 7 0 R>>", b"<</Title<FEFFD800>/Dest[4 0 R/Fit]>>"), "Hello"),
    ],
)
def test_broken_and_hostile_files(content: bytes, text: str) -> None:
    document = _document(content)
    assert (document.text, document.sections) == (text, None)


def test_a_loop_of_pages() -> None:
    document, fault = _read(pdfs.drawing(HELLO, pages=b"/Kids[2 0 R 4 0 R]/Count 5"))
    assert isinstance(document, Document)
    assert (document.text, str(fault)) == ("Hello", "a.pdf, page 2-5: broken")


def test_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_pages, "MAX_PAGE_CHARACTERS", 200)
    document, fault = _read(pdfs.made([["کوتاه"], PROSE]))
    assert isinstance(document, Document)
    assert (document.text, str(fault)) == ("کوتاه", "a.pdf, page 2: more than 200 characters")
    monkeypatch.setattr(reader, "MAX_CHARACTERS", 200)
    document, fault = _read(pdfs.made([[line] for line in (*PROSE, *PROSE)]))
    assert isinstance(document, Document)
    assert [place.page for place in document.places] == [1, 2, 3]
    assert str(fault) == "a.pdf, page 4-6: more than 200 characters before it"
    monkeypatch.setattr(reader, "MAX_PAGES", 5)
    (fault,) = _read(pdfs.made([PROSE] * 6))
    assert str(fault) == "a.pdf: has 6 pages; the most is 5: split it"


def test_a_hit_knows_its_page(tmp_path: Path) -> None:
    pages = [[*PROSE, "پایان."], [PROSE[1], "و در سرزمینهای اشغالی باران میبارید."], [*PROSE, "بس."]]
    (tmp_path / "سفر.pdf").write_bytes(pdfs.made(pages))
    (tmp_path / "scan.pdf").write_bytes(pdfs.picture())
    code, out, err = run("index", ".", cwd=tmp_path)
    assert (code, out) == (0, "new 1, updated 0, unchanged 0, removed 0, skipped 1\n")
    assert err == f"skipped scan.pdf: no text in it; it may be a scan: {ADVICE}\n"
    # The file has lost the half-space; all ways to type it find the word.
    for query in ("می‌بارید", "سرزمین‌های اشغالی", "سرزمين هاي اشغالي"):
        (hit,) = json.loads(run("search", "--format", "json", "-k", "1", query, cwd=tmp_path)[1])["hits"]
        assert (hit["document"], hit["page"]) == ("سفر.pdf", 2)
        document = _document((tmp_path / "سفر.pdf").read_bytes())
        assert document.text[hit["start"] : hit["end"]] == hit["text"]
    assert [hit["text"][start:end] for start, end in hit["highlights"]] == ["سرزمینهای اشغالی"]
    assert "page 2" in run("search", "می‌بارید", cwd=tmp_path)[1]

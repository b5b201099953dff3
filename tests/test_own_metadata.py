"""Metadata that files state beside title and date."""

import io
import json
import zipfile
from pathlib import Path

import docx
import pytest
from fpdf import FPDF
from pdfs import made
from reader_helpers import document, items
from test_epub import book

from jooya import BadInput, Document
from jooya.indexer.meta import MAX_SIZE
from jooya.indexer.readers.own_metadata import listed, own_metadata


def test_columns_and_keys_of_records(tmp_path: Path) -> None:
    row = 'id,text,title,date,نویسنده,pages,url\nr,باران,عنوان,1384/9/22,"احمدی، علی",12,\n'
    assert document(tmp_path, "a.csv", row).meta == {"نویسنده": "احمدی، علی", "pages": "12"}
    record = {
        "id": "r", "text": "باران", "tags": ["آب", 3, None, {"a": 1}], "pages": 12, "price": 2.5, "open": True,
        "none": None, "empty": "", "nested": {"a": [1]}, "big": 10**30, " x ": " y ", "date": "پاییز ۱۳۸۴",
    }  # fmt: skip
    assert document(tmp_path, "a.jsonl", json.dumps(record)).meta == {
        "tags": ("آب", "3", '{"a": 1}'), "pages": 12, "price": 2.5, "open": True, "nested": '{"a": [1]}',
        "big": str(10**30), "x": "y", "date": "پاییز ۱۳۸۴",
    }  # fmt: skip


@pytest.mark.parametrize("name", ["a.md", "a.txt"])
def test_front_matter(tmp_path: Path, name: str) -> None:
    front = '---\ntitle: "سفر"\nauthor: احمدی\ntags: [آب, "خاک"]\nlist:\n  - یک\n  - دو\npages: 12\nfree: true\n'
    found = document(tmp_path, name, f"{front}rate: 2.50\nwhen: 12:30\ndate: 1384-09-22\n---\nباران آمد و برف رفت.\n")
    assert (found.title, found.date and found.date.jalali) == ("سفر", "1384-09-22")
    assert found.meta == {
        "author": "احمدی", "tags": ("آب", "خاک"), "list": ("یک", "دو"), "pages": 12, "free": True, "rate": 2.5,
        "when": "12:30",
    }  # fmt: skip
    assert found.text[found.body :].strip() == "باران آمد و برف رفت."


@pytest.mark.parametrize(
    "text",
    ["---\nباران آمد\n---\nبرف رفت.\n", "---\n---\nبرف رفت.\n", "---\n: : :\n---\nبرف رفت.\n", "---\n- a\n---\nx\n"],
)
def test_other_text_between_dashes_is_text(tmp_path: Path, text: str) -> None:
    found = document(tmp_path, "a.txt", text)
    assert (found.meta, found.text) == ({}, text)


@pytest.mark.parametrize(
    "front", ["a: &x [1]\nb: *x\n", "a: [1\n", "a: {b: {c" * 3000 + "\n", "x" * 70_000 + ": 1\n", "title: سفر\na: [\n"]
)
def test_front_matter_that_cannot_be_read_is_said(tmp_path: Path, front: str) -> None:
    """An alias may stand for gigabytes."""
    *errors, found = items(tmp_path, "a.md", f"---\n{front}---\nباران آمد.\n")
    assert isinstance(found, Document)
    assert (found.meta, len(errors)) == ({}, 1)
    assert "only its title and date are read" in str(errors[0])
    assert found.title == ("سفر" if "سفر" in front else None)


def test_web_pages(tmp_path: Path) -> None:
    head = (
        '<meta name="author" content="احمدی"><meta property="article:author" content="https://x.ir/a">'
        '<meta name="citation_author" content="پارسا"><meta name="keywords" content="آب، خاک، آب و هوا">'
        '<meta name="description" content="درباره  باران"><link rel="canonical" href="https://example.ir/1">'
    )
    page = f"<html><head><title>سفر</title>{head}</head><body><p>باران آمد و برف رفت.</p></body></html>"
    assert document(tmp_path, "a.html", page).meta == {
        "author": ("احمدی", "پارسا"), "keywords": ("آب", "خاک", "آب و هوا"), "description": "درباره باران",
        "url": "https://example.ir/1",
    }  # fmt: skip
    other = '<meta property="article:tag" content="آب"><meta property="og:url" content="/relative">'
    page = f"<html><head>{other}</head><body><p>باران آمد و برف رفت.</p></body></html>"
    assert document(tmp_path, "b.html", page).meta == {"keywords": ("آب",)}


def test_word_documents(tmp_path: Path) -> None:
    written = docx.Document()
    written.add_paragraph("باران آمد و برف رفت.")
    written.core_properties.author = "احمدی"
    written.core_properties.subject = "هواشناسی"
    written.core_properties.keywords = "آب; خاک"
    written.core_properties.comments = ""
    file = io.BytesIO()
    written.save(file)
    with zipfile.ZipFile(io.BytesIO(file.getvalue())) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    parts["docProps/app.xml"] = b'<Properties xmlns="urn:x"><Pages>7</Pages></Properties>'
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        for name, part in parts.items():
            package.writestr(name, part)
    found = document(tmp_path, "a.docx", file.getvalue()).meta
    assert found == {"author": "احمدی", "subject": "هواشناسی", "keywords": ("آب", "خاک"), "pages": 7}


def test_pdfs(tmp_path: Path) -> None:
    def draw(pdf: FPDF, line: str, right: float, height: float) -> None:
        pdf.set_author("احمدی")
        pdf.set_keywords("آب، خاک")
        pdf.set_subject("…")
        pdf.set_xy(right - 100, height)
        pdf.cell(100, 10, line)

    found = document(tmp_path, "a.pdf", made([["rain and snow"], ["more rain"]], draw))
    assert found.meta == {"pages": 2, "author": "احمدی", "keywords": ("آب", "خاک")}


def test_books(tmp_path: Path) -> None:
    stated = (
        "<dc:creator>احمدی</dc:creator><dc:creator>پارسا</dc:creator><dc:publisher>نشر</dc:publisher>"
        "<dc:language>fa</dc:language><dc:subject>تاریخ</dc:subject>"
    )
    content = book()
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    opf = next(name for name in parts if name.endswith(".opf"))
    parts[opf] = parts[opf].replace(b"</dc:title>", f"</dc:title>{stated}".encode())
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        for name, part in parts.items():
            package.writestr(name, part)
    found = dict(document(tmp_path, "a.epub", file.getvalue()).meta)
    assert found == {
        "author": ("احمدی", "پارسا", "نویسنده"),
        "publisher": "نشر",
        "language": "fa",
        "subject": ("تاریخ",),
    }


def test_what_is_too_much_is_left_out_with_a_line(tmp_path: Path) -> None:
    record = {"id": "r", "text": "باران", "long": "x" * MAX_SIZE, "short": "y", "many": ["z"] * 1001, "n" * 101: 1}
    error, found = items(tmp_path, "a.jsonl", json.dumps(record))
    assert isinstance(found, Document)
    assert found.meta == {"short": "y"}
    assert isinstance(error, BadInput)
    assert str(error) == (
        f"a.jsonl: record 'r': metadata that is too much is left out: long, many, {'n' * 100}… (a document may have "
        "200 names of 100 characters, lists of 1,000 values, and 64 kB in all)"
    )
    kept, left_out = own_metadata({f"{number}": "آ" * 200 for number in range(300)})
    assert Document("a", "متن", meta=kept).meta == kept
    assert left_out and left_out.startswith("metadata that is too much is left out: 1")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", ()), ("آب", ("آب",)), ("آب، خاک", ("آب", "خاک")), ("آب؛ خاک، سنگ", ("آب", "خاک، سنگ")),
        ("a, b;c", ("a, b", "c")), (" ، ", ()), ("یک\nدو", ("یک", "دو")),
    ],
)  # fmt: skip
def test_lists_in_a_text(text: str, parts: tuple[str, ...]) -> None:
    assert listed(text) == parts

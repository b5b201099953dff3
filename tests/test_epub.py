"""Electronic books, read and searched."""

import io
import json
import zipfile
from pathlib import Path

import pytest
from command import run
from hypothesis import given
from hypothesis import strategies as st
from reader_helpers import document, items, reason

from jooya.indexer import BadInput, Date, Document
from jooya.indexer.document import Section
from jooya.indexer.readers import epub
from jooya.indexer.readers.epub import read_epub
from jooya.indexer.readers.source import Source

DAY = Date("2005-12-13", "1384-09-22")
CONTAINER = """<?xml version="1.0"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>
<rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>"""
OPF = """<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" xmlns:opf="http://www.idpf.org/2007/opf">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
  <dc:title>سفرنامهٔ شمال</dc:title><dc:creator>نویسنده</dc:creator>
  <dc:date>2005-12-13T00:00:00+00:00</dc:date><dc:date opf:event="modification">2020-01-01</dc:date>
  <meta property="dcterms:modified">2021-01-01T00:00:00Z</meta>
</metadata>
<manifest>
  <item id="two" href="text/%D8%AF%D9%88.xhtml" media-type="application/xhtml+xml"/>
  <item id="one" href="text/1.xhtml" media-type="application/xhtml+xml"/>
  <item id="three" href="text/3.xhtml" media-type="application/xhtml+xml"/>
  <item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
  <item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/>
  <item id="cover" href="cover.jpg" media-type="image/jpeg"/>
</manifest>
<spine><itemref idref="nav"/><itemref idref="one"/><itemref idref="two"/><itemref idref="three"/><itemref idref="gone"/>
</spine></package>"""
NAV = """<html xmlns="http://www.w3.org/1999/xhtml"><body><nav><ol><li><a href="text/1.xhtml">یکم</a></li>
<li><a href="text/3.xhtml#x">پایان <b>سخن</b></a></li></ol></nav></body></html>"""
ONE = """<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops">
<head><title/></head><body><a id="x"/><h1>فصل یکم</h1>
<p>باران بر سرزمین‌های شمالی بارید.<a epub:type="noteref" href="notes.xhtml#n1">۱</a></p></body></html>"""
TWO = "<html><body><p>پیش از هر چیز.</p><h2>رود</h2><p>رود پر از آب شد.</p></body></html>"
THREE = "<html><body><p>خداحافظ.</p></body></html>"
TEXT = "فصل یکم\n\nباران بر سرزمین‌های شمالی بارید.\n\nپیش از هر چیز.\n\nرود\n\nرود پر از آب شد.\n\nخداحافظ."


def book(**changed: str | bytes | None) -> bytes:
    """Return an EPUB; `changed` replaces parts, by their names up to the dot, or removes them (None)."""
    parts: dict[str, str | bytes | None] = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": CONTAINER,
        "OEBPS/book.opf": OPF,
        "OEBPS/nav.xhtml": NAV,
        "OEBPS/text/1.xhtml": ONE,
        "OEBPS/text/دو.xhtml": TWO,
        "OEBPS/text/3.xhtml": THREE,
        "OEBPS/cover.jpg": b"\xff\xd8",
    }
    parts |= {name: changed.pop(Path(name).stem) for name in parts if Path(name).stem in changed}
    parts |= {f"META-INF/{name}.xml": content for name, content in changed.items()}
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            if content is not None:
                archive.writestr(name, content)
    return file.getvalue()


def test_a_hit_in_a_book(tmp_path: Path) -> None:
    (tmp_path / "سفر.epub").write_bytes(book())
    assert run("index", ".", cwd=tmp_path)[:2] == (0, "new 1, updated 0, unchanged 0, removed 0\n")
    (hit,) = json.loads(run("search", "--format", "json", "سرزمین باران", cwd=tmp_path)[1])["hits"]
    assert (hit["document"], hit["title"]) == ("سفر.epub", "سفرنامهٔ شمال")
    assert hit["date"] == {"gregorian": "2005-12-13", "jalali": "1384-09-22"}
    assert hit["text"] == TEXT[hit["start"] : hit["end"]]
    assert {hit["text"][start:end] for start, end in hit["highlights"]} == {"باران", "سرزمین‌های"}


def test_pages_and_headings_are_sections(tmp_path: Path) -> None:
    read = document(tmp_path, "a.epub", book())
    assert read.text == TEXT
    assert (read.title, read.date, read.body) == ("سفرنامهٔ شمال", DAY, 0)
    assert read.sections == (
        Section(0, "فصل یکم"),
        Section(TEXT.index("پیش"), None),
        Section(TEXT.index("رود\n"), "رود"),
        Section(TEXT.index("خداحافظ"), "پایان سخن"),  # its title in the table of contents
    )


def test_the_contents_of_older_books_name_pages(tmp_path: Path) -> None:
    ncx = """<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><navMap><navPoint><navLabel><text>بدرود</text></navLabel>
    <content src="text/3.xhtml"/></navPoint></navMap></ncx>"""
    opf = (
        OPF.replace('properties="nav"', "")
        .replace("nav.xhtml", "toc2.ncx")
        .replace(
            'id="nav" href="toc2.ncx" media-type="application/xhtml+xml"',
            'id="nav" href="nav.xhtml" media-type="application/x-dtbncx+xml"',
        )
    )
    sections = document(tmp_path, "a.epub", book(book=opf, nav=ncx)).sections
    assert sections and sections[-1].heading == "بدرود"


@pytest.mark.parametrize(
    ("dates", "date"),
    [
        (
            '<dc:date opf:event="publication">2005-12-13</dc:date><dc:date opf:event="creation">2020-01-01</dc:date>',
            DAY,
        ),
        ("<dc:date>۲۲ آذر ۱۳۸۴</dc:date>", DAY),
        ("<dc:date>2005</dc:date>", None),
        ("<dc:date>0101-01-01T00:00:00+00:00</dc:date>", None),
        ("<dc:date>2005-12-13</dc:date><dc:date>2007-01-01</dc:date>", None),
        ('<dc:date opf:event="modification">2020-01-01</dc:date>', None),
        ("", None),
    ],
)
def test_dates(tmp_path: Path, dates: str, date: Date | None) -> None:
    begin, end = OPF.index("  <dc:date>"), OPF.index("  <meta ")
    assert document(tmp_path, "a.epub", book(book=OPF[:begin] + dates + OPF[end:])).date == date


def test_a_placeholder_is_no_title(tmp_path: Path) -> None:
    read = document(tmp_path, "a.epub", book(book=OPF.replace("سفرنامهٔ شمال", "Unknown")))
    assert read.title == "فصل یکم"


NO_ENCODING = "not UTF-8 (byte 0), nor another encoding of Persian; name it with the encoding option"


def test_pages_that_are_missing_cost_no_other(tmp_path: Path) -> None:
    broken, read = items(tmp_path, "a.epub", book(دو=None))
    assert str(broken) == "a.epub: OEBPS/text/دو.xhtml: the page is missing"
    assert isinstance(read, Document)
    assert read.text == "فصل یکم\n\nباران بر سرزمین‌های شمالی بارید.\n\nخداحافظ."
    broken, read = items(tmp_path, "a.epub", book(**{"1": b"\xff\xff", "3": b"\0"}))
    assert str(broken) == "a.epub: 2 of its 3 pages can't be read, OEBPS/text/1.xhtml: " + NO_ENCODING


LAUGHS = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + "".join(
    f'<!ENTITY {after} "{f"&{name};" * 10}">' for name, after in zip("abcdefghi", "bcdefghij", strict=True)
) + "]>"  # fmt: skip


def test_entities_are_not_resolved(tmp_path: Path) -> None:
    opf = OPF.replace("<package", LAUGHS + "<package").replace("سفرنامهٔ", "&j;سفرنامه")
    page = ONE.replace("<html", LAUGHS + "<html").replace("باران", "باران &j;")
    read = document(tmp_path, "a.epub", book(book=opf, **{"1": page}))
    assert read.text == TEXT.replace("باران", "باران &j;")
    assert read.title == "&j;سفرنامه شمال"
    external = LAUGHS.replace('"aaaaaaaaaa"', f'SYSTEM "{tmp_path}/secret"')
    (tmp_path / "secret").write_text("secret")
    opf = OPF.replace("<package", external + "<package").replace("سفرنامهٔ", "&a;")
    assert document(tmp_path, "a.epub", book(book=opf)).title == "&a; شمال"


ENCRYPTION = """<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container"
xmlns:enc="http://www.w3.org/2001/04/xmlenc#"><enc:EncryptedData><enc:EncryptionMethod Algorithm="{}"/><enc:CipherData>
<enc:CipherReference URI="OEBPS/text/%D8%AF%D9%88.xhtml"/></enc:CipherData></enc:EncryptedData></encryption>"""


def test_encrypted_books_are_reported(tmp_path: Path) -> None:
    method = "http://www.w3.org/2001/04/xmlenc#aes128-cbc"
    assert reason(tmp_path, "a.epub", book(encryption=ENCRYPTION.format(method))) == (
        "a.epub: encrypted (DRM); index a copy without protection"
    )
    font = "http://www.idpf.org/2008/embedding"
    assert document(tmp_path, "a.epub", book(encryption=ENCRYPTION.format(font))).text == TEXT


ENCRYPTED = book().replace(b"PK\1\2\x14\3\x14\0\0", b"PK\1\2\x14\3\x14\0\1")  # a flag of each part


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty file"),
        (b"PK", "broken, or of another format: not a ZIP file"),
        (book()[:-30], "broken, or of another format: not a ZIP file"),
        (book(container=None), "no EPUB: it has no META-INF/container.xml"),
        (book(container="<x/>"), "broken: its package file is missing"),
        (book(container=""), "broken XML"),
        (book(book=None), "broken: its package file is missing"),
        (book(book="\0"), "broken XML"),
        (book(book="<package/>"), "broken: its package file lists no pages"),
        (book(**{"1": "", "دو": "", "3": "<p/>"}), "no text in it"),
        (ENCRYPTED, "protected by a password; save it without one"),
    ],
)  # fmt: skip
def test_bad_books_are_reported(tmp_path: Path, content: bytes, why: str) -> None:
    assert reason(tmp_path, "a.epub", content) == f"a.epub: {why}"


def test_unpacking_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(epub, "_MAX_BYTES", 1 << 20)
    bomb = book(**{"3": "<p>" + "آ" * (1 << 20)})
    assert len(bomb) < 1 << 14
    large, read = items(tmp_path, "a.epub", bomb)
    assert str(large) == "a.epub: OEBPS/text/3.xhtml: larger than 1 MB when unpacked"
    assert isinstance(read, Document)
    assert read.text == TEXT.removesuffix("\n\nخداحافظ.")
    # A book that states a small size.
    size = (3 + 2 * (1 << 20)).to_bytes(4, "little")
    assert bomb.count(size) == 2
    large, _ = items(tmp_path, "a.epub", bomb.replace(size, (10).to_bytes(4, "little")))
    assert str(large).startswith("a.epub: OEBPS/text/3.xhtml: broken")


@given(st.integers(0, len(book()) - 1), st.binary(min_size=1, max_size=8))
def test_damage_is_reported(at: int, damage: bytes) -> None:
    content = bytearray(book())
    content[at : at + len(damage)] = damage
    for item in read_epub(Source(Path("/a.epub"), "a.epub"), bytes(content), None):
        assert isinstance(item, Document) or "\n" not in str(item)
        assert isinstance(item, Document | BadInput)

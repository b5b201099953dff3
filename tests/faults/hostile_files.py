"""Files that are small for what they stand for, or that lead a reader astray, of every format.

`FILES` has a function for each, which returns the content. Sizes are for the short form of the trial, times `scale`.
"""

# ruff: noqa: E501 - most of this is a table, with a line for each file

import gzip
import io
import json
import struct
import sys
import tarfile
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))  # for the modules of the other tests
import pdfs

Make = Callable[[int], bytes]

FILES: dict[str, Make] = {}
"""The files by name."""

PROSE = "باران بر سرزمین\u200cهای شمالی بارید و رودخانه\u200cها پر از آب شدند. "


def add(name: str, make: Make) -> None:
    assert name not in FILES
    FILES[name] = make


def repeated(piece: str | bytes, size: int, before: str | bytes = b"", after: str | bytes = b"") -> Make:
    """Return a maker of files of `size` bytes of one piece, times the scale."""
    one, first, last = (part.encode() if isinstance(part, str) else part for part in (piece, before, after))
    return lambda scale: first + one * (size * scale // len(one)) + last


TEXTS = {
    "letters": "ا", "words": "ا ", "lines": "ا\n\n", "returns": "ا\r\n", "feeds": "ا\f", "stops": "ا.", "prose": PROSE,
    "headings": "فصل اول\n\n", "underlines": "ا ب\n---\n", "speakers": "علی: نه.\n", "many-speakers": "ب{}: نه.\n",
    "questions": "س: ا؟\nج: ب.\n", "couplets": "ای دل من دل\n", "numbers": "۱\n", "pages": "صفحه ۱\n",
    "interrupted": "آب و باد " * 8 + "\n12\n", "columns": "آب باد خاک\t آب باد خاک\n", "colons": ":", "brackets": "(",
    "spaces": " ", "blank": "\n", "marks": "\u064e", "joiners": "ا\u200c", "bidi": "\u202e\u2066", "emoji": "😀 ",
    "dates": "۱۳۸۴/۹/۲۲\n", "urls": "http://a.b/c ", "mails": "a@b.", "hashes": "#ا_", "hyphens": "مقا-\n",
    "quotes": "\"'»", "replaced": "\ufffd", "nul-ed": "ا\0",
}  # fmt: skip
"""Pieces of texts of which there are millions."""

for kind, piece in TEXTS.items():
    add(f"{kind}.txt", repeated(piece, 300_000, "ا ب پ\n"))
add("many-names.txt", lambda scale: "".join(f"نام{n}: آری.\n" for n in range(15_000 * scale)).encode())
add("utf-16.txt", lambda scale: b"\xff\xfe" + "ا\n\n".encode("utf-16-le") * 50_000 * scale)
add("utf-32.txt", lambda scale: b"\xff\xfe\0\0" + "ا😀\n".encode("utf-32-le") * 30_000 * scale)
add("surrogates.txt", lambda scale: b"\xed\xa0\x80" * 100_000 * scale)
add("half-utf-16.txt", lambda scale: b"\xff\xfe" + b"\x00\xd8" * 100_000 * scale)
add("legacy.txt", lambda scale: PROSE.replace("ی", "ي").encode("cp1256", "replace") * 4_000 * scale)
add("binary.txt", lambda scale: bytes(range(256)) * 2_000 * scale)

for kind, piece in {
    "quotes": ">", "items": "- ", "brackets": "[", "closed": "[]", "links": "[a](", "images": "![", "stars": "*a ",
    "mixed-stars": "*a_ ", "ticks": "`" , "escapes": "\\", "angles": "<a ", "entities": "&#1;", "setext": "ا\n=\n",
    "headings": "# ا\n\n", "definitions": "[a]: b\n", "notes": "[^1] ", "tables": "|a|b|\n|-|-|\n", "breaks": "ا  \n",
    "comments": "<!-- ", "autolinks": "<http://a>", "front": "---\n",
}.items():  # fmt: skip
    add(f"{kind}.md", repeated(piece, 60_000))
add("ticks-of-all-lengths.md", lambda scale: " ".join("`" * n for n in range(300 * scale)).encode())
add("nested-items.md", lambda scale: "\n".join(" " * n + "- ا" for n in range(300 * scale)).encode())
add("wide-table.md", lambda scale: ("|a" * 5_000 * scale + "\n" + "|-" * 5_000 * scale + "\n|a" * 5_000).encode())
add("many-definitions.md", lambda scale: "".join(f"[{n}]: b\n[{n}]\n" for n in range(5_000 * scale)).encode())

for kind, piece in {
    "deep": "<div>", "unclosed": "<p>ا", "closing": "</p>", "wrong-ends": "<b></i>", "inline": "<b><i>ا", "angles": "<",
    "comments": "<!--", "entities": "&amp;", "tables": "<table><tr><td>ا", "items": "<ul><li>ا", "links": "<a href=#x>1",
    "headings": "<h1>ا</h1>", "breaks": "ا<br>", "metas": "<meta name=date content=1384>", "doctypes": "<!DOCTYPE[",
    "forms": "<form><select><option>", "times": "<time datetime=1384>", "scripts": "<script>", "cdata": "<![CDATA[",
    "rules": "<hr>ا", "spans": "<span class='a b c footer'>", "fonts": "<font>", "quotes": "<a x=\"",
}.items():  # fmt: skip
    add(f"{kind}.html", repeated(piece, 200_000, "<html><body>ا"))
add("attribute.html", repeated("ا", 400_000, '<p title="', '">ا</p>'))
add("attributes.html", lambda scale: b"<p " + b"".join(b"a%d=1 " % n for n in range(5_000 * scale)) + b">x</p>")
add("title.html", repeated("ا", 400_000, "<title>", "</title><p>ا</p>"))
add("heading.html", repeated("ا ", 400_000, "<h1>", "</h1><p>ا</p>"))
add("json-ld.html", repeated("[", 200_000, '<script type="application/ld+json">', "</script><p>ا"))
add("charset.html", repeated(b"\xe1\xe2 ", 200_000, b"<meta charset=utf-7>"))
add("doctypes.xhtml", repeated("<!DOCTYPE[", 300_000))
add("open-doctypes.xhtml", repeated("<!DOCTYPE a [ ", 300_000, "", "]"))
add("cdata.xhtml", repeated("<![CDATA[ا]]>", 300_000, "<p>"))


def laughs(scale: int) -> bytes:
    """Return a document of entities each of which stands for ten of the next."""
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n + 1};" * 10}">' for n in range(9))
    return f'<?xml version="1.0"?><!DOCTYPE p [{levels}<!ENTITY e9 "{"ا" * 1000 * scale}">]><p>&e0;</p>'.encode()


add("laughs.xhtml", laughs)


def zipped(files: dict[str, bytes] | Iterable[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of names that occur twice
        for name, content in files.items() if isinstance(files, dict) else files:
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return out.getvalue()


# ---- Word documents

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def docx(body: str, **parts: str) -> bytes:
    """Return a Word document; `parts` are the contents of the elements of styles, footnotes and numbering."""
    roots = {"styles": "styles", "footnotes": "footnotes", "numbering": "numbering"}
    files = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{RELATIONS}"><Relationship Id="r" Type="{OFFICE}/officeDocument"'
        ' Target="word/document.xml"/></Relationships>',
        "word/document.xml": f"<w:document {W}><w:body>{body}</w:body></w:document>",
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{RELATIONS}">'
        + "".join(f'<Relationship Id="{n}" Type="{OFFICE}/{n}" Target="{n}.xml"/>' for n in parts)
        + "</Relationships>",
    } | {f"word/{name}.xml": f"<w:{roots[name]} {W}>{inside}</w:{roots[name]}>" for name, inside in parts.items()}
    return zipped({name: content.encode() for name, content in files.items()})


def paragraph(text: str, inside: str = "") -> str:
    return f"<w:p>{inside}<w:r><w:t>{text}</w:t></w:r></w:p>"


def note(number: int, inside: str) -> str:
    return f'<w:footnote w:id="{number}">{inside}</w:footnote>'


def reference(number: int) -> str:
    return f'<w:r><w:footnoteReference w:id="{number}"/></w:r>'


def nested(opening: str, closing: str, depth: int, inside: str) -> str:
    return opening * depth + inside + closing * depth


TABLE = ("<w:tbl><w:tr><w:tc>", "</w:tc></w:tr></w:tbl>")
STYLE = '<w:style w:type="paragraph" w:styleId="s{0}"><w:name w:val="s{0}"/><w:basedOn w:val="s{1}"/></w:style>'
BEGIN = '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
STYLED = '<w:pPr><w:pStyle w:val="s0"/></w:pPr>'

add("tables.docx", lambda scale: docx(nested(*TABLE, 2_000 * scale, paragraph("ا"))))
add("paragraphs.docx", lambda scale: docx(paragraph("ا") * 5_000 * scale))
add("long.docx", lambda scale: docx(paragraph("ا ب " * 100_000 * scale)))
add("runs.docx", lambda scale: docx(f"<w:p>{'<w:r><w:t>ا</w:t></w:r>' * 5_000 * scale}</w:p>"))
add(
    "deep.docx",
    lambda scale: docx(nested("<w:sdt><w:sdtContent>", "</w:sdtContent></w:sdt>", 2_000 * scale, paragraph("ا"))),
)
add("note-multiplied.docx", lambda scale: docx(
    paragraph("ا", reference(1) * 300 * scale), footnotes=note(1, paragraph("ا ب " * 3_000 * scale))))  # fmt: skip
add("note-in-itself.docx", lambda scale: docx(
    paragraph("ا", reference(1)), footnotes=note(1, paragraph("ا", reference(1) * 10 * scale))))  # fmt: skip
add("notes-multiplied.docx", lambda scale: docx(
    paragraph("ا", reference(0)),
    footnotes="".join(note(n, paragraph("ا", reference(n + 1) * 10)) for n in range(8))))  # fmt: skip
add("styles-in-a-loop.docx", lambda scale: docx(
    paragraph("ا", STYLED), styles=STYLE.format(0, 1) + STYLE.format(1, 0)))  # fmt: skip
add("chain-of-styles.docx", lambda scale: docx(
    paragraph("ا", STYLED), styles="".join(STYLE.format(n, n + 1) for n in range(5_000 * scale))))  # fmt: skip
add("fields.docx", lambda scale: docx(
    f"<w:p>{BEGIN * 3_000 * scale}</w:p>"))  # fmt: skip
add("spans.docx", lambda scale: docx(
    "<w:tbl>" + ('<w:tr><w:tc><w:tcPr><w:gridSpan w:val="1000000000"/><w:vMerge/></w:tcPr>' + paragraph("ا") + "</w:tc></w:tr>")
    * 500 * scale + "</w:tbl>"))  # fmt: skip
add("bomb.docx", lambda scale: docx(paragraph(" " * 3_000_000 * scale)))
add("parts.docx", lambda scale: zipped((f"{n}.xml", b"<a/>") for n in range(5_000 * scale)))
add("doctype.docx", lambda scale: zipped({"word/document.xml": laughs(scale)}))


# ---- Books

CONTAINER = b'<container><rootfiles><rootfile full-path="p.opf"/></rootfiles></container>'


def epub(items: str, spine: str, files: dict[str, bytes], head: str = "") -> bytes:
    opf = f"{head}<package><manifest>{items}</manifest><spine>{spine}</spine></package>"
    return zipped({"META-INF/container.xml": CONTAINER, "p.opf": opf.encode(), **files})


def item(number: int, name: str, kind: str = "application/xhtml+xml", properties: str = "") -> str:
    return f'<item id="i{number}" href="{name}" media-type="{kind}" properties="{properties}"/>'


def one_page(content: bytes) -> bytes:
    return epub(item(0, "a.html"), '<itemref idref="i0"/>', {"a.html": content})


PAGE = f"<html><body><p>{PROSE * 10}</p></body></html>".encode()
NCX = "application/x-dtbncx+xml"

add("spine.epub", lambda scale: epub(item(0, "a.html"), '<itemref idref="i0"/>' * 20_000 * scale, {"a.html": PAGE}))
add("same-page.epub", lambda scale: epub(
    "".join(item(n, f"./a.html?{n}") for n in range(3_000 * scale)),
    "".join(f'<itemref idref="i{n}"/>' for n in range(3_000 * scale)), {"a.html": PAGE}))  # fmt: skip
add("pages.epub", lambda scale: epub(
    "".join(item(n, f"{n}.html") for n in range(3_000 * scale)),
    "".join(f'<itemref idref="i{n}"/>' for n in range(3_000 * scale)),
    {f"{n}.html": b"x" for n in range(3_000 * scale)}))  # fmt: skip
add("missing-pages.epub", lambda scale: epub(
    "".join(item(n, f"{n}.html") for n in range(15_000)), "".join(f'<itemref idref="i{n}"/>' for n in range(15_000)), {}))  # fmt: skip
add("too-many-pages.epub", lambda scale: epub(
    "".join(item(n, f"{n}.html") for n in range(20_001)), "".join(f'<itemref idref="i{n}"/>' for n in range(20_001)), {}))  # fmt: skip
add("bomb.epub", lambda scale: one_page(b"<p>" + b" " * 10_000_000 * scale))
add("lines.epub", lambda scale: one_page("<p>ا</p>".encode() * 50_000 * scale))
add("deep-page.epub", lambda scale: one_page(b"<div>" * 50_000 * scale + b"x"))
add("doctypes.epub", lambda scale: one_page(b"<!DOCTYPE[" * 50_000 * scale))
add("navs.epub", lambda scale: epub(
    item(0, "a.html") + "".join(item(n, "n.html", properties="nav") for n in range(1, 5_000 * scale)),
    '<itemref idref="i0"/>', {"a.html": PAGE, "n.html": b"<nav><a href='a.html'>x</a></nav>" * 500}))  # fmt: skip
add("labels.epub", lambda scale: epub(
    item(0, "a.html") + item(1, "n.html", properties="nav"), '<itemref idref="i0"/>',
    {"a.html": PAGE, "n.html": b"<nav>" + b"<a href='a.html'>" * 200 + b"x" * 100_000 * scale + b"</nav>"}))  # fmt: skip
add("points.epub", lambda scale: epub(
    item(0, "a.html") + item(1, "n.ncx", NCX), '<itemref idref="i0"/>',
    {"a.html": PAGE, "n.ncx": b"<ncx>" + (b"<navPoint>" * 200 + b"</navPoint>" * 200) * 30 * scale + b"</ncx>"}))  # fmt: skip
add("itself.epub", lambda scale: epub(item(0, "p.opf"), '<itemref idref="i0"/>', {}))
add("laughs.epub", lambda scale: epub(
    item(0, "a.html"), '<itemref idref="i0"/>', {"a.html": laughs(scale)},
    '<!DOCTYPE p [<!ENTITY a "ا"><!ENTITY b "&a;&a;">]>'))  # fmt: skip
add("encryption.epub", lambda scale: zipped({
    "META-INF/container.xml": CONTAINER, "META-INF/encryption.xml": b"<EncryptedData>" * 20_000 * scale}))  # fmt: skip


def with_size(content: bytes, size: int) -> bytes:
    """Return a ZIP file whose entries state another size."""
    changed = bytearray(content)
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = changed.find(signature)
        while at >= 0:
            changed[at + offset : at + offset + 4] = struct.pack("<I", size)
            at = changed.find(signature, at + 4)
    return bytes(changed)


add("sizes.epub", lambda scale: with_size(one_page(PAGE), 0xFFFFFFF0))
add("sizes.docx", lambda scale: with_size(docx(paragraph("ا")), 1))


# ---- PDFs

HELLO = b"BT /F 12 Tf 72 700 Td (Hello World) Tj ET"


def pdf_pages(levels: int, width: int) -> bytes:
    """Return a PDF whose tree of pages has few nodes, each of them many times."""
    nodes = [
        b"<</Type/Pages/Count %d/Kids[%s]>>" % (width ** (levels - n), b"%d 0 R " % (n + 3 if n < levels - 1 else 2 + levels) * width)
        for n in range(levels)
    ]  # fmt: skip
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents %d 0 R/Resources<</Font<</F %d 0 R>>>>>>" % (
        levels + 3,
        levels + 4,
    )
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
    return pdfs.raw(b"<</Type/Catalog/Pages 2 0 R>>", *nodes, page, pdfs.stream(HELLO), font)


def pdf_forms(levels: int, width: int) -> bytes:
    """Return a PDF with forms, each of which draws the next one many times."""
    forms = [
        pdfs.stream(b"/X Do " * width, b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X %d 0 R>>>>" % (7 + n))
        for n in range(levels)
    ]  # fmt: skip
    last = pdfs.stream(HELLO, b"/Type/XObject/Subtype/Form/BBox[0 0 595 842]/Resources<</Font<</F 5 0 R>>>>")
    return pdfs.drawing(b"/X Do " * width, *forms, last)


def pdf_map(letters: int, glyphs: int) -> bytes:
    """Return a PDF whose Unicode map has many letters for a glyph."""
    cmap = b"begincmap 1 begincodespacerange <00> <ff> endcodespacerange 1 beginbfchar <41> <%s> endbfchar endcmap" % (
        b"0628" * letters
    )
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/ToUnicode 6 0 R>>"
    return pdfs.drawing(b"BT /F 12 Tf 72 700 Td (" + b"A" * glyphs + b") Tj ET", pdfs.stream(cmap)).replace(
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>", font
    )


add("loop-of-pages.pdf", lambda scale: pdfs.drawing(HELLO, pages=b"/Kids[2 0 R 4 0 R]/Count 1000000"))
add("page-multiplied.pdf", lambda scale: pdf_pages(1, 300 * scale))
add("tree-multiplied.pdf", lambda scale: pdf_pages(8, 10))
add("negative-count.pdf", lambda scale: pdfs.drawing(HELLO, pages=b"/Kids[4 0 R]/Count -5"))
add("huge-count.pdf", lambda scale: pdfs.drawing(HELLO, pages=b"/Kids[4 0 R]/Count 19999"))
add("form-in-itself.pdf", lambda scale: pdf_forms(1, 10).replace(b"/X 7 0 R", b"/X 6 0 R"))
add("forms-multiplied.pdf", lambda scale: pdf_forms(6, 10))
add("forms-deep.pdf", lambda scale: pdf_forms(200 * scale, 1))
add("map-multiplied.pdf", lambda scale: pdf_map(500, 500 * scale))
add("characters.pdf", lambda scale: pdfs.drawing(b"BT /F 12 Tf 72 700 Td (" + b"a" * 60_000 * scale + b") Tj ET"))
add("lines.pdf", lambda scale: pdfs.drawing(b"BT /F 12 Tf 0 700 Td " + b"(a) Tj 0 -0.01 Td " * 10_000 * scale + b"ET"))
add(
    "one-spot.pdf",
    lambda scale: pdfs.drawing(b"BT /F 12 Tf 9 700 Td " + b"(ab) Tj -12.5 0 Td " * 10_000 * scale + b"ET"),
)
add("states.pdf", lambda scale: pdfs.drawing(b"q " * 100_000 * scale + HELLO))
add("arrays.pdf", lambda scale: pdfs.drawing(b"[" * 100_000 * scale + HELLO))
add("objects-nested.pdf", lambda scale: pdfs.drawing(HELLO, b"[" * 100_000 * scale))
add("bomb.pdf", lambda scale: pdfs.drawing(b" " * 10_000_000 * scale + HELLO))
add("lengths.pdf", lambda scale: pdfs.drawing(HELLO).replace(b"/Length ", b"/Length 99999999"))
add("length-of-itself.pdf", lambda scale: pdfs.drawing(HELLO).replace(b"/Length 4", b"/Length 3 0 R %"))
add("outline-loop.pdf", lambda scale: pdfs.drawing(
    HELLO, b"<</First 7 0 R/Last 7 0 R>>", b"<</Title(Hello)/Dest[4 0 R/Fit]/Next 7 0 R/First 7 0 R>>"))  # fmt: skip
add("fonts-in-a-loop.pdf", lambda scale: pdfs.drawing(HELLO).replace(
    b"/Subtype/Type1/BaseFont/Helvetica", b"/Subtype/Type0/BaseFont/A/DescendantFonts[5 0 R]/Encoding/Identity-H"))  # fmt: skip
add("filters.pdf", lambda scale: pdfs.drawing(HELLO).replace(
    b"/Filter/FlateDecode", b"/Filter[" + b"/FlateDecode" * 1_000 * scale + b"]"))  # fmt: skip
add("previous.pdf", lambda scale: pdfs.drawing(HELLO).replace(b"/Root 1 0 R", b"/Root 1 0 R/Prev 10"))
add("huge-page.pdf", lambda scale: pdfs.drawing(HELLO, entries=b"/MediaBox[0 0 1e30 1e30]"))


# ---- Subtitles and records

CUE = "1\n00:00:01,000 --> 00:00:02,000\n"
add("cues.srt", repeated(f"{CUE}ا\n\n", 400_000))
add("cue.srt", repeated("ا ", 400_000, CUE))
add("lines.srt", repeated("ا\n", 400_000, CUE))
add("arrows.srt", repeated("-->", 400_000))
add("arrow-lines.srt", repeated("-->\n", 200_000))
add("numbers.srt", repeated("1\n", 400_000, CUE))
add("hours.srt", repeated("9", 400_000, "1\n", ":00:01,000 --> 00:00:02,000\nا\n"))
add("tags.vtt", repeated("<v ", 200_000, "WEBVTT\n\n00:01.000 --> 00:02.000\n"))
add("styles.vtt", repeated("STYLE\n\n", 200_000, "WEBVTT\n\n"))
add("cues.vtt", repeated("00:01.000 --> 00:02.000\nا\n\n", 400_000, "WEBVTT\n\n"))

add("deep.jsonl", repeated("[", 400_000))
add("number.jsonl", repeated("9", 400_000))
add("title.jsonl", repeated("ا", 400_000, '{"id": "a", "text": "ا", "title": "', '"}\n'))
add("title-multiplied.jsonl", repeated(
    "نه. علی: ", 100_000, json.dumps({"title": "ا" * 9_999})[:-1] + ', "id": "t", "text": "' + "ا\\n\\n" * 9_000, '"}'))  # fmt: skip
add("id.jsonl", repeated("a", 400_000, '{"text": "ا", "id": "', '"}\n'))
add("records.jsonl", lambda scale: "".join(f'{{"id": "r{n}", "text": "ا"}}\n' for n in range(3_000 * scale)).encode())
add("bad-records.jsonl", repeated("{}\n", 100_000))
add("same-records.jsonl", repeated('{"id": "same", "text": "ا"}\n', 100_000))
add("taken.jsonl", repeated(json.dumps({"id": "KEY", "text": PROSE * 20}) + "\n", 400_000))
add("text.jsonl", repeated("ا\\n\\n", 400_000, '{"id": "long", "text": "', '"}'))
add("surrogates.jsonl", repeated("\\ud800", 400_000, '{"id": "sur", "text": "', '"}'))
add("fields.jsonl", lambda scale: ("{" + ",".join(f'"{n}": 1' for n in range(30_000 * scale)) + "}").encode())
add("columns.csv", repeated("text,", 400_000, "", "\nا\n"))
add("no-text.csv", repeated("ا,", 400_000, "", "\nا\n"))
add("quote.csv", repeated("ا\n", 400_000, 'text\n"'))
add("quotes.csv", repeated('"', 400_000, "text\n"))
add("rows.csv", repeated("ا\n", 40_000, "text\n"))
add("blank-rows.csv", repeated("\n", 400_000, "text\n"))
add("cell.csv", repeated("ا ", 400_000, "text\n"))
add("delimiters.tsv", repeated("\t", 400_000, "text\n", "ا"))
add("nul.tsv", repeated("\0\t", 400_000, "text\n"))


# ---- Archives


def tarred(entries: Iterable[tuple[tarfile.TarInfo, bytes]], form: int = tarfile.GNU_FORMAT) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as archive:
        for info, content in entries:
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return gzip.compress(out.getvalue(), 6, mtime=0)


def entry(
    name: str, kind: bytes = tarfile.REGTYPE, link: str = "", pax: dict[str, str] | None = None
) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, link
    info.pax_headers = pax or {}
    return info


def overlapping(entries: int, size: int) -> bytes:
    """Return a ZIP file with one compressed text that all its entries name."""
    packed = zlib.compressobj(9, zlib.DEFLATED, -15)
    text = "ا\n".encode() * size
    data = packed.compress(text) + packed.flush()
    sizes = struct.pack("<III", zlib.crc32(text), len(data), len(text))
    local = (
        b"PK\x03\x04" + struct.pack("<HHHHH", 20, 0, 8, 0, 0x21) + sizes + struct.pack("<HH", 5, 0) + b"a.txt" + data
    )
    central = b"".join(
        b"PK\x01\x02" + struct.pack("<HHHHHH", 20, 20, 0, 8, 0, 0x21) + sizes
        + struct.pack("<HHHHHII", len(name), 0, 0, 0, 0, 0, 0) + name
        for name in (b"%05d.txt" % n for n in range(entries))
    )  # fmt: skip
    end = struct.pack("<HHHHIIH", 0, 0, min(entries, 65535), min(entries, 65535), len(central), len(local), 0)
    return local + central + b"PK\x05\x06" + end


def nested_zips(levels: int) -> bytes:
    content = zipped({"0.txt": b"\0" * 1_000_000})
    for _ in range(levels):
        content = zipped({f"lib {n}.zip": content for n in range(16)}, zipfile.ZIP_STORED)
    return content


def raw_header(kind: bytes, size: int) -> bytes:
    """Return a .tar.gz of one header that states a size, and nothing after it but zeros."""
    info = entry("a.txt", kind)
    info.size = size
    return gzip.compress(info.tobuf(tarfile.GNU_FORMAT) + b"\0" * 100_000, mtime=0)


def sparse(size: int) -> bytes:
    """Return a .tar.gz with sparse files, which have a hole of this size each."""
    out = b""
    for number in range(50):
        header = bytearray(entry(f"{number}.txt", tarfile.GNUTYPE_SPARSE).tobuf(tarfile.GNU_FORMAT))
        header[386:398] = b"%011o\0" % size
        header[398:410] = b"%011o\0" % 0
        header[483:495] = b"%011o\0" % size
        header[148:156] = b" " * 8
        header[148:156] = b"%06o\0 " % sum(header)
        out += bytes(header)
    return gzip.compress(out + b"\0" * 1024, mtime=0)


add("nested.zip", lambda scale: nested_zips(2))
add("overlapping.zip", lambda scale: overlapping(300 * scale, 100_000))
add("empty-members.zip", lambda scale: zipped((f"{n}.txt", b"") for n in range(1_000 * scale)))
add("hidden-members.zip", lambda scale: zipped((f".{n}", b"") for n in range(5_000 * scale)))
add("folders.zip", lambda scale: zipped((f"{n}/", b"") for n in range(5_000 * scale)))
add("long-names.zip", lambda scale: zipped((f"{n}{'x' * 60_000}.txt", b"") for n in range(30 * scale)))
add("deep-names.zip", lambda scale: zipped({"a/" * 30_000 + "a.txt": b"x"}))
add("outside.zip", lambda scale: zipped((f"../{n}.txt", b"x") for n in range(500 * scale)))
add("same-names.zip", lambda scale: zipped([("a.txt", b"x")] * 500 * scale))
add("zeros.zip", lambda scale: zipped({f"{n}.txt": b"\0" * 10_000_000 for n in range(2 * scale)}))
add("lines.zip", lambda scale: zipped({f"{n}.txt": "ا\n\n".encode() * 30_000 for n in range(2 * scale)}))
add("books.zip", lambda scale: zipped({f"{n}.epub": FILES["spine.epub"](1) for n in range(2 * scale)}))
add("bombs.zip", lambda scale: zipped({f"{n}.epub": FILES["bomb.epub"](1) for n in range(2 * scale)}))
add("records.zip", lambda scale: zipped({"a.jsonl": b"\n" * 10_000_000 * scale}))
add("sizes.zip", lambda scale: with_size(zipped({"a.txt": b"x" * 1_000_000}), 3))
add("large-sizes.zip", lambda scale: with_size(zipped({"a.txt": b"x" * 1_000_000}), 0xFFFFFFF0))
add("checksums.zip", lambda scale: zipped((f"{n}.txt", b"abc") for n in range(300 * scale)).replace(b"abc", b"abd"))
add("comment.zip", lambda scale: zipped({"a.txt": b"x"})[:-2] + b"\xff\xff" + b"PK\x05\x06" * 16_000)
add("stated-entries.zip", lambda scale: b"PK\x05\x06" + b"\0" * 4 + b"\xff" * 12 + b"\0\0")
add("folders.tar.gz", lambda scale: tarred((entry(f"{n}", tarfile.DIRTYPE), b"") for n in range(5_000 * scale)))
add("empty-members.tar.gz", lambda scale: tarred((entry(f"{n}.txt"), b"") for n in range(1_000 * scale)))
add(
    "links.tar.gz",
    lambda scale: tarred((entry(f"{n}.txt", tarfile.SYMTYPE, f"{n}.txt"), b"") for n in range(1_000 * scale)),
)
add(
    "hard-links.tgz",
    lambda scale: tarred((entry(f"{n}.txt", tarfile.LNKTYPE, f"{n}.txt"), b"") for n in range(1_000 * scale)),
)
add("long-names.tgz", lambda scale: tarred((entry("x" * 500_000 + f"{n}.txt"), b"x") for n in range(5 * scale)))
add("pax.tgz", lambda scale: tarred(
    [(entry("a.txt", pax={"comment": "x" * 3_000_000 * scale}), b"x")], tarfile.PAX_FORMAT))  # fmt: skip
add("pax-keys.tgz", lambda scale: tarred(
    [(entry("a.txt", pax={f"k{n}": "x" for n in range(5_000 * scale)}), b"x")], tarfile.PAX_FORMAT))  # fmt: skip
add("huge-name.tgz", lambda scale: raw_header(tarfile.GNUTYPE_LONGNAME, 1 << 33))
add("huge-pax.tgz", lambda scale: raw_header(tarfile.XHDTYPE, 1 << 33))
add("huge-member.tgz", lambda scale: raw_header(tarfile.REGTYPE, 1 << 40))
add("negative-member.tgz", lambda scale: raw_header(tarfile.REGTYPE, -512))
add("sparse.tar.gz", lambda scale: sparse(1 << 32))
add("zeros.txt.gz", lambda scale: gzip.compress(b"\0" * 20_000_000 * scale, mtime=0))
add("lines.txt.gz", lambda scale: gzip.compress("ا\n\n".encode() * 80_000 * scale, mtime=0))
add("blank.jsonl.gz", lambda scale: gzip.compress(b"\n" * 10_000_000 * scale, mtime=0))
add("line.jsonl.gz", lambda scale: gzip.compress(b" " * 60_000_000 * scale, mtime=0))
add("parts.txt.gz", lambda scale: gzip.compress(b"x ", mtime=0) * 10_000 * scale)
add("empty-parts.txt.gz", lambda scale: gzip.compress(b"", mtime=0) * 10_000 * scale)
add("spine.epub.gz", lambda scale: gzip.compress(FILES["spine.epub"](scale), mtime=0))

"""Hostile files of the formats of offices, mail, chats and records; importing this module adds them to `FILES`."""

# ruff: noqa: E501 - this is a table, with a line for each file

import bz2
import json

from hostile_files import PROSE, W, add, docx, nested, paragraph, repeated, zipped

# ---- Subtitles in other formats

for kind, piece in {
    "overrides": "{\\b1}", "braces": "{", "dialogues": "Dialogue: 0,0:00:01.00,0:00:02.00,D,,0,0,0,,ا\n",
    "speakers": "Dialogue: 0,0:00:01.00,0:00:02.00,D,ب,0,0,0,,ا\nDialogue: 0,0:00:01.00,0:00:02.00,D,پ,0,0,0,,ا\n",
    "formats": "Format: Start, End, Text\n", "broken": "Dialogue: x\n",
}.items():  # fmt: skip
    add(f"{kind}.ass", repeated(piece, 200_000, "[Events]\nDialogue: 0,0:00:01.00,0:00:02.00,D,,0,0,0,,"))
add("frames.sub", repeated("{1}{2}ا|ب\n", 200_000))
add("tags.smi", repeated("<SYNC Start=1><P>ا", 100_000, "<SAMI>"))
add("deep.ttml", repeated("<p begin='1s'>", 100_000, "<tt xmlns='http://www.w3.org/ns/ttml'><body>"))
add(
    "laughs.ttml",
    lambda scale: (
        b"<!DOCTYPE x [<!ENTITY a '"
        + b"b" * 1_000
        + b"'><!ENTITY c '"
        + b"&a;" * 1_000
        + b"'>]><tt xmlns='http://www.w3.org/ns/ttml'><body><p>"
        + b"&c;" * 1_000
        + b"</p></body></tt>"
    ),
)
add(
    "rolling.vtt",
    lambda scale: (
        "WEBVTT\n\n"
        + "".join(
            f"{n // 3600:02}:{n // 60 % 60:02}:{n % 60:02}.000 --> {(n + 1) // 3600:02}:{(n + 1) // 60 % 60:02}:{(n + 1) % 60:02}.000\n"
            + "ا\n" * 50
            + "\n"
            for n in range(1_500 * scale)
        )
    ).encode(),
)
add(
    "growing.vtt",
    lambda scale: (
        "WEBVTT\n\n"
        + "".join(
            f"00:00:{n % 60:02}.000 --> 00:00:{n % 60:02}.500\n{'ا ' * n}\n\n" for n in range(300 * min(scale, 8))
        )
    ).encode(),
)

# ---- Office files

NUMBERED = '<w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr>'
LEVEL = '<w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:numFmt w:val="{}"/><w:lvlText w:val="{}"/></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num>'
add(
    "numbers.docx",
    lambda scale: docx(paragraph("ا", NUMBERED) * 5_000 * scale, numbering=LEVEL.format("lowerRoman", "%1" * 50)),
)
add(
    "letters.docx",
    lambda scale: docx(paragraph("ا", NUMBERED) * 5_000 * scale, numbering=LEVEL.format("upperLetter", "%1" * 9)),
)
add(
    "boxes.docx",
    lambda scale: docx(
        nested("<w:p><w:r><w:txbxContent>", "</w:txbxContent></w:r></w:p>", 60, paragraph("ا")) * 100 * scale
    ),
)
add(
    "headers.docx",
    lambda scale: zipped(
        {"word/document.xml": f"<w:document {W}><w:body>{paragraph('ا')}</w:body></w:document>".encode()}
        | {f"word/header{n}.xml": f"<w:hdr {W}>{paragraph(str(n))}</w:hdr>".encode() for n in range(1_000 * scale)}
    ),
)
add(
    "alternatives.docx",
    lambda scale: docx(
        f"<w:p xmlns:mc='m'>{'<mc:AlternateContent><mc:Fallback><w:r><w:t>ا</w:t></w:r></mc:Fallback></mc:AlternateContent>' * 3_000 * scale}</w:p>"
    ),
)

TEXT = 'xmlns:office="o" xmlns:text="t" xmlns:table="b" xmlns:draw="drawing" xmlns:xlink="x"'


OBJECT = '<draw:object xlink:href="./Object 1"/>'


def odt(body: str, **parts: bytes) -> bytes:
    content = f"<office:document-content {TEXT}><office:body><office:text>{body}</office:text></office:body></office:document-content>"
    return zipped({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": content.encode()} | parts)


add("deep.odt", lambda scale: odt(nested("<text:section>", "</text:section>", 2_000 * scale, "<text:p>ا</text:p>")))
add("paragraphs.odt", lambda scale: odt("<text:p>ا</text:p>" * 10_000 * scale))
add("spans.odt", lambda scale: odt(f"<text:p>{'<text:span>ا</text:span>' * 10_000 * scale}</text:p>"))
add(
    "notes.odt",
    lambda scale: odt(
        f"<text:p>{'<text:note><text:note-body><text:p>ا</text:p></text:note-body></text:note>' * 5_000 * scale}</text:p>"
    ),
)
add(
    "objects.odt",
    lambda scale: odt(
        f"<text:p>{OBJECT * 3_000 * scale}</text:p>",
        **{"Object 1/content.xml": ("<math>" + "<mi>ا</mi>" * 3_000 + "</math>").encode()},
    ),
)
add(
    "cells.odt",
    lambda scale: odt(
        "<table:table>"
        + "<table:table-row><table:table-cell><text:p>ا</text:p></table:table-cell></table:table-row>" * 5_000 * scale
        + "</table:table>"
    ),
)
add(
    "repeated.odt",
    lambda scale: odt(
        '<table:table><table:table-row table:number-rows-repeated="1000000000"><table:table-cell table:number-columns-repeated="1000000000"><text:p>ا</text:p></table:table-cell></table:table-row></table:table>'
    ),
)
add("bomb.odt", lambda scale: odt("<text:p>" + " " * 4_000_000 * scale + "</text:p>"))
add("doctype.odt", lambda scale: zipped({"content.xml": b"<!DOCTYPE x [<!ENTITY a 'b'>]><x><body>&a;</body></x>"}))

SLIDE = '<p:sld xmlns:a="a" xmlns:p="p">{}</p:sld>'
RELATION = '<Relationship Id="r{0}" Type="x/slide" Target="slides/slide1.xml"/>'


def pptx(slide: str, count: int = 1) -> bytes:
    ids = "".join(f'<p:sldId id="{n}" r:id="r{n}"/>' for n in range(count))
    relations = "".join(RELATION.format(n) for n in range(count))
    return zipped({
        "ppt/presentation.xml": f'<p:presentation xmlns:p="p" xmlns:r="r">{ids}</p:presentation>'.encode(),
        "ppt/_rels/presentation.xml.rels": f"<Relationships>{relations}</Relationships>".encode(),
        "ppt/slides/slide1.xml": SLIDE.format(slide).encode(),
    })  # fmt: skip


RUN = "<a:p><a:r><a:t>ا ب</a:t></a:r></a:p>"
add("paragraphs.pptx", lambda scale: pptx(RUN * 10_000 * scale))
add("shapes.pptx", lambda scale: pptx(f"<p:sp><p:nvPr><p:ph type='title'/></p:nvPr>{RUN}</p:sp>" * 3_000 * scale))
add("one-shape.pptx", lambda scale: pptx(f"<p:sp>{RUN * 5_000 * scale}</p:sp>"))
add("groups.pptx", lambda scale: pptx(nested("<p:grpSp>", "</p:grpSp>", 2_000 * scale, RUN)))
add("same-slide.pptx", lambda scale: pptx(RUN * 1_000, 1_000 * scale))
add("bomb.pptx", lambda scale: pptx("<a:p>" + " " * 8_000_000 * scale + "</a:p>"))

SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
)


def xlsx(rows: str, strings: str = "") -> bytes:
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    relations = "http://schemas.openxmlformats.org/package/2006/relationships"
    return zipped({
        "_rels/.rels": f'<Relationships xmlns="{relations}"><Relationship Id="r" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>'.encode(),
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="ا" sheetId="1" r:id="r1"/></sheets></workbook>'.encode(),
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{relations}"><Relationship Id="r1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="{office}/sharedStrings" Target="sharedStrings.xml"/></Relationships>'.encode(),
        "xl/worksheets/sheet1.xml": SHEET.format(rows).encode(),
        "xl/sharedStrings.xml": f'<sst xmlns="{main}">{strings}</sst>'.encode(),
    })  # fmt: skip


add(
    "cells.xlsx",
    lambda scale: xlsx("<row>" + "<c><v>1</v></c>" * 15_000 + "</row>" + "<row><c><v>1</v></c></row>" * 5_000 * scale),
)
add(
    "far-cell.xlsx",
    lambda scale: xlsx('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
)
add(
    "shared.xlsx",
    lambda scale: xlsx(
        "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 3_000 * scale)),
        f"<si><t>{'ا ب ' * 300}</t></si>",
    ),
)
add("bomb.xlsx", lambda scale: xlsx(" " * 30_000_000 * scale))
add("broken.xlsx", lambda scale: xlsx("<row><c t='s'><v>99</v></c></row>" * 1_000 * scale))
add("ole.xls", lambda scale: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 300_000 * scale)
add("ole.msg", lambda scale: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 300_000 * scale)

for kind, piece in {
    "groups": "{", "ends": "}", "words": "\\par ", "letters": "\\'c7", "unicode": "\\u1575?", "notes": "{\\footnote ا}",
    "headers": "{\\header ", "fields": "{\\field{\\*\\fldinst x}", "binary": "\\bin999999999 ", "skips": "\\uc99999",
    "cells": "\\cell", "escapes": "\\\\", "numbers": "\\fs99999999999999", "pictures": "{\\pict 00", "stars": "{\\*",
}.items():  # fmt: skip
    add(f"{kind}.rtf", repeated(piece, 60_000, "{\\rtf1\\ansi\\ansicpg1256 "))

# ---- Mail and saved pages

HEADERS = "Subject: ا\nFrom: a@b\nMIME-Version: 1.0\n"
PART = "--b\nContent-Type: text/plain\n\nا\n"
MULTI = f"{HEADERS}Content-Type: multipart/mixed; boundary=b\n\n"
for kind, piece in {
    "headers": "X: y\n",
    "folded": " x\n",
    "words": "=?utf-8?b?2Kc=?= ",
    "quotes": '"',
    "comments": "(",
}.items():
    add(f"{kind}.eml", repeated(piece, 200_000, "From: a@b\nTo: ", "\n\nا"))
add("parts.eml", repeated(PART, 200_000, MULTI))
add(
    "attached.eml",
    repeated(PART.replace("plain\n", 'plain\nContent-Disposition: attachment; filename="a.txt"\n'), 200_000, MULTI),
)
add(
    "nested.eml",
    lambda scale: "".join(
        f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(1_000 * scale)
    ).encode(),
)
add("mails.eml", lambda scale: ("Subject: ا\nContent-Type: message/rfc822\n\n" * 1_000 * scale).encode())
add("base64.eml", repeated("2Kcg", 300_000, f"{HEADERS}Content-Transfer-Encoding: base64\n\n"))
add("quoted.eml", repeated("=D8=A7", 300_000, f"{HEADERS}Content-Transfer-Encoding: quoted-printable\n\n"))
add("page.eml", repeated("<div>", 200_000, f"{HEADERS}Content-Type: text/html\n\n"))
add("froms.mbox", repeated("From a\n\n", 200_000, "From a\n"))
add("one.mbox", repeated("ا\n", 300_000, f"From a\n{HEADERS}\n"))
add("mails.mbox", repeated(f"From a\n{HEADERS}\nا\n\n", 100_000))
add("parts.mhtml", repeated(PART, 200_000, MULTI))
add("page.mhtml", repeated("<p>ا", 200_000, f"{HEADERS}Content-Type: text/html\n\n"))

# ---- Records and chats

add("deep.json", repeated('{"a":', 300_000))
add("lists.json", repeated("[", 300_000))
add("numbers.json", lambda scale: b"[" + b"1," * 100_000 * scale + b"1]")
add(
    "columns.json",
    lambda scale: json.dumps([{f"c{n}": "ا" for n in range(5_000 * scale)} | {"text": "ا"}] * 5).encode(),
)
add("records.json", lambda scale: json.dumps([{"text": "ا", "tags": ["ب"] * 20}] * 2_000 * scale).encode())
add("escapes.json", repeated("\\ud800", 300_000, '{"text": "', '"}'))
add(
    "messages.json",
    lambda scale: json.dumps(
        {
            "messages": [
                {"id": n, "type": "message", "text": ["ا"] * 9, "from": "ب", "date": "2023-01-01T00:00:00"}
                for n in range(1_000 * scale)
            ]
        }
    ).encode(),
)
add(
    "pieces.json",
    lambda scale: json.dumps({"messages": [{"id": 1, "type": "message", "text": ["ا"] * 50_000 * scale}]}).encode(),
)
add(
    "segments.json",
    lambda scale: json.dumps(
        {"segments": [{"start": n, "end": n + 1, "text": "ا"} for n in range(5_000 * scale)]}
    ).encode(),
)
add("whatsapp-messages.txt", repeated("1/2/23, 21:14 - ب: ا\n", 200_000))
add("whatsapp-lines.txt", repeated("<", 200_000, "1/2/23, 21:14 - ب: ا\n"))
add("whatsapp-digits.txt", repeated("1/2/23, 21:14", 200_000, "1/2/23, 21:14 - ب: ا\n"))
MESSAGE = '<div class="message default" id="message{0}"><div class="body"><div class="from_name">ب</div><div class="text">ا</div></div></div>'
add("telegram-messages.html", repeated(MESSAGE, 200_000, '<div class="page_wrap"><div class="body">'))
add(
    "telegram-deep.html",
    repeated(
        '<div class="message default"><div class="forwarded body"><div class="from_name">',
        50_000,
        '<div class="page_wrap">',
    ),
)
add(
    "many-columns.csv",
    lambda scale: (
        ",".join(["text", *(f"c{n}" for n in range(5_000 * scale))])
        + "\n"
        + ",".join(["ا"] * (5_000 * scale + 1))
        + "\n"
    ).encode(),
)
add("yaml.md", repeated("a: [", 100_000, "---\n", "\n---\nا"))
add("yaml-maps.md", repeated("? ", 50_000, "---\n", "\n---\nا"))
add("aliases.md", repeated("a: &x [*x, *x]\n", 50_000, "---\n", "\n---\nا"))
add("toml.md", repeated("a.", 100_000, "+++\n", " = 1\n+++\nا"))

# ---- Dumps, and files without a format

PAGE = "<page><title>ا</title><ns>0</ns><id>1</id><revision><text>{}</text></revision></page>"
for kind, piece in {
    "braces": "{{",
    "tables": "{|",
    "ends": "}}",
    "links": "[[",
    "closed": "[[ا|",
    "files": "[[پرونده:ا|",
    "refs": "&lt;ref>",
    "comments": "&lt;!--",
    "headings": "==",
    "quotes": "''",
    "maths": "&lt;math>",
    "addresses": "[http://a ",
}.items():
    add(
        f"wiki-{kind}.xml",
        repeated(piece, 60_000, "<mediawiki>" + PAGE.split("{}", maxsplit=1)[0], PAGE.split("{}")[1] + "</mediawiki>"),
    )
add("pages.xml", repeated(PAGE.format("ا"), 200_000, "<mediawiki>", "</mediawiki>"))
add("deep.xml", repeated("<a>", 200_000, "<mediawiki>"))
add(
    "laughs.xml",
    lambda scale: (
        b"<!DOCTYPE x [<!ENTITY a '" + b"b" * 1_000 + b"'>]><mediawiki><page><title>&a;</title></page></mediawiki>"
    ),
)
add(
    "bomb.bz2",
    lambda scale: bz2.compress(("<mediawiki>" + PAGE.format(PROSE * 20_000 * scale) + "</mediawiki>").encode()),
)
add("spaces.bz2", lambda scale: bz2.compress(b"<mediawiki>" + b" " * 30_000_000 * scale))
add("no-suffix", repeated("ا ب\n", 300_000))
add("binary-no-suffix", lambda scale: bytes(range(256)) * 1_000 * scale)

"""The comments on office files, which are read on request."""

import io
import zipfile
from pathlib import Path

import docx
import openpyxl
import pptx
import pytest
from command import run
from openpyxl.comments import Comment
from reader_helpers import items

from jooya.indexer import Document

SLIDES = "http://schemas.openxmlformats.org/presentationml/2006/main"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
OLD_COMMENTS = (
    f'<p:cmLst xmlns:p="{SLIDES}"><p:cm authorId="0"><p:pos x="1" y="2"/><p:text>یک سال کم است</p:text></p:cm>'
    "</p:cmLst>"
)
NEW_COMMENTS = (
    f'<p188:cmLst xmlns:p188="n" xmlns:a="{DRAWING}"><p188:cm><p188:txBody><a:bodyPr/><a:p><a:r>'
    "<a:t>یک سال </a:t></a:r><a:r><a:t>کم است</a:t></a:r></a:p></p188:txBody></p188:cm></p188:cmLst>"
)


def word() -> bytes:
    made = docx.Document()
    runs = made.add_paragraph("باران آمد").runs
    made.add_comment(runs, "یک سال کم است", author="مریم")
    return saved(made)


def slides(comments: str) -> bytes:
    made = pptx.Presentation()
    made.slides.add_slide(made.slide_layouts[5]).shapes.title.text = "باران آمد"
    given, out = zipfile.ZipFile(io.BytesIO(saved(made))), io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for name in given.namelist():
            content = given.read(name)
            if name == "ppt/slides/_rels/slide1.xml.rels":
                relation = b'<Relationship Id="c1" Type="http://x/relationships/comments" Target="../comments/c1.xml"/>'
                content = content.replace(b"</Relationships>", relation + b"</Relationships>")
            package.writestr(name, content)
        package.writestr("ppt/comments/c1.xml", comments)
    return out.getvalue()


def sheet() -> bytes:
    made = openpyxl.Workbook()
    made.active.append(["باران آمد"])
    made.active["A1"].comment = Comment("یک سال کم است", "مریم")
    return saved(made)


def open_text() -> bytes:
    body = (
        '<x xmlns:office="o" xmlns:text="t" xmlns:dc="d"><office:body><text:p>باران <office:annotation>'
        "<dc:creator>مریم</dc:creator><dc:date>2023-01-01</dc:date><text:p>یک سال</text:p><text:p>کم است</text:p>"
        "</office:annotation>آمد</text:p></office:body></x>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("content.xml", body)
    return out.getvalue()


def saved(made: object) -> bytes:
    out = io.BytesIO()
    made.save(out)  # type: ignore[attr-defined]
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "comment"),
    [
        ("a.docx", word(), "مریم: یک سال کم است"),
        ("a.pptx", slides(OLD_COMMENTS), "یک سال کم است"),
        ("a.pptx", slides(NEW_COMMENTS), "یک سال کم است"),
        ("a.xlsx", sheet(), "یک سال کم است"),
        ("a.odt", open_text(), "مریم: یک سال کم است"),
    ],
)
def test_comments_are_read_on_request(tmp_path: Path, name: str, content: bytes, comment: str) -> None:
    (without,) = items(tmp_path, name, content)
    (found,) = items(tmp_path, name, content, comments=True)
    assert isinstance(without, Document) and isinstance(found, Document)
    assert without.text.endswith("باران آمد")
    assert found.text == f"{without.text}\n\n{comment}"


def test_the_option_of_the_command(tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_bytes(word())
    assert run("index", "a.docx", cwd=tmp_path)[1] == "new 1, updated 0, unchanged 0, removed 0\n"
    assert "یک سال" not in run("search", "سال کم", cwd=tmp_path)[1]
    assert run("index", "--comments", "a.docx", cwd=tmp_path)[1] == "new 0, updated 1, unchanged 0, removed 0\n"
    assert "مریم: یک سال کم است" in run("search", "سال کم", cwd=tmp_path)[1]


def test_the_setting(tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_bytes(word())
    (tmp_path / "jooya.toml").write_text("[index]\ncomments = true\n", encoding="utf-8")
    run("index", "a.docx", cwd=tmp_path)
    assert "مریم: یک سال کم است" in run("search", "سال کم", cwd=tmp_path)[1]

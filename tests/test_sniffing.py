"""Files whose names do not tell their format."""

import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reader_helpers import document, reason

from jooya.indexer import Index
from jooya.indexer.readers.formats import FORMATS, suffix_of
from jooya.indexer.readers.sniffing import sniffed_suffix


@pytest.mark.parametrize(
    ("name", "suffix"),
    [
        ("a.txt", ".txt"), ("A.PDF", ".pdf"), ("x/y.b/c", ""), ("syslog.1", ""), ("گزارش.نهایی", ""), ("a.", ""),
        (".hidden", ""), ("فصل ۱. باران.docx", ".docx"), ("v1.2 final", ""), ("", ""), ("a.tar.gz", ".gz"),
    ],
)  # fmt: skip
def test_suffixes(name: str, suffix: str) -> None:
    assert suffix_of(name) == suffix


def package(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            content = "application/vnd.oasis.opendocument.text" if name == "mimetype" else ""
            archive.writestr(name, content)
    return file.getvalue()


@pytest.mark.parametrize(
    ("head", "suffix"),
    [
        (b"%PDF-1.7", ".pdf"),
        (b"{\\rtf1", ".rtf"),
        (b"\n<!DOCTYPE html><p>", ".html"),
        (b"<HTML dir=rtl>", ".html"),
        (b"From a@b Tue Jan 10 10:00:00 2023\nSubject: x\n", ".mbox"),
        (b"Received: by x\n\tfrom y\nFrom: a@b\nDate: Tue\n", ".eml"),
        ("From: خانه تا مدرسه\nراه".encode(), ".txt"),
        (b'[{"text": "x"}]', ".json"),
        (b"[1] x", ".txt"),
        (b"1\r\n00:00:01,000 --> 00:00:02,000", ".srt"),
        (b"WEBVTT\n", ".vtt"),
        (package("[Content_Types].xml", "word/document.xml"), ".docx"),
        (package("mimetype", "content.xml"), ".odt"),
        (package("a.txt"), ".zip"),
        ("باران".encode(), ".txt"),
        (b"\x7fELF\0", ".txt"),
    ],
)
def test_formats_by_content(head: bytes, suffix: str) -> None:
    assert sniffed_suffix(head) == suffix


@given(st.binary(max_size=200))
def test_any_bytes_have_a_format(head: bytes) -> None:
    assert sniffed_suffix(head) in FORMATS


def test_notes_and_logs_are_read(tmp_path: Path) -> None:
    assert document(tmp_path, "یادداشت", "باران آمد.").text == "باران آمد."
    assert document(tmp_path, "server.log", "1402/05/01 12:00:01 خطا در اتصال\n").text.endswith("خطا در اتصال\n")
    assert document(tmp_path, "server.log.1", "خطا در اتصال\n").text == "خطا در اتصال\n"
    assert document(tmp_path, "صفحه", "<html><body><p>باران</p></body></html>").text == "باران"
    assert reason(tmp_path, "program", b"\x7fELF\0\1") == "program: binary file"
    with Index.create(tmp_path / "index") as index:
        report = index.add(tmp_path)
        assert (report.new, report.skipped) == (4, [f"{tmp_path}/program: binary file"])

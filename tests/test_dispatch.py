"""Reading files of any format: what comes out, and the errors."""

from pathlib import Path

import pytest

from jooya.indexer import BadInput, Date, Document, ReadOptions
from jooya.indexer.readers.dispatch import read
from jooya.indexer.readers.formats import FORMATS
from jooya.indexer.readers.source import Item, Source


def _read(path: Path) -> list[Item]:
    return list(read(Source(path, path.name), ReadOptions(), lambda _: None))


def test_title_and_date_of_the_transcript(transcript: Path) -> None:
    (document,) = _read(transcript)
    assert isinstance(document, Document)
    assert document.title == "ديدار رئيس دفتر سياسي حماس و هيات همراه"
    assert document.date == Date(gregorian="2005-12-13", jalali="1384-09-22")
    assert document.text == transcript.read_text(encoding="utf-8")
    assert document.text[document.body :].lstrip().startswith("حضرت")


def test_a_first_sentence_is_no_title(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text("این یک جمله است.\n\nاین جملهٔ دوم است.", encoding="utf-8")
    (document,) = _read(file)
    assert isinstance(document, Document)
    assert (document.title, document.body) == (None, 0)


def test_line_ends_and_byte_order_mark(tmp_path: Path) -> None:
    r"""Offsets count the text as it is in the file: \r\n stays two characters, and the byte order mark is none."""
    file = tmp_path / "a.txt"
    file.write_bytes(b"\xef\xbb\xbf" + "یک\r\nدو".encode())
    (document,) = _read(file)
    assert isinstance(document, Document)
    assert document.text == "یک\r\nدو"


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.txt", b"", "a.txt: empty file"),
        ("a.txt", b" \n\t", "a.txt: empty file"),
        ("a.txt", b"\x7fELF\0\1", "a.txt: binary file"),
        ("a.txt", b"\xff\xfe\x00", "a.txt: broken UTF-16"),
        ("a.srt", "سلام".encode(), "a.srt: no subtitles in it"),
        ("a.vtt", b"WEBVTT\n\nNOTE nothing\n", "a.vtt: no subtitles in it"),
        ("a.bin", b"x", f"a.bin: unknown format; Jooya reads {', '.join(FORMATS)}"),
        ("a.jsonl", b"", "a.jsonl: empty file"),
        ("a.jsonl", b'{"id": "x"', "a.jsonl:1: broken JSON: Expecting ',' delimiter at column 11"),
        ("a.jsonl", b"\n[1]", 'a.jsonl:2: not an object; a record is {"id": …, "text": …}'),
        ("a.jsonl", b'{"id": true, "text": "x"}', 'a.jsonl:1: no "id"; give each record one'),
        ("a.jsonl", b'{"id": "x", "text": " "}', "a.jsonl:1: record 'x' has no \"text\""),
        ("a.jsonl", b'{"id": "x", "text": "t", "title": []}', "a.jsonl:1: \"title\" of record 'x' is not a string"),
        ("a.jsonl", b"[" * 100_000, "a.jsonl:1: JSON that is nested too deeply"),
        ("a.jsonl", b"\xff", "a.jsonl:1: not UTF-8 (byte 0); convert it first, for example with iconv"),
    ],
)
def test_errors_name_the_file_and_the_line(tmp_path: Path, name: str, content: bytes, reason: str) -> None:
    (tmp_path / name).write_bytes(content)
    (item,) = _read(tmp_path / name)
    assert isinstance(item, BadInput)
    assert str(item) == reason


def test_a_broken_record_costs_no_other(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text('{"id": 1, "text": "یک", "date": "1384-09-22"}\nbroken\n{"id": "b", "text": "دو", "title": "ت"}\n')
    first, broken, second = _read(file)
    assert first == Document("1", "یک", date=Date("2005-12-13", "1384-09-22"), source=file)
    assert isinstance(broken, BadInput)
    assert second == Document("b", "دو", title="ت", source=file)

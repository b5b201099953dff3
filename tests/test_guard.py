"""Reading in a process of its own."""

import io
import json
import os
import threading
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jooya.indexer import BadInput, Date, Document, ReadOptions
from jooya.indexer.document import Place, Section
from jooya.indexer.readers import guard as guards
from jooya.indexer.readers.budgets import Cut, CutDocument
from jooya.indexer.readers.guard import Guard
from jooya.indexer.readers.source import Source
from jooya.indexer.structure.passages import PassageSpan

OFFSETS = st.integers(0, 1 << 40)


def read(guard: Guard, path: Path) -> list[Document | CutDocument | BadInput]:
    return list(guard.read(Source(path, path.name), ReadOptions(), lambda _: None))


def table(folder: Path) -> Path:
    path = folder / "a.csv"
    path.write_text("text\nباران\n", encoding="utf-8")
    return path


def test_documents_arrive(tmp_path: Path) -> None:
    path = table(tmp_path)
    with Guard() as guard:
        for _ in range(2):
            assert read(guard, path) == [Document("a.csv:1", "باران", source=path, encoding="utf-8")]


@given(
    st.text(), st.text() | st.none(), st.lists(st.builds(Place, st.integers(0), st.integers(1) | st.none(), st.text())),
    st.none() | st.lists(st.tuples(OFFSETS, OFFSETS, st.text() | st.none(), st.text() | st.none())),
)  # fmt: skip
def test_documents_survive_serialization(
    text: str, title: str | None, places: list[Place], passages: list[PassageSpan] | None
) -> None:
    date = Date("2005-12-13", "1384-09-22")
    document = Document(
        "k", text, title, date, 3, Path("/x"), encoding="utf-8", places=tuple(places), sections=(Section(1, "س"),)
    )
    item: Document | CutDocument = document
    if passages is not None:
        item = CutDocument(document, Cut.empty())
        for passage in passages:
            item.cut.append(*passage)
    sent = io.BytesIO()
    guards._write_item(sent, item)
    sent.seek(0)
    assert guards._from_reply(json.loads(sent.readline()), sent, Path("/x")) == item
    assert sent.read() == b""


def test_a_reader_that_hangs_is_ended(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.csv")
    with Guard(seconds=1) as guard:
        (reason,) = read(guard, tmp_path / "a.csv")
        assert str(reason) == "a.csv: takes longer than 1 seconds to read"
        (tmp_path / "a.csv").unlink()
        assert [type(item) for item in read(guard, table(tmp_path))] == [Document]  # the next file is read again


def test_a_reader_that_crashes_costs_one_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x.csv")
    with Guard() as guard:
        read(guard, table(tmp_path))
        assert guard._process
        process = guard._process
        crash = threading.Timer(0.2, process.kill)
        crash.start()
        (reason,) = read(guard, tmp_path / "x.csv")
        assert str(reason) == "x.csv: crashes its reader, or needs more than 4,096 MB of memory; it may be damaged"
        assert [type(item) for item in read(guard, tmp_path / "a.csv")] == [Document]


def test_memory_is_bounded(tmp_path: Path) -> None:
    path = tmp_path / "a.srt"
    with path.open("wb") as file:
        file.write(b"1\n00:00:01,000 --> 00:00:02,000\n")
        file.write(b"x" * (90 << 20))
    with Guard(memory=220) as guard:
        (reason,) = read(guard, path)
    assert str(reason) == "a.srt: needs more than 220 MB of memory to be read"


def test_the_process_ends_with_the_guard(tmp_path: Path) -> None:
    guard = Guard()
    read(guard, table(tmp_path))
    assert guard._process
    process = guard._process
    with guard:
        pass
    assert process.poll() is not None


@pytest.mark.parametrize("name", ["a\nb.csv", os.fsdecode(b"\xff.csv"), "\x1b[31m.csv"])
def test_any_name(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("text\nباران\n", encoding="utf-8")
    with Guard() as guard:
        (item,) = read(guard, tmp_path / name)
    assert isinstance(item, Document)
    assert item.key == f"{name}:1"


def json_lines(folder: Path) -> tuple[Path, str]:
    """Write a file of JSON lines with some that are long, and return the texts of the long one."""
    long = "باران " * 40_000
    lines = [
        '{"text": "یک"}',
        json.dumps({"text": long, "title": "بلند"}),
        " " * 300_000,
        '{"text": "دو", "title": "کوتاه"}',
        '{"text": ' + "x" * 300_000,
        '{"id": "سه", "text": "سه"}',
    ]
    path = folder / "a.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path, long


def test_only_long_lines_of_a_file_need_the_process(tmp_path: Path) -> None:
    path = tmp_path / "a.ndjson"
    path.write_text('{"text": "باران"}\n' * 20_000, encoding="utf-8")
    assert path.stat().st_size > guards.SMALL
    with Guard() as guard:
        items = read(guard, path)
        assert len(items) == 20_000
        assert items[-1] == Document("a.ndjson:20000", "باران", source=path)
        assert guard._process is None
        read(guard, json_lines(tmp_path)[0])
        assert guard._process


def test_long_lines_are_read_as_others_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, long = json_lines(tmp_path)
    with Guard() as guard:
        one, second, four, broken, six = read(guard, path)
    assert one == Document("a.jsonl:1", "یک", source=path)
    assert isinstance(second, Document)
    assert (second.key, second.title, second.text) == ("a.jsonl:2", "بلند", long)
    assert four == Document("a.jsonl:4", "دو", "کوتاه", source=path)
    assert str(broken) == "a.jsonl:5: broken JSON: Expecting value at column 10"
    assert six == Document("سه", "سه", source=path)
    monkeypatch.setattr(guards, "SMALL", 1 << 30)
    with Guard() as guard:
        assert list(map(str, read(guard, path))) == list(map(str, (one, second, four, broken, six)))
        assert guard._process is None


def test_a_long_line_that_crashes_its_reader_costs_no_other(tmp_path: Path) -> None:
    path, _ = json_lines(tmp_path)
    with Guard(memory=1) as guard:  # the process cannot even start
        items = read(guard, path)
    keys = [item.key for item in items if isinstance(item, Document)]
    assert keys == ["a.jsonl:1", "a.jsonl:4", "سه"]
    reasons = [str(item) for item in items if isinstance(item, BadInput)]
    assert [reason.partition(": ")[0] for reason in reasons] == [f"a.jsonl:{number}" for number in (2, 3, 5)]
    assert all("more than 1 MB of memory" in reason for reason in reasons)


def test_a_line_of_a_gigabyte_is_skipped(tmp_path: Path) -> None:
    """It is not held in memory: the file has a hole, and the limit is that of the other formats' reader."""
    expected = {
        "a.txt": "a.txt: larger than 100 MB; cut it into several files",
        "a.jsonl": "a.jsonl:1: longer than 50 MB",
        "a.csv": "a.csv: binary file",
        "a.srt": "a.srt: larger than 100 MB; cut it into several files",
    }
    for name, message in expected.items():
        with (tmp_path / name).open("wb") as file:
            file.write(b"text" if name == "a.csv" else b"x")
            file.truncate(1 << 30)
        began = time.monotonic()
        with Guard(memory=1500) as guard:
            (reason,) = read(guard, tmp_path / name)
        assert isinstance(reason, BadInput)
        assert str(reason) == message
        assert time.monotonic() - began < 30

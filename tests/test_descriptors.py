"""Files are closed when their last user lets go of them, without the help of the garbage collector."""

import gc
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest
from reference_ranker import QUERY, build, random_docs
from whoosh import query as wq

from jooya.indexer import BadInput, Document, Index, IndexBusy, ReadOptions
from jooya.indexer.codec import merge_policy
from jooya.indexer.codec.lock import WriteLock
from jooya.indexer.readers.guard import Guard
from jooya.indexer.readers.source import Source
from jooya.indexer.whoosh.column_index import ColumnIndex
from jooya.indexer.whoosh.passage_schema import schema

COMMITS = 300
"""A merge comes with each eighth, so that a file that each leaves open is noticed, too."""

pytestmark = pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="needs /proc")


@pytest.fixture(autouse=True)
def _no_collector() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def open_files(folder: Path) -> list[str]:
    """Return the descriptors and the mappings of files in a folder that this process has open."""
    found = []
    for entry in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):  # one of them is the listing itself
            found.append(f"{entry.readlink()} (descriptor)")
    maps = Path("/proc/self/maps").read_text(encoding="utf-8", errors="replace").splitlines()
    found += [f"{parts[5]} (mapping)" for line in maps if len(parts := line.split(maxsplit=5)) > 5]
    return sorted(name for name in found if name.startswith(str(folder)))


def descriptors() -> int:
    """Return the number of descriptors that this process has open."""
    return len(list(Path("/proc/self/fd").iterdir()))


def test_files_of_merged_segments_are_closed_over_many_commits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", lambda handle: None)  # the test takes half the time without
    path = tmp_path / "index"
    most = 0
    calls = ("search", "did_you_mean", "suggest", "similar", "status")
    with Index.create(path) as index:
        index.add(*(Document(f"first{number}", "باران در شهر می\u200cبارد") for number in range(3)))
        before = descriptors()
        for number in range(COMMITS):
            if number % 7 == 6:
                index.remove(f"d{number - 3}")
            else:
                index.add(Document(f"d{number}", f"باران و برف در شهر {number}"))
            assert index.search("باران +شهر").total
            call = calls[number % len(calls)]
            if call == "did_you_mean":
                index.did_you_mean("بارن")
            elif call == "suggest":
                index.suggest("با")
            elif call == "similar":
                index.similar("first1#1")
            elif call == "status":
                index.status()
            most = max(most, len(open_files(path)))
        assert descriptors() <= before + 2 * merge_policy.MERGE_FACTOR
    # A snapshot has at most so many segments of the lowest level, each with a descriptor and a mapping.
    assert 0 < most <= 2 * 2 * merge_policy.MERGE_FACTOR
    assert open_files(path) == []


def test_close_closes_all_files(tmp_path: Path) -> None:
    path = tmp_path / "index"
    with Index.create(path) as index:
        for number in range(3):
            index.add(Document(f"d{number}", "باران در شهر"))
    index = Index.open(path)
    results = index.search("باران +شهر", context=1, explain=True)
    index.did_you_mean("بارن")
    assert open_files(path)
    index.close()
    assert results.total == 3
    assert open_files(path) == []


def test_an_error_leaves_no_file_open(tmp_path: Path) -> None:
    path = tmp_path / "index"
    with Index.create(path) as index:
        index.add(Document("d", "باران در شهر"))
        segment = next(path.glob("*.segment"))
        content = bytearray(segment.read_bytes())
        content[20] ^= 1
        segment.write_bytes(content)
    with pytest.raises(Exception, match="damaged"):
        Index.open(path)
    with WriteLock(path), pytest.raises(IndexBusy):
        WriteLock(path, wait=0)
    assert open_files(path) == []


@pytest.mark.parametrize("segments", [0, 1, 3])
def test_searchers_readers_and_writers_of_a_whoosh_index_close_their_files(tmp_path: Path, segments: int) -> None:
    path = tmp_path / "index"
    index = build(path, [random_docs(Random(number), 20, number * 20) for number in range(segments)], [])
    for _ in range(2):
        searcher = index.searcher()
        searcher.search(QUERY, limit=None)
        searcher.search(QUERY, sortedby="key")
        assert len(list(searcher.documents())) == 20 * segments
        reader = index.reader()
        assert len(list(reader.all_terms())) >= segments
        assert len(open_files(path)) >= segments
        searcher.close()
        reader.close()
        del searcher, reader
        assert open_files(path) == []
        with index.writer() as writer:
            writer.delete_by_query(wq.Term("text", "ax"))
            writer.add_document(key="new", text="ax by")
            writer.cancel()
        del writer
        assert open_files(path) == []
    before = descriptors()
    for number in range(20):
        with index.writer(memory=0) as writer:
            writer.add_document(key=str(number), text="ax by")
        with index.searcher() as searcher:
            assert len(searcher.search(wq.Term("text", "by"), limit=None))
    del writer, searcher
    assert (descriptors(), open_files(path)) == (before, [])


def test_a_failed_writer_leaves_no_file_open(tmp_path: Path) -> None:
    path = tmp_path / "index"
    index = build(path, [random_docs(Random(1), 20)], [])
    before = descriptors()
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), index.writer() as writer:
            writer.add_document(key="new", text="ax by")
            raise ZeroDivisionError
        del writer
    assert (descriptors(), open_files(path)) == (before, [])


def test_workers_leave_no_descriptor(tmp_path: Path) -> None:
    path = tmp_path / "index"
    source = f"{schema.__module__}:{schema.__name__}"
    index = ColumnIndex.create(path, schema())
    before = descriptors()
    for number in range(2):
        with ColumnIndex(path, index.schema, source=source).writer(jobs=2) as writer:
            writer.add_document(id=f"d{number}#1", text="باران", document=f"d{number}")
        del writer
        assert (descriptors(), open_files(path)) == (before, [])
        with ColumnIndex(path, index.schema, source=source).writer(jobs=2) as writer:
            writer.add_document(id="lost#1", text="برف", document="lost")
            writer.cancel()
        del writer
        assert (descriptors(), open_files(path)) == (before, [])


def test_guards_leave_no_descriptor(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("text\nباران\nبرف\n", encoding="utf-8")
    before = descriptors()
    for abandoned in (False, True):
        with Guard() as guard:
            items = guard.read(Source(path, path.name), ReadOptions(), lambda _: None)
            assert next(items)
            assert descriptors() > before
            if not abandoned:
                list(items)
        del items
        assert descriptors() == before
    with Guard(memory=1) as guard:  # too little for anything
        assert [type(item) for item in guard.read(Source(path, path.name), ReadOptions(), lambda _: None)] == [BadInput]
    assert descriptors() == before

"""Keeping an index up to date with the files it was made from."""

import errno
import json
import logging
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest

from jooya import Document, Index, IndexReport, IndexUnusable, ReadOptions
from jooya.indexer import Date, IndexBusy, Place, Progress, Section
from jooya.indexer.codec import committer, toc
from jooya.indexer.codec.lock import WriteLock
from jooya.indexer.ingest import manifest, sync
from jooya.indexer.readers import dispatch, guard
from jooya.indexer.readers.guard import Guard

OLD = (1_000_000_000, 1_000_000_000)
"""Times (of access and of change) of a file that has not just been written."""


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def records(path: Path, *keys: str) -> Path:
    return write(path, "".join(json.dumps({"id": key, "text": f"باران {key}"}) + "\n" for key in keys))


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Treat files that have just been written as old."""
    monkeypatch.setattr(sync, "_FRESH", -1 << 62)


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list to which the name of each file is added when it is read."""
    names: list[str] = []
    original = Guard.read

    def read(self: Any, source: Any, *rest: Any) -> Any:
        names.append(source.path.name)
        return original(self, source, *rest)

    monkeypatch.setattr(Guard, "read", read)
    return names


def test_what_has_not_changed_is_not_read(index: Index, tmp_path: Path, settled: None, reads: list[str]) -> None:
    for number in range(5):
        write(tmp_path / "f" / f"{number}.txt", f"باران {number}")
    assert index.add(tmp_path / "f") == IndexReport(new=5)
    before = {path.name: path.read_bytes() for path in index.path.iterdir()}
    reads.clear()
    assert index.add(tmp_path / "f") == IndexReport(unchanged=5)
    assert (reads, {path.name: path.read_bytes() for path in index.path.iterdir()}) == ([], before)
    write(tmp_path / "f" / "3.txt", "برف است")
    assert index.add(tmp_path / "f") == IndexReport(updated=1, unchanged=4)
    assert reads == ["3.txt"]


def test_times_alone_change_nothing(index: Index, tmp_path: Path, settled: None, reads: list[str]) -> None:
    path = write(tmp_path / "f" / "a.txt", "باران")
    index.add(tmp_path / "f")
    os.utime(path, OLD)
    reads.clear()
    assert index.add(tmp_path / "f") == IndexReport(unchanged=1)
    assert reads == ["a.txt"]
    assert index.add(tmp_path / "f") == IndexReport(unchanged=1)
    assert reads == ["a.txt"]


def test_a_file_that_has_just_changed_is_read_again(index: Index, tmp_path: Path, reads: list[str]) -> None:
    """A file may change again within a tick of the disk's clock, with the same size."""
    path = write(tmp_path / "a.txt", "باران")
    index.add(path)
    status = path.stat()
    write(path, "تگرگ!")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert index.add(path) == IndexReport(updated=1)


@pytest.mark.parametrize(
    "other",
    [
        ReadOptions(whole=True),
        ReadOptions(passage_words=5),
        ReadOptions(encoding="utf-8"),
        ReadOptions(collection="news"),
    ],
)
def test_other_settings_read_again(
    index: Index, tmp_path: Path, settled: None, reads: list[str], other: ReadOptions
) -> None:
    write(tmp_path / "a.txt", "باران و باد و برف و تگرگ و مه. " * 10)
    index.add(tmp_path / "a.txt")
    index.add(tmp_path / "a.txt", options=other)
    assert reads == ["a.txt", "a.txt"]
    assert index.add(tmp_path / "a.txt", options=other) == IndexReport(unchanged=1)
    assert reads == ["a.txt", "a.txt"]


def test_passage_words(index: Index) -> None:
    index.add(Document("d", "یک دو سه چهار. " * 10), options=ReadOptions(passage_words=8))
    assert [hit.text for hit in index.search("یک", limit=3, collapse=False)] == ["یک دو سه چهار. یک دو سه چهار."] * 3


def test_what_was_removed_by_hand_comes_back(index: Index, tmp_path: Path, settled: None) -> None:
    """The folder is what counts: an unchanged file whose document is gone is read again."""
    index.add(write(tmp_path / "f" / "a.txt", "باران"), write(tmp_path / "f" / "b.txt", "برف"))
    assert index.remove(str(tmp_path / "f" / "a.txt")) == [str(tmp_path / "f" / "a.txt")]
    assert index.add(tmp_path / "f") == IndexReport(new=1, unchanged=1)


def test_a_document_put_in_place_of_a_files(index: Index, tmp_path: Path, settled: None) -> None:
    path = write(tmp_path / "f" / "a.txt", "باران")
    index.add(tmp_path / "f")
    assert index.add(Document(str(path), "برف")) == IndexReport(updated=1)
    assert index.add(tmp_path / "f") == IndexReport(updated=1)


def test_a_record_may_move_from_file_to_file(index: Index, tmp_path: Path, settled: None) -> None:
    """They move in one run, whichever file is read first."""
    records(tmp_path / "f" / "a.jsonl", "1", "2")
    records(tmp_path / "f" / "b.jsonl", "3")
    index.add(tmp_path / "f")
    records(tmp_path / "f" / "a.jsonl", "1", "3")
    records(tmp_path / "f" / "b.jsonl", "2")
    changes = index.add(tmp_path / "f")
    assert (changes.skipped, index.ids()) == ([], {"1#1", "2#1", "3#1"})
    assert index.add(tmp_path / "f").unchanged == 3


def test_a_record_whose_id_another_file_has_gets_a_key_of_its_own(index: Index, tmp_path: Path, settled: None) -> None:
    first, second = records(tmp_path / "f" / "a.jsonl", "1"), records(tmp_path / "f" / "b.jsonl", "1", "2")
    assert index.add(tmp_path / "f") == IndexReport(new=3)
    assert index.ids() == {"1#1", f"{second}:1#1", "2#1"}
    assert index.add(tmp_path / "f") == IndexReport(unchanged=3)
    first.unlink()
    assert index.add(tmp_path / "f") == IndexReport(removed=1, unchanged=2)
    assert (index.status().skipped, index.ids()) == ([], {f"{second}:1#1", "2#1"})


def test_a_key_of_its_own_has_the_id_without_the_collection(index: Index, tmp_path: Path, settled: None) -> None:
    first, second = records(tmp_path / "f" / "a.jsonl", "1"), records(tmp_path / "f" / "b.jsonl", "1")
    index.add(first, second, options=ReadOptions(collection="news"))
    assert index.ids() == {"news/1#1", f"{second}:1#1"}
    assert index.status().collections == {"news": 2}


def test_a_key_of_its_own_may_be_taken_as_well(
    index: Index, tmp_path: Path, settled: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An id that begins with the name of the file gets no other one."""
    monkeypatch.chdir(tmp_path)
    records(tmp_path / "f" / "a.jsonl", "1", "f/b.jsonl:1", "f/b.jsonl:2")
    records(tmp_path / "f" / "b.jsonl", "1", "f/b.jsonl:2", "3")
    taken = [f"f/b.jsonl: the key 'f/b.jsonl:{id}' already belongs to a document of f/a.jsonl" for id in (1, 2)]
    assert index.add("f") == IndexReport(new=4, skipped=taken)


def test_a_run_without_changes_waits_for_no_writer(index: Index, tmp_path: Path, settled: None) -> None:
    """Also if other files are in the index."""
    one, _ = write(tmp_path / "f" / "a.txt", "باران"), write(tmp_path / "g" / "b.txt", "برف")
    index.add(tmp_path / "f", tmp_path / "g", memory=0)
    with WriteLock(index.path):
        assert index.add(tmp_path / "f", wait=0) == IndexReport(unchanged=1)
        assert index.add(one, tmp_path / "g", wait=0) == IndexReport(unchanged=2)
        write(one, "تگرگ")
        with pytest.raises(IndexBusy):
            index.add(tmp_path / "f", wait=0)


def test_what_is_skipped_is_remembered(index: Index, tmp_path: Path, settled: None, reads: list[str]) -> None:
    write(tmp_path / "f" / "a.txt", "باران")
    write(tmp_path / "f" / "empty.txt", "")
    write(tmp_path / "f" / "x.jpg", "x")
    skipped = [f"{tmp_path}/f/empty.txt: empty file", f"{tmp_path}/f/x.jpg: unknown format"]
    assert index.add(tmp_path / "f") == IndexReport(new=1, skipped=skipped)
    assert index.add(tmp_path / "f") == IndexReport(unchanged=1, skipped=skipped)
    assert (index.status().skipped, reads) == (skipped, ["a.txt", "empty.txt"])
    (tmp_path / "f" / "x.jpg").unlink()
    write(tmp_path / "f" / "empty.txt", "برف")
    assert index.add(tmp_path / "f") == IndexReport(new=1, unchanged=1)
    assert index.status().skipped == []


def test_a_file_that_became_unreadable_keeps_its_document(index: Index, tmp_path: Path, settled: None) -> None:
    path = write(tmp_path / "f" / "a.txt", "باران")
    index.add(tmp_path / "f")
    path.write_bytes(b"\0\1")
    assert index.add(tmp_path / "f") == IndexReport(skipped=[f"{path}: binary file"])
    assert index.add(tmp_path / "f") == IndexReport(unchanged=1, skipped=[f"{path}: binary file"])
    assert index.search("باران").total == 1


def test_a_file_that_the_system_could_not_read_is_read_again(
    index: Index, tmp_path: Path, settled: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was skipped until it changed."""
    path = write(tmp_path / "f" / "a.txt", "باران")
    real = Path.open

    def failing(opened: Path, *arguments: Any, **options: Any) -> Any:
        if opened == path:
            raise OSError(errno.EIO, os.strerror(errno.EIO), str(path))
        return real(opened, *arguments, **options)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", failing)
        line = f"{path}: Input/output error"
        assert index.add(tmp_path / "f") == IndexReport(skipped=[line], unread=[line])
    assert index.add(tmp_path / "f") == IndexReport(new=1)


@pytest.mark.parametrize("inside", ["", "g"])
def test_a_folder_that_cannot_be_listed_keeps_its_documents(
    index: Index, tmp_path: Path, settled: None, monkeypatch: pytest.MonkeyPatch, inside: str
) -> None:
    """They were removed as if their files were gone."""
    write(tmp_path / "f" / "g" / "a.txt", "باران")
    write(tmp_path / "f" / "g" / "h" / "b.txt", "باران")
    index.add(tmp_path / "f")
    real = os.scandir

    def failing(folder: str) -> Any:
        if folder == str((tmp_path / "f" / inside).absolute()):
            raise OSError(errno.EIO, os.strerror(errno.EIO), folder)
        return real(folder)

    with monkeypatch.context() as patch:
        patch.setattr(os, "scandir", failing)
        done = index.add(tmp_path / "f")
        assert (done.removed, len(done.skipped)) == (0, 1)
        assert index.add(tmp_path / "f").removed == 0
    assert index.add(tmp_path / "f") == IndexReport(unchanged=2)
    (tmp_path / "f" / "g" / "a.txt").unlink()
    assert index.add(tmp_path / "f") == IndexReport(unchanged=1, removed=1)


def test_files_that_a_pattern_excludes_are_removed(index: Index, tmp_path: Path, settled: None) -> None:
    write(tmp_path / "f" / "a.txt", "باران")
    write(tmp_path / "f" / "b.txt", "برف")
    index.add(tmp_path / "f")
    assert index.add(tmp_path / "f", exclude=["b.*"]) == IndexReport(unchanged=1, removed=1)


def test_an_index_among_its_files(tmp_path: Path, settled: None) -> None:
    write(tmp_path / "a.txt", "باران")
    with Index.create(tmp_path / "visible") as index:
        assert index.add(tmp_path) == IndexReport(new=1)
        assert index.add(tmp_path) == IndexReport(unchanged=1)


def test_names_that_are_not_utf8(index: Index, tmp_path: Path, settled: None) -> None:
    """Names on a disk are bytes. A name that was not UTF-8 ended the run."""
    path = tmp_path / "f" / os.fsdecode(b"\xff\n..\x1b.txt")
    write(path, "باران")
    assert index.add(tmp_path / "f") == IndexReport(new=1)
    assert [hit.document for hit in index.search("باران")] == [f"{tmp_path}/f/\ufffd\n..\x1b.txt"]
    assert index.add(tmp_path / "f") == IndexReport(unchanged=1)
    path.unlink()
    assert index.add(tmp_path / "f") == IndexReport(removed=1)


def test_a_damaged_manifest_is_named(index: Index, tmp_path: Path) -> None:
    index.add(write(tmp_path / "a.txt", "باران"))
    (path,) = index.path.glob("*.attachment")
    path.write_bytes(b"{}")
    with pytest.raises(IndexUnusable, match=f"{path.name} is damaged"):
        index.add(tmp_path / "a.txt")


@pytest.mark.parametrize(
    "known",
    [
        {"files": {}, "left": True},
        {"files": {}, "left": {"x": 1}},
        {"files": {"x": ["x", None, 1, "2", []]}, "left": {}},
        {"files": {"x": ["x", None, 1, 2, [3]]}, "left": {}},
        {"files": {"x": [None, None, 1, 2, []]}, "left": {}},
    ],
)
def test_a_manifest_of_something_else_is_named(index: Index, known: object) -> None:
    """Its checksum is right, so whatever used its content failed."""
    with index._writer() as writer:
        writer.set_commit_user_data(json.dumps(known).encode())
    with pytest.raises(IndexUnusable, match="without a readable list of its files"):
        index.status()


def test_progress(index: Index, tmp_path: Path) -> None:
    """It is told for each `Document`, each piece of a file that is read, and each file."""
    records(tmp_path / "f" / "a.jsonl", "1", "2")
    write(tmp_path / "f" / "b.txt", "باران")
    line, other = 28, 10
    assert (tmp_path / "f" / "a.jsonl").stat().st_size == 4 * line
    seen: list[Progress] = []
    index.add(Document("x", "برف"), tmp_path / "f", on_progress=lambda now: seen.append(replace(now)))
    assert seen == [
        Progress(0, 0, 0, 0, 1, 1),
        Progress(0, 2, 2 * line, 4 * line + other, 1, 1),
        Progress(0, 2, 4 * line, 4 * line + other, 2, 1),
        Progress(1, 2, 4 * line, 4 * line + other, 3, 1),
        Progress(1, 2, 4 * line + other, 4 * line + other, 3, 1),
        Progress(2, 2, 4 * line + other, 4 * line + other, 4, 1),
    ]


# An indexing run that commits every 100 milliseconds, to be interrupted.
RUN = """
import sys
import time
from jooya.indexer import Index
from jooya.indexer.ingest import sync
sync.CHECKPOINT = 0.1 * int(sys.argv[3]) ** 3
with Index.open_or_create(sys.argv[1]) as index:
    index.add(sys.argv[2], jobs=int(sys.argv[3]))
"""


def corpus(folder: Path, random: Random) -> None:
    for number in range(200):
        text = " ".join(random.choices(["باران", "برف", "کتاب\u200cها", "رفت", "خانه", "و"], k=random.randrange(1500)))
        write(folder / f"{number % 7}" / f"{number}.txt", text)
    records(folder / "r.jsonl", *(f"r{number}" for number in range(300)))
    records(folder / "s.jsonl", *(f"r{number}" for number in range(290, 310)), *(f"s{number}" for number in range(100)))


def contents(path: Path) -> dict[str, Any]:
    """Return all that an index holds, independent of its segments."""
    with Index.open(path) as index:
        searcher = index._searcher()
        stored = [leaf.segment.stored(doc) for leaf in searcher.leaves for doc in leaf.all_docs().tolist()]
        status = index.status()
        known = manifest.load(searcher.snapshot)
        return {
            "stored": {fields["id"]: fields for fields in stored},
            "passages": len(stored),
            "records": index._records(),
            "answers": {query: index.rank(query) for query in ("باران", "کتاب رفت", "خانه و برف", "r291")},
            "counts": (status.documents, status.passages, status.terms),
            "skipped": sorted(status.skipped),
            "files": {location: entry._replace(stamp=None) for location, entry in known.files.items()},
        }


@pytest.mark.parametrize("kill", [signal.SIGINT, signal.SIGKILL])
@pytest.mark.parametrize("jobs", [1, 2])
def test_an_interrupted_run_resumes_where_it_stopped(tmp_path: Path, kill: signal.Signals, jobs: int) -> None:
    """A run is interrupted at random moments. In the end the index equals that of an uninterrupted run."""
    random = Random(f"{kill} {jobs}")
    corpus(tmp_path / "f", random)

    def command(index: str) -> list[str]:
        return [sys.executable, "-c", RUN, str(tmp_path / index), str(tmp_path / "f"), str(jobs)]

    began = time.monotonic()
    subprocess.run(command("whole"), check=True)
    duration = time.monotonic() - began
    expected = contents(tmp_path / "whole")
    interrupted = documents = 0
    for patience in range(100):
        with subprocess.Popen(command("index"), stderr=subprocess.DEVNULL) as process:
            try:  # within the time of a whole run at first; longer each time, so that the last one ends
                process.wait((0.3 + 0.5 * random.random()) * duration * 1.1**patience)
            except subprocess.TimeoutExpired:
                process.send_signal(kill)
                interrupted += 1
            if process.wait() == 0 and interrupted:
                break
            if process.returncode == 0:  # other programs had kept the first run waiting: again, for a shorter time
                shutil.rmtree(tmp_path / "index")
                duration /= 2
                documents = 0
                continue
        if (tmp_path / "index" / "toc.json").exists():
            with Index.open(tmp_path / "index") as index:  # opens after every interruption
                assert index.status().documents >= documents
                documents = index.status().documents
    assert process.returncode == 0
    assert interrupted > 0
    assert contents(tmp_path / "index") == expected
    assert [path for path in (tmp_path / "index").iterdir() if path.suffix == ".spill"] == []


def test_a_run_commits_now_and_then(index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sync, "CHECKPOINT", 0.0)
    for number in range(3):
        write(tmp_path / "f" / f"{number}.txt", "باران")
    seen = []

    def look(_: object) -> None:
        with Index.open(index.path) as reader:
            seen.append(reader.status().documents)

    assert index.add(tmp_path / "f", on_progress=look) == IndexReport(new=3)
    assert seen[-1] == 3
    assert seen == sorted(seen)
    assert len(index._searcher().leaves) == 1  # the segments of one run are merged when it ends


def test_a_run_commits_after_a_minute_and_after_another(
    index: Index, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    clock = [500.0]
    monkeypatch.setattr(sync, "time", SimpleNamespace(monotonic=lambda: clock[0], time_ns=time.time_ns))
    commits: list[int] = []

    def look(_now: Progress) -> None:
        commits.append(toc.read(index.path).generation)
        clock[0] += sync.CHECKPOINT / 3

    with caplog.at_level(logging.INFO, "jooya"):
        index.add(*(Document(f"d{number}", "باران") for number in range(8)), on_progress=look)
    assert commits == [0, 0, 0, 1, 1, 1, 2, 2]
    assert caplog.messages == ["committed after 0 of 0 files"] * 2
    assert toc.read(index.path).generation == 3


@pytest.mark.parametrize(("most", "segments"), [(1000, [3, 9]), (4, [3, 1, 1, 1, 1, 1, 4]), (0, [3, *[1] * 9])])
def test_the_segments_of_a_run_become_one_but_for_those_before_and_very_large_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int, segments: list[int]
) -> None:
    monkeypatch.setattr(committer, "first_to_merge", lambda sizes: len(sizes) - 1)
    monkeypatch.setattr(committer, "MAX_MERGE_DOCS", most)
    with Index.create(tmp_path / "index") as index:
        index.add(*(Document(f"a{number}", "برف") for number in range(3)))
        monkeypatch.setattr(sync, "CHECKPOINT", 0.0)
        index.add(*(Document(f"b{number}", "باران") for number in range(9)))
        found = index._searcher().snapshot
        assert [leaf.segment.documents for leaf in found.leaves] == segments
        assert len(index.rank("باران")) == 9


def test_reading_is_bounded(tmp_path: Path, index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatch, "MAX_TEXT_BYTES", 1 << 20)
    monkeypatch.setattr(guard, "SMALL", 2 << 20)  # it is read in this process
    path = write(tmp_path / "a.txt", "x" * (1 << 20) + "x")
    assert index.add(path).skipped == [f"{path}: larger than 1 MB; cut it into several files"]


def test_a_document_is_cut_again_when_passages_get_another_size(index: Index) -> None:
    text = ". ".join(["باران در شهر می\u200cبارد"] * 40)
    for words, report in ((80, IndexReport(new=1)), (20, IndexReport(updated=1)), (20, IndexReport(unchanged=1))):
        assert index.add(Document("a", text), options=ReadOptions(passage_words=words)) == report


def test_a_document_and_a_file_of_one_key_are_said_to_be_two(index: Index, tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text("برف", encoding="utf-8")
    report = index.add(Document(str(file), "باران"), file)
    assert (report.new, len(report.skipped)) == (1, 1)
    assert "occurs twice" in report.skipped[0]


def test_a_key_that_another_file_has_is_refused_as_long_as_that_is_there(
    index: Index, tmp_path: Path, settled: None
) -> None:
    file, other = records(tmp_path / "f" / "a.jsonl", "1"), write(tmp_path / "other.txt", "برف")
    document = Document("1", "برف", source=other)
    taken = "document: the key '1' already belongs to a document of"
    assert index.add(replace(document, source=file), document) == IndexReport(new=1, skipped=[f"{taken} f/a.jsonl"])
    assert index.add(document) == IndexReport(skipped=[f"{taken} f/a.jsonl"])
    assert index.add(document, document).skipped == [f"{taken} f/a.jsonl"] * 2
    assert index.add(file) == IndexReport(updated=1)
    assert index.add(document) == IndexReport(skipped=[f"{taken} {file}"])  # as it was given
    assert index.add(replace(document, source=file)) == IndexReport(updated=1)
    assert index.add(file) == IndexReport(unchanged=1)  # a document of the file itself takes nothing from it
    file.unlink()
    assert index.add(document) == IndexReport(updated=1)
    assert index.add(document, document) == IndexReport(
        unchanged=1, skipped=["document: the key '1' occurs twice; give each document a key of its own"]
    )
    assert index.add(Document("1", "برف")) == IndexReport(updated=1)  # one without a file may be anywhere
    assert index.add(Document("2", "سرآغاز ", body=8), Document("3", "سرآغاز", body=5)) == IndexReport(
        new=1, skipped=["document: the key '2' has no text"]
    )


def test_files_of_one_name_from_other_folders(
    index: Index, tmp_path: Path, settled: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name belongs to a file as long as that is there; then other names are looked for, which all tell the file."""
    for folder in ("x", "y", "z", "z/y", "v"):
        write(tmp_path / folder / "a.txt", f"باران {folder}")

    def keys_after(folder: str, name: str = "a.txt") -> set[str]:
        monkeypatch.chdir(tmp_path / folder)
        index.add(name)
        return set(index._records())

    assert keys_after("x") == {"a.txt"}
    assert keys_after("z", "y/a.txt") == {"a.txt", "y/a.txt"}
    assert keys_after("y") == {"a.txt", "y/a.txt", "./y/a.txt"}
    assert keys_after("v") == {"a.txt", "y/a.txt", "./y/a.txt", "v/a.txt"}
    assert keys_after("x") == {"a.txt", "y/a.txt", "./y/a.txt", "v/a.txt"}
    with index._writer() as writer:
        writer.set_commit_user_data(b"")  # as by a repair: the documents still know their files
    assert keys_after("z") == {"a.txt", "y/a.txt", "./y/a.txt", "v/a.txt", "z/a.txt"}
    (tmp_path / "x" / "a.txt").unlink()
    write(tmp_path / "w" / "a.txt", "باران w")
    assert keys_after("w") == {"a.txt", "y/a.txt", "./y/a.txt", "v/a.txt", "z/a.txt"}
    found = index.get("a.txt")
    assert found is not None
    assert found.text == "باران w"


def test_a_name_that_the_same_run_has_given_is_taken(
    index: Index, tmp_path: Path, settled: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "x" / "a.txt", "باران")
    monkeypatch.chdir(tmp_path / "x")
    index.add(Document("a.txt", "برف", source=tmp_path / "gone.txt"), "a.txt")
    assert set(index._records()) == {"a.txt", "x/a.txt"}


def test_a_document_is_told_from_another_by_all_that_is_indexed_of_it() -> None:
    """Other digests than those of earlier versions would have every index made anew."""
    document = Document("k", "باران آمد.")
    changes: list[dict[str, Any]] = [
        {"text": "باران آمد"}, {"title": "x"}, {"date": Date("2005-12-13", "1384-09-22")}, {"body": 1}, {"whole": True},
        {"sections": (Section(0, "x"),)}, {"places": (Place(0, 1, "x"),)}, {"meta": {"a": 1, "b": 2}},
        {"meta": {"a": 1}},
    ]  # fmt: skip
    digests = [sync._digest(replace(document, **change), 80) for change in ({}, *changes)]
    digests.append(sync._digest(document, 81))
    assert len(set(digests)) == 11
    assert sync._digest(replace(document, meta={"b": 2, "a": 1}), 80) == digests[8]
    assert sync._digest(replace(document, key="other"), 80) == digests[0]
    assert (digests[0], digests[9]) == (2244917984595264196, 1654496896091051972)


def test_thousands_of_ids_that_another_file_has(
    index: Index, tmp_path: Path, settled: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A document waits if its key belongs to another file, which may give it up; beyond some, they wait no longer."""
    monkeypatch.setattr(sync, "_MOST_WAITING", 1_000)
    write(tmp_path / "f" / "a.jsonl", "".join(f'{{"id": "{number}", "text": "باران"}}\n' for number in range(1500)))
    index.add(tmp_path / "f")
    write(tmp_path / "f" / "b.jsonl", "".join(f'{{"id": "{number}", "text": "برف"}}\n' for number in range(1500)))
    report = index.add(tmp_path / "f")
    assert (report.unchanged, report.new, report.skipped) == (1500, 1500, [])
    assert index.search("برف", collapse=False).total == 1500
    assert index.add(tmp_path / "f") == IndexReport(unchanged=3000)


@pytest.mark.parametrize(
    ("limits", "waited"),
    [({}, 3), ({"_MOST_WAITING": 2}, 2), ({"_MOST_WAITING_CHARACTERS": 14}, 2), ({"_MOST_WAITING_CHARACTERS": 13}, 1)],
)
def test_so_many_documents_wait_for_their_keys(
    index: Index, tmp_path: Path, settled: None, monkeypatch: pytest.MonkeyPatch, limits: dict[str, int], waited: int
) -> None:
    """Each has seven characters. Those that do not wait have got keys of their own before the others are free."""
    for name, most in limits.items():
        monkeypatch.setattr(sync, name, most)
    first, second = tmp_path / "f" / "a.jsonl", records(tmp_path / "f" / "b.jsonl", "1", "2", "3")
    index.add(tmp_path / "f")
    records(second, "9")
    records(first, "1", "2", "3")
    assert index.add(tmp_path / "f") == IndexReport(new=4, removed=3)
    own = [f"{first}:{number}#1" for number in range(waited + 1, 4)]
    assert index.ids() == {"9#1", *(f"{number}#1" for number in range(1, waited + 1)), *own}


def test_a_document_that_waited_may_be_skipped(index: Index, tmp_path: Path, settled: None) -> None:
    """The reason is remembered, as are those of documents that did not wait."""
    first, second = tmp_path / "f" / "a.jsonl", records(tmp_path / "f" / "b.jsonl", "1", "2")
    index.add(tmp_path / "f")
    records(second, "2")
    records(first, "1", "1", "1")
    reason = f"{first}: the key '1' occurs twice; give each document a key of its own"
    assert index.add(tmp_path / "f") == IndexReport(new=1, removed=1, unchanged=1, skipped=[reason, reason])
    assert index.add(tmp_path / "f").skipped == [reason, reason]
    assert index.status().skipped == [reason, reason]
    assert index.ids() == {"1#1", "2#1"}


@pytest.mark.parametrize("most", [1, 2, 3])
def test_reasons_beyond_some_are_counted(most: int) -> None:
    reasons = sync._Reasons(most)
    assert reasons.lines("f") == []
    for number in range(3):
        reasons.add(f"reason {number}")
    expected = [f"reason {number}" for number in range(most)]
    assert reasons.lines("f") == expected + [f"f: {3 - most} more that can't be read"] * (most < 3)
    for number in range(1_500):
        reasons.add(f"reason {number}")
    assert reasons.lines("f")[most:] == [f"f: {1_503 - most:,} more that can't be read"]


@pytest.mark.parametrize("chunk", [1, 2, 3, 1000])
@pytest.mark.parametrize(
    "text", ["", "باران", "it's", 'say "it\'s"', 'say "x"', "a\\b\nc\u200cd\x00\u2028", "'\"" * 5, "\\", "é\ud800"]
)
def test_the_repr_of_a_text_comes_in_pieces(monkeypatch: pytest.MonkeyPatch, text: str, chunk: int) -> None:
    monkeypatch.setattr(sync, "_CHUNK", chunk)
    pieces = list(sync._repr(text))
    assert "".join(pieces) == repr(text)
    assert len(pieces) == 2 + -(-len(text) // chunk)

"""A failure while an index is written loses everything that was not committed, and nothing else, and says so.

These are cases that were found, many of them by the trials in `faults`. The docstrings tell what went wrong then.
"""

import ctypes
import errno
import importlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from command import JOOYA, run
from ranking_twin import twin
from whoosh.writing import IndexingError

from jooya.analyzers import identity
from jooya.indexer import Document, Index, IndexReport, IndexUnusable, JooyaError, Progress
from jooya.indexer import index as index_module
from jooya.indexer.codec import committer, toc
from jooya.indexer.codec.section_writer import SectionWriter
from jooya.indexer.codec.segment_writer import SegmentWriter
from jooya.indexer.codec.snapshot import Snapshot
from jooya.indexer.ranking.postings import Postings
from jooya.indexer.whoosh import passage_schema, workers


def _full(*_arguments: Any, **_options: Any) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _names(index: Index) -> list[str]:
    return sorted(path.name for path in index.path.iterdir())


def _notes(error: BaseException) -> list[str]:
    return list(getattr(error, "__notes__", []))


@pytest.fixture
def filled(index: Index) -> Index:
    index.add(Document("a", "باران"))
    return index


def test_a_folder_that_cannot_be_synced_after_the_table_was_replaced(
    filled: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The writer removed the segments of the new table, since it took the old one for the current one."""
    real, calls = toc.sync, []

    def sync(path: Path) -> None:
        calls.append(path)
        if path == filled.path and len([call for call in calls if call == path]) == 2:
            raise OSError(errno.EIO, os.strerror(errno.EIO), str(path))
        real(path)

    with monkeypatch.context() as patch, pytest.raises(OSError, match="Input/output") as raised:
        patch.setattr(toc, "sync", sync)
        filled.add(Document("b", "باران"))
    assert _notes(raised.value) == [f"{filled.path} has all changes, but a power failure may undo them"]
    with Index.open(filled.path) as again:
        assert again.ids() == {"a#1", "b#1"}
        assert not Index.check(filled.path).problems


def test_an_index_that_is_moved_away_after_the_table_was_replaced(
    filled: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error said that the index was as it was, but it has all changes in its new place."""
    replaced = Path.replace

    def replace(path: Path, to: Path) -> Path:
        done = replaced(path, to)
        filled.path.rename(tmp_path / "moved")
        return done

    with monkeypatch.context() as patch, pytest.raises(FileNotFoundError) as raised:
        patch.setattr(Path, "replace", replace)
        filled.add(Document("b", "باران"))
    assert _notes(raised.value) == [f"{filled.path} is as it was, or has all changes"]
    with Index.open(tmp_path / "moved") as again:
        assert again.ids() == {"a#1", "b#1"}


def test_a_file_that_cannot_be_removed_is_left_for_the_next_time(
    filled: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The commit was complete, but was reported as failed, and its segments were removed."""

    def unlink(path: Path | str, **_options: Any) -> None:
        raise OSError(errno.ENOSPC if os.path.lexists(path) else errno.ENOENT, "", str(path))

    with monkeypatch.context() as patch:
        patch.setattr(os, "unlink", unlink)
        assert filled.add(Document("a", "برف")) == IndexReport(updated=1)
    assert _names(filled) == ["1.segment", "2.segment", "toc.json", "write.lock"]
    assert filled.add(Document("b", "برف")) == IndexReport(new=1)
    assert "1.segment" not in _names(filled)


def test_a_document_that_cannot_be_written_cancels_the_writer(filled: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of it stayed, and its terms were attributed to the next document."""
    writer = filled._writer()
    fields: dict[str, Any] = {"document": "b", "id": "b#1", "start": 0, "end": 4, "digest": 1}
    writer.add_document(text="برف", **fields)
    with monkeypatch.context() as patch, pytest.raises(OSError, match="No space left on device: ") as raised:
        patch.setattr(SegmentWriter, "add_stored", _full)
        writer.add_document(text="تگرگ", **fields)
    assert raised.value.filename == str(filled.path)
    assert _notes(raised.value) == [f"{filled.path} is as it was"]
    with pytest.raises(IndexingError, match="closed"):
        writer.add_document(text="سیل", **fields)
    with pytest.raises(IndexingError, match="closed"):
        writer.commit()
    writer.cancel()
    assert filled.ids() == {"a#1"}
    assert filled.add(Document("b", "برف"), wait=0) == IndexReport(new=1)
    assert not Index.check(filled.path).problems


def test_a_full_disk_leaves_no_lock(filled: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    """Closing the file tried again to write the buffered rest, and that error prevented the release of the lock."""

    class Full(tempfile.SpooledTemporaryFile):  # type: ignore[type-arg]
        def close(self) -> None:
            super().close()
            _full()

    before = _names(filled)
    with monkeypatch.context() as patch, pytest.raises(OSError, match="No space left"):
        patch.setattr(tempfile, "TemporaryFile", lambda **_: Full())
        patch.setattr(SectionWriter, "finish", _full)
        filled.add(Document("b", "برف"))
    assert _names(filled) == before
    assert filled.add(Document("b", "برف"), wait=0) == IndexReport(new=1)


def test_an_exception_has_a_note_that_the_changes_are_lost(filled: Index) -> None:
    def interrupted(_: Progress) -> None:
        raise KeyboardInterrupt

    (filled.path.parent / "b.txt").write_text("برف", encoding="utf-8")
    with pytest.raises(KeyboardInterrupt) as raised:
        filled.add(Document("c", "برف"), filled.path.parent / "b.txt", on_progress=interrupted)
    assert _notes(raised.value) == [f"{filled.path} is as it was"]
    assert filled.ids() == {"a#1"}


def test_a_committed_writer_does_not_commit_again(filled: Index) -> None:
    """A commit within a `with` statement was repeated at its end, without the lock."""
    with filled._writer() as writer:
        writer.delete_by_term("document", "a")
        writer.commit()
        assert filled.add(Document("b", "برف"), wait=0) == IndexReport(new=1)
    assert filled.ids() == {"b#1"}


def test_workers_that_cannot_write(filled: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error blamed the document, and came with a traceback."""
    monkeypatch.setattr(workers, "_BATCH_CHARACTERS", 1)
    with pytest.raises(OSError, match="Is a directory") as raised, filled._writer(jobs=2) as writer:
        for number in range(4):
            (filled.path / f"{os.getpid()}-{number}.spill").mkdir()
            writer.add_document(document="b", text="برف")
    assert raised.value.filename == str(filled.path)
    assert filled.ids() == {"a#1"}
    for path in filled.path.glob("*.spill"):
        path.rmdir()
    assert filled.add(Document("b", "برف"), wait=0) == IndexReport(new=1)


FAILING_SCHEMA = """
from jooya.indexer.whoosh import passage_schema

class Failing:
    def terms(self, value):
        raise RuntimeError("no terms")

real = passage_schema.schema

def schema(*own):
    made = real(*own)
    made["text"].analyzer = Failing()
    return made
"""


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_document_that_cannot_be_analyzed_raises_an_error_of_jooya(
    filled: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jobs: int
) -> None:
    """A failure of a worker was raised as an error of Whoosh's alone."""
    (tmp_path / "failing_schema.py").write_text(FAILING_SCHEMA, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")]))
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(passage_schema, "schema", importlib.import_module("failing_schema").schema)
    monkeypatch.delitem(sys.modules, "failing_schema")
    with pytest.raises(JooyaError, match="the document 'b' can't be indexed: RuntimeError: no terms") as raised:
        filled.add(Document("b", "برف"), jobs=jobs)
    assert isinstance(raised.value, IndexingError)
    assert _notes(raised.value) == [f"{filled.path} is as it was"]
    assert filled.ids() == {"a#1"}


def test_workers_that_die(filled: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    """Data that was still to be sent to them prevented the release of the lock."""
    monkeypatch.setattr(workers, "_BATCH_CHARACTERS", 1)
    with pytest.raises(ChildProcessError, match="a worker process died") as raised, filled._writer(jobs=2) as writer:
        assert writer._workers
        for process in writer._workers._pool._processes:
            process.kill()
            process.wait()
        for _ in range(4):
            writer.add_document(document="b", text="برف " * 100_000)
    assert _notes(raised.value) == [f"{filled.path} is as it was"]
    assert filled.add(Document("b", "برف"), wait=0) == IndexReport(new=1)


def test_a_worker_that_dies_within_its_reply(filled: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The incomplete line raised an error of the JSON parser."""
    (tmp_path / "dying_worker.py").write_text("input(); print('{\"batch\": 0', end='', flush=True)", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(workers, "__name__", "dying_worker")
    with pytest.raises(ChildProcessError, match="a worker process died"):
        filled.add(Document("b", "برف"), jobs=2)
    assert filled.ids() == {"a#1"}


def test_a_worker_whose_writer_is_gone_removes_its_file(filled: Index) -> None:
    """A file that it wrote after the next writer had removed unused files stayed for too long."""
    command = [
        sys.executable,
        "-m",
        workers.__name__,
        str(filled.path / "123"),
        "jooya.indexer.whoosh.passage_schema:schema",
    ]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as worker:
        assert worker.stdin
        assert worker.stdout
        worker.stdout.close()
        _, said = worker.communicate(b'[0, [{"document": "b", "text": "x"}]]\n')
    assert (worker.returncode, said) == (1, b"")
    assert not list(filled.path.glob("*.spill"))


def test_a_search_that_fails_halfway_leaves_nothing_for_the_next(
    filled: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its scores were added to those of the next search."""
    filled.add(Document("b", "باران برف"), Document("c", "برف باران برف"))
    searcher = filled._searcher()
    expected = filled.rank("باران برف")
    real, calls = Postings.impacts, []

    def fail(postings: Postings, docs: Any, index: Any) -> Any:
        calls.append(postings)
        if len(calls) == 2:
            raise MemoryError
        return real(postings, docs, index)

    with twin(), monkeypatch.context() as patch, pytest.raises(IndexUnusable, match="memory"):
        patch.setattr(Postings, "impacts", fail)
        filled.rank("باران برف")
    assert filled._searcher() is searcher
    assert filled.rank("باران برف") == expected


def test_each_table_of_contents_is_newer_than_the_one_before(filled: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader missed two commits when the clock stood still and the inode of the file was reused."""
    for number in range(20):
        before = (filled.path / toc.NAME).stat().st_mtime_ns
        state = toc.read(filled.path)
        os.utime(filled.path / toc.NAME, ns=(before + 10**12, before + 10**12))
        toc.write(filled.path, state._replace(generation=state.generation + 1))
        assert (filled.path / toc.NAME).stat().st_mtime_ns == before + 10**12 + 1, number


def test_a_new_index_in_the_same_folder_is_not_mixed_with_the_old_one(filled: Index, tmp_path: Path) -> None:
    """A reader kept using the old file of the same name."""
    assert filled.ids() == {"a#1"}
    shutil.rmtree(filled.path)
    with Index.create(filled.path) as other:
        other.add(Document("b", "برف"))
    assert filled.ids() == {"b#1"}
    assert [hit.text for hit in filled.search("برف")] == ["برف"]


def test_commit_user_data_can_be_read_after_the_next_commit(filled: Index) -> None:
    """A reader that had not read it before found the file missing."""
    for content in (b"first", b"", b"third"):
        with filled._writer() as writer:
            writer.set_commit_user_data(content)
        snapshot = Snapshot.open(filled.path)
        with filled._writer() as writer:
            writer.set_commit_user_data(b"other")
        assert snapshot.commit_user_data() == content


def test_the_folders_of_a_new_index_are_synced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The names of the folders that were made for it were never synced."""
    synced: list[Path] = []
    monkeypatch.setattr(toc, "sync", synced.append)
    Index.create(tmp_path / "a" / "b").close()
    assert synced[:3] == [tmp_path.parent, tmp_path, tmp_path / "a"]


def test_a_folder_that_somebody_has_just_made_is_synced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first call was killed between making the folder and syncing its name; the second did not sync it."""
    synced: list[Path] = []
    (tmp_path / "index").mkdir()
    monkeypatch.setattr(toc, "sync", synced.append)
    Index.create(tmp_path / "index").close()
    assert tmp_path in synced


def test_an_index_that_another_process_has_just_made_is_synced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other one could not sync the name of the table, and failed; the index was there, and could still be lost."""
    path = tmp_path / "index"
    synced: list[Path] = []
    real = index_module._visible

    def visible(folder: Path) -> list[str]:
        found = real(folder)
        if not (path / toc.NAME).exists():
            toc.write(path, toc.Toc(0, identity()))
            monkeypatch.setattr(toc, "sync", synced.append)
        return found

    path.mkdir()
    monkeypatch.setattr(index_module, "_visible", visible)
    Index.open_or_create(path).close()
    assert path in synced


def test_an_index_that_another_process_makes_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder was said to hold other files, which were those of the index."""
    real, path = toc.make_folder, tmp_path / "index"

    def make_folder(folder: Path) -> None:
        real(folder)
        monkeypatch.setattr(toc, "make_folder", real)
        Index.create(path).close()

    monkeypatch.setattr(toc, "make_folder", make_folder)
    with Index.open_or_create(path) as index:
        assert index.status().documents == 0
    with pytest.raises(IndexUnusable, match="holds other files"):
        Index.create(path)


def test_an_error_of_cleaning_up_does_not_hide_the_first_one(filled: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    """The caller got the error of the removal, without the note that says what became of the index."""
    writer = filled._writer()
    writer.add_document(text="برف", document="b", id="b")
    monkeypatch.setattr(SectionWriter, "finish", _full)
    monkeypatch.setattr(Path, "unlink", lambda *_, **__: (_ for _ in ()).throw(OSError(errno.EIO, "not this one")))
    with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)) as raised:
        writer.commit()
    assert _notes(raised.value) == [f"{filled.path} is as it was"]


def test_a_file_that_cannot_be_asked_for_is_not_written_into(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It was taken for missing, and the new file was written into it, though somebody may read it."""
    path = tmp_path / "1.segment"
    path.write_bytes(b"old")
    with path.open("rb") as reader:
        monkeypatch.setattr(os, "lstat", _full)
        with SectionWriter(path):
            pass
        assert reader.read() == b"old"


def test_a_full_disk_is_reported_in_one_line(tmp_path: Path) -> None:
    """The process may write only 20 kB to a file."""
    (tmp_path / "a.txt").write_text("باران", encoding="utf-8")
    words = "".join(f"واژه{number} برف " for number in range(4000))
    (tmp_path / "b.txt").write_text(words, encoding="utf-8")
    assert run("index", "a.txt", cwd=tmp_path)[0] == 0
    before = {path.name: path.read_bytes() for path in (tmp_path / "index").iterdir()}
    for jobs in ("1", "2"):
        script = f"ulimit -f 20; trap '' XFSZ; exec '{JOOYA}' index --jobs {jobs} b.txt"
        done = subprocess.run(["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == "jooya: index: File too large; index is as it was\n"
        assert {path.name: path.read_bytes() for path in (tmp_path / "index").iterdir()} == before
    assert run("search", "باران", cwd=tmp_path)[0] == 0


def test_an_interrupt_is_reported_in_one_line(filled: Index, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(
        "".join(f'{{"id": "{number}", "text": "باران {number}"}}\n' for number in range(200_000)), encoding="utf-8"
    )
    with subprocess.Popen([JOOYA, "index", "a.jsonl"], cwd=tmp_path, stderr=subprocess.PIPE) as process:
        while not list(filled.path.glob("*.spill")):
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        assert process.stderr
        said = process.stderr.read().decode().strip()
    assert (process.returncode, said) == (2, "jooya: interrupted; index is as it was")
    assert filled.ids() == {"a#1"}
    assert filled.add(Document("b", "برف"), wait=0) == IndexReport(new=1)


@pytest.fixture
def read_only(filled: Index) -> Iterator[Path]:
    """Make an index in a folder without write permission."""
    (filled.path / "write.lock").chmod(0o444)
    filled.path.chmod(0o555)
    yield filled.path
    filled.path.chmod(0o755)


def _bound_by_permissions() -> None:
    """Take from root the rights to write and read everywhere.

    On Linux, that is PR_CAPBSET_DROP of CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH, by prctl.
    """
    for capability in (1, 2):
        ctypes.CDLL(None).prctl(24, capability, 0, 0, 0)


def test_a_read_only_index_can_be_searched_and_not_written_to(read_only: Path) -> None:
    code = (
        "import sys\nfrom jooya.indexer import Document, Index, IndexUnusable\n"
        "with Index.open(sys.argv[1]) as index:\n"
        "    assert [hit.id for hit in index.search('باران')] == ['a#1'] == [*index.ids()]\n"
        "    assert (index.suggest('بارا'), index.status().documents) == (['باران'], 1)\n"
        "    assert not Index.check(sys.argv[1]).problems\n"
        "    try: index.add(Document('b', 'برف'))\n"
        "    except IndexUnusable as error: print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, read_only],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=_bound_by_permissions if os.geteuid() == 0 else None,
    )
    said = f"{read_only} can't be written to (permission denied): check its permissions\n"
    assert (done.stdout, done.returncode, done.stderr) == (said, 0, "")


@pytest.mark.parametrize("name", ["", "toc.json", "1.segment"])
@pytest.mark.parametrize("command", [["search", "باران"], ["status"], ["suggest", "با"], ["index", "a.txt"]])
def test_an_index_without_permission_to_read_is_not_said_to_be_none(
    filled: Index, tmp_path: Path, command: list[str], name: str
) -> None:
    (tmp_path / "a.txt").write_text("برف", encoding="utf-8")
    path = filled.path / name
    mode = path.stat().st_mode
    path.chmod(0)
    try:
        done = subprocess.run(
            [JOOYA, *command],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
            preexec_fn=_bound_by_permissions if os.geteuid() == 0 else None,
        )
    finally:
        path.chmod(mode)
    assert (done.returncode, done.stdout) == (2, "")
    said = f"jooya: index/{name} can't be read (permission denied): check its permissions\n"
    assert done.stderr == said or (not name and "Path 'index' is not readable" in done.stderr)


OPERATIONS = {
    "open": "Index.open(path)",
    "open_or_create": "Index.open_or_create(path)",
    "create": "Index.create(path + '2')",
    "lock": "WriteLock(Path(path))",
    "add": "index.add(Document('c', 'برف'))",
    "remove": "index.remove('a')",
    "search": "other.add(Document('b', 'برف')); full(); index.search('باران')",
}


@pytest.mark.parametrize("operation", OPERATIONS)
def test_too_many_open_files_are_called_so(filled: Index, operation: str) -> None:
    """An index that could not be opened for want of descriptors was said to be none, with the advice to make one."""
    code = (
        "import os, resource, sys\nfrom pathlib import Path\nfrom jooya.indexer import *\n"
        "from jooya.indexer.codec.lock import WriteLock\n"
        "from jooya.indexer.ingest import sync\nfrom jooya.indexer.whoosh import column_index, passage_schema\n"
        "path, taken = sys.argv[1], []\nindex, other = Index.open(path), Index.open(path)\nindex.search('باران')\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))\n"
        "def full():\n"
        "    try:\n"
        "        while True: taken.append(os.open('/', os.O_RDONLY))\n"
        "    except OSError: pass\n"
        f"{'' if operation == 'search' else 'full()'}\n"
        f"try: {OPERATIONS[operation]}\n"
        "except IndexUnusable as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, filled.path], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "too many open files): raise the limit (ulimit -n)" in done.stdout


WITH_LITTLE_MEMORY = """
import _testcapi, os, sys
from pathlib import Path
from jooya.indexer import IndexDamaged
from jooya.indexer.codec.snapshot import Snapshot

segment = Snapshot.open(Path(sys.argv[1])).leaves[0].segment
field = next(field for field in segment.fields.values() if field.layout.ordinals)
for read in (lambda: segment.block_docs(), lambda: field.ordinals):
    for allocation in range(60):
        child = os.fork()
        if not child:
            damaged = False
            _testcapi.set_nomemory(allocation, allocation + 1)
            try:
                read()
            except IndexDamaged:
                damaged = True
            except BaseException:
                pass
            _testcapi.remove_mem_hooks()
            os._exit(damaged)
        if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 1:
            print("taken for damage")
"""
"""A program that reads parts of a segment while one allocation after another fails; numpy may end its children."""


def test_numbers_that_there_is_no_memory_to_compare_are_not_damage(filled: Index) -> None:
    """Before numpy 1.25, `!=` said True then."""
    pytest.importorskip("_testcapi")
    done = subprocess.run(
        [sys.executable, "-c", WITH_LITTLE_MEMORY, filled.path], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_a_reader_writes_nothing(filled: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Path.open

    def open_(path: Path, mode: str = "r", *arguments: Any, **options: Any) -> Any:
        assert set(mode) <= set("rb")
        return real(path, mode, *arguments, **options)

    monkeypatch.setattr(Path, "open", open_)
    before = _names(filled)
    for name in ("mkdir", "rename", "replace", "unlink", "fsync", "utime", "ftruncate"):
        monkeypatch.setattr(os, name, _full)
    with Index.open(filled.path) as reader:
        assert reader.search("باران").total == 1
        assert not Index.check(filled.path).problems
    assert _names(filled) == before


def test_other_errors_than_permissions_are_reported(tmp_path: Path) -> None:
    with pytest.raises(IndexUnusable, match="Not a directory"):
        (tmp_path / "file").touch()
        Index.create(tmp_path / "file" / "index")


def test_no_file_is_removed_if_the_table_is_damaged(tmp_path: Path) -> None:
    """A repair needs the files."""
    (tmp_path / "1.segment").write_bytes(b"")
    (tmp_path / toc.NAME).write_bytes(b"{")
    committer.remove_unused_files(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["1.segment", toc.NAME]

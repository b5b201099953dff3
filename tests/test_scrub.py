"""A scrub reads all files of an index in use, and mends damaged ones from a backup."""

import errno
import itertools
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from command import run
from durable_calls import Calls

from jooya.indexer import Document, Index, IndexBusy, IndexDamaged, ScrubReport, WorkProgress
from jooya.indexer.codec import sections, toc
from jooya.indexer.codec.lock import WriteLock
from jooya.indexer.codec.sections import SectionFile
from jooya.indexer.integrity import backup

NAMES = ["1.segment", "1.2.deleted", "3.attachment"]


@pytest.fixture
def filled(index: Index) -> Index:
    index.add(*(Document(f"d{number}", f"باران {number}") for number in range(20)))
    index.remove("d3", "d4")
    with index._writer() as writer:
        writer.set_commit_user_data(b'{"files": {}, "left": {}}')
    return index


def damage(path: Path, share: float = 0.5) -> bytes:
    """Alter a byte of a file, and return what the file has then."""
    content = bytearray(path.read_bytes())
    content[int(len(content) * share)] ^= 1
    path.write_bytes(content)
    return bytes(content)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("what", ["altered", "truncated", "missing"])
def test_damage_is_found_and_mended(filled: Index, tmp_path: Path, name: str, what: str) -> None:
    filled.backup(tmp_path / "copy")
    path = filled.path / name
    sound = path.read_bytes()
    damaged = None
    if what == "altered":
        damaged = damage(path)
    elif what == "truncated":
        damaged = sound[:-1]
        path.write_bytes(damaged)
    else:
        path.unlink()
    problem = f"{path} is {'missing' if what == 'missing' else 'damaged'}"
    found = Index.scrub(filled.path)
    assert (found.files, found.problems, found.mended) == (3, [problem], [])
    found = Index.scrub(filled.path, backup=tmp_path / "copy")
    assert (found.problems, found.mended) == ([], [name])
    assert path.read_bytes() == sound
    if damaged is None:
        assert found.folder is None
    else:
        assert found.folder == filled.path / "damaged" / "1"
        assert (found.folder / name).read_bytes() == damaged
    assert Index.scrub(filled.path).problems == []
    assert Index.check(filled.path).problems == []


@pytest.mark.parametrize("share", [0, 0.1, 0.3, 0.6, 0.9, 0.99])
def test_damage_anywhere_in_a_large_segment_is_found(
    index: Index, monkeypatch: pytest.MonkeyPatch, share: float
) -> None:
    """It is read in pieces, from its end on."""
    monkeypatch.setattr("jooya.indexer.integrity.scrub._BLOCK", 1 << 13)
    monkeypatch.setattr(sections, "CHECKED_WHEN_OPENED", 0)
    index.add(Document(f"d{number}", f"باران {number} " * 50) for number in range(500))
    path = index.path / "1.segment"
    assert path.stat().st_size > 10 << 13
    assert Index.scrub(index.path).problems == []
    damage(path, share)
    assert Index.scrub(index.path).problems == [f"{path} is damaged"]


def test_a_process_that_has_the_index_open_reads_the_file_that_was_mended(filled: Index, tmp_path: Path) -> None:
    filled.backup(tmp_path / "copy")
    path = filled.path / "1.segment"
    with Index.open(filled.path) as other:
        with path.open("r+b") as file:  # the file itself is altered, as by a disk
            file.seek(path.stat().st_size // 3)
            file.write(b"altered")
        Index.scrub(filled.path, backup=tmp_path / "copy")
        assert other.search("باران").total == 18
        assert len({document.key for document in other.documents()}) == 18


def test_what_was_mended_before_an_error_is_seen(
    filled: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled.backup(tmp_path / "copy")
    for name in ("1.segment", "3.attachment"):
        damage(filled.path / name)
    real, before = backup.write_whole, toc.signature(filled.path)
    synced: list[Path] = []

    def write_whole(path: Path, *arguments: Any) -> None:
        if path.name != "1.segment":
            raise OSError(errno.ENOSPC, "full", str(path))
        real(path, *arguments)

    with monkeypatch.context() as patch, pytest.raises(OSError, match="full"):
        patch.setattr("jooya.indexer.integrity.scrub.write_whole", write_whole)
        patch.setattr(toc, "sync", synced.append)
        Index.scrub(filled.path, backup=tmp_path / "copy")
    assert synced[-1] == filled.path
    assert toc.signature(filled.path) != before
    assert Index.scrub(filled.path).problems == [f"{filled.path / '3.attachment'} is damaged"]
    assert filled.search("باران", limit=1).total == 18


def test_a_backup_that_cannot_mend_is_told(filled: Index, tmp_path: Path) -> None:
    filled.backup(tmp_path / "copy")
    damage(tmp_path / "copy" / "1.segment", 0.3)
    (tmp_path / "copy" / "3.attachment").unlink()
    for name in NAMES:
        damage(filled.path / name)
    found = Index.scrub(filled.path, backup=tmp_path / "copy")
    assert found.mended == ["1.2.deleted"]
    assert found.problems == [
        f"{filled.path / '1.segment'} is damaged, and {tmp_path / 'copy' / '1.segment'} is damaged, or another file",
        f"{filled.path / '3.attachment'} is damaged, and {tmp_path / 'copy'} does not have it",
    ]


def test_earlier_commits_are_scrubbed_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Index.create(tmp_path / "index", keep=5) as index:
        index.add(Document("a", "باران"))
        index.backup(tmp_path / "copy")
        index.remove("a")
        damage(index.path / "1.segment")
        assert Index.scrub(index.path).problems == [f"{index.path / '1.segment'} is damaged"]
        assert Index.scrub(index.path, backup=tmp_path / "copy").mended == ["1.segment"]
        assert Index.restore(index.path, 1).documents == 1
        found = Index.scrub(index.path)
        assert (found.files, found.problems) == (1, [])
        (index.path / "2.commit").write_text("{}")
        assert Index.scrub(index.path).problems == [f"{index.path / '2.commit'} is damaged"]
        for error, problems in (
            (FileNotFoundError(2, "gone"), []),  # a later commit has removed it
            (OSError(5, "Input/output error", "x"), ["x could not be read: Input/output error"] * 3),
        ):
            with monkeypatch.context() as patch:
                patch.setattr(toc, "read_kept", failing_with(error))
                assert Index.scrub(index.path).problems == problems


def failing_with(error: Exception) -> Callable[..., None]:
    """Return a function that raises `error`."""

    def failing(*_arguments: object) -> None:
        raise error

    return failing


def test_what_a_commit_removed_meanwhile_is_not_mended(
    filled: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled.backup(tmp_path / "copy")
    damage(filled.path / "1.2.deleted")
    real = WriteLock.__enter__

    def enter(lock: WriteLock) -> WriteLock:
        monkeypatch.undo()
        toc.write(filled.path, toc.read(tmp_path / "copy")._replace(generation=9, segments=(), commit_user_data=None))
        return real(lock)

    monkeypatch.setattr(WriteLock, "__enter__", enter)
    found = Index.scrub(filled.path, backup=tmp_path / "copy")
    assert (found.files, found.problems, found.mended, found.folder) == (3, [], [], None)
    assert not (filled.path / "damaged").exists()


def test_files_are_mended_while_nobody_writes(filled: Index, tmp_path: Path) -> None:
    filled.backup(tmp_path / "copy")
    damaged = damage(filled.path / "1.segment")
    with WriteLock(filled.path), pytest.raises(IndexBusy):
        Index.scrub(filled.path, backup=tmp_path / "copy", wait=0)
    assert (filled.path / "1.segment").read_bytes() == damaged
    (tmp_path / "copy" / "1.segment").unlink()
    assert Index.scrub(filled.path).problems == [f"{filled.path / '1.segment'} is damaged"]


def test_files_are_mended_in_pieces(filled: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also if the system gives less than is asked for. A backup that ends early mends nothing."""
    filled.backup(tmp_path / "copy")
    sound = (filled.path / "1.segment").read_bytes()
    real = os.pread
    monkeypatch.setattr("jooya.indexer.integrity.scrub._BLOCK", 1000)
    monkeypatch.setattr(
        "jooya.indexer.integrity.scrub.os.pread",
        lambda descriptor, size, offset: real(descriptor, min(size, 300), offset),
    )
    damaged = damage(filled.path / "1.segment")
    with monkeypatch.context() as patch, pytest.raises(OSError, match="the file was truncated") as raised:
        patch.setattr("jooya.indexer.integrity.backup.toc.sync", lambda path: None)
        patch.setattr(
            "jooya.indexer.integrity.scrub.os.pread", lambda _descriptor, size, offset: sound[offset:900][:size]
        )
        patch.setattr("jooya.indexer.integrity.scrub._problem", lambda *_arguments: "planted")
        Index.scrub(filled.path, backup=tmp_path / "copy")
    assert raised.value.filename == str(tmp_path / "copy" / "1.segment")
    assert (filled.path / "1.segment").read_bytes() == damaged
    assert Index.scrub(filled.path, backup=tmp_path / "copy").mended == ["1.segment"]
    assert (filled.path / "1.segment").read_bytes() == sound


def test_a_segment_is_looked_at_after_it_was_read(filled: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the disk fails, a call raises an error, but a look at the mapped file would end the process."""
    size = (filled.path / "1.segment").stat().st_size
    monkeypatch.setattr("jooya.indexer.integrity.scrub._BLOCK", 1 << 12)
    read, checked = set[int](), set[int]()
    real_read, real_check = os.pread, SectionFile.check

    def pread(descriptor: int, length: int, offset: int) -> bytes:
        read.update(range(offset, offset + length))
        return real_read(descriptor, length, offset)

    def check(file: SectionFile, start: int, stop: int) -> None:
        assert read.issuperset(range(start, stop))
        checked.update(range(start, stop))
        real_check(file, start, stop)

    monkeypatch.setattr("jooya.indexer.integrity.scrub.os.pread", pread)
    monkeypatch.setattr(SectionFile, "check", check)
    monkeypatch.setattr(SectionFile, "check_all", failing_with(OSError(5, "looked at too early")))
    assert Index.scrub(filled.path).problems == []
    assert read == checked == set(range(size))


def test_commits_meanwhile_do_not_matter(filled: Index) -> None:
    """Files that a commit removes while the scrub waits are passed over."""
    done = threading.Event()

    def write() -> None:
        while not done.is_set():
            filled.add(Document("changing", f"برف {time.monotonic()}"))

    writing = threading.Thread(target=write)
    writing.start()
    try:
        for _ in range(5):
            assert Index.scrub(filled.path, rate=0.1).problems == []
    finally:
        done.set()
        writing.join()


def test_the_rate_is_kept(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pieces are read as soon as they may be, and their progress is told."""
    monkeypatch.setattr("jooya.indexer.integrity.scrub._BLOCK", 1 << 12)
    index.add(Document(f"d{number}", f"باران {number}") for number in range(300))
    index.remove("d3")
    segment, deleted = ((index.path / name).stat().st_size for name in ("1.segment", "1.2.deleted"))
    rest = (segment - 1) % (1 << 12) + 1
    sums = [*range(rest, segment + 1, 1 << 12), segment + deleted]
    assert len(sums) > 4
    clock, told = [100.0], list[WorkProgress]()
    waits: list[float] = []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        clock[0] += seconds

    monkeypatch.setattr("jooya.indexer.integrity.scrub.time.monotonic", lambda: clock[0])
    monkeypatch.setattr("jooya.indexer.integrity.scrub.time.sleep", sleep)
    found = Index.scrub(index.path, rate=0.01, on_progress=told.append)
    assert (found.files, found.size) == (2, sums[-1])
    assert told == [WorkProgress("scrubbing", done, sums[-1], "bytes") for done in sums]
    assert waits == pytest.approx([done / 1e4 for done in (rest, *[1 << 12] * (len(sums) - 2), deleted)])
    waits.clear()
    assert Index.scrub(index.path).size == sums[-1]
    assert waits == []
    times = itertools.count(step=10.0)  # a disk that is slower than the rate
    monkeypatch.setattr("jooya.indexer.integrity.scrub.time.monotonic", lambda: next(times))
    Index.scrub(index.path, rate=0.01)
    assert waits == []


def test_a_table_of_contents_that_cannot_be_read_is_a_problem(filled: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    path = filled.path / toc.NAME
    (filled.path / toc.NAME).write_text("{}")
    assert Index.scrub(filled.path) == ScrubReport(0, 0, [f"{path} is damaged"])
    monkeypatch.setattr(toc, "read", failing_with(PermissionError(13, "Permission denied", str(path))))
    assert Index.scrub(filled.path) == ScrubReport(0, 0, [f"{path} could not be read: Permission denied"])


@pytest.mark.parametrize("names", [(), ("of the system",)])
def test_a_file_that_cannot_be_read_is_no_damage(
    filled: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, names: tuple[str, ...]
) -> None:
    """The problem names the file, if the error names none."""
    filled.backup(tmp_path / "copy")

    def failing(*_arguments: object, **_options: object) -> bytes:
        raise OSError(5, "Input/output error", *names)

    for function, path in (("os.pread", filled.path / "1.segment"), ("read_checked", filled.path / "1.2.deleted")):
        with monkeypatch.context() as patch:
            patch.setattr(f"jooya.indexer.integrity.scrub.{function}", failing)
            found = Index.scrub(filled.path)
        assert found.problems[0] == f"{names[0] if names else path} could not be read: Input/output error"
    damage(filled.path / "1.segment")
    monkeypatch.setattr("jooya.indexer.integrity.scrub.is_sound", failing)
    why = f"{names[0] if names else tmp_path / 'copy' / '1.segment'} could not be read: Input/output error"
    found = Index.scrub(filled.path, backup=tmp_path / "copy")
    assert found.problems == [f"{filled.path / '1.segment'} is damaged, and {why}"]
    assert (found.mended, found.folder) == ([], None)


def test_the_command(filled: Index, tmp_path: Path) -> None:
    filled.backup(tmp_path / "copy")
    size = f"{filled.status().size / 1e3:.1f} kB"
    assert run("scrub", cwd=tmp_path) == (0, f"sound: 3 files, {size}\n", "")
    damage(filled.path / "1.segment")
    code, out, err = run("scrub", cwd=tmp_path)
    assert (code, out) == (2, "index/1.segment is damaged\n")
    assert err == "mend them with --from BACKUP, or save what can be read with 'jooya check --repair'\n"
    code, out, err = run("scrub", "--from", "copy", "--rate", "100", cwd=tmp_path)
    assert (code, err) == (0, "")
    assert out.startswith("mended 1.segment\nthe damaged files are in index/damaged/1\nsound: 3 files")
    assert run("scrub", "-i", "nothing", cwd=tmp_path)[0] == 2
    with pytest.raises(IndexDamaged):
        damage(filled.path / "1.segment")
        Index.open(filled.path)


def test_what_is_mended_is_on_the_disk_in_order(filled: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The damaged file has its second name before the sound one takes the first, and both last."""
    filled.backup(tmp_path / "copy")
    damage(filled.path / "1.segment")
    before = toc.signature(filled.path)
    calls = Calls(filled.path, monkeypatch)
    Index.scrub(filled.path, backup=tmp_path / "copy")
    assert calls[-6:] == [
        "sync damaged", "damaged/1/1.segment names 1.segment", "sync damaged/1", "sync 1.segment.spill",
        "1.segment.spill replaces 1.segment", "sync .",
    ]  # fmt: skip
    after = toc.signature(filled.path)
    assert after != before
    assert after[1] > before[1]

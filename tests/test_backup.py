"""`jooya backup` copies one commit and checks all of it, while a writer may go on."""

import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from command import run

from jooya.indexer import BadInput, Document, Index, IndexBusy, IndexDamaged, IndexReport, WorkProgress
from jooya.indexer.codec import sections, toc
from jooya.indexer.codec.snapshot import Snapshot
from jooya.indexer.integrity import backup as backups

LIST = b'{"files": {}, "left": {"/x.jpg": "x.jpg: unknown format"}}'
"""The list of files of an index, which names no file that was read."""


@pytest.fixture
def filled(index: Index) -> Index:
    index.add(*(Document(f"d{number}", f"باران {number}") for number in range(20)))
    index.remove("d3", "d4")
    with index._writer() as writer:
        writer.set_commit_user_data(LIST)
    return index


def _files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "write.lock"}


def _files_of(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@pytest.mark.usual_settings
def test_the_command(filled: Index, tmp_path: Path) -> None:
    expected = (0, "copied 18 documents, 18 passages to a/copy\n", "")
    assert run("backup", "a/copy", cwd=tmp_path) == expected
    assert _files(tmp_path / "a" / "copy") == _files(filled.path)
    assert run("check", "-i", "a/copy", cwd=tmp_path)[0] == 0
    again = "copied 18 documents, 18 passages to a/copy (0.0 kB new, 9.1 kB already there)\n"
    assert run("backup", "a/copy", cwd=tmp_path) == (0, again, "")
    assert _files(tmp_path / "a" / "copy") == _files(filled.path)


def test_a_copy_is_an_independent_index(filled: Index, tmp_path: Path) -> None:
    (tmp_path / "copy").mkdir()
    assert filled.backup(tmp_path / "copy").documents == 18
    filled.remove(*(f"d{number}" for number in range(20)))
    assert Snapshot.open(tmp_path / "copy").commit_user_data() == LIST
    with Index.open(tmp_path / "copy") as copy:
        assert copy.add(Document("new", "باران")) == IndexReport(new=1)
        assert copy.search("باران").total == 19


def test_commits_meanwhile_do_not_matter(filled: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commits remove the files that are being copied."""
    real = backups._copy

    def copy(*arguments: Any) -> backups.Copied:
        filled.remove(*(f"d{number}" for number in range(19)))
        assert not (filled.path / "1.segment").exists()
        return real(*arguments)

    monkeypatch.setattr(backups, "_copy", copy)
    assert filled.backup(tmp_path / "copy").documents == 18
    assert filled.status().documents == 1


def test_damage_is_not_copied(filled: Index, tmp_path: Path) -> None:
    content = bytearray((filled.path / "1.segment").read_bytes())
    content[100] ^= 1
    (filled.path / "1.segment").write_bytes(content)
    with pytest.raises(IndexDamaged, match=r"1\.segment is damaged"):
        filled.backup(tmp_path / "a" / "copy")
    assert not (tmp_path / "a" / "copy").exists()


def test_a_copy_that_fails_leaves_nothing(filled: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "empty").mkdir()
    real = toc.sync

    def sync(path: Path) -> None:
        if path.name == toc.TEMPORARY:
            raise OSError(28, "No space left on device", str(path))
        real(path)

    monkeypatch.setattr(toc, "sync", sync)
    for target in (tmp_path / "empty", tmp_path / "new"):
        with pytest.raises(OSError, match="No space left"):
            filled.backup(target)
    assert list((tmp_path / "empty").iterdir()) == []
    assert not (tmp_path / "new").exists()


def test_a_file_or_the_index_itself_is_refused(filled: Index, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(BadInput, match="file is not a folder: choose an empty folder, or a new one"):
        filled.backup(tmp_path / "file")
    with pytest.raises(BadInput, match="index is the index itself: choose an empty folder, or a new one"):
        filled.backup(filled.path)


def test_searching_from_threads_while_one_writes(filled: Index) -> None:
    """All threads use one `Index`. The trial `faults/reading.py` does this at length, and compares with a reference."""
    wrong: list[object] = []
    stop = threading.Event()

    def search() -> None:
        while not stop.is_set():
            try:
                found = filled.search("باران").total, len(filled.ids()), filled.status().documents
                if not all(18 <= count <= 26 for count in found):
                    wrong.append(found)
                if filled.did_you_mean("بارن") != ["باران"]:
                    wrong.append("did_you_mean")
            except Exception as error:
                wrong.append(error)

    threads = [threading.Thread(target=search) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(8):
        filled.add(Document(f"new{number}", f"باران {number}"))
    stop.set()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert filled.search("باران").total == 26


def test_damage_is_not_copied_from_a_large_index(
    filled: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pages of a large file are not checked when it is opened."""
    monkeypatch.setattr(sections, "CHECKED_WHEN_OPENED", 0)
    content = bytearray((filled.path / "1.segment").read_bytes())
    content[100] ^= 1
    (filled.path / "1.segment").write_bytes(content)
    with pytest.raises(IndexDamaged, match=r"index/1\.segment is damaged"):
        filled.backup(tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


@pytest.mark.parametrize("name", ["1.segment", "1.2.deleted", "3.attachment"])
def test_a_copy_that_differs_is_noticed(
    filled: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(sections, "CHECKED_WHEN_OPENED", 0)
    real = toc.sync

    def sync(path: Path) -> None:
        real(path)
        if path == tmp_path / "copy" / f"{name}.spill":
            content = bytearray(path.read_bytes())
            content[len(content) // 3] ^= 1
            path.write_bytes(content)

    monkeypatch.setattr(toc, "sync", sync)
    with pytest.raises(OSError, match=r"what was written is not what is read") as raised:
        filled.backup(tmp_path / "copy")
    assert raised.value.filename == str(tmp_path / "copy" / name)
    assert not (tmp_path / "copy").exists()


def test_all_of_a_copy_is_on_the_disk_before_its_table(
    filled: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The trial `faults/power_repair.py` shows the same with a disk that forgets."""
    done: list[str] = []
    real_sync, real_replace = os.fsync, os.replace

    def fsync(descriptor: int) -> None:
        real_sync(descriptor)
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        name = path.name.removesuffix(".spill")
        done.append(f"{name} {path.stat().st_size}" if path.is_file() else name)

    def replace(path: Any, target: Any) -> None:
        real_replace(path, target)
        if target.name == toc.NAME:
            done.append("replaced")

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "replace", replace)
    filled.backup(tmp_path / "copy")
    before = done[: done.index("replaced")]
    files = {f"{path.name} {path.stat().st_size}" for path in (tmp_path / "copy").iterdir() if path.name != toc.NAME}
    assert files <= set(before)
    assert before[-1] == "copy"
    assert tmp_path.name in before
    assert done[done.index("replaced") + 1 :] == ["copy"]


@pytest.mark.parametrize("failing", ["the removal", "the second sync"])
def test_a_copy_whose_table_cannot_be_removed_stays_whole(
    filled: Index, tmp_path: Path, failing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The files that the table names were removed all the same."""
    table = tmp_path / "copy" / toc.NAME
    left = {"the first sync", failing}

    def fail(what: str) -> None:
        if what in left:
            left.remove(what)
            raise OSError(30, "Read-only file system")

    real_sync, real_unlink = toc.sync, Path.unlink

    def sync(folder: Path) -> None:
        if "the first sync" in left and table.exists():
            fail("the first sync")
        elif "the first sync" not in left:
            fail("the second sync")
        real_sync(folder)

    def unlink(path: Path, missing_ok: bool = False) -> None:
        if path == table:
            fail("the removal")
        real_unlink(path, missing_ok)

    monkeypatch.setattr(toc, "sync", sync)
    monkeypatch.setattr(Path, "unlink", unlink)
    files = _files(filled.path)
    with pytest.raises(OSError, match="Read-only file system"):
        filled.backup(tmp_path / "copy")
    monkeypatch.undo()
    assert not left
    assert {name for name in files if name != toc.NAME} <= _files(tmp_path / "copy").keys()
    if failing == "the removal":
        assert not Index.check(tmp_path / "copy").problems
    else:  # the next one goes on from there
        assert filled.backup(tmp_path / "copy").copied < filled.backup(tmp_path / "other").copied


def test_files_of_others_in_the_folder_of_a_failed_copy_stay(
    filled: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All files of the folder were removed."""

    def failing(*_arguments: Any) -> None:
        (tmp_path / "copy" / "mine.txt").touch()
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backups, "write_whole", failing)
    with pytest.raises(OSError, match="No space left") as raised:
        filled.backup(tmp_path / "copy")
    assert raised.value.filename == str(tmp_path / "copy")
    assert [path.name for path in (tmp_path / "copy").iterdir()] == ["mine.txt"]


def test_of_a_copy_whose_table_may_not_last_the_table_goes_first(
    filled: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise the table may come back after a power failure, without the files that it names."""
    real_sync, real_unlink = toc.sync, Path.unlink
    done: list[str] = []

    def sync(path: Path) -> None:
        if path.name == "copy":
            done.append("sync")
            if (path / toc.NAME).exists():
                raise OSError(5, "Input/output error", str(path))
        real_sync(path)

    def unlink(path: Path, **options: bool) -> None:
        real_unlink(path, **options)
        done.append(path.name)

    monkeypatch.setattr(toc, "sync", sync)
    monkeypatch.setattr(Path, "unlink", unlink)
    with pytest.raises(OSError, match="Input/output error"):
        filled.backup(tmp_path / "copy")
    assert done[-6:-3] == ["sync", toc.NAME, "sync"]
    assert set(done[-3:]) == {"1.segment", "1.2.deleted", "3.attachment"}
    assert not (tmp_path / "copy").exists()


def test_the_progress_of_a_backup(filled: Index, tmp_path: Path) -> None:
    """Files that are there already count. Without the paths, segments are written anew, and count as they were."""
    told: list[WorkProgress] = []
    sizes = [(filled.path / name).stat().st_size for name in ("1.segment", "1.2.deleted", "3.attachment")]
    sums = [sum(sizes[:number]) for number in range(1, 4)]
    tables = set[int]()
    for _ in range(2):
        filled.backup(tmp_path / "copy", on_progress=told.append)
        assert told == [WorkProgress("copying", done, sums[-1], "bytes") for done in sums]
        told.clear()
        tables.add((tmp_path / "copy" / toc.NAME).stat().st_ino)
    assert len(tables) == 1  # it is not written again
    done = filled.backup(tmp_path / "shared", paths=False, on_progress=told.append)
    assert told == [WorkProgress("copying", sizes[0], sums[-1], "bytes")]
    assert (done.copied, done.present, done.replaced) == (sums[-1], 0, [])


def test_a_copy_without_paths_is_another_index(tmp_path: Path) -> None:
    """Its segments are written anew, and it has an identity of its own. What it has not is in `test_path_root`."""
    with Index.create(tmp_path / "index", fields={"topic": "keyword"}, keep=2) as index:
        index.add(Document("b", "برف", meta={"topic": "hail"}), Document("c", "برف"), Document("gone", "تگرگ"))
        index.remove("gone")
        index.backup(tmp_path / "shared", paths=False)
    before, after = toc.read(tmp_path / "index"), toc.read(tmp_path / "shared")
    assert (after.generation, after.fields, after.time) == (before.generation, (("topic", "keyword"),), before.time)
    assert before.index_id != after.index_id != ""
    assert [(entry.documents, entry.deleted) for entry in after.segments] == [(2, 0)]
    assert (after.commit_user_data, after.keep) == (None, 1)


@pytest.fixture
def large(index: Index) -> Index:
    """Return an index with a large segment and some small ones."""
    index.add(Document(f"d{number}", f"باران {number} " * 30) for number in range(200))
    index.add(Document("one", "برف"))
    return index


def test_a_later_backup_copies_what_is_new_alone(large: Index, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    first = large.backup(copy)
    assert (first.copied, first.present, first.replaced) == (large.status().size, 0, [])
    inodes = {path.name: path.stat().st_ino for path in copy.iterdir()}
    large.add(Document("two", "تگرگ"))
    second = large.backup(copy)
    assert (second.present, second.copied) == (first.copied, large.status().size - first.copied)
    assert second.copied < first.copied / 10
    assert all((copy / name).stat().st_ino == inode for name, inode in inodes.items() if name != toc.NAME)
    assert _files(copy) == _files(large.path)
    with Index.open(copy) as opened:
        assert (opened.commit, opened.search("تگرگ").total) == (large.commit, 1)


def test_what_the_index_no_longer_has_goes_from_its_backup(large: Index, tmp_path: Path) -> None:
    large.backup(tmp_path / "copy")
    with large._writer() as writer:
        writer.optimize = True
    large.backup(tmp_path / "copy")
    assert _files(tmp_path / "copy") == _files(large.path)
    assert Index.check(tmp_path / "copy").problems == []


@pytest.mark.parametrize("name", ["1.segment", "1.2.deleted", "3.attachment", toc.NAME])
def test_damage_in_a_backup_is_named_and_mended(filled: Index, tmp_path: Path, name: str) -> None:
    filled.backup(tmp_path / "copy")
    path = tmp_path / "copy" / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    assert run("check", "-i", "copy", cwd=tmp_path)[0] == 2
    code, _, err = run("backup", "copy", cwd=tmp_path)
    assert code == 0
    assert err == ("" if name == toc.NAME else f"copy/{name} was damaged, and is copied again\n")
    assert _files(tmp_path / "copy") == _files(filled.path)


@pytest.mark.parametrize("left", [1, 2, 3])
def test_a_backup_that_was_interrupted_goes_on(
    filled: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, left: int
) -> None:
    real = backups.write_whole
    written: list[str] = []

    def interrupted(path: Path, *arguments: Any) -> None:
        if len(written) == left:
            path.with_name(f"{path.name}.spill").write_bytes(b"half")
            raise KeyboardInterrupt
        real(path, *arguments)
        written.append(path.name)

    with monkeypatch.context() as patch:
        patch.setattr(backups, "write_whole", interrupted)
        if left < 3:
            with pytest.raises(KeyboardInterrupt) as raised:
                filled.backup(tmp_path / "copy")
            assert raised.value.__notes__ == [f"the same command goes on with the copy in {tmp_path / 'copy'}"]
        else:
            patch.setattr(toc, "write", _interrupt)
            with pytest.raises(KeyboardInterrupt):
                filled.backup(tmp_path / "copy")
    sizes = {path.name: path.stat().st_size for path in filled.path.iterdir()}
    done = filled.backup(tmp_path / "copy")
    assert done.present == sum(sizes[name] for name in written)
    assert done.copied == filled.status().size - done.present
    assert _files(tmp_path / "copy") == _files(filled.path)


def _interrupt(*_arguments: Any) -> None:
    raise KeyboardInterrupt


def test_the_earlier_backup_stays_whole_until_the_later_one_is(
    large: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    large.backup(tmp_path / "copy")
    before = _files(tmp_path / "copy")
    with large._writer() as writer:
        writer.optimize = True
    with monkeypatch.context() as patch:
        patch.setattr(toc, "write", _full)
        with pytest.raises(OSError, match="No space left"):
            large.backup(tmp_path / "copy")
    assert _files(tmp_path / "copy") == before
    with Index.open(tmp_path / "copy") as copy:
        assert copy.search("برف").total == 1


def _full(*_arguments: Any) -> None:
    raise OSError(28, "No space left on device")


def test_other_folders_are_refused(large: Index, tmp_path: Path) -> None:
    with Index.create(tmp_path / "other") as other:
        other.add(Document("x", "باران"))
        other.backup(tmp_path / "copy of other")
    before = _files(tmp_path / "copy of other")
    with pytest.raises(BadInput, match="copy of other is a copy of another index: choose"):
        large.backup(tmp_path / "copy of other")
    assert _files(tmp_path / "copy of other") == before
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "a.txt").touch()
    with pytest.raises(BadInput, match=r"texts is not an empty folder, and no copy of this index \(a\.txt\)"):
        large.backup(tmp_path / "texts")
    large.backup(tmp_path / "copy")
    with Index.open(tmp_path / "copy") as copy:
        copy.add(Document("mine", "باران"))
    with pytest.raises(BadInput, match=r"copy has changes that are not in .*index, such as those of later commits"):
        large.backup(tmp_path / "copy")
    with pytest.raises(BadInput, match="copy is not an empty folder"):
        large.backup(tmp_path / "copy", paths=False)
    (tmp_path / "texts" / "0.txt").touch()
    with pytest.raises(BadInput, match=r"no copy of this index \(0\.txt\)"):
        large.backup(tmp_path / "texts")


def test_a_copy_that_went_another_way_is_refused(large: Index, tmp_path: Path) -> None:
    """Its last commit has the number of one of the index, and other files, or the same files and another setting."""
    changes: dict[str, Callable[[Index, int], object]] = {
        "setting": lambda index, which: index.keep(2 + which),
        "files": lambda index, which: index.add(Document(f"mine{which}", "باران")),
    }
    for name, change in changes.items():
        large.backup(tmp_path / name)
        with Index.open(tmp_path / name) as copy:
            change(copy, 0)
        change(large, 1)
        assert toc.read(tmp_path / name).generation == toc.read(large.path).generation
        before = _files(tmp_path / name)
        with pytest.raises(BadInput, match=f"{name} has changes that are not in"):
            large.backup(tmp_path / name)
        assert _files(tmp_path / name) == before
    large.add(Document("later", "باران"))
    with pytest.raises(BadInput, match="files has changes that are not in"):
        large.backup(tmp_path / "files")


def test_own_files_beside_a_copy_do_not_matter(filled: Index, tmp_path: Path) -> None:
    """A folder of what a repair replaced, the lock of a writer, and what is left of a copy that was interrupted."""
    copy = tmp_path / "copy"
    (copy / toc.DAMAGED).mkdir(parents=True)
    for name in ("write.lock", toc.TEMPORARY, "1.2.deleted.spill", "9.deleted"):
        (copy / name).write_bytes(b"half")
    (tmp_path / "mine").write_bytes(b"mine")
    (copy / "1.segment.spill").symlink_to(tmp_path / "mine")
    filled.backup(copy)
    assert _files_of(copy) == {*_files(filled.path), "write.lock", toc.DAMAGED}
    assert (tmp_path / "mine").read_bytes() == b"mine"


def test_one_backup_to_a_folder_at_a_time(large: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refused: list[object] = []
    real = backups._copy

    def copy(*arguments: Any) -> backups.Copied:
        with pytest.raises(IndexBusy, match=r"another backup to .*copy is under way: try again later"):
            monkeypatch.undo()
            large.backup(tmp_path / "copy")
        refused.append(True)
        return real(*arguments)

    monkeypatch.setattr(backups, "_copy", copy)
    large.backup(tmp_path / "copy")
    assert refused == [True]
    assert Index.check(tmp_path / "copy").problems == []


def test_files_are_copied_in_pieces_and_nothing_is_left_of_one_that_failed(
    filled: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backups, "_BLOCK", 100)
    filled.backup(tmp_path / "copy")
    assert _files(tmp_path / "copy") == _files(filled.path)
    file = toc.read(filled.path).segments[0].file
    path = tmp_path / "copy" / "other.segment"
    with pytest.raises(OSError, match="what was written is not what is read"):
        backups.write_whole(path, file, iter([b"another"]))
    assert not path.exists()
    assert _files(tmp_path / "copy") == _files(filled.path)

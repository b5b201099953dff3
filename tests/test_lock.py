"""The lock of the writer: there is one writer at a time, and others wait for it."""

import errno
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from command import run

from jooya.analyzers import identity
from jooya.indexer import Document, Index, IndexBusy, IndexReport, IndexUnusable
from jooya.indexer.codec import toc
from jooya.indexer.codec.lock import _MAX_COMMAND_LENGTH, NAME, WriteLock


def test_the_holder_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["/usr/bin/jooya", "index", "talks"])
    with WriteLock(tmp_path), pytest.raises(IndexBusy) as busy:
        WriteLock(tmp_path, wait=0)
    since = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"
    holder = rf"process {os.getpid()} on \S+ since {since} \(jooya index talks\): try again later"
    assert busy.match(rf"{tmp_path} is being written to by {holder}")
    assert (tmp_path / NAME).read_bytes() == b""
    WriteLock(tmp_path, wait=0).release()


def test_a_long_command_of_the_holder_is_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["jooya", "index", "talk.txt " * 10_000])
    with WriteLock(tmp_path), pytest.raises(IndexBusy, match=rf"process {os.getpid()} on .* \(jooya index talk\.txt "):
        WriteLock(tmp_path, wait=0)
    with WriteLock(tmp_path):
        command = (tmp_path / NAME).read_text().partition(" (")[2]
        assert len(command) == _MAX_COMMAND_LENGTH + 1
        assert command.endswith(")")


def test_the_content_of_a_lock_file_cannot_steer_the_terminal(tmp_path: Path) -> None:
    with WriteLock(tmp_path):
        (tmp_path / NAME).write_bytes(b"\x1b[31mred\xff\n")
        with pytest.raises(IndexBusy, match=r"written to by  \[31mred. : try"):
            WriteLock(tmp_path, wait=0)


def test_a_second_writer_waits(index: Index) -> None:
    """It waits for a writer of the same process, too, even of the same `Index`."""
    writer = index._writer()
    writer.add_document(document="a", id="a#1", text="باران", start=0, end=5, digest=1)
    threading.Timer(0.2, writer.commit).start()
    begun = time.monotonic()
    assert index.add(Document("b", "باران")) == IndexReport(new=1)
    assert time.monotonic() - begun > 0.15
    assert index.ids() == {"a#1", "b#1"}
    with index._writer(), pytest.raises(IndexBusy):
        index.remove("a", wait=0.1)


def test_a_killed_writer_leaves_no_lock(index: Index) -> None:
    code = (
        "import sys; from jooya.indexer import Index\n"
        "with Index.open(sys.argv[1])._writer():\n    print(flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, index.path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout
        holder.stdout.readline()
        with pytest.raises(IndexBusy, match=f"process {holder.pid} on .* \\(-c "):
            index.add(Document("a", "باران"), wait=0)
        holder.kill()
    assert index.add(Document("a", "باران"), wait=0) == IndexReport(new=1)


def test_the_command_waits(index: Index, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("باران", encoding="utf-8")
    with index._writer():
        code, out, err = run("index", "--wait", "0.1", "a.txt", cwd=tmp_path)
        assert (code, out, err.count("\n")) == (2, "", 1)
        assert err.startswith(f"jooya: index is being written to by process {os.getpid()} on ")
        assert run("remove", "--wait", "0", "a.txt", cwd=tmp_path)[0] == 2
    assert run("index", "a.txt", cwd=tmp_path)[0] == 0


def test_two_processes_make_one_index(tmp_path: Path) -> None:
    """The slower of two processes that found no index overwrote the first commit of the other with an empty table."""
    folder = tmp_path / "index"
    folder.mkdir()
    lock = WriteLock(folder)
    slower = threading.Thread(target=lambda: Index.create(folder).close())
    slower.start()
    time.sleep(0.1)
    toc.write(folder, toc.Toc(7, identity()))
    lock.release()
    slower.join()
    assert toc.read(folder).generation == 7


def test_a_leftover_lock_does_not_prevent_a_new_index(tmp_path: Path) -> None:
    """A process that died while it made an index left a folder that could neither be opened nor become an index."""
    (tmp_path / NAME).touch()
    (tmp_path / ".toc.json").write_bytes(b"{")
    with Index.open_or_create(tmp_path) as index:
        assert index.add(Document("a", "باران")) == IndexReport(new=1)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["1.segment", "toc.json", NAME]


def test_a_lock_that_cannot_be_closed_is_released(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commit was on the disk, and its caller got the error of the lock."""
    lock = WriteLock(index.path)
    real = lock._file

    class Failing:
        """The file of the lock, as a disk that fails closes it."""

        def truncate(self, size: int) -> None:
            real.truncate(size)

        def close(self) -> None:
            real.close()
            raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(lock, "_file", Failing())
    lock.release()
    WriteLock(index.path, wait=0).release()


class Clock:
    """A clock that goes on only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []
        self.strftime = time.strftime

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.mark.parametrize(("wait", "times"), [(0.0, 0), (0.05, 1), (0.12, 3)])
def test_the_lock_is_tried_until_the_time_is_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wait: float, times: int
) -> None:
    clock = Clock()
    monkeypatch.setattr("jooya.indexer.codec.lock.time", clock)
    with WriteLock(tmp_path):
        before = len(list(Path("/dev/fd").iterdir()))
        with pytest.raises(IndexBusy) as busy:
            WriteLock(tmp_path, wait=wait)
        assert len(list(Path("/dev/fd").iterdir())) == before
        holder = (tmp_path / NAME).read_text()
    assert clock.slept == [0.05] * times
    assert (busy.value.path, busy.value.waited, busy.value.holder) == (tmp_path, wait, holder)


def test_the_description_of_the_holder_is_short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.gethostname", lambda: "h" * 500)
    with WriteLock(tmp_path):
        assert len((tmp_path / NAME).read_bytes()) == 400
        with (tmp_path / NAME).open("ab") as file:
            file.write(b"x" * 5000)
        with pytest.raises(IndexBusy) as busy:
            WriteLock(tmp_path, wait=0)
        assert len(busy.value.holder or "") == 1600
        (tmp_path / NAME).write_bytes(b"")
        with pytest.raises(IndexBusy, match=" is being written to by another process: try again later") as busy:
            WriteLock(tmp_path, wait=0)
        assert busy.value.holder is None
    assert (tmp_path / NAME).read_bytes() == b""


def test_a_program_without_a_name_has_the_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", [])
    with WriteLock(tmp_path):
        assert (tmp_path / NAME).read_text().endswith(" ()")


def test_a_folder_that_cannot_be_written_to_has_no_lock(tmp_path: Path) -> None:
    (tmp_path / NAME).mkdir()
    with pytest.raises(IndexUnusable) as caught:
        WriteLock(tmp_path)
    assert (caught.value.path, caught.value.reason) == (tmp_path, "not writable")
    assert str(caught.value).startswith(f"{tmp_path} can't be written to (")

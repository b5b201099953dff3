"""End-to-end tests of the command watch."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from queue import Queue

import pytest
from command import JOOYA, run

from jooya import Index


class Watching:
    """A running `jooya watch`, and the lines it prints."""

    def __init__(self, folder: Path) -> None:
        self.process = subprocess.Popen(
            [JOOYA, "watch", "f"], cwd=folder, stdout=subprocess.PIPE, env=os.environ | {"PYTHONUNBUFFERED": "1"}
        )
        self._lines: Queue[str] = Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self._lines.put(line.decode())

    def next_line(self) -> str:
        return self._lines.get(timeout=30)


@pytest.fixture
def watching(tmp_path: Path) -> Iterator[Watching]:
    (tmp_path / "f").mkdir()
    (tmp_path / "f" / "a.txt").write_text("باران", encoding="utf-8")
    watching = Watching(tmp_path)
    yield watching
    watching.process.kill()
    watching.process.wait()
    assert watching.process.stdout
    watching.process.stdout.close()


def test_it_follows_changes_until_it_is_interrupted(tmp_path: Path, watching: Watching) -> None:
    assert watching.next_line() == "new 1, updated 0, unchanged 0, removed 0\n"
    (tmp_path / "f" / "b.txt").write_text("برف", encoding="utf-8")
    assert watching.next_line() == "new 1, updated 0, unchanged 1, removed 0\n"
    assert run("search", "برف", cwd=tmp_path)[0] == 0
    (tmp_path / "f" / "sub").mkdir()
    (tmp_path / "f" / "sub" / "c.txt").write_text("تگرگ", encoding="utf-8")
    assert watching.next_line() == "new 1, updated 0, unchanged 2, removed 0\n"
    (tmp_path / "f" / "a.txt").unlink()
    assert watching.next_line() == "new 0, updated 0, unchanged 2, removed 1\n"
    watching.process.send_signal(signal.SIGINT)
    assert watching.process.wait(30) == 0


def test_an_index_inside_the_folder_does_not_wake_it(tmp_path: Path) -> None:
    """Each commit was a change, and each change caused a run."""
    (tmp_path / "a.txt").write_text("باران", encoding="utf-8")
    code = """
import sys, threading
from pathlib import Path
from jooya.indexer import Index
folder = Path(sys.argv[1])
runs = []
with Index.open_or_create(folder / "index") as index:
    original = index.add
    index.add = lambda *paths, **options: (runs.append(1), original(*paths, **options))[1]
    changes = index.watch(folder)
    print(next(changes))
    threading.Timer(3, lambda: (folder / "b.txt").write_text("x")).start()
    print(next(changes), len(runs))
"""
    done = subprocess.run([sys.executable, "-c", code, tmp_path], capture_output=True, check=True, timeout=60)
    first, second = done.stdout.decode().splitlines()
    assert first == (
        "IndexReport(new=1, updated=0, unchanged=0, removed=0, skipped=[], gone=[], failed=[], unread=[], "
        "notes=[], recognized=0)"
    )
    assert second == first.replace("new=1, updated=0, unchanged=0", "new=1, updated=0, unchanged=1") + " 2"


def test_what_fails_is_printed_and_tried_again(tmp_path: Path) -> None:
    (tmp_path / "f").mkdir()
    (tmp_path / "f" / "loop.txt").symlink_to("loop.txt")
    (tmp_path / "f" / "a.txt").write_text("باران", encoding="utf-8")
    with Index.create(tmp_path / "index") as index:
        writer = index._writer()
        with subprocess.Popen(
            [JOOYA, "watch", "--wait", "0", "f"], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as process:
            assert process.stderr
            assert process.stdout
            line = process.stderr.readline().decode()
            assert line.startswith("index is being written to by process ")
            assert line.endswith("; trying again\n")
            writer.cancel()
            assert process.stdout.readline() == b"new 1, updated 0, unchanged 0, removed 0, skipped 1\n"
            process.send_signal(signal.SIGINT)
            assert process.wait(30) == 0


def test_a_missing_path_is_an_error(tmp_path: Path) -> None:
    assert run("watch", "nope", cwd=tmp_path) == (2, "", "jooya: nope: no such file or folder\n")

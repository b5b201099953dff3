"""Tests that a first run, by a user who never ran Jooya before, writes nothing outside its index."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

# Runs before the program that is tested. CPython reports each file that Python code opens, creates, renames or removes
# to an audit hook, which writes a line for each to the file `WRITES`; at once, since the command ends by `os._exit`.
RECORDER = """
import json, os, sys

report = os.open(os.environ["WRITES"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)

def written(*paths):
    for path in paths:
        os.write(report, os.path.abspath(os.fsdecode(path)).encode() + b"\\n")

def record(event, arguments):
    if event == "open":
        path, _, flags = arguments
        if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT) and not isinstance(path, int):
            written(path)
    elif event in ("os.mkdir", "os.remove", "os.rmdir", "os.truncate", "os.chmod", "os.utime"):
        if not isinstance(arguments[0], int):
            written(arguments[0])
    elif event in ("os.rename", "os.link", "os.symlink"):
        written(*arguments[:2])

sys.addaudithook(record)
"""

LIBRARY = """
from jooya import Document, Index
with Index.create("index") as index:
    index.add(Document("note", "کتاب\u200cهای سرزمین\u200cهای اشغالی"))
    print(len(index.search("كتابهاي").hits))
"""

COMMAND = """
import runpy
sys.argv = ["jooya", *json.loads(os.environ["ARGUMENTS"])]
runpy.run_module("jooya", run_name="__main__")
"""


class FirstRun:
    """An empty home, an empty folder for temporary files, and a working folder in which only `index` is writable."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home, self.temporary, self.work = folder / "home", folder / "tmp", folder / "work"
        self.index = self.work / "index"
        for made in (self.home, self.temporary, self.index):
            made.mkdir(parents=True)
        # The superuser may write there all the same, so the tests look at what was written as well.
        self.work.chmod(0o500)

    def run(self, program: str, *arguments: str | Path) -> str:
        """Run a program, check that it wrote to the index alone and reported nothing, and return its output."""
        report = self.folder / "writes.txt"
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "TMPDIR": str(self.temporary),
            "WRITES": str(report),
            "ARGUMENTS": json.dumps([str(argument) for argument in arguments]),
            **{name: value for name, value in os.environ.items() if name == "PYTHONPATH"},
        }
        # -B: an editable installation may not have its `.pyc` files yet; pip makes those of a wheel.
        done = subprocess.run(
            [sys.executable, "-B", "-c", RECORDER + program],
            cwd=self.work,
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, "")
        written = [Path(line) for line in dict.fromkeys(report.read_text(encoding="utf-8").splitlines())]
        assert [path for path in written if not path.is_relative_to(self.index)] == []
        # What compiled libraries and other processes write does not reach the audit hook.
        assert [*self.home.rglob("*"), *self.temporary.rglob("*")] == []
        assert [*self.work.iterdir()] == [self.index]
        return done.stdout


@pytest.fixture
def first_run(tmp_path: Path) -> Iterator[FirstRun]:
    first = FirstRun(tmp_path)
    yield first
    first.work.chmod(0o700)


def test_the_library_writes_to_the_index_alone(first_run: FirstRun) -> None:
    assert first_run.run(LIBRARY) == "1\n"
    assert [*first_run.index.iterdir()] != []


def test_commands_write_to_the_index_alone(first_run: FirstRun, transcript: Path) -> None:
    first_run.run(COMMAND, "index", "-i", first_run.index, transcript)
    assert transcript.name in first_run.run(COMMAND, "search", "-i", first_run.index, "سرزمین های اشغالی")
    first_run.run(COMMAND, "status", "-i", first_run.index)
    first_run.run(COMMAND, "check", "-i", first_run.index)


def test_the_recorder_sees_what_is_written_elsewhere(first_run: FirstRun) -> None:
    with pytest.raises(AssertionError, match=r"elsewhere\.txt"):
        first_run.run(f"open({str(first_run.folder / 'elsewhere.txt')!r}, 'w').close()")

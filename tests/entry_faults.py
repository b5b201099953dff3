"""Faults of an entry of a folder while the folder is indexed. Each of them costs that entry alone."""

import errno
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from jooya.indexer.readers.guard import Guard


def _loop(folder: Path) -> None:
    (folder / "bad.txt").symlink_to("bad.txt")


def _broken_link(folder: Path) -> None:
    (folder / "bad.txt").symlink_to("nowhere.txt")


def _fifo(folder: Path) -> None:
    os.mkfifo(folder / "bad.txt")


def _name_of_bytes(folder: Path) -> None:
    (folder / os.fsdecode(b"bad\xff.txt")).write_text("برف", encoding="utf-8")


def _folder_for_file(folder: Path) -> None:
    (folder / "bad.txt").mkdir()


LASTING: dict[str, Callable[[Path], None]] = {
    "a link to itself": _loop,
    "a broken link": _broken_link,
    "a pipe": _fifo,
    "a name that is not UTF-8": _name_of_bytes,
    "a folder named as a file": _folder_for_file,
}
"""Faults that are on the disk, and stay there: functions that make one in a folder that has no `bad.txt`."""


class Entry:
    """An entry of a folder that cannot be looked at."""

    def __init__(self, real: "os.DirEntry[str]", error: int) -> None:
        """Prepare an entry all of whose methods fail with this error number."""
        self.name, self.path = real.name, real.path
        self._error = error

    def _fail(self, **_options: Any) -> Any:
        raise OSError(self._error, os.strerror(self._error), self.path)

    is_dir = is_file = is_symlink = stat = _fail


Listed = Callable[[str, list[Any]], list[Any]]
"""Takes the path of a folder and its entries when it has just been listed, and returns the entries to go on with."""


@contextmanager
def listing(monkeypatch: pytest.MonkeyPatch, listed: Listed) -> Iterator[None]:
    """Let `listed` come between the listing of a folder and all that follows."""
    real = os.scandir

    @contextmanager
    def scandir(path: str) -> Iterator[Any]:
        with real(path) as entries:
            found = list(entries)
        yield iter(listed(path, found))

    with monkeypatch.context() as patch:
        # Functions that remove folders list them by a number.
        patch.setattr(os, "scandir", lambda path=".": real(path) if isinstance(path, int) else scandir(path))
        yield


def _vanishes(path: str, entries: list[Any]) -> list[Any]:
    (Path(path) / "bad.txt").unlink(missing_ok=True)
    return entries


def _folder_vanishes(path: str, entries: list[Any]) -> list[Any]:
    shutil.rmtree(Path(path) / "sub", ignore_errors=True)
    return entries


def _all_vanishes(path: str, entries: list[Any]) -> list[Any]:
    if Path(path).name == "sub":
        shutil.rmtree(path, ignore_errors=True)
    return entries


def _becomes_folder(path: str, entries: list[Any]) -> list[Any]:
    if (Path(path) / "bad.txt").is_file():
        (Path(path) / "bad.txt").unlink()
        (Path(path) / "bad.txt").mkdir()
    return entries


def _becomes_pipe(path: str, entries: list[Any]) -> list[Any]:
    if (Path(path) / "bad.txt").is_file():
        (Path(path) / "bad.txt").unlink()
        os.mkfifo(Path(path) / "bad.txt")
    return entries


def _fails(number: int, name: str) -> Listed:
    return lambda _path, entries: [Entry(entry, number) if entry.name == name else entry for entry in entries]


def _no_entry(number: int) -> Listed:
    def listed(path: str, entries: list[Any]) -> list[Any]:
        if Path(path).name == "sub":
            raise OSError(number, os.strerror(number), path)
        return entries

    return listed


PASSING: dict[str, Listed] = {
    "a file vanishes after it is listed": _vanishes,
    "a file becomes a folder": _becomes_folder,
    "a file becomes a pipe": _becomes_pipe,
    "a folder vanishes after it is listed": _folder_vanishes,
    "a folder vanishes while it is walked": _all_vanishes,
    "a folder may not be read": _no_entry(errno.EACCES),
    "a folder has an error on the disk": _no_entry(errno.EIO),
    "too many files are open": _no_entry(errno.EMFILE),
    "a file has an error on the disk": _fails(errno.EIO, "bad.txt"),
    "a file may not be looked at": _fails(errno.EACCES, "bad.txt"),
    "a folder may not be looked at": _fails(errno.EACCES, "sub"),
    "a stale handle": _fails(errno.ESTALE, "bad.txt"),
}
"""Faults while a folder with `bad.txt` and `sub/` is walked."""

KEPT = {name for name, listed in PASSING.items() if listed not in (_vanishes, _becomes_folder, _becomes_pipe)} - {
    "a folder vanishes after it is listed",
    "a folder vanishes while it is walked",
}
"""Those faults that leave open whether a file is still there. Its documents stay."""


def vanish_before_reading(monkeypatch: pytest.MonkeyPatch, name: str, replace: Callable[[Path], None]) -> None:
    """Let `replace` do something to the file `name` between its finding and its reading."""
    real = Guard.read

    def read(self: Any, source: Any, *rest: Any) -> Any:
        if source.path.name == name:
            replace(source.path)
        return real(self, source, *rest)

    monkeypatch.setattr(Guard, "read", read)

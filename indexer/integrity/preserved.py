"""Keeping the files that a repair replaces, in a folder of their own within that of the index."""

import os
import stat
from contextlib import suppress
from pathlib import Path

from ..codec import toc
from ..codec.committer import COMMITTED_SUFFIXES, OWN_SUFFIXES
from ..codec.toc import Toc
from ..errors import IndexUnusable
from .segment_check import is_missing


class Preserved:
    """The files of an index before a repair, none of which is ever lost.

    Those that the next table of contents does not name, or of which it names other deletions, get a second name in a
    new folder `damaged/NUMBER` before that table replaces the present one. Only after that, their first name is
    removed. So each of them is in one of the two folders at any time, whatever fails.

    Attributes:
        folder: The new folder; None if there is none.
        files: The names of the files that are in it.
    """

    def __init__(self, index: Path, state: Toc | None) -> None:
        """Note which files are in the folder `index`; `state` is the present table of contents, if it can be read."""
        self.folder: Path | None = None
        self.files: list[str] = []
        self._index = index
        self._state = state
        self._names = set(os.listdir(index))  # noqa: PTH208 (unlike iterdir, one call of the system)
        self._next: Toc | None = None
        self._kept = _kept_files(index, state)

    @property
    def has_table(self) -> bool:
        """True if there is a table of contents, damaged or not."""
        return toc.NAME in self._names

    def add(self, state: Toc) -> None:
        """Preserve what `state`, the next table of contents, replaces. All of it is on the disk when this returns."""
        self._next = state
        replaced = sorted(name for name in self._names if self._is_replaced(name, state))
        folder = self.folder = new_folder(self._index)
        for name in replaced:
            if not stat.S_ISDIR((self._index / name).lstat().st_mode):  # no program of ours makes a folder there
                self.files.append(name)
                toc.give_second_name(self._index / name, folder / name)
        toc.sync(folder)

    def _is_replaced(self, name: str, state: Toc) -> bool:
        """Return True if the file belongs to the index and `state` does not take it over as it is."""
        if name == toc.NAME:
            return True
        entries = (
            [] if self._state is None else [entry for entry in self._state.segments if entry not in state.segments]
        )
        changed = {file.name for entry in entries for file in (entry.file, entry.deletions) if file}
        is_unused = name not in state.files and name not in self._kept
        return name in changed or (Path(name).suffix in COMMITTED_SUFFIXES and is_unused)

    def remove_unused(self, _index: Path) -> None:
        """Remove the files that the repair made and does not need, and the first names of the preserved ones.

        While it cannot be told which table of contents is the current one, nothing is removed. A file that cannot be
        removed is left for the next writer.
        """
        try:
            used = self._next.files if self._next is not None and self._is_current(self._next) else None
            names = set(os.listdir(self._index))  # noqa: PTH208 (see above)
            own = {name for name in names if Path(name).suffix in OWN_SUFFIXES or name == toc.TEMPORARY}
            if used is None:
                unused = [self._index / name for name in own - self._names]
                unused += [self.folder / name for name in self.files if self.folder is not None]
            else:
                unused = [self._index / name for name in own - used if name in self.files or name not in self._names]
            if unused:
                toc.sync(self._index)  # otherwise another table of contents may come back after a power failure
        except OSError:
            return
        for path in unused:
            with suppress(OSError):
                path.unlink()
        if used is None and self.folder is not None:
            with suppress(OSError):
                self.folder.rmdir()
                if toc.DAMAGED not in self._names:
                    self.folder.parent.rmdir()
            self.folder, self.files = None, []

    def _is_current(self, state: Toc) -> bool:
        """Return True if `state` has replaced the table of contents. Raise an OSError if that is not known."""
        try:
            return toc.read(self._index) == state
        except IndexUnusable:  # the damaged one; the next one was complete before it got this name
            return False
        except FileNotFoundError:
            if is_missing(self._index / toc.NAME):
                return False
            raise


def _kept_files(folder: Path, state: Toc | None) -> set[str]:
    """Return the names of the files that earlier commits need which are kept; of damaged ones, the tables alone."""
    found: set[str] = set()
    for generation in [] if state is None else toc.kept_generations(folder, state):
        found.add(toc.kept_name(generation))
        with suppress(IndexUnusable, FileNotFoundError):
            found |= toc.read_kept(folder, generation).files
    return found


def new_folder(index: Path) -> Path:
    """Make a new folder within `damaged`, a folder in that of the index, and return it; its name is on the disk."""
    parent = index / toc.DAMAGED
    toc.make_folder(parent)
    numbers = [int(name) for name in os.listdir(parent) if name.isdecimal()]  # noqa: PTH208 (unlike iterdir, one call)
    folder = parent / str(max(numbers, default=0) + 1)
    folder.mkdir()
    try:
        toc.sync(parent)
    except OSError:
        with suppress(OSError):
            folder.rmdir()
            parent.rmdir()  # unless others are in it
        raise
    return folder

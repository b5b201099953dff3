"""From the paths that a user gives to the files that are meant."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ..errors import BadInput
from ..readers.formats import is_readable

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec


class Stamp(NamedTuple):
    """The size and times of a file, by which a changed file is told from an unchanged one without reading it.

    Attributes:
        size: The size in bytes.
        modified: When the content last changed, in nanoseconds.
        changed: When the entry on the disk last changed, in nanoseconds.
    """

    size: int
    modified: int
    changed: int


class FoundFile(NamedTuple):
    """A file to read.

    Attributes:
        location: The absolute path. Links are not followed.
        name: The path as the user gave it.
        stamp: The size and times.
    """

    location: str
    name: str
    stamp: Stamp


@dataclass(slots=True)
class FoundFiles:
    """The files that were found at some paths.

    Attributes:
        files: The files to read, in order.
        roots: The absolute paths that were given.
        skipped: Why other files and folders were left out, by absolute path.
        unread: The absolute paths of folders that could not be listed. What was in them may still be there.
    """

    files: list[FoundFile] = field(default_factory=list)
    roots: list[str] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)
    unread: list[str] = field(default_factory=list)

    def covers(self, location: str) -> bool:
        """Return True if a file is, or would be, at or below one of the roots, and would have been found."""
        return any(location == root or _is_below(location, root) for root in self.roots) and not any(
            _is_below(location, folder) for folder in self.unread
        )


def find(paths: Iterable[str | Path], exclude: Iterable[str] = (), not_below: Path | None = None) -> FoundFiles:
    """Find the files at `paths`: those that are named, and all files of known formats in folders, at any depth.

    Hidden files and folders (whose names begin with a dot) are left out, and links that lead out of a folder are not
    followed.

    Args:
        paths: Files and folders.
        exclude: Patterns as in a .gitignore file, relative to each folder. Files in folders that match are left out.
        not_below: A folder that is left out: that of the index.

    Raises:
        BadInput: A path does not exist, or a pattern cannot be read.
    """
    patterns = _patterns(exclude)
    found = FoundFiles()
    seen: set[str] = set()
    own = absolute(not_below) if not_below else None
    for path in paths:
        name = os.path.normpath(path)
        location = absolute(path)
        found.roots.append(location)
        if os.path.isdir(path):  # noqa: PTH112 - pathlib takes a tenth of the time of a run that finds nothing new
            files = _Folder(location, patterns, own, found).files("" if name == "." else name)
        elif os.path.isfile(path):  # noqa: PTH113
            files = iter([(location, name, os.stat(path))])  # noqa: PTH116
        elif os.path.lexists(path):
            raise BadInput(f"{path}: neither a file nor a folder")  # reading a pipe might never end
        else:
            raise BadInput(f"{path}: no such file or folder")
        for where, called, status in files:
            if where not in seen:
                seen.add(where)
                stamp = Stamp(status.st_size, status.st_mtime_ns, status.st_ctime_ns)
                found.files.append(FoundFile(where, called.replace(os.sep, "/"), stamp))
    return found


def _is_below(location: str, folder: str) -> bool:
    return location.startswith(folder.rstrip(os.sep) + os.sep)


def absolute(path: str | Path) -> str:
    """Return `path` as an absolute path. Links are kept: a document belongs to the folder it was found in."""
    return os.path.abspath(path)  # noqa: PTH100


def _patterns(lines: Iterable[str]) -> "GitIgnoreSpec | None":
    lines = list(lines)
    if not lines:
        return None
    from pathspec import GitIgnoreSpec  # noqa: PLC0415 - only those who exclude something wait for it

    try:
        return GitIgnoreSpec.from_lines(lines)
    except ValueError as error:
        raise BadInput(f"a pattern to exclude can't be read: {error}") from None


class _Folder:
    """A walk through a folder."""

    def __init__(self, root: str, patterns: "GitIgnoreSpec | None", own: str | None, found: FoundFiles) -> None:
        self._root = root
        self._real_root = os.path.realpath(root)
        self._patterns = patterns
        self._own = own
        self._skipped = found.skipped
        self._unread = found.unread

    def files(self, name: str) -> Iterator[tuple[str, str, os.stat_result]]:
        """Yield the location, name and status of each file; `name` is the name of the folder."""
        waiting = [(self._root, name, "")]
        while waiting:
            folder, called, inside = waiting.pop()
            try:
                with os.scandir(folder) as listing:
                    entries = sorted(listing, key=lambda entry: entry.name)
            except OSError as error:
                self._skipped[folder] = f"{called or '.'}: {error.strerror}"
                self._unread.append(folder)
                continue
            folders = []
            for entry in entries:
                if entry.name.startswith("."):
                    continue
                name = f"{called}/{entry.name}" if called else entry.name
                relative = f"{inside}{entry.name}"
                is_folder = entry.is_dir(follow_symlinks=False)
                if self._patterns and self._patterns.match_file(f"{relative}/" if is_folder else relative):
                    continue
                if is_folder:
                    if entry.path != self._own:
                        folders.append((entry.path, name, f"{relative}/"))
                elif status := self._status(entry, name):
                    yield entry.path, name, status
            waiting += reversed(folders)

    def _status(self, entry: "os.DirEntry[str]", name: str) -> os.stat_result | None:
        """Return the status of a file; None for anything else, or for a file that is not to be read."""
        if entry.is_symlink():
            real = os.path.realpath(entry.path)
            if os.path.commonpath([real, self._real_root]) != self._real_root:
                self._skipped[entry.path] = f"{name}: a link out of the folder"
                return None
        if not entry.is_file():
            return None
        if not is_readable(entry.name):
            self._skipped[entry.path] = f"{name}: unknown format"
            return None
        return entry.stat()

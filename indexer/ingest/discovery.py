"""Discovery: from the paths that a user gives to the files to read, with their sizes and times."""

import errno
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ..errors import BadInput
from ..readers.formats import is_readable

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

_NOT_THERE = (errno.ENOENT, errno.ENOTDIR)
"""The errors that say that there is no such file. All others leave open whether there is one."""


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
        roots: The absolute paths that were given and are there.
        gone: The absolute paths that were given and are no longer there, though files were taken in from them.
        skipped: Why other files and folders were left out, by absolute path.
        uncertain: The absolute paths of those of them that the system did not let be looked at. They may be there.
        missing: The paths that were given and are not there, as they were given, by absolute path. `tell_gone`
            moves them to `gone` or `failed`.
        failed: The paths that were given and can't be taken in, each with the reason, by absolute path.
    """

    files: list[FoundFile] = field(default_factory=list)
    roots: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)
    uncertain: set[str] = field(default_factory=set)
    missing: dict[str, str] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)

    def covers(self, location: str) -> bool:
        """Return True if a file is, or would be, at or below one of the roots, or of the paths that are gone."""
        return _is_below_any(location, self.roots) or _is_below_any(location, self.gone)

    def lacks(self, location: str) -> bool:
        """Return True if a file that is not among `files` would be if it were there."""
        return self.covers(location) and not _is_below_any(location, self.uncertain)

    @property
    def unread(self) -> list[str]:
        """The lines of `skipped` that are of what the system did not let be looked at."""
        return [reason for location, reason in self.skipped.items() if location in self.uncertain]

    def tell_gone(self, is_known: Callable[[str], bool]) -> list[str]:
        """Move the missing paths to `gone` if files were taken in from them (`is_known`), or else to `failed`.

        Returns:
            The paths that are gone, as they were given.
        """
        names = []
        for location, name in self.missing.items():
            if is_known(location):
                self.gone.append(location)
                names.append(name)
            else:
                self.failed[location] = f"{name}: no such file or folder"
        self.missing = {}
        return names

    def skip(self, location: str, name: str, error: OSError) -> None:
        """Leave out a file or folder in a folder because of an error of the system, and go on with the others."""
        # What is said not to be there may have been made anew, or the system was wrong. Its documents stay for now.
        if error.errno not in _NOT_THERE or os.path.lexists(location):
            self.uncertain.add(location)
        self.skipped[location] = f"{name}: {error.strerror or error}"


def find(paths: Iterable[str | Path], exclude: Iterable[str] = (), not_below: Path | None = None) -> FoundFiles:
    """Find the files at `paths`: those that are named, and all files of known formats in folders, at any depth.

    Hidden files and folders (whose names begin with a dot) are left out, and links that lead out of a folder are not
    followed. Files come and go while this runs: an entry of a folder that cannot be looked at is left out with a
    reason, and the others are found all the same.

    Args:
        paths: Files and folders.
        exclude: Patterns as in a .gitignore file, relative to each folder in `paths`. Files in these folders that match
            are left out.
        not_below: A folder that is left out: that of the index.

    Raises:
        BadInput: A pattern cannot be read.
    """
    patterns = _patterns(exclude)
    found = FoundFiles()
    seen: set[str] = set()
    left_out = absolute(not_below) if not_below else None
    for path in paths:
        name = os.path.normpath(path)
        location = absolute(path)
        try:
            status = os.stat(path)  # noqa: PTH116 - pathlib takes a tenth of the time of a run that finds nothing new
        except OSError as error:
            if error.errno not in _NOT_THERE:
                found.failed[location] = f"{path}: {error.strerror or error}"
            elif os.path.islink(path):  # noqa: PTH114
                found.failed[location] = f"{path}: a broken link"
            elif os.path.lexists(path):  # the first answer was wrong, or the path has just been made anew
                found.failed[location] = f"{path}: {error.strerror}"
            else:
                found.missing[location] = str(path)
            continue
        if stat.S_ISDIR(status.st_mode):
            files = _Folder(location, patterns, left_out, found).files("" if name == "." else name)
        elif stat.S_ISREG(status.st_mode):
            files = iter([(location, name, status)])
        else:
            found.failed[location] = f"{path}: neither a file nor a folder"  # reading a pipe might never end
            continue
        found.roots.append(location)
        for where, called, status in files:
            if where not in seen:
                seen.add(where)
                stamp = Stamp(status.st_size, status.st_mtime_ns, status.st_ctime_ns)
                found.files.append(FoundFile(where, called.replace(os.sep, "/"), stamp))
    return found


def absolute(path: str | Path) -> str:
    """Return `path` as an absolute path. Links are kept: a document belongs to the folder it was found in."""
    return os.path.abspath(path)  # noqa: PTH100


def is_below(location: str, folder: str) -> bool:
    """Return True if an absolute path is that of `folder`, or of something below it."""
    return location == folder or location.startswith(folder.rstrip(os.sep) + os.sep)


def _is_below_any(location: str, folders: Iterable[str]) -> bool:
    return any(is_below(location, folder) for folder in folders)


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
    """A walk through a folder, which enters in `skipped` why files and folders are left out."""

    def __init__(self, root: str, patterns: "GitIgnoreSpec | None", own: str | None, found: FoundFiles) -> None:
        self._root = root
        self._real_root = os.path.realpath(root)
        self._patterns = patterns
        self._own = own
        self._found = found

    def files(self, name: str) -> Iterator[tuple[str, str, os.stat_result]]:
        """Yield the location, name and status of each file; `name` is the name of the folder."""
        waiting = [(self._root, name, "")]
        while waiting:
            folder, called, inside = waiting.pop()
            try:
                with os.scandir(folder) as listing:
                    entries = sorted(listing, key=lambda entry: entry.name)
            except OSError as error:
                self._found.skip(folder, called or ".", error)
                continue
            folders = []
            for entry in entries:
                if entry.name.startswith("."):
                    continue
                name = f"{called}/{entry.name}" if called else entry.name
                relative = f"{inside}{entry.name}"
                try:
                    is_folder = entry.is_dir(follow_symlinks=False)
                    if self._patterns and self._patterns.match_file(f"{relative}/" if is_folder else relative):
                        continue
                    if is_folder:
                        if entry.path != self._own:
                            folders.append((entry.path, name, f"{relative}/"))
                        continue
                    status = self._status(entry, name)
                except OSError as error:
                    self._found.skip(entry.path, name, error)
                    continue
                if status:
                    yield entry.path, name, status
            waiting += reversed(folders)

    def _status(self, entry: "os.DirEntry[str]", name: str) -> os.stat_result | None:
        """Return the status of a file; None for anything else, or for a file that is not to be read.

        Raises:
            OSError: The entry is gone by now, or cannot be looked at.
        """
        if entry.is_symlink():
            real = os.path.realpath(entry.path)
            if os.path.commonpath([real, self._real_root]) != self._real_root:
                self._found.skipped[entry.path] = f"{name}: a link out of the folder"
                return None
            if not os.path.lexists(real):
                self._found.skipped[entry.path] = f"{name}: a broken link"
                return None
        if not entry.is_file():
            return None
        if not is_readable(entry.name):
            self._found.skipped[entry.path] = f"{name}: unknown format"
            return None
        status = entry.stat()
        return status if stat.S_ISREG(status.st_mode) else None  # it may have been replaced since it was listed

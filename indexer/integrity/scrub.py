"""Scrubbing: reading all files of an index that is in use, at a bounded rate, and mending them from a backup."""

import errno
import os
import time
from collections.abc import Iterator
from pathlib import Path

from ..codec import toc
from ..codec.files import opened
from ..codec.lock import WriteLock
from ..codec.sections import SectionFile
from ..codec.snapshot import read_checked
from ..codec.toc import IndexFile, Toc
from ..errors import IndexDamaged, IndexUnusable
from ..reports import OnWork, ScrubReport
from .backup import More, is_sound, write_whole
from .preserved import new_folder
from .progress import progress_of
from .segment_check import unreadable_line

_BLOCK = 1 << 20  # bytes read at a time


class _Pace:
    """Waits between reads, so that no more than `rate` megabytes a second are read."""

    def __init__(self, rate: float | None, more: More | None) -> None:
        self._rate = rate
        self._more = more
        self._begin = time.monotonic()
        self.read = 0

    def spend(self, size: int) -> None:
        """Wait until `size` more bytes may have been read."""
        self.read += size
        if self._more:
            self._more(size)
        if self._rate:
            rest = self._begin + self.read / (self._rate * 1e6) - time.monotonic()
            if rest > 0:
                time.sleep(rest)


def scrub(
    folder: Path,
    *,
    rate: float | None,
    source: Path | None,
    key: bytes | None,
    wait: float,
    on_progress: OnWork | None = None,
) -> ScrubReport:
    """Read all files of the last commit and of those that are kept, compare their checksums, and mend them.

    Files are read from the disk rather than from memory, where the system can. Those that commits remove meanwhile are
    passed over. A damaged file is replaced in one step by the same file of a backup, under the lock of the index, and
    stays in a folder within `damaged`; readers then open the new one.

    Args:
        folder: The folder of the index.
        rate: Megabytes to read in a second, at most; None for no bound.
        source: The folder of a backup, to mend damaged files from.
        key: The key of the index, by which all of it is authenticated.
        wait: Seconds to wait for a writer before a file is replaced.
        on_progress: A function that is called now and then with the progress.

    Raises:
        IndexUnusable: If there is no index, one of another format, or one that is not authentic.
        IndexBusy: If another process is still writing after `wait` seconds.
        OSError: If the folder cannot be read, or a file cannot be replaced.
    """
    problems: list[str] = []
    try:
        state = toc.read(folder, key)
    except IndexDamaged as error:
        return ScrubReport(0, 0, [error.problem])
    except OSError as error:
        if isinstance(error, FileNotFoundError | NotADirectoryError):
            raise IndexUnusable(f"{folder} is not an index", "give the folder of an index", path=folder) from None
        return ScrubReport(0, 0, [unreadable_line(error)])
    files = _files(folder, state, key, problems)
    more = on_progress and progress_of("scrubbing", sum(file.size for file in files), on_progress, "bytes")
    pace = _Pace(rate, more)
    damaged: list[tuple[IndexFile, str]] = []
    for file in files:
        problem = _problem(folder, file, key, pace)
        if problem:
            damaged.append((file, problem))
    if source is None or not damaged:
        return ScrubReport(len(files), pace.read, [*problems, *(problem for _, problem in damaged)])
    mended, kept, rest = _mend(folder, damaged, source, wait)
    return ScrubReport(len(files), pace.read, [*problems, *rest], mended, kept)


def _files(folder: Path, state: Toc, key: bytes | None, problems: list[str]) -> list[IndexFile]:
    """Return the files that the last commit and the kept ones name; `problems` gets what is wrong with the latter."""
    files = dict.fromkeys(state.entries.values())
    for generation in reversed(toc.kept_generations(folder, state)):
        try:
            files |= dict.fromkeys(toc.read_kept(folder, generation, key).entries.values())
        except FileNotFoundError:  # a later commit has removed it meanwhile
            continue
        except IndexUnusable as error:
            problems.append(error.problem)
        except OSError as error:
            problems.append(unreadable_line(error))
    return list(files)


def _is_named(folder: Path, file: IndexFile) -> bool:
    """Return True if the last commit or one that is kept names a file."""
    state = toc.read(folder)
    return file.name in state.files or file.name in toc.needed_files(folder, state)


def _problem(folder: Path, file: IndexFile, key: bytes | None, pace: _Pace) -> str | None:
    """Return what is wrong with a file; None if it is as it was written, or no longer needed."""
    path = folder / file.name
    try:
        if file.name.endswith(".segment"):
            _read_segment(path, file, key, pace)
        else:
            read_checked(folder, file, authenticate=key is not None)
            pace.spend(file.size)
    except FileNotFoundError:
        return IndexDamaged.at(path, "missing").problem if _is_named(folder, file) else None
    except IndexDamaged as error:
        return error.problem
    except OSError as error:
        error.filename = error.filename or str(path)
        return unreadable_line(error)
    return None


def _read_segment(path: Path, file: IndexFile, key: bytes | None, pace: _Pace) -> None:
    """Read a segment from its end to its beginning, and compare its checksums.

    Each part is read by a call that can fail before it is looked at in the mapped file, where an error of the disk
    would end the process.

    Raises:
        IndexDamaged: If the content is not what was written.
        OSError: If it cannot be read.
    """
    with opened(path) as (descriptor, size):
        if size != file.size:
            raise IndexDamaged.at(path)
        if hasattr(os, "posix_fadvise"):
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)  # what the disk has, and not what memory has
        sections: SectionFile | None = None
        for start in range((size - 1) // _BLOCK * _BLOCK, -1, -_BLOCK):
            stop = min(start + _BLOCK, size)
            _read(descriptor, start, stop, path)
            if sections is None:
                digest = None if key is None else file.digest
                sections = SectionFile(path, size, file.checksum, check=False, digest=digest)
            sections.check(start, stop)
            sections.release()
            pace.spend(stop - start)


def _read(descriptor: int, start: int, stop: int, path: Path) -> None:
    """Read a part of a file and forget it."""
    while start < stop:
        piece = os.pread(descriptor, stop - start, start)
        if not piece:
            raise IndexDamaged.at(path)
        start += len(piece)


def _mend(
    folder: Path, damaged: list[tuple[IndexFile, str]], source: Path, wait: float
) -> tuple[list[str], Path | None, list[str]]:
    """Replace damaged files by those of a backup.

    Returns:
        The names of the files that were replaced; the folder that has them now; and the problems that remain.
    """
    mended: list[str] = []
    problems: list[str] = []
    aside: Path | None = None
    with WriteLock(folder, wait):
        try:
            for file, problem in damaged:
                if not _is_named(folder, file):  # a commit has removed it meanwhile
                    continue
                if why := _not_in_backup(file, source):
                    problems.append(f"{problem}, and {why}")
                    continue
                if os.path.lexists(folder / file.name):
                    aside = aside or new_folder(folder)
                    toc.give_second_name(folder / file.name, aside / file.name)
                    toc.sync(aside)
                write_whole(folder / file.name, file, _pieces(source / file.name))
                mended.append(file.name)
        finally:  # what is mended lasts and is seen, though the next file cannot be written
            if mended:
                toc.sync(folder)
                toc.touch(folder)
    return mended, aside, problems


def _not_in_backup(file: IndexFile, source: Path) -> str:
    """Return why a backup cannot replace a file; nothing if it can."""
    try:
        sound = is_sound(source / file.name, file)
    except FileNotFoundError:
        return f"{source} does not have it"
    except OSError as error:
        error.filename = error.filename or str(source / file.name)
        return unreadable_line(error)
    return "" if sound else f"{source / file.name} is damaged, or another file"


def _pieces(path: Path) -> Iterator[bytes]:
    """Yield the content of a file in pieces."""
    with opened(path) as (descriptor, size):
        offset = 0
        while offset < size:
            piece = os.pread(descriptor, _BLOCK, offset)
            if not piece:
                raise OSError(errno.EIO, "the file was truncated", str(path))
            yield piece
            offset += len(piece)

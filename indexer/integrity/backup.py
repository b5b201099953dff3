"""Backup: copying the state of an index after one commit, and bringing such a copy up to date."""

import errno
import fcntl
import os
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ..codec import toc
from ..codec.committer import OWN_SUFFIXES, merge_into_segment, remove_unused_files
from ..codec.files import clear
from ..codec.lock import NAME as LOCK
from ..codec.merger import MergeSource
from ..codec.segment import Segment
from ..codec.snapshot import Leaf, Snapshot, read_checked
from ..codec.toc import IndexFile, SegmentEntry, Toc
from ..errors import BadInput, IndexBusy, IndexDamaged, IndexUnusable
from ..reports import OnWork
from .progress import progress_of

More = Callable[[int], None]
"""A function that is called with how many more bytes are done."""

_BLOCK = 1 << 20  # bytes copied at a time

_PATHS = ("source",)
"""The fields that hold paths of files."""

_CHOOSE = "choose an empty folder, or a new one"


class Copied(NamedTuple):
    """The work that a backup did.

    Attributes:
        copied: The size of the files that it copied, in bytes.
        present: The size of the files that were there already, in bytes.
        replaced: The names of the files that were there, but damaged, so that it copied them again.
    """

    copied: int
    present: int
    replaced: list[str]


def backup(
    snapshot: Snapshot, to: Path, *, paths: bool = True, update: bool = True, on_progress: OnWork | None = None
) -> Copied:
    """Copy `snapshot` to the folder `to`, which is made if it does not exist.

    All of it is checked by its checksums, before and after it is copied. It is read from files that are open, so that
    commits may remove them in the meantime. The table of contents is written last, when all else is on the disk, so
    that an incomplete copy is not taken for an index.

    If the folder has an earlier copy of the index, or one that was interrupted, only those files are copied that it
    lacks; the others are checked. The earlier copy stays whole until the later one is.

    Args:
        snapshot: The commit.
        to: The folder.
        paths: False to leave out the paths of files.
        update: False to demand an empty folder.
        on_progress: A function that is called now and then with the progress.

    Raises:
        BadInput: If `to` holds anything else.
        IndexBusy: If another backup to the folder is under way.
        IndexDamaged: If the snapshot is damaged.
        OSError: If the copy cannot be written. What was there is as it was.
    """
    names = _names(to)
    if names:
        if not update or not paths:
            raise BadInput(f"{to} is not an empty folder: {_CHOOSE}")
        _check_is_earlier(snapshot, to, names)
    try:
        toc.make_folder(to)
        with _locked(to):
            more = on_progress and progress_of("copying", snapshot.toc.size, on_progress, "bytes")
            if paths:
                return _copy(snapshot, to, more)
            _copy_without_paths(snapshot, to, more)
            return Copied(snapshot.toc.size, 0, [])
    except KeyboardInterrupt as error:  # what is whole stays, so that the next call goes on from there
        error.add_note(f"the same command goes on with the copy in {to}")
        raise
    except BaseException as error:
        if isinstance(error, OSError) and error.filename is None:
            error.filename = str(to)
        if not names:
            _remove(snapshot, to)
            with suppress(OSError):
                if names is None:
                    to.rmdir()
        elif toc.NAME in names:
            remove_unused_files(to)
        raise


def _names(folder: Path) -> list[str] | None:
    """Return the names of the files in a folder; None if there is no folder."""
    try:
        return os.listdir(folder)  # noqa: PTH208 (unlike iterdir, one call of the system)
    except FileNotFoundError:
        return None
    except NotADirectoryError:
        raise BadInput(f"{folder} is not a folder: {_CHOOSE}") from None


def _check_is_earlier(snapshot: Snapshot, to: Path, names: list[str]) -> None:
    """Raise BadInput unless a folder with these files has an earlier copy of the index, whole or interrupted."""
    if to.samefile(snapshot.folder):
        raise BadInput(f"{to} is the index itself: {_CHOOSE}")
    own = {toc.NAME, toc.TEMPORARY, LOCK, toc.DAMAGED}
    if strangers := [name for name in names if name not in own and Path(name).suffix not in OWN_SUFFIXES]:
        raise BadInput(f"{to} is not an empty folder, and no copy of this index ({min(strangers)}): {_CHOOSE}")
    if toc.NAME not in names:
        return
    try:
        state = toc.read(to)
    except IndexDamaged:  # the next one takes its place, and what is sound beside it stays
        return
    except IndexUnusable as error:
        raise BadInput(f"{error.problem}: {_CHOOSE}") from None
    last = snapshot.toc
    if state.index_id != last.index_id and state.index_id:
        raise BadInput(f"{to} is a copy of another index: {_CHOOSE}")
    known = state.entries
    others = [name for name, file in last.entries.items() if known.get(name, file)[:3] != file[:3]]
    if state.generation > last.generation or others or (state.generation == last.generation and state != last):
        raise BadInput(f"{to} has changes that are not in {snapshot.folder}, such as those of later commits: {_CHOOSE}")


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Lock the folder of a copy within a `with` statement, without a file of its own."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise IndexBusy(f"another backup to {folder} is under way", "try again later", path=folder) from None
        yield
    finally:
        os.close(descriptor)


def _remove(snapshot: Snapshot, to: Path) -> None:
    """Remove an incomplete copy, and no other file, which somebody else may have put there."""
    table = to / toc.NAME
    try:
        if table.exists():  # only its sync failed
            table.unlink()
            toc.sync(to)
    except OSError:
        return  # the table may name the files, or the power may bring it back: with them, the copy is whole
    for name in (*snapshot.toc.files, *map(_part, snapshot.toc.files), toc.TEMPORARY):
        with suppress(OSError):
            (to / name).unlink()


def _part(name: str) -> str:
    """Return the name of a file while it is being copied. Writers take it for one of an interrupted writer."""
    return f"{name}.spill"


def _copy(snapshot: Snapshot, to: Path, more: More | None) -> Copied:
    """Copy the files that are missing or damaged in the folder `to`, and then the table of contents."""
    copied = present = 0
    replaced = []
    for file, pieces in _contents(snapshot):
        path = to / file.name
        is_there = os.path.lexists(path)
        if is_there and is_sound(path, file):
            present += file.size
            if more:
                more(file.size)
            continue
        if is_there:
            replaced.append(file.name)
        write_whole(path, file, pieces(), more)
        copied += file.size
    try:
        is_last = toc.read(to) == snapshot.toc
    except (FileNotFoundError, IndexDamaged):
        is_last = False
    if not is_last:
        toc.write(to, snapshot.toc)
    remove_unused_files(to)
    return Copied(copied, present, replaced)


def _contents(snapshot: Snapshot) -> Iterator[tuple[IndexFile, Callable[[], Iterator[bytes]]]]:
    """Yield the files of a snapshot, with functions that yield the pieces of their checked content."""
    for leaf in snapshot.leaves:
        yield leaf.entry.file, lambda leaf=leaf: _segment_pieces(leaf)  # type: ignore[misc]
        if leaf.entry.deletions is not None:
            assert leaf.live is not None
            content = np.packbits(~leaf.live).tobytes()
            if zlib.crc32(content) != leaf.entry.deletions.checksum:
                raise IndexDamaged.at(snapshot.folder / leaf.entry.deletions.name)
            yield leaf.entry.deletions, lambda content=content: iter([content])  # type: ignore[misc]
    if snapshot.toc.commit_user_data is not None:
        yield snapshot.toc.commit_user_data, lambda: iter([snapshot.commit_user_data()])


def _segment_pieces(leaf: Leaf) -> Iterator[bytes]:
    file = leaf.segment.file
    file.check_all()
    for offset in range(0, file.size, _BLOCK):
        yield file.map[offset : offset + _BLOCK]
    file.release()


def write_whole(path: Path, file: IndexFile, pieces: Iterator[bytes], more: More | None = None) -> None:
    """Write a file of an index under another name, check it, and give it its name, which another file may have.

    Args:
        path: The path of the file.
        file: What is to be written.
        pieces: The content in pieces.
        more: Is called with the size of what has been written.

    Raises:
        OSError: If it cannot be written, or what is read is not what was written.
    """
    part = path.with_name(_part(path.name))
    clear(part)
    try:
        with part.open("wb") as target:
            for piece in pieces:
                target.write(piece)
                if more:
                    more(len(piece))
        toc.sync(part)
        if not is_sound(part, file):
            raise OSError(errno.EIO, "what was written is not what is read", str(path))
        part.replace(path)
    except Exception:
        part.unlink(missing_ok=True)
        raise


def is_sound(path: Path, file: IndexFile) -> bool:
    """Return True if the file `path` is the one that a table of contents names, as it was written.

    Raises:
        OSError: If it cannot be read.
    """
    try:
        if file.name.endswith(".segment"):
            copy = Segment(path, file.size, file.checksum, digest=file.digest or None).file
            copy.check_all()
            copy.release()
        else:
            read_checked(path.parent, file._replace(name=path.name), authenticate=bool(file.digest))
    except IndexDamaged:
        return False
    return True


def _copy_without_paths(snapshot: Snapshot, to: Path, more: More | None) -> None:
    """Copy the documents without the files that they are from, and without the manifest.

    Segments are written anew, so that nothing is left of the paths, nor of deleted documents. They are synced, as in a
    commit. The copy is another index, with an authentication code of its own if the snapshot was opened with a key.
    """
    entries: list[SegmentEntry] = []
    for leaf in snapshot.leaves:
        leaf.segment.file.check_all()
        source = MergeSource(leaf.segment, leaf.live)
        entries += merge_into_segment(to, leaf.segment.name, [source], emptied=_PATHS)
        leaf.segment.file.release()
        if more:
            more(leaf.entry.file.size)
    last = snapshot.toc
    state = Toc(last.generation, last.analysis, tuple(entries), fields=last.fields)
    toc.write(to, state._replace(index_id=toc.new_id(), time=last.time), snapshot.key)

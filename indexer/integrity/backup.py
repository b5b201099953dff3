"""Backup: copying the state of an index after one commit."""

import errno
import os
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np

from ..codec import toc
from ..codec.committer import merge_into_segment
from ..codec.merger import MergeSource
from ..codec.segment import Segment
from ..codec.snapshot import Leaf, Snapshot
from ..codec.toc import IndexFile, SegmentEntry, Toc
from ..errors import BadInput, IndexDamaged
from ..reports import OnWork
from .progress import progress_of

More = Callable[[int], None]
"""A function that is called with how many more bytes are done."""

_BLOCK = 1 << 20  # bytes copied at a time


_PATHS = ("source",)
"""The fields that hold paths of files."""


def backup(snapshot: Snapshot, to: Path, *, paths: bool = True, on_progress: OnWork | None = None) -> None:
    """Copy `snapshot` to the folder `to`, which is made if it does not exist; with `paths` false, without file paths.

    All of it is checked by its checksums, before and after it is copied. It is read from files that are open, so that
    commits may remove them in the meantime. The table of contents is written last, when all else is on the disk, so
    that an incomplete copy is not taken for an index.

    Raises:
        BadInput: If `to` is not an empty folder.
        IndexDamaged: If the snapshot is damaged.
        OSError: If the copy cannot be written. Nothing of an incomplete copy is left.
    """
    try:
        made = False
        names = os.listdir(to)  # noqa: PTH208 (unlike iterdir, one call of the system)
    except FileNotFoundError:
        made, names = True, []
    except NotADirectoryError:
        names = [to.name]
    if names:
        raise BadInput(f"{to} is not an empty folder: choose an empty folder, or a new one")
    try:
        toc.make_folder(to)
        more = on_progress and progress_of("copying", snapshot.toc.size, on_progress, "bytes")
        if paths:
            _copy(snapshot, to, more)
        else:
            _copy_without_paths(snapshot, to, more)
    except BaseException as error:
        if isinstance(error, OSError) and error.filename is None:
            error.filename = str(to)
        _remove(snapshot, to)
        if made:
            with suppress(OSError):
                to.rmdir()
        raise


def _remove(snapshot: Snapshot, to: Path) -> None:
    """Remove an incomplete copy, and no other file, which somebody else may have put there."""
    table = to / toc.NAME
    with suppress(OSError):
        if table.exists():  # only its sync failed; the files go when no table can name them any more
            table.unlink()
            toc.sync(to)
    for name in (*snapshot.toc.files, toc.TEMPORARY):
        with suppress(OSError):
            (to / name).unlink()


def _copy(snapshot: Snapshot, to: Path, more: More | None) -> None:
    for leaf in snapshot.leaves:
        _copy_segment(leaf, to, more)
        if leaf.entry.deletions is not None:
            assert leaf.live is not None
            content = np.packbits(~leaf.live).tobytes()
            if zlib.crc32(content) != leaf.entry.deletions.checksum:
                raise IndexDamaged.at(snapshot.folder / leaf.entry.deletions.name)
            _write(to, leaf.entry.deletions, content)
    if snapshot.toc.commit_user_data is not None:
        _write(to, snapshot.toc.commit_user_data, snapshot.commit_user_data())
    toc.write(to, snapshot.toc)


def _copy_without_paths(snapshot: Snapshot, to: Path, more: More | None) -> None:
    """Copy the documents without the files that they are from, and without the manifest.

    Segments are written anew, so that nothing is left of the paths, nor of deleted documents. They are synced, as in a
    commit.
    """
    entries: list[SegmentEntry] = []
    for leaf in snapshot.leaves:
        leaf.segment.file.check_all()
        source = MergeSource(leaf.segment, leaf.live)
        entries += merge_into_segment(to, leaf.segment.name, [source], emptied=_PATHS)
        leaf.segment.file.release()
        if more:
            more(leaf.entry.file.size)
    toc.write(to, Toc(snapshot.toc.generation, snapshot.toc.analysis, tuple(entries), fields=snapshot.toc.fields))


def _copy_segment(leaf: Leaf, to: Path, more: More | None) -> None:
    """Copy a segment after checking it, and check the copy."""
    original = leaf.segment.file
    original.check_all()
    path = to / leaf.entry.file.name
    with path.open("wb") as file:
        for offset in range(0, original.size, _BLOCK):
            file.write(original.map[offset : offset + _BLOCK])
            if more:
                more(min(_BLOCK, original.size - offset))
    original.release()
    toc.sync(path)
    try:
        copy = Segment(path, leaf.entry.file.size, leaf.entry.file.checksum).file
        copy.check_all()
    except IndexDamaged:
        raise _differs(path) from None
    copy.release()


def _write(to: Path, file: IndexFile, content: bytes) -> None:
    """Write a file of the copy, and check it."""
    path = to / file.name
    path.write_bytes(content)
    toc.sync(path)
    if path.read_bytes() != content:
        raise _differs(path)


def _differs(path: Path) -> OSError:
    return OSError(errno.EIO, "what was written is not what is read", str(path))

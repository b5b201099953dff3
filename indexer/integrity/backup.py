"""Backup: copying the state of an index after one commit."""

import shutil
from pathlib import Path

import numpy as np

from ..codec import toc
from ..codec.committer import merge_into_segment
from ..codec.merger import MergeSource
from ..codec.snapshot import Snapshot
from ..codec.toc import SegmentEntry, Toc
from ..errors import BadInput

_BLOCK = 1 << 20  # bytes copied at a time


_PATHS = ("source",)
"""The fields that hold paths of files."""


def backup(snapshot: Snapshot, to: Path, *, paths: bool = True) -> None:
    """Copy `snapshot` to the folder `to`, which is made if it does not exist; with `paths` false, without file paths.

    All of it is checked by its checksums. It is read from files that are open, so that commits may remove them in the
    meantime. The table of contents is written last, so that an incomplete copy is not taken for an index.

    Raises:
        BadInput: If `to` is not an empty folder.
        IndexDamaged: If the snapshot is damaged.
        OSError: If the copy cannot be written. Nothing of an incomplete copy is left.
    """
    if to.exists() and (not to.is_dir() or any(to.iterdir())):
        raise BadInput(f"{to} is not an empty folder: choose an empty folder, or a new one")
    made = not to.exists()
    try:
        toc.make_folder(to)
        if paths:
            _copy(snapshot, to)
        else:
            _copy_without_paths(snapshot, to)
    except BaseException:
        for path in to.iterdir() if to.is_dir() else ():
            path.unlink()
        if made:
            shutil.rmtree(to, ignore_errors=True)
        raise


def _copy(snapshot: Snapshot, to: Path) -> None:
    for segment, entry, _, live in snapshot.leaves:
        segment.file.check_all()
        with (to / entry.file.name).open("wb") as file:
            for offset in range(0, segment.file.size, _BLOCK):
                file.write(segment.file.map[offset : offset + _BLOCK])
        segment.file.release()
        toc.sync(to / entry.file.name)
        if entry.deletions is not None:
            assert live is not None
            _write(to / entry.deletions.name, np.packbits(~live).tobytes())
    if snapshot.toc.commit_user_data is not None:
        _write(to / snapshot.toc.commit_user_data.name, snapshot.commit_user_data())
    toc.write(to, snapshot.toc)


def _copy_without_paths(snapshot: Snapshot, to: Path) -> None:
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
    toc.write(to, Toc(snapshot.toc.generation, snapshot.toc.analysis, tuple(entries)))


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    toc.sync(path)

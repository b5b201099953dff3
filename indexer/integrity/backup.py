"""Copying the state of an index after one commit."""

import shutil
from pathlib import Path

import numpy as np

from ..codec import toc
from ..codec.snapshot import Snapshot
from ..errors import BadInput

_BLOCK = 1 << 20


def backup(snapshot: Snapshot, to: Path) -> None:
    """Writes `snapshot` to the folder `to`, which is made if need be. All of it is read through its checksums, from
    files that are open: commits meanwhile may remove them. The table of contents comes last, so that half a copy is no
    index.

    Raises BadInput if `to` holds anything, IndexDamaged if the snapshot is damaged, OSError where the copy can't be
    written. Nothing of it stays then.
    """
    if to.exists() and (not to.is_dir() or any(to.iterdir())):
        raise BadInput(f"{to} holds something: choose an empty folder, or a new one")
    made = not to.exists()
    try:
        toc.make_folder(to)
        _copy(snapshot, to)
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
            for place in range(0, segment.file.size, _BLOCK):
                file.write(segment.file.map[place : place + _BLOCK])
        segment.file.release()
        toc.sync(to / entry.file.name)
        if entry.deletions is not None:
            assert live is not None
            _write(to / entry.deletions.name, np.packbits(~live).tobytes())
    if snapshot.toc.attachment is not None:
        _write(to / snapshot.toc.attachment.name, snapshot.attachment())
    toc.write(to, snapshot.toc)


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    toc.sync(path)

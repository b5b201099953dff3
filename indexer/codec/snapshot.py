"""The state of an index after one commit, open for reading. Later commits don't touch it."""

import mmap
import os
import zlib
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np

from ..errors import IndexDamaged, IndexUnusable
from . import toc
from .arrays import Array
from .segment import Segment
from .toc import File, SegmentEntry, Toc

_ATTEMPTS = 100


class Leaf(NamedTuple):
    """A segment of a snapshot.

    base: the number of its first document within the snapshot. kept: for each of its documents, whether it is not
    deleted; None if all are kept.
    """

    segment: Segment
    entry: SegmentEntry
    base: int
    live: Array | None


class Snapshot:
    """The segments of one commit. Its documents are numbered from 0, deleted ones included. May be shared by threads.

    attached: the content of the attachment, not checked yet.
    """

    def __init__(
        self, folder: Path, state: Toc, leaves: list[Leaf], signature: toc.Signature, attached: mmap.mmap | None = None
    ) -> None:
        self.folder = folder
        self._signature = signature
        self.toc = state
        self.leaves = leaves
        self._attached = attached
        self.documents = sum(entry.documents for entry in state.segments)
        self.numbers = sum(leaf.segment.documents for leaf in leaves)

    @classmethod
    def open(cls, folder: Path, previous: "Snapshot | None" = None) -> Self:
        """The last commit of the index in `folder`. Segments that `previous` has open are shared with it.

        Raises FileNotFoundError if there is no index, IndexUnusable if it is damaged or of another format.
        """
        # By checksums, too: in a folder whose index was made anew, a name stands for another file.
        known = {leaf.entry.file: leaf.segment for leaf in previous.leaves} if previous else {}
        for _ in range(_ATTEMPTS):
            signature = toc.signature(folder)
            state = toc.read(folder)
            try:
                return cls(folder, state, _leaves(folder, state, known), signature, _attached(folder, state))
            except FileNotFoundError as error:
                # A commit since has replaced segments; if none has, the file is lost.
                if toc.read(folder) == state:
                    raise IndexDamaged.at(error.filename, "missing") from None
        raise IndexUnusable(f"{folder} changes faster than it can be opened", "try again", path=folder)

    def is_last(self) -> bool:
        """Whether there has been no commit since. Raises FileNotFoundError if the index is gone."""
        return toc.signature(self.folder) == self._signature

    def attachment(self) -> bytes:
        """What the writer's owner keeps beside the documents; empty if nothing. Raises IndexUnusable if damaged."""
        file = self.toc.attachment
        return b"" if file is None else _checked(self.folder, file, bytes(self._attached or b""))

    def locate(self, number: int) -> tuple[Leaf, int]:
        """The segment that has document `number` of the snapshot, and its number there."""
        for leaf in reversed(self.leaves):
            if number >= leaf.base:
                return leaf, number - leaf.base
        raise IndexError(number)

    def stored(self, number: int) -> dict[str, Any]:
        """The stored values of document `number`."""
        leaf, doc = self.locate(number)
        return leaf.segment.stored(doc)


def _leaves(folder: Path, state: Toc, known: dict[File, Segment]) -> list[Leaf]:
    leaves = []
    base = 0
    for entry in state.segments:
        file = entry.file
        segment = known.get(file) or Segment(folder / file.name, file.size, file.checksum)
        leaves.append(Leaf(segment, entry, base, live(folder, entry, segment.documents)))
        base += segment.documents
    return leaves


def live(folder: Path, entry: SegmentEntry, documents: int) -> Array | None:
    """Which of the `documents` of a segment are not deleted; None if none is."""
    if entry.deletions is None:
        return None
    marks = np.frombuffer(content_of(folder, entry.deletions), np.uint8)
    if len(marks) != -(-documents // 8):
        raise IndexDamaged.at(folder / entry.deletions.name)
    return np.unpackbits(marks, count=documents) == 0


def _attached(folder: Path, state: Toc) -> mmap.mmap | None:
    """The attachment, mapped, since a later commit may remove the file; None if there is none, or nothing in it."""
    if state.attachment is None or not state.attachment.size:
        return None
    path = folder / state.attachment.name
    with path.open("rb") as file:
        if os.fstat(file.fileno()).st_size != state.attachment.size:
            raise IndexDamaged.at(path)
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def content_of(folder: Path, file: File) -> bytes:
    """A whole file of the index, checked. Raises IndexDamaged, or OSError where it can't be read."""
    return _checked(folder, file, (folder / file.name).read_bytes())


def _checked(folder: Path, file: File, content: bytes) -> bytes:
    if len(content) != file.size or zlib.crc32(content) != file.checksum:
        raise IndexDamaged.at(folder / file.name)
    return content

"""The state of an index after one commit, open for reading. Later commits do not affect it."""

import mmap
import zlib
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np

from ..errors import IndexDamaged, IndexUnusable
from . import toc
from .arrays import Array
from .files import map_file, read_file
from .segment import Segment
from .toc import IndexFile, SegmentEntry, Toc

_ATTEMPTS = 100

_MAX_USER_DATA = 1 << 30  # bytes


class Leaf(NamedTuple):
    """A segment of a snapshot.

    Attributes:
        segment: The open segment.
        entry: Its entry in the table of contents.
        base: The number, within the snapshot, of its first document.
        live: For each of its documents, True unless it is deleted; None if no document is deleted.
    """

    segment: Segment
    entry: SegmentEntry
    base: int
    live: Array | None


class Snapshot:
    """The segments of one commit. Threads may share it.

    Its documents are numbered from 0 across all segments; deleted documents have numbers, too.

    Attributes:
        folder: The folder of the index.
        toc: The table of contents of the commit.
        leaves: The open segments, in order.
        doc_count: Number of live documents.
        doc_count_all: Number of documents, including deleted ones.
    """

    def __init__(
        self,
        folder: Path,
        state: Toc,
        leaves: list[Leaf],
        signature: toc.Signature,
        user_data: mmap.mmap | None = None,
    ) -> None:
        """Make a snapshot of open segments; `user_data` is the commit user data, not checked yet."""
        self.folder = folder
        self._signature = signature
        self.toc = state
        self.leaves = leaves
        self._user_data = user_data
        self.doc_count = sum(entry.documents for entry in state.segments)
        self.doc_count_all = sum(leaf.segment.documents for leaf in leaves)

    @classmethod
    def open(cls, folder: Path, previous: "Snapshot | None" = None) -> Self:
        """Open the last commit of the index in `folder`; segments that `previous` has open are shared with it.

        Raises:
            FileNotFoundError: If there is no index.
            IndexUnusable: If the index is damaged or of another format.
        """
        # Files are compared by their checksums, too: if the index was deleted and made anew, a name stands for another
        # file.
        known = {leaf.entry.file: leaf.segment for leaf in previous.leaves} if previous else {}
        for _ in range(_ATTEMPTS):
            signature = toc.signature(folder)
            state = toc.read(folder)
            try:
                return cls(folder, state, _open_leaves(folder, state, known), signature, _map_user_data(folder, state))
            except FileNotFoundError as error:
                # A later commit has removed the file. If there is no later commit, the file is lost.
                if toc.read(folder) == state:
                    raise IndexDamaged.at(error.filename or folder, "missing") from None
            except OSError as error:
                error.filename = error.filename or str(folder)
                raise
        raise IndexUnusable(f"{folder} changes faster than it can be opened", "try again", path=folder)

    def is_current(self) -> bool:
        """Return True if there has been no commit since this one.

        Raises:
            FileNotFoundError: If the index is gone.
        """
        return toc.signature(self.folder) == self._signature

    def commit_user_data(self) -> bytes:
        """Return what the owner of the writer keeps beside the documents; empty if there is nothing.

        Raises:
            IndexDamaged: If the data is damaged.
        """
        file = self.toc.commit_user_data
        return b"" if file is None else _checked(self.folder, file, bytes(self._user_data or b""))

    def locate(self, number: int) -> tuple[Leaf, int]:
        """Return the segment that has document `number` of the snapshot, and the number of the document there."""
        for leaf in reversed(self.leaves):
            if number >= leaf.base:
                return leaf, number - leaf.base
        raise IndexError(number)

    def stored(self, number: int) -> dict[str, Any]:
        """Return the stored fields of document `number`."""
        leaf, doc = self.locate(number)
        return leaf.segment.stored(doc)


def _open_leaves(folder: Path, state: Toc, known: dict[IndexFile, Segment]) -> list[Leaf]:
    leaves = []
    base = 0
    for entry in state.segments:
        file = entry.file
        segment = known.get(file) or Segment(folder / file.name, file.size, file.checksum)
        live = live_documents(folder, entry, segment.documents)
        if not _agree(entry, segment, live):
            raise IndexDamaged.at(folder / toc.NAME)
        leaves.append(Leaf(segment, entry, base, live))
        base += segment.documents
    return leaves


def _agree(entry: SegmentEntry, segment: Segment, live: Array | None) -> bool:
    """Return True if an entry in the table of contents can be that of a segment.

    The totals of its fields are compared with those that the segment states. Whether the latter are right is seen by
    a check alone.
    """
    documents = segment.documents if live is None else int(np.count_nonzero(live))
    if (entry.documents, entry.deleted) != (documents, segment.documents - documents):
        return False
    totals = {name: (field.documents, field.length) for name, field in segment.fields.items() if field.layout.lengths}
    if live is None:
        return entry.lengths == totals
    return entry.lengths.keys() == totals.keys() and all(
        entry.lengths[name][0] <= min(with_terms, entry.lengths[name][1]) and entry.lengths[name][1] <= length
        for name, (with_terms, length) in totals.items()
    )


def live_documents(folder: Path, entry: SegmentEntry, documents: int) -> Array | None:
    """Return for each of the `documents` of a segment True unless it is deleted; None if no document is deleted.

    Raises:
        IndexDamaged: If the file of the deletions is damaged.
        OSError: If it cannot be read.
    """
    if entry.deletions is None:
        return None
    if entry.deletions.size != -(-documents // 8):
        raise IndexDamaged.at(folder / entry.deletions.name)
    bits = np.frombuffer(read_checked(folder, entry.deletions), np.uint8)
    return np.unpackbits(bits, count=documents) == 0


def _map_user_data(folder: Path, state: Toc) -> mmap.mmap | None:
    """Map the commit user data into memory, since a later commit may remove the file; None if there is no data."""
    file = state.commit_user_data
    if file is None or not file.size:
        return None
    if file.size > _MAX_USER_DATA:
        raise IndexDamaged.at(folder / file.name)
    return map_file(folder / file.name, file.size)


def read_checked(folder: Path, file: IndexFile) -> bytes:
    """Return the content of a file of the index, after checking its size and checksum.

    Raises:
        IndexDamaged: If the content is not what was written.
        OSError: If the file cannot be read.
    """
    return _checked(folder, file, read_file(folder / file.name, file.size))


def _checked(folder: Path, file: IndexFile, content: bytes) -> bytes:
    if len(content) != file.size or zlib.crc32(content) != file.checksum:
        raise IndexDamaged.at(folder / file.name)
    return content

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

NO_TABLE: toc.Signature = (0, 0, 0)
"""The signature of a table of contents that is not there."""

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
        key: The key of the index, by which all of it is authenticated; None to read it without a key.
    """

    def __init__(
        self,
        folder: Path,
        state: Toc,
        leaves: list[Leaf],
        signature: toc.Signature,
        user_data: mmap.mmap | None = None,
        key: bytes | None = None,
    ) -> None:
        """Make a snapshot of open segments; `user_data` is the commit user data, not checked yet."""
        self.folder = folder
        self.key = key
        self._signature = signature
        self.toc = state
        self.leaves = leaves
        self._user_data = user_data
        self.doc_count = sum(entry.documents for entry in state.segments)
        self.doc_count_all = sum(leaf.segment.documents for leaf in leaves)

    @classmethod
    def open(cls, folder: Path, previous: "Snapshot | None" = None, key: bytes | None = None) -> Self:
        """Open the last commit of the index in `folder`.

        Args:
            folder: The folder of the index.
            previous: A snapshot of an earlier commit, opened with the same key. The segments that it has open are
                shared with it.
            key: The key of the index, by which all that is read of it is authenticated.

        Raises:
            FileNotFoundError: If there is no index.
            IndexUnusable: If the index is damaged, of another format, or not authentic.
        """
        # Files are compared by their checksums, too: if the index was deleted and made anew, a name stands for another
        # file. And a file that is damaged may have been replaced by a sound copy of it.
        known = {leaf.entry.file: leaf.segment for leaf in previous.leaves} if previous else {}
        for _ in range(_ATTEMPTS):
            signature = toc.signature(folder)
            state = toc.read(folder, key)
            try:
                leaves = _open_leaves(folder, state, known, key)
                return cls(folder, state, leaves, signature, _map_user_data(folder, state), key)
            except FileNotFoundError as error:
                # A later commit has removed the file. If there is no later commit, the file is lost.
                if toc.read(folder, key) == state:
                    raise IndexDamaged.at(error.filename or folder, "missing") from None
            except OSError as error:
                error.filename = error.filename or str(folder)
                raise
        raise IndexUnusable(f"{folder} changes faster than it can be opened", "try again", path=folder)

    @classmethod
    def open_kept(cls, folder: Path, generation: int, key: bytes | None = None) -> Self:
        """Open an earlier commit that is kept; otherwise as `open`.

        Raises:
            FileNotFoundError: If the commit is not kept, or no longer.
            IndexUnusable: If it is damaged, or not authentic.
        """
        state = toc.read_kept(folder, generation, key)
        try:
            leaves = _open_leaves(folder, state, {}, key)
            return cls(folder, state, leaves, (0, 0, 0), _map_user_data(folder, state), key)
        except FileNotFoundError as error:
            # A later commit may have removed the file, and not yet the table of contents.
            if toc.read_kept(folder, generation, key) == state and _is_kept(folder, generation, key):
                raise IndexDamaged.at(error.filename or folder, "missing") from None
            raise

    @property
    def has_table(self) -> bool:
        """False if the table of contents is lost, and a repair has made this snapshot without one."""
        return self._signature != NO_TABLE

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
        if file is None:
            return b""
        return _checked(self.folder, file, bytes(self._user_data or b""), authenticate=self.key is not None)

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


def _is_kept(folder: Path, generation: int, key: bytes | None) -> bool:
    """Return True if an earlier commit is to be kept, as far as the table of contents tells."""
    try:
        return generation in toc.kept_generations(folder, toc.read(folder, key))
    except IndexUnusable:
        return True


def open_segment(folder: Path, file: IndexFile, key: bytes | None = None) -> Segment:
    """Open a segment; with the key of the index, each part of it is authenticated when it is first read."""
    return Segment(folder / file.name, file.size, file.checksum, digest=None if key is None else file.digest)


def _open_leaves(folder: Path, state: Toc, known: dict[IndexFile, Segment], key: bytes | None) -> list[Leaf]:
    leaves = []
    base = 0
    for entry in state.segments:
        file = entry.file
        segment = known.get(file)
        if segment is None or not segment.file.is_current():
            segment = open_segment(folder, file, key)
        live = live_documents(folder, entry, segment.documents, key)
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


def live_documents(folder: Path, entry: SegmentEntry, documents: int, key: bytes | None = None) -> Array | None:
    """Return for each of the `documents` of a segment True unless it is deleted; None if no document is deleted.

    With the key of the index, the file of the deletions is authenticated.

    Raises:
        IndexDamaged: If the file of the deletions is damaged.
        OSError: If it cannot be read.
    """
    if entry.deletions is None:
        return None
    if entry.deletions.size != -(-documents // 8):
        raise IndexDamaged.at(folder / entry.deletions.name)
    content = read_checked(folder, entry.deletions, authenticate=key is not None)
    return np.unpackbits(np.frombuffer(content, np.uint8), count=documents) == 0


def _map_user_data(folder: Path, state: Toc) -> mmap.mmap | None:
    """Map the commit user data into memory, since a later commit may remove the file; None if there is no data."""
    file = state.commit_user_data
    if file is None or not file.size:
        return None
    if file.size > _MAX_USER_DATA:
        raise IndexDamaged.at(folder / file.name)
    return map_file(folder / file.name, file.size)[0]


def read_checked(folder: Path, file: IndexFile, *, authenticate: bool = False) -> bytes:
    """Return the content of a file of the index, after checking its size, its checksum, and if asked for its digest.

    Raises:
        IndexDamaged: If the content is not what was written.
        OSError: If the file cannot be read.
    """
    return _checked(folder, file, read_file(folder / file.name, file.size), authenticate=authenticate)


def _checked(folder: Path, file: IndexFile, content: bytes, *, authenticate: bool) -> bytes:
    if len(content) != file.size or zlib.crc32(content) != file.checksum:
        raise IndexDamaged.at(folder / file.name)
    if authenticate:
        import hashlib  # noqa: PLC0415 - a search without a key does not wait for it

        if hashlib.sha256(content).hexdigest() != file.digest:
            raise IndexDamaged.at(folder / file.name)
    return content

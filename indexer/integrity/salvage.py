"""Reading what is still readable in a damaged segment."""

import json
import os
import re
import zlib
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import numpy as np

from ..codec.arrays import Array
from ..codec.committer import COMMITTED_SUFFIXES
from ..codec.sections import stored_size_and_checksum
from ..codec.segment import Segment, stored_lines
from ..codec.snapshot import live_documents
from ..codec.toc import IndexFile, SegmentEntry, Toc
from ..errors import IndexDamaged, JooyaError
from .segment_check import is_missing

_Read = TypeVar("_Read")


class DamagedSegment(NamedTuple):
    """A damaged segment that could be opened.

    Attributes:
        segment: The open segment.
        live: For each of its documents, True unless it is deleted; None if all are live, or if that cannot be read.
    """

    segment: Segment
    live: Array | None

    def stored(self) -> Iterator[tuple[int, dict[str, Any] | None]]:
        """Yield the live documents in order.

        Each block of stored fields has a checksum of its own, from its compression, so that damage beside the block
        does not matter.

        Yields:
            The number of a document, and its stored fields; None if they cannot be read.
        """
        stored, starts, docs = (
            self.segment.file.sections[name].unchecked() for name in ("stored", "stored_starts", "stored_docs")
        )
        done = 0
        left = 4 * len(stored)  # bytes to unpack: blocks with wrong offsets overlap others, but not all of them do
        for (begin, end), size in zip(pairwise(starts.tolist()), np.diff(docs.astype(np.int64)).tolist(), strict=False):
            block = stored[begin:end]
            left -= len(block)
            values = read_or_none(_values, block, size) if left >= 0 else None
            for offset in range(min(size, self.segment.documents - done)):
                if self.live is None or self.live[done + offset]:
                    yield done + offset, values[offset] if values and len(values) == size else None
            done += max(size, 0)
        yield from ((doc, None) for doc in range(done, self.segment.documents) if self.live is None or self.live[doc])

    def ordinals(self, field: str) -> Array | None:
        """Return a column of ordinals; None if it cannot be read."""
        return read_or_none(lambda: self.segment.fields[field].ordinals)

    def term(self, field: str, ordinal: int) -> str | None:
        """Return a term; None if it cannot be read."""
        return read_or_none(lambda: self.segment.fields[field].term(ordinal).decode())


def read_or_none(read: Callable[..., _Read], *arguments: Any) -> _Read | None:
    """Return what `read` returns; None if it fails because of damage."""
    try:
        return read(*arguments)
    except (JooyaError, LookupError, RecursionError, TypeError, ValueError, zlib.error):
        return None


def _values(block: Array, documents: int) -> list[dict[str, Any]]:
    return list(map(json.loads, stored_lines(block.tobytes(), documents)))


def open_damaged(folder: Path, entry: SegmentEntry) -> tuple[DamagedSegment | None, list[str]]:
    """Open a damaged segment, if that is possible, and describe what is lost of it already.

    Raises:
        OSError: If one of its files is there and cannot be read.
    """
    try:
        segment = Segment(folder / entry.file.name, entry.file.size, entry.file.checksum, check=False)
    except (IndexDamaged, FileNotFoundError) as error:
        _raise_unless_lost(error, folder / entry.file.name)
        passages = f"{entry.documents} passages" if entry.documents else "an unknown number of passages"
        return None, [f"{entry.file.name}: the whole segment, which had {passages}"]
    try:
        return DamagedSegment(segment, live_documents(folder, entry, segment.documents)), []
    except (IndexDamaged, FileNotFoundError) as error:
        if entry.deletions is not None:
            _raise_unless_lost(error, folder / entry.deletions.name)
        return DamagedSegment(segment, None), [
            f"{entry.file.name}: the list of deleted passages; some of them may be back"
        ]


def _raise_unless_lost(error: Exception, path: Path) -> None:
    """Raise `error` if it says that the file `path` is not there, and it is."""
    if isinstance(error, FileNotFoundError) and not is_missing(path):
        raise error


def reconstruct_toc(folder: Path, analysis: str) -> tuple[Toc, list[SegmentEntry]]:
    """Reconstruct a lost table of contents from the files in `folder`.

    Returns:
        A table of contents without segments, whose generation is that of the latest commit that any file is from; and
        the segments that are there, with what they state about themselves, in order of commits. Some may belong to a
        commit that was not completed.

    Raises:
        OSError: If the folder or a file cannot be read.
    """
    # Not `glob`, which takes a folder that cannot be read for an empty one.
    paths = [folder / name for name in os.listdir(folder)]  # noqa: PTH208 (unlike iterdir, one call of the system)
    entries = []
    for path in sorted((path for path in paths if path.suffix == ".segment"), key=_numbers):
        size, checksum = read_or_none(stored_size_and_checksum, path) or (0, 0)
        deletions = (other for other in paths if other.match(f"{path.stem}.*.deleted"))
        latest = max(deletions, key=_numbers, default=None)
        content = latest.read_bytes() if latest else b""
        file = IndexFile(latest.name, len(content), zlib.crc32(content)) if latest else None
        entries.append(SegmentEntry(IndexFile(path.name, size, checksum), 0, 0, file, {}))
    return Toc(last_generation(folder), analysis), entries


def last_generation(folder: Path) -> int:
    """Return the number of the latest commit that any file in `folder` is from."""
    paths = map(Path, os.listdir(folder))  # noqa: PTH208 (unlike iterdir, one call of the system)
    return max((max(_numbers(path)) for path in paths if path.suffix in COMMITTED_SUFFIXES), default=0)


def _numbers(path: Path) -> list[int]:
    """Return the numbers in the name of a file, of which the first is that of its commit."""
    return list(map(int, re.findall(r"\d+", path.name))) or [0]

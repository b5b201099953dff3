"""What can still be read of a damaged segment."""

import json
import re
import zlib
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import numpy as np

from ..codec.arrays import Array
from ..codec.sections import signed
from ..codec.segment import Segment
from ..codec.snapshot import live
from ..codec.toc import File, SegmentEntry, Toc
from ..errors import IndexDamaged, JooyaError

_Read = TypeVar("_Read")

_NUMBERED = {".segment", ".deleted", ".attachment"}  # endings of files whose names begin with a commit's number


class Remains(NamedTuple):
    """A damaged segment, open. kept: which of its documents are not deleted; None for all, or if that can't be read."""

    segment: Segment
    live: Array | None

    def stored(self) -> Iterator[tuple[int, dict[str, Any] | None]]:
        """The numbers of the documents that are not deleted, in order, and their stored values; None where they can't
        be read. Each block is checked by a checksum that compression gave it: damage beside it does not matter."""
        stored, starts, docs = (
            self.segment.file.sections[name].unchecked() for name in ("stored", "stored_starts", "stored_docs")
        )
        done = 0
        for (begin, end), size in zip(pairwise(starts.tolist()), np.diff(docs.astype(np.int64)).tolist(), strict=False):
            values = readable(_values, stored, begin, end)
            for place in range(min(size, self.segment.documents - done)):
                if self.live is None or self.live[done + place]:
                    yield done + place, values[place] if values and len(values) == size else None
            done += max(size, 0)
        yield from ((doc, None) for doc in range(done, self.segment.documents) if self.live is None or self.live[doc])

    def ordinals(self, field: str) -> Array | None:
        """A column of ordinals; None if it can't be read."""
        return readable(lambda: self.segment.fields[field].ordinals)

    def term(self, field: str, ordinal: int) -> str | None:
        """A term; None if it can't be read."""
        return readable(lambda: self.segment.fields[field].term(ordinal).decode())


def readable(read: Callable[..., _Read], *arguments: Any) -> _Read | None:
    """What `read` gives; None if there is damage in its way."""
    try:
        return read(*arguments)
    except (JooyaError, LookupError, ValueError, zlib.error):
        return None


def _values(stored: Array, begin: int, end: int) -> list[dict[str, Any]]:
    return list(map(json.loads, zlib.decompress(stored[begin:end].tobytes()).split(b"\n")))


def opened(folder: Path, entry: SegmentEntry) -> tuple[Remains | None, list[str]]:
    """A damaged segment, if anything of it can be read, and what can't be."""
    try:
        segment = Segment(folder / entry.file.name, entry.file.size, entry.file.checksum, check=False)
    except (IndexDamaged, OSError):
        return None, [f"{entry.file.name}: all of it; it had {entry.documents or 'some'} passages"]
    try:
        return Remains(segment, live(folder, entry, segment.documents)), []
    except (IndexDamaged, OSError):
        return Remains(segment, None), [f"{entry.file.name}: which of its passages were deleted; some may be back"]


def guessed(folder: Path, analysis: str) -> tuple[Toc, list[SegmentEntry]]:
    """What stands for a table of contents that is lost: one without segments, after all commits that any file is of;
    and the segments there are, as they describe themselves, in order of commits. Some may be of a commit that was not
    finished."""
    last = max((max(_numbers(path)) for path in folder.iterdir() if path.suffix in _NUMBERED), default=0)
    entries = []
    for path in sorted(folder.glob("*.segment"), key=_numbers):
        size, checksum = readable(signed, path) or (0, 0)
        marks = max(folder.glob(f"{path.stem}.*.deleted"), key=_numbers, default=None)
        content = marks.read_bytes() if marks else b""
        deletions = File(marks.name, len(content), zlib.crc32(content)) if marks else None
        entries.append(SegmentEntry(File(path.name, size, checksum), 0, 0, deletions, {}))
    return Toc(last, analysis), entries


def _numbers(path: Path) -> list[int]:
    """The numbers in the name of a file: first that of its commit."""
    return list(map(int, re.findall(r"\d+", path.name))) or [0]

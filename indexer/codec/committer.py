"""From new segments and deletions to the next state of an index: merging, and the table of contents."""

import zlib
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np

from ..errors import IndexUnusable
from . import toc
from .merger import Source, merge
from .segment import Segment
from .segment_writer import SegmentWriter
from .snapshot import Leaf, Snapshot
from .toc import File, SegmentEntry, Toc

TIER = 8
"""So many neighbouring segments of about one size, or smaller, become one."""

SMALL = 1000
"""Segments up to so many documents are of one size."""

_OWN = {".segment", ".deleted", ".attachment", ".spill"}  # endings of an index's files

LARGEST = 5_000_000
"""A segment of so many documents is not merged with others any more: a merge takes minutes, not hours."""


def first_to_merge(sizes: Sequence[int]) -> int:
    """Which segments a commit makes one of: from the returned place to the last, which is the new one.

    sizes: documents of each segment, in order. Only neighbours are merged, so that the order of documents stays.
    """
    first = place = len(sizes) - 1
    for level in range(max(map(_level, sizes)) + 1):
        while place > 0 and _level(sizes[place - 1]) <= level:
            place -= 1
        members = [*sizes[place:first], sum(sizes[first:])]
        if sum(_level(size) == level for size in members) >= TIER and sum(members) <= LARGEST:
            first = place
    return first


def _level(size: int) -> int:
    """The size of a segment, on a scale where TIER segments make one of the next size."""
    level = 0
    while size > SMALL:
        size //= TIER
        level += 1
    return level


def commit(
    snapshot: Snapshot, deleted: dict[int, set[int]], spills: Sequence[Source], attachment: bytes | None = None
) -> Toc:
    """Makes the next state of the index and returns it.

    deleted: numbers of documents to delete, by the place of their segment in `snapshot`. spills: segments of new
    documents, which are merged into one. attachment: replaces that of `snapshot`.

    A file that could not be written costs nothing: the table of contents is only replaced at the end. Raises as
    `toc.write`.
    """
    folder = snapshot.folder
    generation = snapshot.toc.generation + 1
    leaves = [_with_deleted(leaf, deleted.get(place, set())) for place, leaf in enumerate(snapshot.leaves)]
    sources = [Source(leaf.segment, leaf.live) for leaf in leaves]
    new = sum(spill.documents for spill in spills)
    first = first_to_merge([*(source.documents for source in sources), new]) if new else len(leaves)
    entries = []
    for place, (leaf, source) in enumerate(zip(leaves[:first], sources, strict=False)):
        if source.documents * 2 < leaf.segment.documents:
            entries += _merged(folder, f"{generation}-{place}", [source])
        elif place in deleted:
            entries.append(_marked(folder, generation, leaf))
        else:
            entries.append(leaf.entry)
    entries += _merged(folder, f"{generation}", [*sources[first:], *spills])
    attached = (
        snapshot.toc.attachment if attachment is None else _written(folder / f"{generation}.attachment", attachment)
    )
    state = Toc(generation, snapshot.toc.analysis, tuple(entries), attached)
    toc.write(folder, state)
    return state


def clean(folder: Path) -> None:
    """Removes the files of an index that its table of contents does not name: of earlier commits, or of a writer that
    was interrupted. What can't be removed now is left for the next time."""
    try:
        live = toc.read(folder).files
        left = [path for path in folder.iterdir() if path.suffix in _OWN and path.name not in live]
        left += [path for path in [folder / toc.TEMPORARY] if path.exists()]
        if left:
            toc.sync(folder)  # or a table that still names them may come back when the power fails
    except (OSError, IndexUnusable):
        return
    for path in left:
        with suppress(OSError):
            path.unlink()


def _with_deleted(leaf: Leaf, more: set[int]) -> Leaf:
    if not more:
        return leaf
    live = np.ones(leaf.segment.documents, np.bool_) if leaf.live is None else leaf.live.copy()
    live[list(more)] = False
    return leaf._replace(live=live)


def _merged(folder: Path, name: str, sources: Sequence[Source]) -> list[SegmentEntry]:
    """One segment of the documents of `sources`; none if there are none."""
    sources = [source for source in sources if source.documents]
    if not sources:
        return []
    path = folder / f"{name}.segment"
    only = sources[0]
    if len(sources) == 1 and only.live is None and only.segment.file.path.suffix == ".spill":
        # Nothing to merge: the new segment is as it should be.
        size, checksum = only.segment.file.size, only.segment.file.checksum
        only.segment.file.path.rename(path)
    else:
        with SegmentWriter(path) as writer:
            merge(sources, writer)
            size, checksum = writer.finish()
    toc.sync(path)
    segment = Segment(path, size, checksum)
    lengths = {n: (field.documents, field.length) for n, field in segment.fields.items() if field.layout.lengths}
    return [SegmentEntry(File(path.name, size, checksum), segment.documents, 0, None, lengths)]


def _marked(folder: Path, generation: int, leaf: Leaf) -> SegmentEntry:
    """The entry of a segment whose deletions have changed."""
    assert leaf.live is not None
    content = np.packbits(~leaf.live).tobytes()
    deletions = _written(folder / f"{leaf.segment.name}.{generation}.deleted", content)
    lengths = {}
    for name, field in leaf.segment.fields.items():
        if field.layout.lengths:
            left = field.lengths[leaf.live]
            lengths[name] = (int(np.count_nonzero(left)), int(left.sum(dtype=np.int64)))
    size = int(leaf.live.sum())
    return SegmentEntry(leaf.entry.file, size, leaf.segment.documents - size, deletions, lengths)


def _written(path: Path, content: bytes) -> File:
    path.write_bytes(content)
    toc.sync(path)
    return File(path.name, len(content), zlib.crc32(content))

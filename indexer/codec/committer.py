"""Commits: writing the next state of an index from new segments and deletions."""

import hashlib
import zlib
from collections.abc import Callable, Container, Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np

from ..errors import IndexUnusable
from . import files, toc
from .merge_policy import MAX_MERGE_DOCS, Merging, first_to_merge
from .merger import MergeSource, merge
from .segment import Segment
from .segment_writer import SegmentWriter
from .snapshot import Leaf, Snapshot
from .toc import IndexFile, SegmentEntry, Toc

# Endings of the files of an index. The commit user data is called an attachment on disk until the next format.
COMMITTED_SUFFIXES = {".segment", ".deleted", ".attachment", toc.KEPT_SUFFIX}
OWN_SUFFIXES = {*COMMITTED_SUFFIXES, ".spill"}


def commit(
    snapshot: Snapshot,
    deleted: dict[int, set[int]],
    spills: Sequence[MergeSource],
    commit_user_data: bytes | None = None,
    journal: str | None = None,
    before_replacing: Callable[[Toc], None] | None = None,
    merging: Merging = "policy",
    run: int | None = None,
) -> Toc:
    """Write the next state of the index and return its table of contents.

    The table of contents on disk is replaced at the very end, so that a file that could not be written loses nothing
    but the new changes.

    Args:
        snapshot: The last commit.
        deleted: Numbers of the documents to delete, by the index of their segment in `snapshot`.
        spills: Segments of new documents, which are merged into one.
        commit_user_data: Replaces the user data of `snapshot`, and its journal by an empty one; None keeps it.
        journal: Replaces the journal of the user data; None keeps it.
        before_replacing: Is called with the next table of contents, whose files are on the disk, before it replaces
            the present one.
        merging: Which segments to merge with the new one. With "none", those that are mostly deleted stay, too.
        run: The generation that a run of several commits began with, of which this is the last; None if this is not
            the last. Unless nothing is to be merged, the segments of the run become one.

    Raises:
        OSError: If a file could not be written; see `toc.write`.
    """
    folder = snapshot.folder
    generation = snapshot.toc.generation + 1
    leaves = [with_deleted(leaf, deleted.get(number, set())) for number, leaf in enumerate(snapshot.leaves)]
    sources = [MergeSource(leaf.segment, leaf.live) for leaf in leaves]
    new = sum(spill.documents for spill in spills)
    first = _first_to_merge(sources, new, merging)
    if run is not None and merging == "policy":
        first = min(first, _first_of_run(sources, new, run_segments(snapshot, run)))
    entries = []
    for number, (leaf, source) in enumerate(zip(leaves[:first], sources, strict=False)):
        if (
            source.documents * 2 < leaf.segment.documents and merging != "none"
        ):  # more than half is deleted: rewrite the segment
            entries += merge_into_segment(folder, f"{generation}-{number}", [source])
        elif number in deleted:
            entries.append(_write_deletions(folder, generation, leaf))
        else:
            entries.append(leaf.entry)
    entries += merge_into_segment(folder, f"{generation}", [*sources[first:], *spills])
    if commit_user_data is None:
        user_data = snapshot.toc.commit_user_data
        journal = snapshot.toc.journal if journal is None else journal
    else:
        user_data = write_file(folder / f"{generation}.attachment", commit_user_data)
    state = next_state(snapshot.toc, generation, tuple(entries))
    state = state._replace(commit_user_data=user_data, journal=journal or "")
    if before_replacing is not None:
        before_replacing(state)
    toc.write(folder, state, snapshot.key)
    return state


def next_state(last: Toc, generation: int, segments: tuple[SegmentEntry, ...]) -> Toc:
    """Return the table of contents of a commit after `last`, which takes over all but the segments and the time."""
    return last._replace(
        generation=generation,
        segments=segments,
        format=toc.FORMAT,
        index_id=last.index_id or toc.new_id(),
        time=toc.now(),
        code="",
    )


def _first_to_merge(sources: Sequence[MergeSource], new: int, merging: Merging) -> int:
    """Return the index of the first segment to merge with `new` documents; all after it are merged, too."""
    if merging == "all":
        alone = len(sources) == 1 and not new and sources[0].live is None
        return 1 if alone else 0
    if merging == "none" or not new:
        return len(sources)
    return first_to_merge([*(source.documents for source in sources), new])


def run_segments(snapshot: Snapshot, run: int) -> int:
    """Return how many segments at the end of a snapshot were made of new documents since the generation `run`."""
    count = 0
    for leaf in reversed(snapshot.leaves):
        name = leaf.segment.name  # the generation; one that was rewritten without its deletions has a number after it
        if not name.isdecimal() or int(name) <= run:
            break
        count += 1
    return count


def _first_of_run(sources: Sequence[MergeSource], new: int, segments: int) -> int:
    """Return the index of the first of the last `segments` that can be merged with `new` documents into one segment."""
    first = len(sources)
    documents = new
    while first > len(sources) - segments and documents + sources[first - 1].documents <= MAX_MERGE_DOCS:
        first -= 1
        documents += sources[first].documents
    alone = first == len(sources) - 1 and not new
    return len(sources) if alone else first


def remove_unused_files(folder: Path) -> None:
    """Remove the files of an index that neither its table of contents nor that of a kept commit names.

    These belong to earlier commits, or to a writer that was interrupted. A file that cannot be removed now is left for
    the next time.
    """
    try:
        used = toc.needed_files(folder, toc.read(folder))
        unused = [path for path in folder.iterdir() if path.suffix in OWN_SUFFIXES and path.name not in used]
        unused += [path for path in [folder / toc.TEMPORARY] if path.exists()]
        if unused:
            toc.sync(folder)  # otherwise a table that still names them may come back after a power failure
    except (OSError, IndexUnusable):
        return
    for path in unused:
        with suppress(OSError):
            path.unlink()


def with_deleted(leaf: Leaf, deleted: set[int]) -> Leaf:
    """Return `leaf` with more documents deleted."""
    if not deleted:
        return leaf
    live = np.ones(leaf.segment.documents, np.bool_) if leaf.live is None else leaf.live.copy()
    live[list(deleted)] = False
    return leaf._replace(live=live)


def merge_into_segment(
    folder: Path,
    name: str,
    sources: Sequence[MergeSource],
    emptied: Container[str] = (),
) -> list[SegmentEntry]:
    """Write the live documents of `sources` as one segment and return its entry; write nothing if there are none.

    Args:
        folder: The folder of the segment.
        name: The name of its file, without the ending.
        sources: The segments.
        emptied: The names of fields that no document has a value in afterwards.
    """
    sources = [source for source in sources if source.documents]
    if not sources:
        return []
    path = folder / f"{name}.segment"
    first = sources[0]
    if len(sources) == 1 and first.live is None and first.segment.file.path.suffix == ".spill":
        # There is nothing to merge: the spilled segment becomes the new one.
        size, checksum = first.segment.file.size, first.segment.file.checksum
        first.segment.file.path.rename(path)
    else:
        with SegmentWriter(path) as writer:
            merge(sources, writer, emptied)
            size, checksum = writer.finish()
    return [segment_entry(path, size, checksum)]


def segment_entry(path: Path, size: int, checksum: int) -> SegmentEntry:
    """Return the entry of a segment without deletions that has just been written, once it is on the disk."""
    toc.sync(path)
    segment = Segment(path, size, checksum)
    lengths = {n: (field.documents, field.length) for n, field in segment.fields.items() if field.layout.lengths}
    file = IndexFile(path.name, size, checksum, segment.file.digest)
    return SegmentEntry(file, segment.documents, 0, None, lengths)


def _write_deletions(folder: Path, generation: int, leaf: Leaf) -> SegmentEntry:
    """Write the deletions of a segment and return its new entry."""
    assert leaf.live is not None
    content = np.packbits(~leaf.live).tobytes()
    deletions = write_file(folder / f"{leaf.segment.name}.{generation}.deleted", content)
    lengths = {}
    for name, field in leaf.segment.fields.items():
        if field.layout.lengths:
            live_lengths = field.lengths[leaf.live]
            lengths[name] = (int(np.count_nonzero(live_lengths)), int(live_lengths.sum(dtype=np.int64)))
    size = int(leaf.live.sum())
    return SegmentEntry(leaf.entry.file, size, leaf.segment.documents - size, deletions, lengths)


def write_file(path: Path, content: bytes) -> IndexFile:
    """Write a file of an index that is read whole, and return what the table of contents says of it."""
    files.write_file(path, content)
    toc.sync(path)
    return IndexFile(path.name, len(content), zlib.crc32(content), hashlib.sha256(content).hexdigest())

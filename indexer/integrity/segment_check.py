"""Checking the files of an index: that they are as they were written, and that their parts agree."""

import dataclasses
import errno
import os
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np

from ..codec import toc
from ..codec.arrays import Array
from ..codec.packing import repeat_each
from ..codec.segment import Field, PostingsRange, Segment
from ..codec.snapshot import Leaf, live_documents, read_checked
from ..codec.toc import SegmentEntry, Toc
from ..errors import IndexDamaged, IndexUnusable
from ..reports import OnWork
from .progress import progress_of

_ATTEMPTS = 100
_POSTINGS = 1 << 20  # number of postings checked at a time, approximately
_TERMS = 1 << 16  # number of terms checked at a time


@dataclasses.dataclass(slots=True)
class SegmentCheck:
    """The result of the check of one segment.

    Attributes:
        entry: The entry of the segment in the table of contents.
        segment: The open segment; None if it cannot be opened.
        live: For each of its documents, True unless it is deleted; None if all are live, or if that cannot be read.
        problems: Descriptions of what is wrong with it.
    """

    entry: SegmentEntry
    segment: Segment | None = None
    live: Array | None = None
    problems: list[str] = dataclasses.field(default_factory=list)


@dataclasses.dataclass(slots=True)
class IndexCheck:
    """The result of the check of the files of an index.

    Attributes:
        state: The table of contents; None if it cannot be read.
        segments: What was found in each segment.
        problems: Descriptions of what is wrong beside the segments.
        unreadable: The errors of the system, each with the name of a file that is there and could not be read. Nothing
            is known about such a file: it may be as sound as any other.
        user_data_lost: True if there is commit user data that is damaged or missing.
    """

    state: Toc | None = None
    segments: list[SegmentCheck] = dataclasses.field(default_factory=list)
    problems: list[str] = dataclasses.field(default_factory=list)
    unreadable: list[OSError] = dataclasses.field(default_factory=list)
    user_data_lost: bool = False

    def sound_leaves(self) -> list[Leaf]:
        """Return the segments without problems as the leaves of a snapshot."""
        leaves = []
        base = 0
        for found in self.segments:
            if found.segment is not None and not found.problems:
                leaves.append(Leaf(found.segment, found.entry, base, found.live))
                base += found.segment.documents
        return leaves

    def problem_of(self, path: Path, error: IndexDamaged | OSError | MemoryError) -> str:
        """Return a description of the error that reading the file `path` raised.

        Only a file with other content than was written, or one that is not in its folder, is damaged. Any other error
        says something about the moment (permissions, a disk that does not answer, too many open files, no memory), so
        it is added to `unreadable`.
        """
        if isinstance(error, IndexDamaged):
            return error.problem
        if isinstance(error, FileNotFoundError) and is_missing(path):
            return IndexDamaged.at(path, "missing").problem
        if isinstance(error, MemoryError):
            error = OSError(errno.ENOMEM, os.strerror(errno.ENOMEM))
        if error.filename is None:
            error.filename = str(path)
        self.unreadable.append(error)
        return unreadable_line(error)


def unreadable_line(error: OSError) -> str:
    """Return the line of a report about a file that could not be read."""
    return f"{error.filename} could not be read: {error.strerror or error}"


def is_missing(path: Path) -> bool:
    """Return True if a file is not in its folder; a link to nothing is there. Raise an OSError if that is not known."""
    return path.name not in os.listdir(path.parent)  # noqa: PTH208 (unlike iterdir, one call of the system)


def check_segments(folder: Path, on_progress: OnWork | None = None, key: bytes | None = None) -> IndexCheck:
    """Check all files of the last commit of the index in `folder`; a writer may go on in the meantime.

    Args:
        folder: The folder of the index.
        on_progress: A function that is called now and then with the progress.
        key: The key of the index, by which all of it is authenticated.

    Raises:
        IndexUnusable: If there is no index, one of another format, or one whose table of contents is not authentic.
        OSError: If the folder cannot be read.
    """
    for _ in range(_ATTEMPTS):
        found = _open_all(folder, key)
        if found.state is None or _read_again(folder) == found.state:
            break
    else:
        raise IndexUnusable(f"{folder} changes faster than it can be opened", "try again", path=folder)
    sizes = [checked.entry.file.size for checked in found.segments]
    more = on_progress and progress_of("checking files", sum(sizes), on_progress, "bytes")
    for checked in found.segments:
        if checked.segment is not None:
            try:
                checked.problems += list(_segment_problems(checked, checked.segment, more))
            except (OSError, MemoryError) as error:
                checked.problems.append(found.problem_of(checked.segment.file.path, error))
    return found


def _read_again(folder: Path) -> Toc | None:
    """Return the table of contents; None if it has been damaged or removed since it was read."""
    try:
        return toc.read(folder)
    except (IndexDamaged, FileNotFoundError):
        return None


def _open_all(folder: Path, key: bytes | None) -> IndexCheck:
    """Open all files of the last commit; what cannot be opened is a problem."""
    try:
        state = toc.read(folder, key)
    except (IndexDamaged, OSError, MemoryError) as error:
        if isinstance(error, FileNotFoundError | NotADirectoryError):
            check_index(folder)
        found = IndexCheck()
        found.problems.append(found.problem_of(folder / toc.NAME, error))
        return found
    found = IndexCheck(state)
    for entry in state.segments:
        checked = SegmentCheck(entry)
        found.segments.append(checked)
        path = folder / entry.file.name
        try:
            digest = None if key is None else entry.file.digest
            checked.segment = Segment(path, entry.file.size, entry.file.checksum, digest=digest)
            if entry.deletions is not None:
                path = folder / entry.deletions.name
            checked.live = live_documents(folder, entry, checked.segment.documents, key)
        except (IndexDamaged, OSError, MemoryError) as error:
            checked.problems.append(found.problem_of(path, error))
    if state.commit_user_data is not None:
        try:
            read_checked(folder, state.commit_user_data, authenticate=key is not None)
        except (IndexDamaged, OSError, MemoryError) as error:
            known = len(found.unreadable)
            found.problems.append(found.problem_of(folder / state.commit_user_data.name, error))
            found.user_data_lost = len(found.unreadable) == known
    return found


def check_index(folder: Path) -> None:
    """Raise IndexUnusable unless the folder has a table of contents or a segment; an OSError if that is not known."""
    try:
        names = os.listdir(folder)  # noqa: PTH208 (unlike iterdir, one call of the system)
    except (FileNotFoundError, NotADirectoryError):
        names = []
    if toc.NAME not in names and not any(name.endswith((".segment", toc.KEPT_SUFFIX)) for name in names):
        raise IndexUnusable(f"{folder} is not an index", "give the folder of an index", path=folder) from None


def _segment_problems(
    checked: SegmentCheck, segment: Segment, more: Callable[[int], None] | None = None
) -> Iterator[str]:
    """Yield what is wrong with an open segment. `more` is called with the size of what has been checked."""
    path = segment.file.path
    try:
        segment.file.check_all()
    except IndexDamaged as error:
        yield error.problem
        return
    share, rest = divmod(checked.entry.file.size, len(segment.fields) + 1)
    # The checksums are right, so that what is wrong from here on was written by a faulty program.
    try:
        for field in segment.fields.values():
            yield from (f"{path}: field {field.name}: {problem}" for problem in _field_problems(segment, field))
            segment.file.release()
            if more:
                more(share)
        yield from (f"{path}: {problem}" for problem in _stored_problems(segment))
        if more:
            more(share + rest)
        if not checked.problems:
            yield from (f"{path}: {problem}" for problem in _table_problems(checked, segment))
    except (OSError, MemoryError):  # these are no property of the data
        raise
    except Exception as error:  # reading invalid data can raise anything
        yield f"{path}: can't be read: {type(error).__name__}: {error}"


def _field_problems(segment: Segment, field: Field) -> Iterator[str]:
    """Yield what is wrong with a field."""
    size, layout = segment.documents, field.layout
    if not _in_order(field):
        yield "the terms are not in order"
    totals = np.zeros(size)
    has_term, has_own_term = np.zeros(size, np.bool_), np.zeros(size, np.bool_)
    if any(field.column_size(part) != size for part in ("lengths", "ordinals") if getattr(layout, part)):
        yield "a column does not have a value for each document"
        return
    lengths = field.lengths if layout.lengths else None
    ordinals = field.ordinals if layout.ordinals else None
    if layout.numbers and field.column_size("numbers") != size:
        yield "the column of numbers does not have a value for each document"
    for first, last in _ranges(field):
        try:
            postings = field.postings_between(first, last, in_order=False)
        except IndexDamaged:
            yield "the postings of a term can't be unpacked"
            return
        counts, docs, freqs, _ = postings
        if problem := _postings_problem(postings, size, with_positions=layout.positions):
            yield problem
            return
        totals += np.bincount(docs, freqs, size)
        has_term[docs] = True
        starts = np.cumsum(counts) - counts
        max_frequencies, min_lengths = field.bounds_between(first, last)
        if max_frequencies is not None and not np.array_equal(np.maximum.reduceat(freqs, starts), max_frequencies):
            yield "the greatest frequencies do not match the postings"
        if (
            lengths is not None
            and min_lengths is not None
            and not np.array_equal(np.minimum.reduceat(lengths[docs], starts), min_lengths)
        ):
            yield "the shortest lengths do not match the postings"
        if ordinals is not None:
            own = repeat_each(np.arange(first, last), counts) == ordinals[docs]
            has_own_term[docs[own]] = True
    if lengths is not None and layout.frequencies and not np.array_equal(totals, lengths):
        yield "the lengths of documents are not the sums of their frequencies"
    if ordinals is not None and not (
        np.array_equal(ordinals < field.terms, has_term) and np.array_equal(has_own_term, has_term)
    ):
        yield "the column of terms does not match the postings"
    documents = np.count_nonzero(has_term if lengths is None else lengths)
    length = 0 if lengths is None else int(lengths.sum(dtype=np.int64))
    if (field.documents, field.length) != (documents, length):
        yield "the totals do not match the documents"


def _in_order(field: Field) -> bool:
    """Return True if the terms of a field ascend."""
    last: list[bytes] = []
    for first in range(0, field.terms, _TERMS):
        terms = last + field.terms_between(first, min(first + _TERMS, field.terms))
        if any(one >= other for one, other in pairwise(terms)):
            return False
        last = terms[-1:]
    return True


def _ranges(field: Field) -> Iterator[tuple[int, int]]:
    """Yield ranges of ordinals, from the first up to the last (not included), that have some postings each."""
    if field.terms:
        ends = np.cumsum(field.doc_frequencies(0, field.terms), dtype=np.int64)
        cuts = ends.searchsorted(np.arange(_POSTINGS, int(ends[-1]), _POSTINGS)) + 1
        yield from pairwise(np.unique([0, *cuts.tolist(), field.terms]).tolist())


def _postings_problem(postings: PostingsRange, size: int, *, with_positions: bool) -> str | None:
    """Return what is wrong with some postings of a segment of `size` documents."""
    counts, docs, freqs, positions = postings
    if counts.min() < 1 or docs.min() < 0 or docs.max() >= size or _ascends_too_slowly(docs, counts, 1):
        return "the documents of a term are not in order"
    if freqs.min() < 1:
        return "a posting has the frequency 0"
    if with_positions and (len(positions) != freqs.sum() or _ascends_too_slowly(positions.astype(np.int64), freqs, 0)):
        return "the positions of a term are not in order"
    return None


def _ascends_too_slowly(values: Array, counts: Array, min_step: int) -> bool:
    """Return True if a value exceeds the one before it in its list by less than `min_step`; list i has `counts[i]`."""
    steps = np.diff(values)
    steps[np.cumsum(counts)[:-1] - 1] = min_step  # the steps from one list to the next do not matter
    return bool((steps < min_step).any())


def _stored_problems(segment: Segment) -> Iterator[str]:
    """Yield what is wrong with the stored fields."""
    try:
        starts = segment.block_docs().tolist()
    except IndexDamaged:
        yield "the blocks of stored fields do not cover the documents"
        return
    for number, (first, last) in enumerate(pairwise(starts)):
        try:
            segment.check_block(number)
        except IndexDamaged:
            yield f"the stored fields of documents {first} to {last - 1} are incomplete"


def _table_problems(checked: SegmentCheck, segment: Segment) -> Iterator[str]:
    """Yield what the table of contents states wrongly about the segment."""
    entry, live = checked.entry, checked.live
    documents = segment.documents if live is None else int(np.count_nonzero(live))
    if (entry.documents, entry.deleted) != (documents, segment.documents - documents):
        yield "the table of contents has a wrong number of documents"
    for field in segment.fields.values():
        if field.layout.lengths:
            lengths = field.lengths if live is None else field.lengths[live]
            totals = (int(np.count_nonzero(lengths)), int(lengths.sum(dtype=np.int64)))
            if entry.lengths.get(field.name) != totals:
                yield f"the table of contents has wrong totals for the field {field.name}"

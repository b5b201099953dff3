"""Looking for damage: whether what is in an index's files is what was written, and goes together."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import numpy as np

from ..codec import toc
from ..codec.arrays import Array
from ..codec.packing import spread
from ..codec.segment import Field, PostingsRange, Segment
from ..codec.snapshot import Leaf, content_of, live
from ..codec.toc import SegmentEntry, Toc
from ..errors import IndexDamaged, IndexUnusable

_ATTEMPTS = 100
_POSTINGS = 1 << 20  # looked at at a time, about
_TERMS = 1 << 16


@dataclass(slots=True)
class Part:
    """A segment of the last commit as it was found.

    segment: None if it can't be opened. kept: which of its documents are not deleted; None for all, or if that can't be
    read. problems: what is wrong with it.
    """

    entry: SegmentEntry
    segment: Segment | None = None
    live: Array | None = None
    problems: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Examination:
    """An index as it was found. state: None if the table of contents can't be read. problems: with all that is not of
    one segment. attachment_lost: whether there is one that can't be read."""

    state: Toc | None = None
    parts: list[Part] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    attachment_lost: bool = False

    def sound_leaves(self) -> list[Leaf]:
        """The segments that are as they should be, as those of a snapshot."""
        leaves = []
        base = 0
        for part in self.parts:
            if part.segment is not None and not part.problems:
                leaves.append(Leaf(part.segment, part.entry, base, part.live))
                base += part.segment.documents
        return leaves


def examine(folder: Path) -> Examination:
    """Looks at all that belongs to the last commit of the index in `folder`, while a writer may go on.

    Raises IndexUnusable if there is no index, or one of another format.
    """
    for _ in range(_ATTEMPTS):
        found = _opened(folder)
        if found.state is None or toc.read(folder) == found.state:
            break
    else:
        raise IndexUnusable(f"{folder} changes faster than it can be opened", "try again", path=folder)
    for part in found.parts:
        if part.segment is not None:
            part.problems += list(_problems(part, part.segment))
    return found


def _opened(folder: Path) -> Examination:
    try:
        state = toc.read(folder)
    except IndexDamaged as error:
        return Examination(problems=[error.problem])
    except FileNotFoundError:
        if not any(folder.glob("*.segment")):
            raise IndexUnusable(f"{folder} is not an index", "nothing to check", path=folder, reason="other") from None
        return Examination(problems=[IndexDamaged.at(folder / toc.NAME, "missing").problem])
    found = Examination(state)
    for entry in state.segments:
        part = Part(entry)
        found.parts.append(part)
        try:
            part.segment = Segment(folder / entry.file.name, entry.file.size, entry.file.checksum)
            part.live = live(folder, entry, part.segment.documents)
        except (IndexDamaged, OSError) as error:
            part.problems.append(_said(error))
    try:
        if state.attachment is not None:
            content_of(folder, state.attachment)
    except (IndexDamaged, OSError) as error:
        found.problems.append(_said(error))
        found.attachment_lost = True
    return found


def _said(error: IndexDamaged | OSError) -> str:
    return f"{error.filename}: {error.strerror}" if isinstance(error, OSError) else error.problem


def _problems(part: Part, segment: Segment) -> Iterator[str]:
    """What is wrong with an open segment."""
    name = segment.file.path
    try:
        segment.file.check_all()
    except IndexDamaged as error:
        yield error.problem
        return
    # What has the right checksums was written so: if it is wrong, a program was.
    try:
        for known in segment.fields.values():
            yield from (f"{name}: field {known.name}: {what}" for what in _field_problems(segment, known))
            segment.file.release()
        yield from (f"{name}: {what}" for what in _stored_problems(segment))
        if not part.problems:
            yield from (f"{name}: {what}" for what in _table_problems(part, segment))
    except Exception as error:  # whatever reading nonsense comes to
        yield f"{name}: can't be read: {type(error).__name__}: {error}"


def _field_problems(segment: Segment, known: Field) -> Iterator[str]:
    size, layout = segment.documents, known.layout
    if not _in_order(known):
        yield "its terms are not in order"
    totals = np.zeros(size)
    has, placed = np.zeros(size, np.bool_), np.zeros(size, np.bool_)
    if any(known.column_size(part) != size for part in ("lengths", "ordinals") if getattr(layout, part)):
        yield "a column has not a value for each document"
        return
    lengths = known.lengths if layout.lengths else None
    ordinals = known.ordinals if layout.ordinals else None
    if layout.numbers and known.column_size("numbers") != size:
        yield "its numbers are not one for each document"
    for first, last in _ranges(known):
        postings = known.postings_between(first, last)
        counts, docs, freqs, _ = postings
        if what := _wrong(postings, size, with_positions=layout.positions):
            yield what
            return
        totals += np.bincount(docs, freqs, size)
        has[docs] = True
        starts = np.cumsum(counts) - counts
        most, shortest = known.bounds_between(first, last)
        if layout.frequencies and not np.array_equal(np.maximum.reduceat(freqs, starts), most):
            yield "the greatest frequencies are not those of its postings"
        if lengths is not None and not np.array_equal(np.minimum.reduceat(lengths[docs], starts), shortest):
            yield "the shortest lengths are not those of its postings"
        if ordinals is not None:
            own = spread(np.arange(first, last), counts) == ordinals[docs]
            placed[docs[own]] = True
    if lengths is not None and layout.frequencies and not np.array_equal(totals, lengths):
        yield "the lengths of documents are not the sums of their frequencies"
    if ordinals is not None and not (np.array_equal(ordinals < known.terms, has) and np.array_equal(placed, has)):
        yield "the terms of documents are not those of its postings"
    documents = np.count_nonzero(has if lengths is None else lengths)
    length = 0 if lengths is None else int(lengths.sum(dtype=np.int64))
    if (known.documents, known.length) != (documents, length):
        yield "its totals are not those of its documents"


def _in_order(known: Field) -> bool:
    last: list[bytes] = []
    for first in range(0, known.terms, _TERMS):
        terms = last + known.terms_between(first, min(first + _TERMS, known.terms))
        if any(one >= other for one, other in pairwise(terms)):
            return False
        last = terms[-1:]
    return True


def _ranges(known: Field) -> Iterator[tuple[int, int]]:
    """Cuts the terms of a field into runs of some postings each."""
    if known.terms:
        ends = np.cumsum(known.counts(0, known.terms), dtype=np.int64)
        cuts = ends.searchsorted(np.arange(_POSTINGS, int(ends[-1]), _POSTINGS)) + 1
        yield from pairwise(np.unique([0, *cuts.tolist(), known.terms]).tolist())


def _wrong(postings: PostingsRange, size: int, *, with_positions: bool) -> str | None:
    counts, docs, freqs, positions = postings
    if counts.min() < 1 or docs.min() < 0 or docs.max() >= size or _falls(docs, counts, 1):
        return "the documents of a term are not in order"
    if freqs.min() < 1:
        return "a term is in a document no time"
    if with_positions and (len(positions) != freqs.sum() or _falls(positions.astype(np.int64), freqs, 0)):
        return "the positions of a term are not in order"
    return None


def _falls(values: Array, counts: Array, least: int) -> bool:
    """Whether any of some lists, of `counts` values each, goes up by less than `least` somewhere."""
    steps = np.diff(values)
    steps[np.cumsum(counts)[:-1] - 1] = least  # from one list to the next
    return bool((steps < least).any())


def _stored_problems(segment: Segment) -> Iterator[str]:
    starts = segment.block_docs().tolist()
    if starts[0] != 0 or starts[-1] != segment.documents:
        yield "its stored values are not of its documents"
        return
    for number, (first, last) in enumerate(pairwise(starts)):
        lines = segment.stored_lines(number)
        if len(lines) != last - first or not all(isinstance(json.loads(line), dict) for line in lines):
            yield f"its stored values are not of documents {first} to {last - 1}"


def _table_problems(part: Part, segment: Segment) -> Iterator[str]:
    """Whether the table of contents tells of the segment what is so."""
    entry, left = part.entry, part.live
    documents = segment.documents if left is None else int(np.count_nonzero(left))
    if (entry.documents, entry.deleted) != (documents, segment.documents - documents):
        yield "the table of contents counts other documents"
    for known in segment.fields.values():
        if known.layout.lengths:
            lengths = known.lengths if left is None else known.lengths[left]
            so = (int(np.count_nonzero(lengths)), int(lengths.sum(dtype=np.int64)))
            if entry.lengths.get(known.name) != so:
                yield f"the table of contents has other totals for the field {known.name}"

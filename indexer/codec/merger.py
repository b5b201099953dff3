"""Merging segments into one, without their deleted documents.

Terms are merged a range at a time, so that the memory needed does not depend on the size of the segments.
"""

from collections.abc import Container, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from .arrays import Array
from .merged_lists import copy_lists, live_postings, merged_terms
from .missing_field import MissingField
from .segment import NO_TERM, Field, Layout, PostingsRange, Segment
from .segment_writer import FieldWriter, SegmentWriter

_POSTINGS = 1 << 19  # number of postings merged at a time, approximately
_RANGES = 16  # ranges of terms after which the memory of what was read is released
_BLOCKS = 256  # blocks of stored fields that are copied at a time


class MergeSource(NamedTuple):
    """A segment to merge.

    Attributes:
        segment: The open segment.
        live: For each of its documents, True if it is to be kept; None to keep all.
    """

    segment: Segment
    live: Array | None

    @property
    def documents(self) -> int:
        """Number of documents to keep."""
        return self.segment.documents if self.live is None else int(self.live.sum())


def merge(
    sources: Sequence[MergeSource],
    writer: SegmentWriter,
    emptied: Container[str] = (),
) -> None:
    """Write the live documents of `sources` to `writer` in their order.

    A field that only some of them have is empty in the documents of the others. Of a field whose layout is not the same
    in all, what all have is kept.

    Args:
        sources: The segments.
        writer: Writes the new segment.
        emptied: Fields that are written without any term. They have no stored values, no lengths and no numbers.
    """
    for source in sources:
        copy_stored(source, writer)
        source.segment.file.release()
    numbers = new_numbers(sources)
    names = list(dict.fromkeys(name for source in sources for name in source.segment.fields))
    merge_fields(sources, numbers, names, writer, emptied)


def merge_fields(
    sources: Sequence[MergeSource],
    numbers: list[Array],
    names: Sequence[str],
    writer: SegmentWriter,
    emptied: Container[str] = (),
) -> None:
    """Write some fields of `sources`, whose documents get new `numbers`."""
    for name in names:
        if name in emptied:
            _write_empty(name, sources, writer)
            continue
        _merge_field(name, sources, numbers, writer)
        for source in sources:
            source.segment.file.release()


def copy_stored(source: MergeSource, writer: SegmentWriter) -> None:
    """Write the stored fields of the live documents of a segment.

    Blocks whose documents are all live are copied as they are, many at a time.
    """
    segment, live = source
    docs = segment.block_docs()
    sizes = np.diff(docs.astype(np.int64))
    live_before = np.arange(segment.documents + 1) if live is None else np.concatenate([[0], np.cumsum(live)])
    left = np.diff(live_before[docs])
    whole = left == sizes
    bounds = [0, *(np.flatnonzero(whole[1:] != whole[:-1]) + 1).tolist(), segment.blocks]
    for first, last in pairwise(bounds):
        if first < last and whole[first]:
            for begin in range(first, last, _BLOCKS):
                end = min(begin + _BLOCKS, last)
                writer.add_blocks(*segment.blocks_between(begin, end), sizes[begin:end])
            continue
        for number in range(first, last):
            if live is not None and left[number]:
                lines = segment.stored_lines(number)
                for line, keep in zip(lines, live[docs[number] : docs[number + 1]].tolist(), strict=True):
                    if keep:
                        writer.add_stored(line)


def new_numbers(sources: Sequence[MergeSource]) -> list[Array]:
    """Return, for each source, the new number of each of its documents; it is meaningless for deleted ones."""
    numbers = []
    base = 0
    for source in sources:
        segment, live = source
        new = np.arange(segment.documents) if live is None else np.cumsum(live) - 1
        numbers.append(base + new)
        base += source.documents
    return numbers


def _merge_field(name: str, sources: Sequence[MergeSource], numbers: list[Array], writer: SegmentWriter) -> None:
    layout = _common_layout(name, sources)
    fields = [source.segment.fields.get(name) or MissingField(layout, source.segment.documents) for source in sources]
    lengths = None
    if layout.lengths:
        lengths = np.concatenate(
            [_live_values(field.lengths, source) for field, source in zip(fields, sources, strict=True)]
        )
        lengths = lengths.astype(np.int64)
        writer.add_column(name, "lengths", lengths)
    if layout.numbers:
        columns = [_live_values(field.numbers, source) for field, source in zip(fields, sources, strict=True)]
        writer.add_column(name, "numbers", np.concatenate(columns))
    out = FieldWriter(writer.sections, name, layout, lengths)
    ordinals = [np.full(field.terms, NO_TERM, np.uint32) for field in fields]
    documents = np.zeros(sum(source.documents for source in sources), np.bool_)
    for number, ranges in enumerate(_ranges(fields), 1):
        terms, postings = _merge_terms(fields, ranges, sources, numbers, ordinals, out.terms, layout.positions)
        if lengths is None:
            documents[postings.docs] = True
        out.add(terms, postings)
        if number % _RANGES == 0:
            for source in sources:
                source.segment.file.release()
    if layout.ordinals:
        pieces = []
        for field, source, new in zip(fields, sources, ordinals, strict=True):
            old = _live_values(field.ordinals, source)
            column = np.full(len(old), NO_TERM, np.uint32)
            column[old < field.terms] = new[old[old < field.terms]]
            pieces.append(column)
        writer.add_column(name, "ordinals", np.concatenate(pieces))
    writer.end_field(out, lengths, int(np.count_nonzero(documents if lengths is None else lengths)))


def _common_layout(name: str, sources: Sequence[MergeSource]) -> Layout:
    """Return what all segments that have a field store of it."""
    layouts = [source.segment.fields[name].layout for source in sources if name in source.segment.fields]
    return Layout(*(all(flags) for flags in zip(*layouts, strict=True)))


def _write_empty(name: str, sources: Sequence[MergeSource], writer: SegmentWriter) -> None:
    layout = _common_layout(name, sources)
    assert not (layout.lengths or layout.numbers)
    out = FieldWriter(writer.sections, name, layout, None)
    if layout.ordinals:
        documents = sum(source.documents for source in sources)
        writer.add_column(name, "ordinals", np.full(documents, NO_TERM, np.uint32))
    writer.end_field(out, None, 0)


def _live_values(column: Array, source: MergeSource) -> Array:
    """Return the values of a column for the live documents."""
    return column if source.live is None else column[source.live]


def _ranges(fields: Sequence[Field | MissingField]) -> Iterator[list[tuple[int, int]]]:
    """Cut the dictionaries of a field in all segments at the same terms.

    The cuts are where the dictionary with most terms has enough postings.

    Yields:
        For each segment, the first ordinal of the range, and the ordinal after its last.
    """
    largest = max(fields, key=lambda field: field.terms)
    if isinstance(largest, MissingField):  # no segment has a term
        yield [(0, 0)] * len(fields)
        return
    ends = np.cumsum(largest.doc_frequencies(0, largest.terms), dtype=np.int64)
    pieces = 1 + int(ends[-1] if len(ends) else 0) * len(fields) // _POSTINGS
    cuts = np.unique(ends.searchsorted(np.arange(1, pieces) * (_POSTINGS // len(fields))))
    done = [0] * len(fields)
    for cut in cuts[(cuts > 0) & (cuts < largest.terms)].tolist():
        term = largest.term(cut)
        # In a faulty dictionary, whose terms are not in order, a search may end before the last one did.
        upto = [max(field.lower_bound(term), before) for field, before in zip(fields, done, strict=True)]
        yield list(zip(done, upto, strict=True))
        done = upto
    yield list(zip(done, [field.terms for field in fields], strict=True))


def _merge_terms(
    fields: Sequence[Field | MissingField],
    ranges: list[tuple[int, int]],
    sources: Sequence[MergeSource],
    numbers: list[Array],
    ordinals: list[Array],
    first_ordinal: int,
    with_positions: bool,
) -> tuple[list[bytes], PostingsRange]:
    """Return the terms in `ranges` and their merged postings; put their new ordinals into `ordinals`."""
    terms_of_each = [field.terms_between(first, last) for field, (first, last) in zip(fields, ranges, strict=True)]
    try:
        terms, ranks = merged_terms(terms_of_each)
    except ValueError as error:
        raise sources[error.args[0]].segment.file.damaged() from None
    pieces = [
        live_postings(field.postings_between(first, last), source.live, new)
        if isinstance(field, Field) and first < last
        else None
        for field, (first, last), source, new in zip(fields, ranges, sources, numbers, strict=True)
    ]
    counts = np.zeros(len(terms), np.int64)
    totals = np.zeros(len(terms), np.int64)  # number of positions of each term
    for own, piece in zip(ranks, pieces, strict=True):
        if piece is not None:
            counts[own] += piece.counts
            totals[own] += _per_term(piece)
    docs, freqs = np.empty(counts.sum(), np.int64), np.empty(counts.sum(), np.int64)
    positions = np.empty(totals.sum() if with_positions else 0, np.uint32)
    next_posting, next_position = np.cumsum(counts) - counts, np.cumsum(totals) - totals
    for own, piece in zip(ranks, pieces, strict=True):
        if piece is not None:
            copy_lists(piece.docs, next_posting[own], piece.counts, docs)
            copy_lists(piece.freqs, next_posting[own], piece.counts, freqs)
            next_posting[own] += piece.counts
            if with_positions:
                lengths = _per_term(piece)
                copy_lists(piece.positions, next_position[own], lengths, positions)
                next_position[own] += lengths
    used = counts > 0  # a term that only deleted documents have is dropped
    new_ordinals = np.where(used, first_ordinal + np.cumsum(used) - 1, NO_TERM)
    for own, (first, last), new in zip(ranks, ranges, ordinals, strict=True):
        new[first:last] = new_ordinals[own]
    live_terms = [term for term, keep in zip(terms, used.tolist(), strict=True) if keep]
    return live_terms, PostingsRange(counts[used], docs, freqs, positions)


def _per_term(postings: PostingsRange) -> Array:
    """Return the number of occurrences of each term."""
    before = np.concatenate([[0], np.cumsum(postings.freqs)])
    ends = np.cumsum(postings.counts)
    return before[ends] - before[ends - postings.counts]

"""Making one segment of several, without their deleted documents.

Terms are merged a range at a time, so that memory depends on the range and not on the segments.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from .arrays import Array
from .packing import runs, spread
from .segment import NO_TERM, Field, PostingsRange, Segment
from .segment_writer import FieldWriter, SegmentWriter

_POSTINGS = 1 << 19  # merged at a time, about


class Source(NamedTuple):
    """A segment to be merged, and which of its documents are kept (a bool for each; None for all)."""

    segment: Segment
    live: Array | None

    @property
    def documents(self) -> int:
        """How many documents are kept."""
        return self.segment.documents if self.live is None else int(self.live.sum())


def merge(sources: Sequence[Source], writer: SegmentWriter) -> None:
    """Writes the documents of `sources`, in their order, to `writer`. All have the same fields."""
    for source in sources:
        _copy_stored(source, writer)
        source.segment.file.release()
    numbers = _new_numbers(sources)
    for name in sources[0].segment.fields:
        _merge_field(name, sources, numbers, writer)
        for source in sources:
            source.segment.file.release()


def _copy_stored(source: Source, writer: SegmentWriter) -> None:
    segment, live = source
    docs = segment.block_docs().tolist()
    for number, (first, last) in enumerate(pairwise(docs)):
        if live is None or live[first:last].all():
            writer.add_block(segment.block(number), last - first)
        elif live[first:last].any():
            for line, keep in zip(segment.stored_lines(number), live[first:last].tolist(), strict=True):
                if keep:
                    writer.add_stored(line)


def _new_numbers(sources: Sequence[Source]) -> list[Array]:
    """For each source, the new number of each of its documents; nonsense for those not kept."""
    numbers = []
    base = 0
    for source in sources:
        segment, live = source
        new = np.arange(segment.documents) if live is None else np.cumsum(live) - 1
        numbers.append(base + new)
        base += source.documents
    return numbers


def _merge_field(name: str, sources: Sequence[Source], numbers: list[Array], writer: SegmentWriter) -> None:
    fields = [source.segment.fields[name] for source in sources]
    layout = fields[0].layout
    lengths = None
    if layout.lengths:
        lengths = np.concatenate([_kept(field.lengths, source) for field, source in zip(fields, sources, strict=True)])
        lengths = lengths.astype(np.int64)
        writer.add_column(name, "lengths", lengths)
    if layout.numbers:
        columns = [_kept(field.numbers, source) for field, source in zip(fields, sources, strict=True)]
        writer.add_column(name, "numbers", np.concatenate(columns))
    out = FieldWriter(writer.sections, name, layout, lengths)
    ordinals = [np.full(field.terms, NO_TERM, np.uint32) for field in fields]
    documents = np.zeros(sum(source.documents for source in sources), np.bool_)
    for ranges in _ranges(fields):
        terms, postings = _merge_terms(fields, ranges, sources, numbers, ordinals, out.terms)
        if lengths is None:
            documents[postings.docs] = True
        out.add(terms, postings)
    if layout.ordinals:
        pieces = []
        for field, source, new in zip(fields, sources, ordinals, strict=True):
            old = _kept(field.ordinals, source)
            column = np.full(len(old), NO_TERM, np.uint32)
            column[old < field.terms] = new[old[old < field.terms]]
            pieces.append(column)
        writer.add_column(name, "ordinals", np.concatenate(pieces))
    writer.end_field(out, lengths, int(np.count_nonzero(documents if lengths is None else lengths)))


def _kept(column: Array, source: Source) -> Array:
    return column if source.live is None else column[source.live]


def _ranges(fields: Sequence[Field]) -> Iterator[list[tuple[int, int]]]:
    """Cuts all dictionaries at the same terms: for each field (of one name), from which to which ordinal. The cuts
    are where the field with most terms has enough postings."""
    largest = max(fields, key=lambda field: field.terms)
    ends = np.cumsum(largest.counts(0, largest.terms), dtype=np.int64)
    pieces = 1 + int(ends[-1] if len(ends) else 0) * len(fields) // _POSTINGS
    cuts = np.unique(ends.searchsorted(np.arange(1, pieces) * (_POSTINGS // len(fields))))
    done = [0] * len(fields)
    for cut in cuts[(cuts > 0) & (cuts < largest.terms)].tolist():
        term = largest.term(cut)
        upto = [field.place(term) for field in fields]
        yield list(zip(done, upto, strict=True))
        done = upto
    yield list(zip(done, [field.terms for field in fields], strict=True))


def _merge_terms(
    fields: Sequence[Field],
    ranges: list[tuple[int, int]],
    sources: Sequence[Source],
    numbers: list[Array],
    ordinals: list[Array],
    first_ordinal: int,
) -> tuple[list[bytes], PostingsRange]:
    """The terms in `ranges` and their postings; enters their new ordinals in `ordinals`."""
    words = [field.terms_between(first, last) for field, (first, last) in zip(fields, ranges, strict=True)]
    terms = sorted(set().union(*words))
    rank = {term: number for number, term in enumerate(terms)}
    ranks = [np.fromiter(map(rank.__getitem__, own), np.int64, len(own)) for own in words]
    pieces = [
        _without_deleted(field.postings_between(first, last), source.live, new) if first < last else None
        for field, (first, last), source, new in zip(fields, ranges, sources, numbers, strict=True)
    ]
    counts = np.zeros(len(terms), np.int64)
    totals = np.zeros(len(terms), np.int64)  # positions
    for own, piece in zip(ranks, pieces, strict=True):
        if piece is not None:
            counts[own] += piece.counts
            totals[own] += _per_term(piece)
    docs, freqs = np.empty(counts.sum(), np.int64), np.empty(counts.sum(), np.int64)
    with_positions = fields[0].layout.positions
    positions = np.empty(totals.sum() if with_positions else 0, np.uint32)
    next_posting, next_position = np.cumsum(counts) - counts, np.cumsum(totals) - totals
    for own, piece in zip(ranks, pieces, strict=True):
        if piece is not None:
            places = runs(next_posting[own], piece.counts)
            docs[places], freqs[places] = piece.docs, piece.freqs
            next_posting[own] += piece.counts
            if with_positions:
                lengths = _per_term(piece)
                positions[runs(next_position[own], lengths)] = piece.positions
                next_position[own] += lengths
    alive = counts > 0  # terms of deleted documents only are dropped
    new_ordinals = np.where(alive, first_ordinal + np.cumsum(alive) - 1, NO_TERM)
    for own, (first, last), known in zip(ranks, ranges, ordinals, strict=True):
        known[first:last] = new_ordinals[own]
    kept_terms = [term for term, keep in zip(terms, alive.tolist(), strict=True) if keep]
    return kept_terms, PostingsRange(counts[alive], docs, freqs, positions)


def _without_deleted(postings: PostingsRange, live: Array | None, new: Array) -> PostingsRange:
    counts, docs, freqs, positions = postings
    if live is None:
        return postings._replace(docs=new[docs])
    keep = live[docs]
    if len(positions):
        positions = positions[spread(keep, freqs) == 1]
    left = np.concatenate([[0], np.cumsum(keep)])
    ends = np.cumsum(counts)
    return PostingsRange(left[ends] - left[ends - counts], new[docs[keep]], freqs[keep], positions)


def _per_term(postings: PostingsRange) -> Array:
    """How many occurrences each term has."""
    before = np.concatenate([[0], np.cumsum(postings.freqs)])
    ends = np.cumsum(postings.counts)
    return before[ends] - before[ends - postings.counts]

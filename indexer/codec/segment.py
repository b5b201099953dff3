"""Reading a segment: the terms, postings, lengths, columns and stored fields of some documents, in one file.

Documents are numbered from 0 within a segment. Terms are bytes; the number of a term in the sorted dictionary of a
field is its *ordinal*.

A segment is a file of sections (see `sections`). Those of the field NAME are:

- `NAME.terms`, `NAME.term_starts`: the dictionary, and the offset of each term in it;
- `NAME.counts`: the document frequency of each term;
- `NAME.most`, `NAME.shortest`: for each term, its greatest frequency in a document and the length of the shortest
  document that has it. Ranking does not use them, since it keeps bounds for blocks of documents (`ranking.topk`). They
  are still written and checked where they are, and are to be dropped in the next version of the format;
- `NAME.docs`, `NAME.freqs`, `NAME.positions`: the postings of each term, packed (see `packing`): differences between
  document numbers, frequencies minus 1, and positions; each with `_starts`, the offset of each term's list;
- `NAME.lengths`, `NAME.ordinals`, `NAME.numbers`: columns, with a value for each document.

Whoever wrote a file computed its checksums, too, so they only tell that it is what was written. What a reader relies on
is validated as it is read: that offsets ascend, documents exist and ascend, lists have a size that fits their length,
and nothing stands for more than the bytes of the file can hold.

Stored fields are in `stored`, blocks of JSON lines compressed by zlib; `stored_starts` has the offset of each block,
`stored_docs` its first document.
"""

import json
import zlib
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import pairwise
from operator import index
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from .arrays import Array
from .packing import delta_decode, unpack, unpack_one
from .recent_values import RecentValues
from .sections import Section, SectionFile
from .stored_blocks import StoredBlocks
from .toc import MAX_FIELDS

NO_TERM = 0xFFFFFFFF
"""In a column of ordinals, stands for a document that has no term in this field."""

MAX_STORED = 16 << 20
"""The greatest size of the stored fields of a document, in bytes of JSON. The writer refuses larger ones.

A reader unpacks them whole. zlib packs a thousand zeros into a byte, so a small file could else fill all memory.
"""

BLOCK = 1 << 12
"""Bytes of stored fields that are compressed together. A block ends with the document that fills it.

Each hit that is shown takes a block. Blocks of 16 kB took a tenth less, and three times as long to unpack.
"""

_MAX_BLOCK = MAX_STORED + (1 << 15)
"""The greatest size of a block in bytes. Older versions filled blocks of 16 kB."""

_MAX_DOCUMENTS = (1 << 31) - 1
"""The greatest number of documents of a segment: they are numbered by int32."""

_MAX_PACKED = 1032
"""How many bytes zlib can pack into one."""

_UNSIGNED = frozenset({"u1", "u2", "u4"})

_KINDS = {
    "terms": {"u1"},
    "counts": _UNSIGNED,
    "most": _UNSIGNED,
    "shortest": _UNSIGNED,
    "lengths": _UNSIGNED,
    "ordinals": _UNSIGNED,
    "numbers": {"i8"},
    "docs": {"u1"},
    "freqs": {"u1"},
    "positions": {"u1"},
}
"""The types that the values of the parts of a field can have."""

_STARTS = frozenset({"u4", "u8"})

_MAX_CACHED_TERMS = 1 << 16  # in the cache of looked-up terms


class Layout(NamedTuple):
    """The data that a segment stores of a field beside its terms and their documents.

    Attributes:
        frequencies: The number of occurrences of each term in each document.
        positions: The positions of these occurrences.
        lengths: The number of terms of each document.
        ordinals: The ordinal of the term of each document; of its last term if it has several.
        numbers: A number for each document.
    """

    frequencies: bool = False
    positions: bool = False
    lengths: bool = False
    ordinals: bool = False
    numbers: bool = False


def most_zeros(counts: Array) -> Array:
    """Return how many positions a list that takes no bytes may stand for, if `counts` documents have the term.

    Positions that are all 0 take no bytes, so nothing in the file bounds their number; and a few bytes of frequencies
    can state millions of them. A word is at the first position of a document once, or a few times with an analyzer
    that gives several terms a position. The writer gives longer lists a byte for each position.
    """
    return 8 * counts + 1024


class PostingsRange(NamedTuple):
    """The postings of consecutive terms.

    Attributes:
        counts: The document frequency of each term.
        docs: The documents of each term, ascending, one term after another.
        freqs: The frequency in each of `docs`.
        positions: The positions in each of `docs`, one document after another; empty if the field has none.
    """

    counts: Array
    docs: Array
    freqs: Array
    positions: Array


class Field:
    """The terms of one field of a segment, and their postings.

    Attributes:
        name: The name of the field.
        layout: What is stored of it.
        terms: Number of distinct terms.
        documents: Number of documents that have any term.
        length: Total number of terms in these documents, repetitions included.
    """

    def __init__(self, file: SectionFile, name: str, about: dict[str, Any], documents: int) -> None:
        """Open a field.

        Args:
            file: The file of the segment.
            name: The name of the field.
            about: What the directory of the file says about it.
            documents: Number of documents of the segment.

        Raises:
            KeyError, TypeError, ValueError: If `about` is invalid, or does not agree with the sections of `file`.
        """
        self.name = name
        self.layout = Layout(*about["layout"])
        if not all(isinstance(flag, bool) for flag in self.layout):
            raise TypeError(self.layout)
        self.terms = index(about["terms"])
        self.documents = index(about["documents"])
        self.length = index(about["length"])
        if self.terms < 0 or not 0 <= self.documents <= documents or self.length < self.documents * self.layout.lengths:
            raise ValueError(name)
        self._file = file
        self._segment_documents = documents
        self._columns: dict[str, Array] = {}
        self._text = self._section("terms")
        self._text_starts = self._section("term_starts")
        self._counts = self._section("counts")
        for part, count in self._expected_sizes():
            section = self._section(part)
            if section.count != count or section.kind not in _KINDS.get(part, _STARTS):
                raise ValueError(part)
        for part in self.columns:
            if self._section(part).kind not in _KINDS[part]:
                raise ValueError(part)
        self._ordinal_cache: dict[bytes, int | None] = {}

    def _expected_sizes(self) -> Iterator[tuple[str, int]]:
        """Yield the sections that the field must have beside its columns, and the number of values of each."""
        layout = self.layout
        packed = ("docs", *["freqs"] * layout.frequencies, *["positions"] * layout.positions)
        yield from ((part, self.terms) for part in ("counts", *self._bounds))
        yield from ((f"{part}_starts", self.terms + 1) for part in ("term", *packed))
        yield from ((part, self._section(part).count) for part in ("terms", *packed))

    @property
    def _bounds(self) -> tuple[str, ...]:
        """The sections with bounds of each term. Later versions of the format do not have them."""
        expected = [*["most"] * self.layout.frequencies, *["shortest"] * self.layout.lengths]
        return tuple([part for part in expected if f"{self.name}.{part}" in self._file.sections])

    def _section(self, part: str) -> Section:
        return self._file.sections[f"{self.name}.{part}"]

    def term(self, ordinal: int) -> bytes:
        """Return the term with this ordinal."""
        return self._text.bytes(*self._text_starts.two(ordinal))

    def terms_between(self, first: int, last: int) -> list[bytes]:
        """Return the terms with ordinals from `first` up to, but not including, `last`."""
        if first >= last:
            return []
        offsets = self._text_starts.read(first, last + 1)
        if (offsets[1:] < offsets[:-1]).any():  # terms that overlap could take any amount of memory
            raise self._file.damaged()
        starts = offsets.tolist()
        base = starts[0]
        text = self._text.bytes(base, starts[-1])
        return [text[start - base : stop - base] for start, stop in pairwise(starts)]

    def terms_at(self, ordinals: Iterable[int]) -> list[bytes]:
        """Return the terms with these ordinals, all of them different."""
        terms = []
        left = self._text.count
        for ordinal in ordinals:
            terms.append(self.term(ordinal))
            left -= len(terms[-1])
            if left < 0:  # terms overlap
                raise self._file.damaged()
        return terms

    def find(self, term: bytes) -> int | None:
        """Return the ordinal of `term`; None if no document has it."""
        try:
            return self._ordinal_cache[term]
        except KeyError:
            bound = self.lower_bound(term)
            ordinal = bound if bound < self.terms and self.term(bound) == term else None
            if len(self._ordinal_cache) >= _MAX_CACHED_TERMS:
                self._ordinal_cache.clear()
            self._ordinal_cache[term] = ordinal
            return ordinal

    def lower_bound(self, term: bytes) -> int:
        """Return the ordinal of the first term that is not less than `term`, by bisection."""
        return bisect_left(range(self.terms), term, key=self.term)

    def with_prefix(self, prefix: bytes) -> range:
        """Return the ordinals of the terms that begin with `prefix`."""
        after = prefix.rstrip(b"\xff")
        end = self.lower_bound(after[:-1] + bytes([after[-1] + 1])) if after else self.terms
        return range(self.lower_bound(prefix), end)

    def doc_frequency(self, ordinal: int) -> int:
        """Return the number of documents that have the term, including deleted ones."""
        count = int(self._counts.read(ordinal, ordinal + 1)[0])
        if not 1 <= count <= self._segment_documents:
            raise self._file.damaged()
        return count

    def doc_frequencies(self, first: int, last: int) -> Array:
        """Return the document frequency of each term from `first` up to, but not including, `last`."""
        counts = self._counts.read(first, last)
        if len(counts) and counts.max() > self._segment_documents:
            raise self._file.damaged()
        return counts

    def docs(self, ordinal: int) -> Array:
        """Return the documents that have the term, ascending, as int32."""
        count = self.doc_frequency(ordinal)
        differences = self._unpacked_one("docs", ordinal, count)
        docs = np.zeros(1, np.int32) if differences is None else np.cumsum(differences, dtype=np.int32)
        # A sum that is beyond the range of int32 wraps around, and so is less than the one before it.
        if len(docs) != count or docs[0] < 0 or docs[-1] >= self._segment_documents or not _ascend(docs):
            raise self._file.damaged()
        return docs

    def extra_frequencies(self, ordinal: int) -> Array | None:
        """Return the frequency minus 1 of the term in each of its documents; None if all frequencies are 1."""
        if not self.layout.frequencies:
            return None
        return self._unpacked_one("freqs", ordinal, self.doc_frequency(ordinal))

    def positions(self, ordinal: int, total: int) -> Array:
        """Return the positions of the term in each of its documents; `total` is the sum of its frequencies."""
        positions = self._unpacked_one("positions", ordinal, total)
        if positions is not None:
            return positions
        if total > most_zeros(np.array(self.doc_frequency(ordinal))):
            raise self._file.damaged()
        return np.zeros(total, np.uint8)

    def bounds_between(self, first: int, last: int) -> tuple[Array | None, Array | None]:
        """Return bounds of the terms from `first` up to, but not including, `last`.

        Returns:
            The greatest frequency of each term in a document, and the least length of its documents; None for what the
            segment does not have.
        """
        known = {part: self._section(part).read(first, last) for part in self._bounds}
        return known.get("most"), known.get("shortest")

    def _unpacked_one(self, part: str, ordinal: int, count: int) -> Array | None:
        start, stop = self._section(f"{part}_starts").two(ordinal)
        try:
            return unpack_one(self._section(part).read(start, stop), count)
        except ValueError:
            raise self._file.damaged() from None

    def postings_between(self, first: int, last: int, *, in_order: bool = True) -> PostingsRange:
        """Return the postings of the terms from `first` up to, but not including, `last`.

        Args:
            first: The first ordinal.
            last: The ordinal after the last.
            in_order: False to leave it to the caller to see that the documents of each term are in order and exist.
        """
        counts, docs = self.docs_between(first, last, in_order=in_order)
        freqs = np.ones(len(docs), np.int64)
        positions = np.empty(0, np.uint32)
        if self.layout.frequencies and len(docs):
            freqs += self._unpacked("freqs", first, last, counts)
        if self.layout.positions and len(docs):
            totals = np.add.reduceat(freqs, np.cumsum(counts) - counts)
            positions = self._unpacked("positions", first, last, totals, most_zeros(counts))
        return PostingsRange(counts, docs, freqs, positions)

    def docs_between(self, first: int, last: int, *, in_order: bool = True) -> tuple[Array, Array]:
        """Return the first two parts of what `postings_between` returns."""
        counts = self.doc_frequencies(first, last).astype(np.int64)
        if not len(counts):
            return counts, np.empty(0, np.int64)
        if counts.min() < 1:
            raise self._file.damaged()
        starts = np.cumsum(counts) - counts
        differences = self._unpacked("docs", first, last, counts, 1)
        docs = delta_decode(differences, starts, counts)
        if in_order:
            steps = np.count_nonzero(differences) + np.count_nonzero(differences[starts] == 0)
            if steps != len(docs) or docs.max() >= self._segment_documents:
                raise self._file.damaged()
        return counts, docs

    def _unpacked(self, part: str, first: int, last: int, counts: Array, zeros: Array | int | None = None) -> Array:
        """Return lists one after another.

        Args:
            part: The section.
            first: The first ordinal.
            last: The ordinal after the last.
            counts: The length of each list.
            zeros: The length that each list may have if it takes no bytes; None for any length.
        """
        starts = self._section(f"{part}_starts").read(first, last + 1).astype(np.int64)
        try:
            return unpack(self._section(part).read(int(starts[0]), int(starts[-1])), np.diff(starts), counts, zeros)
        except ValueError:
            raise self._file.damaged() from None

    @property
    def lengths(self) -> Array:
        """The number of terms of each document."""
        return self._column("lengths")

    @property
    def ordinals(self) -> Array:
        """The ordinal of the term of each document, or NO_TERM."""
        return self._column("ordinals")

    @property
    def numbers(self) -> Array:
        """The number of each document, as int64; 0 for documents without one."""
        return self._column("numbers")

    def _column(self, part: str) -> Array:
        known = self._columns.get(part)
        if known is not None:
            return known
        if self.column_size(part) != self._segment_documents:
            raise self._file.damaged()
        column = self._section(part).all()
        # Before numpy 1.25, `!=` of arrays says True where there is no memory to compare them.
        if part == "ordinals" and ((column >= self.terms) & np.not_equal(column, NO_TERM)).any():
            raise self._file.damaged()
        self._columns[part] = column
        return column

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns of the field: any of `lengths`, `ordinals` and `numbers`."""
        return tuple([part for part in ("lengths", "ordinals", "numbers") if getattr(self.layout, part)])

    def column_size(self, part: str) -> int:
        """Return the number of values in a column, which is the number of documents unless the file is faulty."""
        return self._section(part).count


class _Fields(dict[str, Field]):
    """The fields of a segment by name.

    A field that is expected but not there raises IndexDamaged, not KeyError.
    """

    def __init__(self, file: SectionFile, documents: int) -> None:
        """Open the fields of a segment of so many documents.

        Raises:
            KeyError, TypeError, ValueError: If the directory of the file is invalid.
        """
        fields: dict[str, dict[str, Any]] = file.about["fields"]
        if len(fields) > MAX_FIELDS:
            raise ValueError(len(fields))
        super().__init__({name: Field(file, name, about, documents) for name, about in fields.items()})
        sizes = {field.column_size(part) for field in self.values() for part in field.columns}
        if sizes and documents not in sizes:
            raise ValueError(documents)
        self._file = file

    def __missing__(self, name: str) -> Field:
        raise self._file.damaged()


class Segment:
    """An open segment file.

    Attributes:
        file: The file of sections.
        name: The name of the file without its ending.
        documents: Number of documents, including deleted ones.
        fields: The fields by name.
        kept: What was last read of documents, for those who read; it keeps nothing until it is given memory.
    """

    def __init__(self, path: Path, size: int, checksum: int, *, check: bool = True, digest: str | None = None) -> None:
        """Open a segment whose file has this size, checksum and digest, by the table of contents; see `SectionFile`.

        Raises:
            IndexDamaged: If the file is not the one that was written.
        """
        self.file = SectionFile(path, size, checksum, check=check, digest=digest)
        self.name = path.stem
        try:
            self.documents = index(self.file.about["documents"])
            if not 0 <= self.documents <= min(_MAX_DOCUMENTS, size * _MAX_PACKED):
                raise ValueError
            self.fields = _Fields(self.file, self.documents)
            kinds = tuple([self.file.sections[name].kind for name in ("stored", "stored_starts", "stored_docs")])
            if kinds != ("u1", "u8", "u4") or self.file.sections["stored_starts"].count != self.blocks + 1:
                raise ValueError
        except (KeyError, TypeError, ValueError, AttributeError):
            raise self.file.damaged() from None
        self._block_docs: Array | None = None
        self._stored_blocks = StoredBlocks(_MAX_BLOCK)
        self.kept = RecentValues()

    @property
    def blocks(self) -> int:
        """Number of blocks of stored fields."""
        return self.file.sections["stored_docs"].count - 1

    def block(self, number: int) -> bytes:
        """Return a block of stored fields as it is on disk, compressed."""
        start, stop = self.file.sections["stored_starts"].two(number)
        return self.file.sections["stored"].bytes(start, stop)

    def blocks_between(self, first: int, last: int) -> tuple[bytes, Array]:
        """Return the blocks from `first` up to, but not including, `last`, one after another, and the size of each."""
        starts = self.file.sections["stored_starts"].read(first, last + 1)
        if (starts[1:] < starts[:-1]).any():
            raise self.file.damaged()
        return self.file.sections["stored"].bytes(int(starts[0]), int(starts[-1])), np.diff(starts)

    def block_docs(self) -> Array:
        """Return the first document of each block, and then the number of documents."""
        docs = self._block_docs
        if docs is None:
            docs = self.file.sections["stored_docs"].all()
            # Numbers of numpy compared by `!=` say True where there is no memory; see `_column`.
            if not len(docs) or int(docs[0]) != 0 or int(docs[-1]) != self.documents or (docs[1:] < docs[:-1]).any():
                raise self.file.damaged()
            self._block_docs = docs
        return docs

    def stored_lines(self, number: int) -> list[bytes]:
        """Return a block of stored fields, as the text of one JSON object for each of its documents."""
        first, last = self.block_docs()[number : number + 2].tolist()
        try:
            return stored_lines(self.block(number), last - first)
        except (ValueError, zlib.error):
            raise self.file.damaged() from None

    def stored(self, doc: int) -> dict[str, Any]:
        """Return the stored fields of a document."""
        docs = self.block_docs()
        # A number of another type would have the whole array converted.
        number = int(docs.searchsorted(docs.dtype.type(doc), "right")) - 1
        first, last = docs[number : number + 2].tolist()
        try:
            line = self._stored_blocks.line(self.block, number, doc - first, last - first)
        except (ValueError, zlib.error):
            raise self.file.damaged() from None
        return self._values(line)

    def all_stored(self) -> Iterator[dict[str, Any]]:
        """Yield the stored fields of all documents in order, including deleted ones."""
        for number in range(self.blocks):
            yield from map(self._values, self.stored_lines(number))

    def check_block(self, number: int) -> None:
        """Raise IndexDamaged unless a block of stored fields has an object for each of its documents."""
        for line in self.stored_lines(number):
            self._values(line)

    def _values(self, line: bytes) -> dict[str, Any]:
        """Return the stored fields that a line of JSON has."""
        try:
            values = json.loads(line.decode())
        except (ValueError, RecursionError):
            raise self.file.damaged() from None
        if type(values) is not dict:
            raise self.file.damaged()
        return values


def stored_lines(block: bytes, documents: int) -> list[bytes]:
    """Unpack a block of stored fields.

    Args:
        block: The block as it is on disk.
        documents: The number of its documents.

    Returns:
        The text of one JSON object for each document.

    Raises:
        ValueError, zlib.error: If the block is no block of so many documents, or is larger than any.
    """
    unpacker = zlib.decompressobj()
    content = unpacker.decompress(block, _MAX_BLOCK)
    if not unpacker.eof or unpacker.unused_data or content.count(b"\n") + 1 != documents:
        raise ValueError
    return content.split(b"\n")


def _ascend(values: Array) -> bool:
    """Return True if each of `values` is greater than the one before it."""
    return len(values) < 2 or bool((values[1:] > values[:-1]).all())

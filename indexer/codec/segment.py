"""Reading a segment: the terms, postings, lengths, columns and stored fields of some documents, in one file.

Documents are numbered from 0 within a segment. Terms are bytes; the number of a term in the sorted dictionary of a
field is its *ordinal*.

A segment is a file of sections (see `sections`). Those of the field NAME are:

- `NAME.terms`, `NAME.term_starts`: the dictionary, and the offset of each term in it;
- `NAME.counts`: the document frequency of each term;
- `NAME.most`, `NAME.shortest`: for each term, its greatest frequency in a document and the length of the shortest
  document that has it. Ranking does not use them, since it keeps bounds for blocks of documents (`ranking.topk`). They
  are still written and checked, and are to be dropped in the next version of the format;
- `NAME.docs`, `NAME.freqs`, `NAME.positions`: the postings of each term, packed (see `packing`): differences between
  document numbers, frequencies minus 1, and positions; each with `_starts`, the offset of each term's list;
- `NAME.lengths`, `NAME.ordinals`, `NAME.numbers`: columns, with a value for each document.

Stored fields are in `stored`, blocks of JSON lines compressed by zlib; `stored_starts` has the offset of each block,
`stored_docs` its first document.
"""

import json
import zlib
from bisect import bisect_left
from collections.abc import Iterator
from itertools import pairwise
from operator import index
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from .arrays import Array
from .packing import delta_decode, unpack, unpack_one
from .sections import Section, SectionFile

NO_TERM = 0xFFFFFFFF
"""In a column of ordinals, stands for a document that has no term in this field."""

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
        self._file = file
        self._segment_documents = documents
        self._text = self._section("terms")
        self._text_starts = self._section("term_starts")
        self._counts = self._section("counts")
        for part, count in self._expected_sizes():
            if self._section(part).count != count:
                raise ValueError(part)
        self._ordinal_cache: dict[bytes, int | None] = {}

    def _expected_sizes(self) -> Iterator[tuple[str, int]]:
        """Yield the sections that the field must have beside its columns, and the number of values of each."""
        layout = self.layout
        packed = ("docs", *["freqs"] * layout.frequencies, *["positions"] * layout.positions)
        per_term = ("counts", *["most"] * layout.frequencies, *["shortest"] * layout.lengths)
        yield from ((part, self.terms) for part in per_term)
        yield from ((f"{part}_starts", self.terms + 1) for part in ("term", *packed))
        yield from ((part, self._section(part).count) for part in packed)

    def _section(self, part: str) -> Section:
        return self._file.sections[f"{self.name}.{part}"]

    def term(self, ordinal: int) -> bytes:
        """Return the term with this ordinal."""
        start, stop = self._text_starts.read(ordinal, ordinal + 2).tolist()
        return self._text.bytes(start, stop)

    def terms_between(self, first: int, last: int) -> list[bytes]:
        """Return the terms with ordinals from `first` up to, but not including, `last`."""
        if first >= last:
            return []
        starts = self._text_starts.read(first, last + 1).tolist()
        base = starts[0]
        text = self._text.bytes(base, starts[-1])
        return [text[start - base : stop - base] for start, stop in pairwise(starts)]

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
        return int(self._counts.read(ordinal, ordinal + 1)[0])

    def doc_frequencies(self, first: int, last: int) -> Array:
        """Return the document frequency of each term from `first` up to, but not including, `last`."""
        return self._counts.read(first, last)

    def docs(self, ordinal: int) -> Array:
        """Return the documents that have the term, ascending, as int32."""
        differences = unpack_one(self._packed("docs", ordinal), self.doc_frequency(ordinal))
        return np.zeros(1, np.int32) if differences is None else np.cumsum(differences, dtype=np.int32)

    def extra_frequencies(self, ordinal: int) -> Array | None:
        """Return the frequency minus 1 of the term in each of its documents; None if all frequencies are 1."""
        if not self.layout.frequencies:
            return None
        return unpack_one(self._packed("freqs", ordinal), self.doc_frequency(ordinal))

    def positions(self, ordinal: int, total: int) -> Array:
        """Return the positions of the term in each of its documents; `total` is the sum of its frequencies."""
        packed = unpack_one(self._packed("positions", ordinal), total)
        return np.zeros(total, np.uint8) if packed is None else packed

    def bounds(self, ordinal: int) -> tuple[int, int]:
        """Return the greatest frequency of the term in a document, and the least length of its documents."""
        max_frequencies, min_lengths = self.bounds_between(ordinal, ordinal + 1)
        return int(max_frequencies[0]), int(min_lengths[0])

    def bounds_between(self, first: int, last: int) -> tuple[Array, Array]:
        """Return what `bounds` returns, for each term from `first` up to, but not including, `last`."""
        max_frequencies, min_lengths = np.ones(last - first, np.uint8), np.zeros(last - first, np.uint8)
        if self.layout.frequencies:
            max_frequencies = self._section("most").read(first, last)
        if self.layout.lengths:
            min_lengths = self._section("shortest").read(first, last)
        return max_frequencies, min_lengths

    def _packed(self, part: str, ordinal: int) -> Array:
        start, stop = self._section(f"{part}_starts").read(ordinal, ordinal + 2).tolist()
        return self._section(part).read(start, stop)

    def postings_between(self, first: int, last: int) -> PostingsRange:
        """Return the postings of the terms from `first` up to, but not including, `last`."""
        counts = self._counts.read(first, last).astype(np.int64)
        starts = np.cumsum(counts) - counts
        docs = delta_decode(self._unpacked("docs", first, last, counts), starts, counts)
        freqs = np.ones(len(docs), np.int64)
        positions = np.empty(0, np.uint32)
        if self.layout.frequencies:
            freqs += self._unpacked("freqs", first, last, counts)
        if self.layout.positions:
            totals = np.add.reduceat(freqs, starts) if len(freqs) else freqs
            positions = self._unpacked("positions", first, last, totals)
        return PostingsRange(counts, docs, freqs, positions)

    def _unpacked(self, part: str, first: int, last: int, counts: Array) -> Array:
        starts = self._section(f"{part}_starts").read(first, last + 1).astype(np.int64)
        return unpack(self._section(part).read(int(starts[0]), int(starts[-1])), np.diff(starts), counts)

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
        if self.column_size(part) != self._segment_documents:
            raise self._file.damaged()
        return self._section(part).all()

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
    """

    def __init__(self, path: Path, size: int, checksum: int, *, check: bool = True) -> None:
        """Open a segment whose file has this size and checksum, by the table of contents; see `SectionFile`.

        Raises:
            IndexDamaged: If the file is not the one that was written.
        """
        self.file = SectionFile(path, size, checksum, check=check)
        self.name = path.stem
        try:
            self.documents = index(self.file.about["documents"])
            self.fields = _Fields(self.file, self.documents)
            if self.file.sections["stored_starts"].count != self.blocks + 1 or "stored" not in self.file.sections:
                raise ValueError
        except (KeyError, TypeError, ValueError, AttributeError):
            raise self.file.damaged() from None
        self._last_block: tuple[int, list[bytes]] = (-1, [])

    @property
    def blocks(self) -> int:
        """Number of blocks of stored fields."""
        return self.file.sections["stored_docs"].count - 1

    def block(self, number: int) -> bytes:
        """Return a block of stored fields as it is on disk, compressed."""
        start, stop = self.file.sections["stored_starts"].read(number, number + 2).tolist()
        return self.file.sections["stored"].bytes(start, stop)

    def block_docs(self) -> Array:
        """Return the first document of each block, and then the number of documents."""
        return self.file.sections["stored_docs"].all()

    def stored_lines(self, number: int) -> list[bytes]:
        """Return a block of stored fields, as the text of one JSON object for each of its documents."""
        known, lines = self._last_block
        if known != number:
            lines = zlib.decompress(self.block(number)).split(b"\n")
            self._last_block = (number, lines)
        return lines

    def stored(self, doc: int) -> dict[str, Any]:
        """Return the stored fields of a document."""
        docs = self.block_docs()
        number = int(docs.searchsorted(doc, "right")) - 1
        values: dict[str, Any] = json.loads(self.stored_lines(number)[doc - int(docs[number])])
        return values

    def all_stored(self) -> Iterator[dict[str, Any]]:
        """Yield the stored fields of all documents in order, including deleted ones."""
        for number in range(self.blocks):
            yield from map(json.loads, self.stored_lines(number))

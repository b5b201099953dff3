"""Reading a segment: some documents' terms, postings, lengths, columns and stored values, in one file.

Documents are numbered from 0 within a segment. Terms are bytes, numbered in order (their *ordinals*) within a field.
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
from .packing import sums, unpack, unpack_one
from .sections import Section, SectionFile

NO_TERM = 0xFFFFFFFF
"""In a column of ordinals: the document has no term in this field."""

_REMEMBERED = 1 << 16  # terms looked up


class Layout(NamedTuple):
    """What is kept of a field.

    frequencies: how often a term is in a document. positions: where. lengths: how many terms a document has.
    ordinals: for each document its (last) term. numbers: for each document a number.
    """

    frequencies: bool = False
    positions: bool = False
    lengths: bool = False
    ordinals: bool = False
    numbers: bool = False


class PostingsRange(NamedTuple):
    """The postings of some terms that follow one another.

    counts: documents of each term. docs, freqs: of all terms, one after another; positions: of all postings.
    """

    counts: Array
    docs: Array
    freqs: Array
    positions: Array


class Field:
    """The terms of one field of a segment, and their postings.

    terms: how many there are. documents: how many documents have any. length: how many terms these have in all,
    repetitions included.
    """

    def __init__(self, file: SectionFile, name: str, about: dict[str, Any], documents: int) -> None:
        """`documents`: of the segment.

        Raises KeyError, TypeError or ValueError if `about` and the sections of `file` are no field of it.
        """
        self.name = name
        self.layout = Layout(*about["layout"])
        if not all(isinstance(live, bool) for live in self.layout):
            raise TypeError(self.layout)
        self.terms = index(about["terms"])
        self.documents = index(about["documents"])
        self.length = index(about["length"])
        self._file = file
        self._size = documents
        self._text = self._section("terms")
        self._text_starts = self._section("term_starts")
        self._counts = self._section("counts")
        for part, count in self._sizes():
            if self._section(part).count != count:
                raise ValueError(part)
        self._found: dict[bytes, int | None] = {}

    def _sizes(self) -> Iterator[tuple[str, int]]:
        """The sections of the field that there must be beside columns, and how many values each has."""
        layout = self.layout
        packed = ("docs", *["freqs"] * layout.frequencies, *["positions"] * layout.positions)
        of_terms = ("counts", *["most"] * layout.frequencies, *["shortest"] * layout.lengths)
        yield from ((part, self.terms) for part in of_terms)
        yield from ((f"{part}_starts", self.terms + 1) for part in ("term", *packed))
        yield from ((part, self._section(part).count) for part in packed)

    def _section(self, part: str) -> Section:
        return self._file.sections[f"{self.name}.{part}"]

    def term(self, ordinal: int) -> bytes:
        """The term `ordinal`."""
        start, stop = self._text_starts.read(ordinal, ordinal + 2).tolist()
        return self._text.bytes(start, stop)

    def terms_between(self, first: int, last: int) -> list[bytes]:
        """The terms `first` to `last` (not included)."""
        if first >= last:
            return []
        starts = self._text_starts.read(first, last + 1).tolist()
        base = starts[0]
        text = self._text.bytes(base, starts[-1])
        return [text[start - base : stop - base] for start, stop in pairwise(starts)]

    def find(self, term: bytes) -> int | None:
        """The ordinal of `term`; None if no document has it."""
        try:
            return self._found[term]
        except KeyError:
            place = self.place(term)
            ordinal = place if place < self.terms and self.term(place) == term else None
            if len(self._found) >= _REMEMBERED:
                self._found.clear()
            self._found[term] = ordinal
            return ordinal

    def place(self, term: bytes) -> int:
        """The ordinal of the first term that is not before `term`."""
        return bisect_left(range(self.terms), term, key=self.term)

    def with_prefix(self, prefix: bytes) -> range:
        """The ordinals of the terms that begin with `prefix`."""
        after = prefix.rstrip(b"\xff")
        end = self.place(after[:-1] + bytes([after[-1] + 1])) if after else self.terms
        return range(self.place(prefix), end)

    def count(self, ordinal: int) -> int:
        """How many documents have the term, deleted ones included."""
        return int(self._counts.read(ordinal, ordinal + 1)[0])

    def counts(self, first: int, last: int) -> Array:
        """How many documents have each of the terms `first` to `last` (not included)."""
        return self._counts.read(first, last)

    def docs(self, ordinal: int) -> Array:
        """The documents with the term, ascending, as int32."""
        steps = unpack_one(self._packed("docs", ordinal), self.count(ordinal))
        return np.zeros(1, np.int32) if steps is None else np.cumsum(steps, dtype=np.int32)

    def repeats(self, ordinal: int) -> Array | None:
        """How often the term is in each of `docs` beside the first time; None if once in each."""
        if not self.layout.frequencies:
            return None
        return unpack_one(self._packed("freqs", ordinal), self.count(ordinal))

    def positions(self, ordinal: int, total: int) -> Array:
        """Where the term is in each of `docs`, one document after another; `total` is the sum of `freqs`."""
        packed = unpack_one(self._packed("positions", ordinal), total)
        return np.zeros(total, np.uint8) if packed is None else packed

    def bounds(self, ordinal: int) -> tuple[int, int]:
        """How often the term is in a document at most, and how long at least the documents with it are."""
        most, shortest = self.bounds_between(ordinal, ordinal + 1)
        return int(most[0]), int(shortest[0])

    def bounds_between(self, first: int, last: int) -> tuple[Array, Array]:
        """The bounds of the terms `first` to `last` (not included)."""
        size = last - first
        most = self._section("most").read(first, last) if self.layout.frequencies else np.ones(size, np.uint8)
        shortest = self._section("shortest").read(first, last) if self.layout.lengths else np.zeros(size, np.uint8)
        return most, shortest

    def _packed(self, part: str, ordinal: int) -> Array:
        start, stop = self._section(f"{part}_starts").read(ordinal, ordinal + 2).tolist()
        return self._section(part).read(start, stop)

    def postings_between(self, first: int, last: int) -> PostingsRange:
        """The postings of the terms `first` to `last` (not included)."""
        counts = self._counts.read(first, last).astype(np.int64)
        starts = np.cumsum(counts) - counts
        docs = sums(self._unpacked("docs", first, last, counts), starts, counts)
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
        """How many terms each document has."""
        return self._column("lengths")

    @property
    def ordinals(self) -> Array:
        """The ordinal of each document's term, or NO_TERM."""
        return self._column("ordinals")

    @property
    def numbers(self) -> Array:
        """Each document's number, int64; 0 where it has none."""
        return self._column("numbers")

    def _column(self, part: str) -> Array:
        if self.column_size(part) != self._size:
            raise self._file.damaged()
        return self._section(part).all()

    @property
    def columns(self) -> tuple[str, ...]:
        """Which of `lengths`, `ordinals` and `numbers` there are."""
        return tuple([part for part in ("lengths", "ordinals", "numbers") if getattr(self.layout, part)])

    def column_size(self, part: str) -> int:
        """How many values there are in a column: one for each document, if all is well."""
        return self._section(part).count


class _Fields(dict[str, Field]):
    """The fields of a segment by name. Raises KeyError, TypeError or ValueError if the file's directory tells of none
    for that many documents, and later IndexDamaged where one is taken for granted that is not there."""

    def __init__(self, file: SectionFile, documents: int) -> None:
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

    size, checksum: what the table of contents says of the file. check: see `SectionFile`.

    Raises IndexDamaged if the file is not the one that was written; see `SectionFile` for when.
    """

    def __init__(self, path: Path, size: int, checksum: int, *, check: bool = True) -> None:
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
        """How many blocks of stored values there are."""
        return self.file.sections["stored_docs"].count - 1

    def block(self, number: int) -> bytes:
        """A block of stored values, compressed."""
        start, stop = self.file.sections["stored_starts"].read(number, number + 2).tolist()
        return self.file.sections["stored"].bytes(start, stop)

    def block_docs(self) -> Array:
        """The first document of each block, and the number of documents."""
        return self.file.sections["stored_docs"].all()

    def stored_lines(self, number: int) -> list[bytes]:
        """A block of stored values, as a JSON object for each of its documents."""
        known, lines = self._last_block
        if known != number:
            lines = zlib.decompress(self.block(number)).split(b"\n")
            self._last_block = (number, lines)
        return lines

    def stored(self, doc: int) -> dict[str, Any]:
        """The stored values of a document, by field."""
        docs = self.block_docs()
        number = int(docs.searchsorted(doc, "right")) - 1
        values: dict[str, Any] = json.loads(self.stored_lines(number)[doc - int(docs[number])])
        return values

    def all_stored(self) -> Iterator[dict[str, Any]]:
        """The stored values of all documents, in order, deleted ones included."""
        for number in range(self.blocks):
            yield from map(json.loads, self.stored_lines(number))

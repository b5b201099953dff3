"""Writing a segment. Terms must be given in order within a field, and documents in order within a term."""

from array import array
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np

from .arrays import Array
from .compressor import Compressor, compressed
from .packing import delta_encode, pack
from .section_writer import SectionWriter, downcast
from .segment import BLOCK, Layout, PostingsRange, most_zeros

_BLOCKS = 8  # blocks that are compressed at a time
_MAX_PENDING = 4  # times as many may wait for it


class SegmentWriter:
    """Writes one segment file. Use it in a `with` statement, in which an exception removes the file."""

    def __init__(self, path: Path) -> None:
        self.sections = SectionWriter(path)
        self._fields: dict[str, Any] = {}
        self._lines: list[bytes] = []
        self._line_bytes = 0
        self._documents = 0
        self._block_docs = array("q", [0])
        self._block_starts = array("q", [0])
        # zlib releases the interpreter lock, so that another thread compresses while this one goes on.
        self._compressor = Compressor()
        self._full_blocks: list[bytes] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._compressor.close()
        finally:
            self.sections.__exit__(kind, error, trace)

    def add_stored(self, line: bytes) -> None:
        """Add the stored fields of the next document: a JSON object without line breaks."""
        self._lines.append(line)
        self._documents += 1
        self._line_bytes += len(line)
        if self._line_bytes >= BLOCK:
            self._end_block()

    def add_blocks(self, blocks: bytes, sizes: Array, documents: Array) -> None:
        """Add the stored fields of the next documents: compressed blocks of another segment.

        Args:
            blocks: The blocks, one after another.
            sizes: The size of each in bytes.
            documents: The number of documents of each.
        """
        self._complete_blocks()
        self.sections.append("stored", np.frombuffer(blocks, np.uint8))
        self._block_starts.frombytes((self._block_starts[-1] + np.cumsum(sizes, dtype=np.int64)).tobytes())
        self._block_docs.frombytes((self._documents + np.cumsum(documents, dtype=np.int64)).tobytes())
        self._documents = self._block_docs[-1]

    def _end_block(self) -> None:
        if self._lines:
            self._block_docs.append(self._documents)
            self._full_blocks.append(b"\n".join(self._lines))
            self._lines.clear()
            self._line_bytes = 0
            if len(self._full_blocks) == _BLOCKS:
                # Several at a time, since handing over takes as long as some blocks do.
                self._compressor.put(self._full_blocks)
                self._full_blocks = []
                while len(self._compressor) > _MAX_PENDING:
                    self._write_blocks(self._compressor.take())

    def _write_blocks(self, blocks: list[bytes]) -> None:
        """Write compressed blocks."""
        for block in blocks:
            self.sections.append("stored", np.frombuffer(block, np.uint8))
            self._block_starts.append(self._block_starts[-1] + len(block))

    def _complete_blocks(self) -> None:
        """Write all stored fields added so far."""
        self._end_block()
        rest = compressed(self._full_blocks)
        self._full_blocks = []
        while self._compressor:
            self._write_blocks(self._compressor.take())
        self._write_blocks(rest)

    def add_column(self, field: str, part: str, values: Array) -> None:
        """Write a column, which has a value for each document: `lengths`, `ordinals` or `numbers` (see `Layout`)."""
        self.sections.add(f"{field}.{part}", values if part == "numbers" else downcast(values))

    def end_field(self, field: "FieldWriter", lengths: Array | None, documents: int) -> None:
        """Complete a field.

        Args:
            field: The writer of the field.
            lengths: The number of terms of each document, if the field keeps them.
            documents: Number of documents that have any term in the field.
        """
        field.finish()
        self._fields[field.name] = {
            "layout": list(field.layout),
            "terms": field.terms,
            "documents": documents,
            "length": int(lengths.sum()) if lengths is not None else 0,
        }

    def finish(self) -> tuple[int, int]:
        """Complete the file and return its size in bytes and its checksum."""
        self._complete_blocks()
        if not self.sections.has("stored"):
            self.sections.append("stored", np.empty(0, np.uint8))
        self.sections.add("stored_starts", np.array(self._block_starts, "<u8"))
        self.sections.add("stored_docs", np.array(self._block_docs, "<u4"))
        return self.sections.finish({"documents": self._documents, "fields": self._fields})


class FieldWriter:
    """Writes the terms of one field and their postings, some terms at a time.

    Attributes:
        name: The name of the field.
        layout: What is stored of it.
        terms: Number of terms written so far.
    """

    def __init__(self, sections: SectionWriter, name: str, layout: Layout, lengths: Array | None) -> None:
        """Begin a field; `lengths` has the number of terms of each document, if the field keeps them."""
        self.name = name
        self.layout = layout
        self.terms = 0
        self._sections = sections
        self._lengths = lengths
        self._sizes: dict[str, list[Array]] = {"term": []}
        self._counts: list[Array] = []
        self._max_frequencies: list[Array] = []
        self._min_lengths: list[Array] = []
        for part in ("docs", *(["freqs"] if layout.frequencies else []), *(["positions"] if layout.positions else [])):
            self._sizes[part] = []
            sections.append(f"{name}.{part}", np.empty(0, np.uint8))
        sections.append(f"{name}.terms", np.empty(0, np.uint8))

    def add(self, terms: Sequence[bytes], postings: PostingsRange) -> None:
        """Add the next terms, in order, each with at least one posting."""
        if not terms:
            return
        counts, docs, freqs, positions = postings
        starts = np.cumsum(counts) - counts
        self.terms += len(terms)
        self._sections.append(f"{self.name}.terms", np.frombuffer(b"".join(terms), np.uint8))
        self._sizes["term"].append(np.fromiter(map(len, terms), np.uint32, len(terms)))
        self._counts.append(counts.astype(np.uint32))
        self._pack("docs", delta_encode(docs, starts), counts)
        if self.layout.frequencies:
            self._pack("freqs", freqs - 1, counts)
            self._max_frequencies.append(np.maximum.reduceat(freqs, starts))
        if self.layout.positions:
            self._pack("positions", positions, np.add.reduceat(freqs, starts), most_zeros(counts))
        if self._lengths is not None:
            self._min_lengths.append(np.minimum.reduceat(self._lengths[docs], starts))

    def _pack(self, part: str, values: Array, counts: Array, most_zeros: Array | None = None) -> None:
        packed, sizes = pack(values, counts, most_zeros)
        self._sections.append(f"{self.name}.{part}", packed)
        self._sizes[part].append(sizes)

    def finish(self) -> None:
        """Write the sections that have a value for each term."""
        for part, sizes in self._sizes.items():
            ends = np.cumsum(np.concatenate([np.zeros(1, np.int64), *sizes]))
            self._sections.add(f"{self.name}.{part}_starts", _offsets(ends))
        self._sections.add(f"{self.name}.counts", downcast(_joined(self._counts)))
        if self.layout.frequencies:
            self._sections.add(f"{self.name}.most", downcast(_joined(self._max_frequencies)))
        if self._lengths is not None:
            self._sections.add(f"{self.name}.shortest", downcast(_joined(self._min_lengths)))


def _joined(pieces: list[Array]) -> Array:
    return np.concatenate(pieces) if pieces else np.empty(0, np.uint8)


def _offsets(ends: Array) -> Array:
    return ends.astype("<u4" if ends[-1] < 1 << 32 else "<u8")

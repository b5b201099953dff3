"""Segments of a few numbers, in place of those of texts, so that a commit takes microseconds.

The protocol of commits is what a simulation tries, not what is in a segment. So a document here is a number, and a
segment one section with the numbers of its documents. It is written by the production `SectionWriter` and read by the
production `SectionFile`, and all that handles segments, from the writer to the repair, is production code.
"""

from collections.abc import Callable, Container, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import SimpleNamespace, TracebackType
from typing import Any, Self
from unittest import mock

import numpy as np
from whoosh.fields import ID, Schema

from jooya.indexer.codec import committer, snapshot
from jooya.indexer.codec.arrays import Array
from jooya.indexer.codec.merger import MergeSource
from jooya.indexer.codec.section_writer import SectionWriter
from jooya.indexer.codec.sections import SectionFile
from jooya.indexer.codec.segment import Layout
from jooya.indexer.codec.snapshot import Snapshot
from jooya.indexer.integrity import backup, check, repair, salvage, segment_check
from jooya.indexer.whoosh import column_writer

VERSIONS = 1_000_000
"""A document is the number of its key times this, plus the number of its version."""

KEY = "key"
SCHEMA = Schema(key=ID(unique=True))
_LAYOUT = Layout(lengths=True)
DOCUMENTS = "documents"
"""The name of the section with the numbers of the documents."""


class TinySegment:
    """An open segment, with what the protocol asks a segment for."""

    def __init__(self, path: Path, size: int, checksum: int, **options: Any) -> None:
        self.file = SectionFile(path, size, checksum, **options)
        self.name = path.stem
        self.documents = self.file.sections[DOCUMENTS].count
        self.fields = {KEY: TinyField(self)}

    def numbers(self) -> Array:
        """Return the numbers of the documents; raise IndexDamaged if they are damaged."""
        return self.file.sections[DOCUMENTS].all()


class TinyField:
    """The one field of a segment."""

    def __init__(self, segment: TinySegment) -> None:
        self.name = KEY
        self.layout = _LAYOUT
        self.documents = self.length = segment.documents
        self.lengths = np.ones(segment.documents, np.int64)
        self._file = segment.file

    def find(self, term: bytes) -> int:
        """Return a number for a term."""
        return int(term)

    def docs(self, key: int) -> Array:
        """Return the documents with a key."""
        return np.flatnonzero(self._file.sections[DOCUMENTS].all() // VERSIONS == key).astype(np.int32)


class TinySegmentWriter:
    """Writes a segment."""

    def __init__(self, path: Path) -> None:
        self.sections = SectionWriter(path)
        self.numbers: list[int] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.sections.__exit__(kind, error, trace)

    def finish(self) -> tuple[int, int]:
        """Complete the file."""
        self.sections.add(DOCUMENTS, np.array(self.numbers, "<i8"))
        return self.sections.finish({})


class _Analyzer:
    def __init__(self, _schema: Schema) -> None: ...

    def analyze(self, fields: dict[str, Any]) -> SimpleNamespace:
        return SimpleNamespace(number=int(fields[KEY]), stored=b"")


class _Buffer:
    """The documents that wait to be written. Each takes a megabyte, so that a memory of some spills some."""

    def __init__(self, _schema: Schema, writer: TinySegmentWriter) -> None:
        self._writer = writer
        self.documents = 0

    @property
    def memory(self) -> int:
        return self.documents << 20

    def add(self, document: SimpleNamespace) -> None:
        self._writer.numbers.append(document.number)
        self.documents += 1

    def write(self) -> tuple[int, int]:
        return self._writer.finish()


def numbers_of(found: Snapshot) -> list[int]:
    """Return the numbers of the live documents of a snapshot, in order."""
    numbers: list[int] = []
    for leaf in found.leaves:
        segment: Any = leaf.segment
        numbers += live_numbers(segment, leaf.live)
    return numbers


def live_numbers(segment: TinySegment, live: Array | None) -> list[int]:
    """Return the numbers of the live documents of a segment."""
    numbers = segment.numbers()
    found: list[int] = (numbers if live is None else numbers[live]).tolist()
    return found


def _merge(sources: Sequence[MergeSource], writer: TinySegmentWriter, _emptied: Container[str] = ()) -> None:
    for source in sources:
        segment: Any = source.segment
        writer.numbers += live_numbers(segment, source.live)
        segment.file.release()


def _no_problems(*_arguments: Any) -> Iterator[str]:
    yield from ()


@contextmanager
def tiny_segments() -> Iterator[None]:
    """Put these segments in place of those of texts within a `with` statement."""
    replaced: list[tuple[Any, str, Callable[..., Any]]] = [
        (module, "Segment", TinySegment)
        for module in (committer, snapshot, column_writer, segment_check, salvage, backup)
    ]
    replaced += [(module, "SegmentWriter", TinySegmentWriter) for module in (committer, column_writer)]
    replaced += [
        (segment_check, name, _no_problems) for name in ("_field_problems", "_stored_problems", "_table_problems")
    ]
    replaced += [(module, "check_documents", _no_problems) for module in (check, repair)]
    replaced += [(check, "disk_names", lambda _fields: [])]
    replaced += [
        (committer, "merge", _merge),
        (column_writer, "DocumentAnalyzer", _Analyzer),
        (column_writer, "DocumentBuffer", _Buffer),
        (repair, "schema", lambda _fields: SCHEMA),
    ]
    with ExitStack() as patches:
        for module, name, replacement in replaced:
            patches.enter_context(mock.patch.object(module, name, replacement))
        patches.enter_context(mock.patch.object(column_writer, "_MEMORY_CHECK_INTERVAL", 1))
        yield

"""An index to damage, and the faults of a program that writes one."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from jooya.indexer import Date, Document, Index, ReadOptions
from jooya.indexer.codec import sections, toc
from jooya.indexer.codec.segment import PostingsRange, Segment
from jooya.indexer.codec.segment_writer import FieldWriter, SegmentWriter
from jooya.indexer.codec.snapshot import Snapshot
from jooya.indexer.codec.toc import SegmentEntry, Toc
from jooya.indexer.fingerprints import fingerprint

DOCUMENTS = [
    Document(
        f"d{number}",
        f"باران {number} بارید. " * (1 + number % 3 * 40),
        title="هوا",
        date=Date("2005-12-13", "1384-09-22"),
    )
    for number in range(300)
]


def build(folder: Path) -> Path:
    """Make an index of files, records and documents in `folder`, in two segments, with deletions."""
    (folder / "a.txt").write_bytes("سرزمين من".encode("cp1256"))
    (folder / "b.jsonl").write_text('{"id": "b", "text": "برف آمد"}\n', encoding="utf-8")
    with Index.create(folder / "index") as index:
        index.add(*DOCUMENTS)
        index.add(folder / "a.txt", folder / "b.jsonl", Document("c", "تگرگ"), options=ReadOptions(encoding="cp1256"))
        index.remove("d7", "d100")
    return folder / "index"


def flip_bit(file: Path, offset: int) -> None:
    """Flip a bit of the byte at `offset`."""
    content = bytearray(file.read_bytes())
    content[offset] ^= 1
    file.write_bytes(content)


def section_span(file: Path, name: str) -> tuple[int, int]:
    """Return the offsets of the first byte of a section and of the byte after its last, in the file of a segment."""
    section = Segment(file, *sections.stored_size_and_checksum(file), check=False).file.sections[name]
    return section._offset, section._offset + section.count * section._itemsize


def all_passages(path: Path) -> dict[str, Any]:
    """Return all that an index has of each passage, by id."""
    found = {}
    for leaf in Snapshot.open(path).leaves:
        fields = leaf.segment.fields
        for doc, stored in enumerate(leaf.segment.all_stored()):
            if leaf.live is None or leaf.live[doc]:
                numbers = [int(fields[name].numbers[doc]) for name in ("day", "fingerprint", "digest")]
                ordinals = [
                    (fields[name], int(fields[name].ordinals[doc])) for name in ("source", "encoding", "document")
                ]
                terms = [field.term(ordinal) if ordinal < field.terms else None for field, ordinal in ordinals]
                found[stored["id"]] = (stored, numbers, terms)
    return found


def _alter_column(name: str, part: str, alter: Callable[[Any], Any]) -> Callable[[pytest.MonkeyPatch], None]:
    """Return a patch that makes the writer alter a column."""

    def patch(monkeypatch: pytest.MonkeyPatch) -> None:
        real = SegmentWriter.add_column

        def add_column(writer: SegmentWriter, field: str, what: str, values: Any) -> None:
            real(writer, field, what, alter(values.copy()) if (field, what) == (name, part) else values)

        monkeypatch.setattr(SegmentWriter, "add_column", add_column)

    return patch


def _alter_postings(
    name: str, alter: Callable[[list[bytes], PostingsRange], Any]
) -> Callable[[pytest.MonkeyPatch], None]:
    """Return a patch that makes the writer alter the postings of a field."""

    def patch(monkeypatch: pytest.MonkeyPatch) -> None:
        real = FieldWriter.add

        def add(writer: FieldWriter, terms: list[bytes], postings: PostingsRange) -> None:
            real(writer, *(alter(list(terms), postings) if writer.name == name else (terms, postings)))

        monkeypatch.setattr(FieldWriter, "add", add)

    return patch


def _alter_writer(alter: Callable[[FieldWriter], None]) -> Callable[[pytest.MonkeyPatch], None]:
    """Return a patch that alters the writer of the field `text` before it finishes."""

    def patch(monkeypatch: pytest.MonkeyPatch) -> None:
        real = FieldWriter.finish

        def finish(writer: FieldWriter) -> None:
            if writer.name == "text":
                alter(writer)
            real(writer)

        monkeypatch.setattr(FieldWriter, "finish", finish)

    return patch


def _add_to_first(values: Any) -> Any:
    values[0] += 1
    return values


def _add_to_list(name: str) -> Callable[[FieldWriter], None]:
    def alter(writer: FieldWriter) -> None:
        _add_to_first(getattr(writer, name)[0])

    return alter


def _alter_table(alter: Callable[[SegmentEntry], SegmentEntry]) -> Callable[[pytest.MonkeyPatch], None]:
    """Return a patch that makes a commit alter the entries of the table of contents."""

    def patch(monkeypatch: pytest.MonkeyPatch) -> None:
        real = toc.write

        def write(folder: Path, state: Toc, key: bytes | None = None) -> None:
            real(folder, state._replace(segments=tuple(map(alter, state.segments))), key)

        monkeypatch.setattr(toc, "write", write)

    return patch


FAULTS: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "field text: the terms are not in order": _alter_postings("text", lambda terms, found: (terms[::-1], found)),
    "field text: the documents of a term are not in order": _alter_postings(
        "text", lambda terms, found: (terms, found._replace(docs=np.minimum(found.docs, 2)))
    ),
    "field text: the postings of a term can't be unpacked": _alter_postings(
        "text", lambda terms, found: (terms, found._replace(docs=np.zeros_like(found.docs)))
    ),
    "field text: the positions of a term are not in order": _alter_postings(
        "text", lambda terms, found: (terms, found._replace(positions=found.positions[::-1].copy()))
    ),
    "field text: the greatest frequencies do not match the postings": _alter_writer(_add_to_list("_max_frequencies")),
    "field text: the shortest lengths do not match the postings": _alter_writer(_add_to_list("_min_lengths")),
    "field title: the lengths of documents are not the sums of their frequencies": _alter_column(
        "title", "lengths", _add_to_first
    ),
    "field id: the column of terms does not match the postings": _alter_column("id", "ordinals", np.flip),
    "field document: the column of terms does not match the postings": _alter_column(
        "document", "ordinals", lambda values: np.full_like(values, 0xFFFFFFFF)
    ),
    "field digest: the column of numbers does not have a value for each document": _alter_column(
        "digest", "numbers", lambda values: values[:-1]
    ),
    "field text: a column does not have a value for each document": _alter_column(
        "text", "lengths", lambda values: values[:-1]
    ),
    "the table of contents has a wrong number of documents": _alter_table(lambda entry: entry._replace(deleted=1)),
    "the table of contents has wrong totals for the field text": _alter_table(
        lambda entry: entry._replace(lengths=entry.lengths | {"text": (3, 1)})
    ),
    "document d0: the fingerprint of passage d0#1 is not that of its text": _alter_column(
        "fingerprint", "numbers", _add_to_first
    ),
    "document d0: its record is not stored with its first passage alone": _alter_column("digest", "numbers", np.flip),
}
"""The problems that the check reports, each with a patch that turns the writer into a faulty program that causes it."""


PASSAGE = {"document": "k", "id": "k#1", "text": "باران", "exact": "باران", "start": 0, "end": 5, "digest": 7}
PASSAGE |= {"fingerprint": fingerprint("باران")}
"""The fields of a valid passage."""

"""Writing segments: blocks of stored fields, what waits for compression, and offsets."""

import zlib
from pathlib import Path

import numpy as np
import pytest

from jooya.indexer.codec import segment_writer
from jooya.indexer.codec.inverter import FieldInverter
from jooya.indexer.codec.segment import NO_TERM, Field, Layout, Segment, most_zeros
from jooya.indexer.codec.segment_writer import SegmentWriter


@pytest.mark.parametrize(
    ("greatest", "kind"), [(0, "<u4"), ((1 << 32) - 1, "<u4"), (1 << 32, "<u8"), ((1 << 32) + 1, "<u8")]
)
def test_offsets_beyond_4_gb_take_eight_bytes(greatest: int, kind: str) -> None:
    found = segment_writer._offsets(np.array([0, greatest], np.int64))
    assert (found.dtype, found.tolist()) == (np.dtype(kind), [0, greatest])


@pytest.mark.parametrize("size", [9, 10, 11])
def test_a_block_ends_with_the_document_that_fills_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(segment_writer, "BLOCK", 20)
    line = b'{"n":%s}' % (b"1" * (size - 6))
    assert len(line) == size
    with SegmentWriter(tmp_path / "a") as writer:
        for _ in range(7):
            writer.add_stored(line)
        segment = Segment(tmp_path / "a", *writer.finish())
    assert segment.block_docs().tolist() == ([0, 3, 6, 7] if size == 9 else [0, 2, 4, 6, 7])
    assert [zlib.decompress(segment.block(number)) for number in range(segment.blocks)][-1] == line
    assert segment.stored_lines(0) == [line] * (3 if size == 9 else 2)
    assert [len(one["n"] if isinstance(one["n"], str) else str(one["n"])) for one in segment.all_stored()] == [
        size - 6
    ] * 7


def test_few_blocks_wait_for_their_compression(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segment_writer, "BLOCK", 1)
    monkeypatch.setattr(segment_writer, "_BLOCKS", 2)
    monkeypatch.setattr(segment_writer, "_MAX_PENDING", 3)
    lines = [b'{"n": %d}' % number for number in range(50)]
    waiting = []
    with SegmentWriter(tmp_path / "a") as writer:
        for line in lines:
            writer.add_stored(line)
            waiting.append((len(writer._full_blocks), len(writer._compressor)))
        segment = Segment(tmp_path / "a", *writer.finish())
    assert waiting[:8] == [(1, 0), (0, 1), (1, 1), (0, 2), (1, 2), (0, 3), (1, 3), (0, 3)]
    assert max(waiting) == (1, 3)
    assert (segment.blocks, segment.documents) == (50, 50)
    assert [stored["n"] for stored in segment.all_stored()] == list(range(50))


def field_of(path: Path, layout: Layout, documents: list[list[str]], numbers: dict[int, int] | None = None) -> Field:
    """Write a segment with a field whose terms have their places as positions, and open the field."""
    with SegmentWriter(path) as writer:
        inverter = FieldInverter(layout)
        for doc, terms in enumerate(documents):
            writer.add_stored(b"{}")
            inverter.add(doc, terms, list(range(len(terms))) if layout.positions else [])
        for doc, value in (numbers or {}).items():
            inverter.add_number(doc, value)
        inverter.write(writer, "f", len(documents))
        return Segment(path, *writer.finish()).fields["f"]


DOCUMENTS = [["b", "a", "b"], [], ["a"], ["c", "a", "c", "c"], []]


def test_all_of_a_field_is_where_it_is_looked_for(tmp_path: Path) -> None:
    field = field_of(tmp_path / "a", Layout(True, True, True, False, False), DOCUMENTS)
    assert (field.terms, field.documents, field.length) == (3, 3, 8)
    assert field.terms_between(0, 3) == [b"a", b"b", b"c"]
    assert [field.terms_between(first, last) for first, last in ((1, 2), (2, 2), (2, 1), (3, 3))] == [
        [b"b"],
        [],
        [],
        [],
    ]
    assert field.terms_at([2, 0]) == [b"c", b"a"]
    assert [field.find(term) for term in (b"a", b"c", b"", b"bb", b"d")] == [0, 2, None, None, None]
    assert [field.lower_bound(term) for term in (b"", b"a", b"aa", b"c", b"d")] == [0, 0, 1, 2, 3]
    assert [field.doc_frequency(ordinal) for ordinal in range(3)] == [3, 1, 1]
    assert field.doc_frequencies(0, 3).tolist() == [3, 1, 1]
    assert [field.docs(ordinal).tolist() for ordinal in range(3)] == [[0, 2, 3], [0], [3]]
    assert field.lengths.tolist() == [3, 0, 1, 4, 0]
    counts, docs, freqs, positions = field.postings_between(0, 3)
    assert (counts.tolist(), docs.tolist()) == ([3, 1, 1], [0, 2, 3, 0, 3])
    assert (freqs.tolist(), positions.tolist()) == ([1, 1, 1, 2, 3], [1, 0, 1, 0, 2, 0, 2, 3])
    most, shortest = field.bounds_between(0, 3)
    assert most is not None
    assert shortest is not None
    assert (most.tolist(), shortest.tolist()) == ([1, 2, 3], [1, 3, 4])
    assert [each.tolist() for each in field.docs_between(1, 3)] == [[1, 1], [0, 3]]
    assert [each.tolist() for each in field.docs_between(1, 1)] == [[], []]
    assert field.extra_frequencies(0) is None
    extra = field.extra_frequencies(2)
    assert extra is not None
    assert extra.tolist() == [2]
    assert field.positions(2, 3).tolist() == [0, 2, 3]
    assert field.columns == ("lengths",)


@pytest.mark.parametrize("prefix", [b"", b"a", b"ab", b"abc", b"b", b"\xff", b"a\xff", b"\xff\xff", b"z"])
def test_the_terms_with_a_prefix(tmp_path: Path, prefix: bytes) -> None:
    terms = [
        b"a",
        b"ab",
        b"abc",
        b"abd",
        b"ac",
        b"a\xff",
        b"a\xffb",
        b"b",
        b"\xff",
        b"\xffa",
        b"\xff\xff",
        b"\xff\xff\xff",
    ]
    terms.sort()
    with SegmentWriter(tmp_path / "a") as writer:
        writer.add_stored(b"{}")
        inverter = FieldInverter(Layout())
        inverter.add(0, terms, [])
        inverter.write(writer, "f", 1)
        field = Segment(tmp_path / "a", *writer.finish()).fields["f"]
    found = field.with_prefix(prefix)
    assert field.terms_between(found.start, found.stop) == [term for term in terms if term.startswith(prefix)]


def test_columns_have_a_value_for_each_document(tmp_path: Path) -> None:
    field = field_of(tmp_path / "a", Layout(False, False, False, True, True), DOCUMENTS, {1: -5, 4: 1 << 40})
    assert field.ordinals.tolist() == [1, NO_TERM, 0, 2, NO_TERM]
    assert field.numbers.tolist() == [0, -5, 0, 0, 1 << 40]
    assert field.columns == ("ordinals", "numbers")
    assert (field.documents, field.length) == (3, 0)
    assert field.extra_frequencies(0) is None
    assert field.postings_between(0, 3).freqs.tolist() == [1, 1, 1, 1, 1]
    assert field.postings_between(0, 3).positions.tolist() == []
    assert field.bounds_between(0, 3) == (None, None)


@pytest.mark.parametrize("count", [1, 3])
def test_many_positions_of_zero_take_a_byte_each(tmp_path: Path, count: int) -> None:
    """As many as `most_zeros` allows take none."""
    limit = int(most_zeros(np.array(count)))
    assert limit == 8 * count + 1024
    for size in (limit // count, limit // count + 1):
        with SegmentWriter(tmp_path / "a") as writer:
            inverter = FieldInverter(Layout(True, True, True, False, False))
            for doc in range(count):
                writer.add_stored(b"{}")
                inverter.add(doc, ["a"] * size, [0] * size)
            inverter.write(writer, "f", count)
            segment = Segment(tmp_path / "a", *writer.finish())
        total = size * count
        assert segment.file.sections["f.positions"].count == (total if total > limit else 0)
        assert segment.fields["f"].positions(0, total).tolist() == [0] * total

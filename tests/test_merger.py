"""Merging segments a range of terms at a time."""

from itertools import product
from pathlib import Path
from random import Random

import numpy as np
import pytest
from reference_ranker import build, files, random_docs, search

from jooya.indexer.codec import merger
from jooya.indexer.codec.segment import Field, Segment
from jooya.indexer.codec.segment_writer import SegmentWriter


@pytest.mark.usual_settings
@pytest.mark.parametrize("postings", [20, 60, 400])
def test_a_merge_in_many_ranges_is_one_in_a_single_range(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postings: int
) -> None:
    """Ranges have half a million postings, so that no other test has more than one."""
    docs = random_docs(Random(31), 240)
    batches = [docs[start : start + 30] for start in range(0, 240, 30)]
    gone = [doc.key for doc in docs[5:200:3]]  # more than half of no segment
    ranges: list[int] = []
    real = merger._ranges

    def counted(fields: list[Field]) -> list[list[tuple[int, int]]]:
        found = list(real(fields))
        ranges.append(len(found))
        for number, field in enumerate(fields):  # each term is in exactly one range
            assert [cut[number][0] for cut in found] == [0, *[cut[number][1] for cut in found][:-1]]
            assert found[-1][number][1] == field.terms
        return found

    monkeypatch.setattr(merger, "_ranges", counted)

    def merged(name: str) -> dict[str, bytes]:
        index = build(tmp_path / name, batches[:-1], gone)
        with index.writer() as writer:
            for doc in batches[-1]:
                writer.add_document(**doc.fields())
        assert search(index)
        return files(tmp_path / name)

    expected = merged("one")
    assert len([name for name in expected if name.endswith(".segment")]) == 1
    assert set(ranges) == {1}
    ranges.clear()
    monkeypatch.setattr(merger, "_POSTINGS", postings)
    assert {name: content for name, content in merged("many").items() if name != "toc.json"} == {
        name: content for name, content in expected.items() if name != "toc.json"
    }
    assert max(ranges) >= 3


def _segment(path: Path, lines: list[bytes], blocks: list[int]) -> Segment:
    """Write a segment of documents without fields, whose stored fields are in blocks of so many documents."""
    with SegmentWriter(path) as writer:
        for count in blocks:
            for line in lines[:count]:
                writer.add_stored(line)
            writer._complete_blocks()
            lines = lines[count:]
        size, checksum = writer.finish()
    return Segment(path, size, checksum)


@pytest.mark.parametrize("at_once", [1, 2, 256])
@pytest.mark.parametrize("pattern", [*product("lpd", repeat=4), tuple("plplldppll")], ids="".join)
def test_blocks_are_copied_as_they_are_if_all_of_their_documents_are_live(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pattern: tuple[str, ...], at_once: int
) -> None:
    """A block may be live (l), partly deleted (p) or deleted (d); any may follow on any other."""
    monkeypatch.setattr(merger, "_BLOCKS", at_once)
    lines = [b'{"n": %d}' % number for number in range(3 * len(pattern))]
    segment = _segment(tmp_path / "one", lines, [3] * len(pattern))
    kinds = {"l": [True, True, True], "p": [True, False, True], "d": [False, False, False]}
    live = np.array([flag for kind in pattern for flag in kinds[kind]])
    with SegmentWriter(tmp_path / "two") as writer:
        merger.copy_stored(merger.MergeSource(segment, live), writer)
        size, checksum = writer.finish()
    copied = Segment(tmp_path / "two", size, checksum)
    assert list(copied.all_stored()) == [{"n": number} for number in np.flatnonzero(live).tolist()]
    assert copied.documents == int(live.sum())
    as_they_are = {segment.block(number) for number, kind in enumerate(pattern) if kind == "l"}
    assert as_they_are <= {copied.block(number) for number in range(copied.blocks)}
    assert [number.tolist() for number in merger.new_numbers([merger.MergeSource(segment, live)])] == [
        (np.cumsum(live) - 1).tolist()
    ]


def test_all_blocks_of_a_segment_without_deletions_are_copied(tmp_path: Path) -> None:
    lines = [b'{"n": %d}' % number for number in range(5)]
    sources = [merger.MergeSource(_segment(tmp_path / f"{n}", lines, [2, 3]), None) for n in range(2)]
    with SegmentWriter(tmp_path / "merged") as writer:
        merger.merge(sources, writer)
        size, checksum = writer.finish()
    merged = Segment(tmp_path / "merged", size, checksum)
    assert [merged.stored(number)["n"] for number in range(10)] == [0, 1, 2, 3, 4] * 2
    assert merged.block_docs().tolist() == [0, 2, 5, 7, 10]
    assert [numbers.tolist() for numbers in merger.new_numbers(sources)] == [[0, 1, 2, 3, 4], [5, 6, 7, 8, 9]]
    assert [source.documents for source in sources] == [5, 5]

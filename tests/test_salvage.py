"""Reading damaged segments, and folders without a table of contents."""

import shutil
import zlib
from pathlib import Path

import numpy as np
import pytest
from damaged_index import build, flip_bit, section_span

from jooya.indexer import Index
from jooya.indexer.codec import toc
from jooya.indexer.codec.segment import Segment
from jooya.indexer.codec.segment_writer import SegmentWriter
from jooya.indexer.codec.toc import IndexFile, SegmentEntry, Toc
from jooya.indexer.integrity.salvage import (
    DamagedSegment,
    last_generation,
    open_damaged,
    read_or_none,
    reconstruct_toc,
)


def segment_of(path: Path, blocks: list[int]) -> tuple[int, int]:
    """Write a segment of documents without fields, whose stored fields are in blocks of so many documents."""
    number = 0
    with SegmentWriter(path) as writer:
        for count in blocks:
            for _ in range(count):
                writer.add_stored(b'{"n": %d}' % number)
                number += 1
            writer._complete_blocks()
        return writer.finish()


def numbers_of(damaged: DamagedSegment) -> list[tuple[int, int | None]]:
    return [(doc, None if stored is None else stored["n"]) for doc, stored in damaged.stored()]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "1.segment"


def test_each_block_is_lost_by_itself(path: Path) -> None:
    size, checksum = segment_of(path, [2, 1, 3])
    sound = path.read_bytes()
    segment = Segment(path, size, checksum)
    starts = segment.file.sections["stored_starts"].all().tolist()
    begin, _end = section_span(path, "stored")
    lost = {0: {0, 1}, 1: {2}, 2: {3, 4, 5}}
    for number, docs in lost.items():
        path.write_bytes(sound)
        flip_bit(path, begin + (starts[number] + starts[number + 1]) // 2)
        damaged = DamagedSegment(Segment(path, size, checksum, check=False), None)
        assert numbers_of(damaged) == [(doc, None if doc in docs else doc) for doc in range(6)]
        live = np.array([True, False, True, False, True, True])
        assert numbers_of(damaged._replace(live=live)) == [(doc, None if doc in docs else doc) for doc in (0, 2, 4, 5)]


@pytest.mark.parametrize(
    ("section", "values", "found"),
    [
        # The blocks of documents 2 and 3 to 5 seem to be one; the number of documents then is wrong in two.
        ("stored_docs", [0, 2, 2, 6], [0, 1, None, None, None, None]),
        ("stored_docs", [0, 2, 3, 5], [0, 1, 2, None, None, None]),
        ("stored_docs", [0, 2, 3, 9], [0, 1, 2, None, None, None]),
        ("stored_docs", [0, 2, 1, 4], [0, 1, 3, 4, 5, None]),
        ("stored_docs", [0, 0, 0, 0], [None] * 6),
        ("stored_starts", [0, 0, 0, 0], [None] * 6),
    ],
)
def test_blocks_may_be_described_wrongly(path: Path, section: str, values: list[int], found: list[int | None]) -> None:
    size, checksum = segment_of(path, [2, 1, 3])
    begin, end = section_span(path, section)
    whole = path.read_bytes()
    kind = "<u4" if section == "stored_docs" else "<u8"
    path.write_bytes(whole[:begin] + np.array(values, kind).tobytes() + whole[end:])
    damaged = DamagedSegment(Segment(path, size, checksum, check=False), None)
    assert numbers_of(damaged) == list(enumerate(found))


def test_damage_is_no_value_and_other_errors_are_raised() -> None:
    assert read_or_none(int, "5") == 5
    assert read_or_none(int, "x") is None
    assert read_or_none({}.__getitem__, 1) is None
    assert read_or_none(zlib.decompress, b"x") is None
    with pytest.raises(ZeroDivisionError):
        read_or_none(lambda: 1 // 0)


@pytest.fixture
def index(tmp_path: Path) -> Path:
    return build(tmp_path)


def test_a_segment_is_opened_as_far_as_it_can_be(index: Path) -> None:
    entry = toc.read(index).segments[0]
    assert entry.deletions is not None
    damaged, losses = open_damaged(index, entry)
    assert damaged is not None
    assert damaged.live is not None
    assert (losses, int((~damaged.live).sum())) == ([], entry.deleted)
    assert damaged.ordinals("document") is not None
    assert damaged.term("document", 0) == "d0"
    assert damaged.ordinals("text") is None
    assert damaged.term("document", 1 << 20) is None
    flip_bit(index / entry.deletions.name, 0)
    damaged, losses = open_damaged(index, entry)
    assert damaged is not None
    assert damaged.live is None
    assert losses == ["1.segment: the list of deleted passages; some of them may be back"]
    (index / entry.deletions.name).unlink()
    assert open_damaged(index, entry)[1] == losses
    (index / "1.segment").write_bytes(b"short")
    assert open_damaged(index, entry) == (
        None, [f"1.segment: the whole segment, which had {entry.documents} passages"]
    )  # fmt: skip
    assert open_damaged(index, entry._replace(documents=0)) == (
        None, ["1.segment: the whole segment, which had an unknown number of passages"]
    )  # fmt: skip
    (index / "1.segment").unlink()
    assert open_damaged(index, entry)[0] is None


def test_a_table_is_reconstructed_from_the_files(index: Path) -> None:
    state = toc.read(index)
    (index / toc.NAME).unlink()
    (index / "1.2.deleted").write_bytes(b"older")
    (index / "10.segment").write_bytes(b"short")
    (index / "stranger.segment").write_bytes(b"")
    (index / "99.txt").write_bytes(b"")
    entries = [
        SegmentEntry(IndexFile("stranger.segment", 0, 0), 0, 0, None, {}),
        *(
            SegmentEntry(IndexFile(*entry.file[:3]), 0, 0, entry.deletions and IndexFile(*entry.deletions[:3]), {})
            for entry in state.segments
        ),
        SegmentEntry(IndexFile("10.segment", 0, 0), 0, 0, None, {}),
    ]
    assert reconstruct_toc(index, "simple") == (Toc(10, "simple"), entries)


def test_the_last_commit_is_that_of_any_file(tmp_path: Path) -> None:
    assert last_generation(tmp_path) == 0
    for name, expected in (
        ("x.segment", 0), ("3.segment", 3), ("7.txt", 3), ("2.12.deleted", 12), ("13.attachment", 13),
        ("14.commit", 14), ("15.spill", 14), ("16-2.segment", 16), ("1-17.segment", 17),
    ):  # fmt: skip
        (tmp_path / name).touch()
        assert last_generation(tmp_path) == expected


def test_the_first_documents_after_a_lost_block_are_whole_if_their_ids_say_so(index: Path) -> None:
    """Without the column of documents, an id tells that no passage of the document stood in the lost block."""
    copy = Path(shutil.copytree(index, index.parent / "copy"))
    entry = toc.read(index).segments[0]
    segment = Segment(index / entry.file.name, entry.file.size, entry.file.checksum)
    docs = segment.block_docs().tolist()
    number, doc = next(
        (number, doc)
        for number, doc in enumerate(docs[2:-1], 2)
        if segment.stored(doc)["id"] == f"{segment.stored(doc)['document']}#1"
    )
    starts = segment.file.sections["stored_starts"].all().tolist()
    file = copy / entry.file.name
    begin, end = section_span(file, "document.ordinals")
    flip_bit(file, (begin + end) // 2)
    flip_bit(file, section_span(file, "stored")[0] + (starts[number - 1] + starts[number]) // 2)
    Index.repair(copy)
    with Index.open(copy) as repaired:
        assert segment.stored(doc)["id"] in repaired.ids()

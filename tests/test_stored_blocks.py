"""Tests of reading single lines of blocks of stored fields."""

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jooya.indexer.codec.stored_blocks import StoredBlocks

LINE = st.binary(max_size=3000).map(lambda line: line.replace(b"\n", b""))
MOST = 1 << 20


@given(st.lists(st.lists(LINE, min_size=1, max_size=12), min_size=1, max_size=3), st.data())
def test_each_line_is_the_one_that_was_written(blocks: list[list[bytes]], data: st.DataObject) -> None:
    packed = [zlib.compress(b"\n".join(lines)) for lines in blocks]
    reader = StoredBlocks(MOST)
    for _ in range(6):
        number = data.draw(st.integers(0, len(blocks) - 1))
        place = data.draw(st.integers(0, len(blocks[number]) - 1))
        assert reader.line(packed.__getitem__, number, place, len(blocks[number])) == blocks[number][place]


WHOLE = zlib.compress(b"{}\n{}\n{}")


@pytest.mark.parametrize(
    ("block", "place", "documents"),
    [
        pytest.param(b"not packed", 0, 3, id="no block"),
        pytest.param(WHOLE[:-6], 2, 3, id="cut off"),
        pytest.param(WHOLE + b"more", 1, 3, id="something after it"),
        pytest.param(WHOLE, 3, 5, id="fewer documents"),
        pytest.param(WHOLE, 0, 2, id="more documents"),
        pytest.param(zlib.compress(b" " * (2 * MOST)), 0, 1, id="larger than any"),
        pytest.param(zlib.compress(b" " * (2 * MOST) + b"\n"), 1, 2, id="a line that is larger than any block"),
    ],
)
def test_what_is_no_block_of_so_many_documents_is_refused(block: bytes, place: int, documents: int) -> None:
    reader = StoredBlocks(MOST)
    with pytest.raises((ValueError, zlib.error)):
        reader.line(lambda _: block, 0, place, documents)


def test_only_the_blocks_that_were_used_last_are_kept() -> None:
    lines = [bytes([65 + number]) * 1000 for number in range(8)]
    packed = zlib.compress(b"\n".join(lines))
    reads: list[int] = []
    reader = StoredBlocks(MOST)
    for number in [*range(2000), 1999, 0]:
        assert reader.line(lambda number: reads.append(number) or packed, number, 5, 8) == lines[5]  # type: ignore[func-returns-value]
    assert reads == [*range(2000), 0]  # the last one was known, the first one was not kept

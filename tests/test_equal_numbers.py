"""Tests of finding documents with the same number in a column."""

from collections import defaultdict

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from jooya.indexer.ranking.equal_numbers import _FEW_SCANS, EqualNumbers

NUMBERS = st.sampled_from([0, 5, -1, 0x10001, 0x20001, 1 << 40, (1 << 40) + 5, -(1 << 63)])  # some share 16 bits


@given(st.lists(st.lists(NUMBERS, max_size=12), max_size=4), st.lists(NUMBERS, max_size=5))
def test_finds_the_documents_with_a_number_that_several_have(segments: list[list[int]], wanted: list[int]) -> None:
    columns, base = [], 0
    expected: defaultdict[int, list[int]] = defaultdict(list)
    for numbers in segments:
        columns.append((base, np.array(numbers, np.int64)))
        for place, number in enumerate(numbers, base):
            expected[number].append(place)
        base += len(numbers)
    equal = EqualNumbers(columns)
    for _ in range(_FEW_SCANS + 2):  # at first by looking through the columns, then by what is known of them
        found = {number: docs.tolist() for number, docs in equal.of(wanted).items()}
        assert found == {number: expected[number] for number in wanted if len(expected[number]) > 1}

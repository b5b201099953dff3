"""The log merge policy."""

import pytest

from jooya.indexer.codec import merge_policy
from jooya.indexer.codec.merge_policy import first_to_merge

pytestmark = pytest.mark.usual_settings


def test_neighbours_of_about_one_size_are_merged() -> None:
    """There are few segments, and large ones are seldom rewritten."""
    assert first_to_merge([1]) == 0
    assert first_to_merge([100] * 7) == 6
    assert first_to_merge([100] * 8) == 0
    assert first_to_merge([50_000, *[100] * 7]) == 7
    assert first_to_merge([50_000, *[100] * 8]) == 1
    assert first_to_merge([*[50_000] * 7, *[100] * 8]) == 7
    assert first_to_merge([*[50_000] * 7, *[9_000] * 7, *[900] * 8]) == 0
    assert first_to_merge([merge_policy.MAX_MERGE_DOCS, *[1_000_000] * 7]) == 7
    # Those beyond a larger one are no neighbours.
    assert first_to_merge([*[100] * 7, 50_000, *[100] * 7]) == 14
    assert first_to_merge([*[100] * 7, 50_000, *[100] * 8]) == 8


def test_the_bounds_of_levels_and_of_merges() -> None:
    """Sizes at a bound belong to the lower level, and a merge may make a segment of exactly the greatest size."""
    low = merge_policy.MIN_MERGE_DOCS
    assert first_to_merge([low] * merge_policy.MERGE_FACTOR) == 0
    assert first_to_merge([low + 1, *[1] * (merge_policy.MERGE_FACTOR - 1)]) == merge_policy.MERGE_FACTOR - 1
    assert first_to_merge([low, *[1] * (merge_policy.MERGE_FACTOR - 1)]) == 0
    most = merge_policy.MAX_MERGE_DOCS // merge_policy.MERGE_FACTOR
    assert first_to_merge([most] * merge_policy.MERGE_FACTOR) == 0
    assert first_to_merge([most] * (merge_policy.MERGE_FACTOR - 1) + [most + 1]) == merge_policy.MERGE_FACTOR - 1

"""The log merge policy."""

from jooya.indexer.codec import merge_policy
from jooya.indexer.codec.merge_policy import first_to_merge


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

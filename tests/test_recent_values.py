"""Values that were last read of documents are kept within their memory."""

from jooya.indexer.codec.recent_values import RecentValues


def test_values_that_were_used_last_are_kept_within_their_memory() -> None:
    recent = RecentValues()
    recent.limit(300)
    for doc in range(3):
        recent.put(doc, f"value {doc}", 100)
    assert recent.get(0) == "value 0"  # so 1 was not used for the longest time
    recent.put(3, "value 3", 100)
    assert [recent.get(doc) for doc in range(4)] == ["value 0", None, "value 2", "value 3"]
    recent.put(3, "larger", 250)  # in its own place, and of the others too few bytes are left
    assert [recent.get(doc) for doc in range(4)] == [None, None, None, "larger"]
    recent.put(4, "beyond all memory", 301)
    assert [recent.get(doc) for doc in range(5)] == [None] * 5
    recent.put(5, "value 5", 300)
    recent.limit(299)
    assert recent.get(5) is None


def test_nothing_is_kept_without_memory() -> None:
    recent = RecentValues()
    recent.put(0, "value", 1)
    assert recent.get(0) is None

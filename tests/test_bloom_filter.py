"""The Bloom filter of words."""

from jooya.analyzers.bloom_filter import BloomFilter, code_of, packed_filter


def test_a_bloom_filter_has_its_words_and_few_others() -> None:
    words = {f"واژه{number}" for number in range(1000)}
    held = BloomFilter(packed_filter(words))
    assert all(code_of(word) in held for word in words)
    others = sum(code_of(f"دیگر{number}") in held for number in range(10_000))
    assert 200 < others < 1000
    assert packed_filter(words) == packed_filter(sorted(words, reverse=True))
    assert code_of("واژه") == 1647055727

"""Words that follow a word are counted as phrases find them."""

from pathlib import Path

import pytest

from jooya import Document, Index
from jooya.analyzers import fold
from jooya.indexer.ranking.clauses import Phrase
from jooya.indexer.ranking.collector import count
from jooya.indexer.ranking.expansion import commonest_with_prefix, prefix_terms
from jooya.indexer.suggestions import following_words
from jooya.indexer.suggestions.following_words import following_counts

WORDS = ["آب", "باد", "خاک", "آتش", "آب", "آب", "باران", "باد", "خاک"]


@pytest.fixture
def opened(tmp_path: Path) -> Index:
    index = Index.create(tmp_path / "index")
    for part in range(3):
        texts = [" ".join(WORDS[number % 7 :] + WORDS[: number % 5]) for number in range(part, 40 + part)]
        index.add([Document(f"{part}-{number}", text, whole=True) for number, text in enumerate(texts)])
    index.add(Document("rare", "آب زعفران آب زعفران", whole=True))
    index.remove("0-3", "1-*5")
    return index


@pytest.mark.parametrize("word", ["آب", "باد", "زعفران", "نیست"])
def test_words_that_follow_are_counted_as_phrases_are(opened: Index, word: str) -> None:
    word, *others = map(fold, [word, "آب", "باد", "خاک", "آتش", "باران", "زعفران", "نیست"])
    searcher = opened._searcher()
    phrases = {other: count(searcher, Phrase("exact", (word.encode(), other.encode()))) for other in others}
    assert following_counts(searcher, "exact", word, others) == phrases
    assert any(phrases.values()) is (word != fold("نیست"))


def test_the_count_of_two_common_words_is_estimated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 90 passages every third is looked at; a word that few passages have is counted exactly."""
    index = Index.create(tmp_path / "index")
    texts = ["آب باد" if number % 2 else "آب خاک" for number in range(88)] + ["آب باران"] * 2
    index.add([Document(f"{number:02}", text, whole=True) for number, text in enumerate(texts)])
    monkeypatch.setattr(following_words, "_MOST_PASSAGES", 30)
    word, *others = map(fold, ["آب", "باد", "خاک", "باران"])
    assert following_counts(index._searcher(), "exact", word, others) == {
        others[0]: 44,  # every second of the 44 is looked at
        others[1]: 44,
        others[2]: 2,
    }


@pytest.mark.usual_settings
@pytest.mark.parametrize("most", [1, 2, 3, 50])
@pytest.mark.parametrize("segments", [1, 2])
def test_the_commonest_words_with_a_beginning(tmp_path: Path, segments: int, most: int) -> None:
    index = Index.create(tmp_path / "index")
    texts = ["باران باد", "باران بهار", "باد بهار باران", "برف تگرگ", "بس"]
    parts = [texts] if segments == 1 else [texts[:2], texts[2:]]
    for part in parts:
        index.add([Document(text, text, whole=True) for text in part])
    fields = list(index._searcher().segment_fields("exact"))
    assert len(fields) == segments
    counts = prefix_terms(fields, "ب")
    expected = sorted(counts, key=lambda term: (-counts[term], term))
    assert commonest_with_prefix(fields, "ب", most) == expected[:most]
    assert counts[fold("باران").encode()] == 3
    assert commonest_with_prefix(fields, "ژ", most) == []

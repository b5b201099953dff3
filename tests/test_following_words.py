"""Words that follow a word are counted as phrases find them."""

from pathlib import Path

import pytest

from jooya import Document, Index
from jooya.analyzers import fold
from jooya.indexer.ranking.clauses import Phrase
from jooya.indexer.ranking.collector import count
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

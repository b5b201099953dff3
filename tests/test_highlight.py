import pytest

from jooya.indexer.highlight import highlight
from jooya.indexer.query import query_stems


@pytest.mark.parametrize(
    ("text", "query", "words"),
    [
        ("سرزمينهاي اشغالي را", "سرزمین\u200cهای اشغالی", ["سرزمينهاي", "اشغالي"]),
        ("عقب\nنشيني كردند", "عقب\u200cنشینی", ["عقب\nنشيني"]),
        ("دانش\u200cآموزان آمدند", "دانش", ["دانش"]),
        ("دانش\u200cآموزان آمدند", "دانش\u200cآموز", ["دانش\u200cآموزان"]),
        ("كتابِ مَن", "کتاب", ["كتابِ"]),
        ("باران", "برف", []),
    ],
)
def test_words_found_are_cut_from_the_text_as_written(text: str, query: str, words: list[str]) -> None:
    assert [text[start:end] for start, end in highlight(text, query_stems(query))] == words

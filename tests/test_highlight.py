import pytest

from jooya.indexer.highlight import highlight
from jooya.indexer.query import query_stems


@pytest.mark.parametrize(
    ("text", "query", "words"),
    [
        ("سرزمينهاي اشغالي را", "سرزمین‌های اشغالی", ["سرزمينهاي", "اشغالي"]),
        ("عقب\nنشيني كردند", "عقب‌نشینی", ["عقب\nنشيني"]),
        ("دانش‌آموزان آمدند", "دانش", ["دانش"]),
        ("دانش‌آموزان آمدند", "دانش‌آموز", ["دانش‌آموزان"]),
        ("كتابِ مَن", "کتاب", ["كتابِ"]),
        ("باران", "برف", []),
    ],
)
def test_words_found_are_cut_from_the_text_as_written(text: str, query: str, words: list[str]) -> None:
    assert [text[start:end] for start, end in highlight(text, query_stems(query))] == words

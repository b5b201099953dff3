"""Running headers in plain text."""

import pytest
from structure_samples import PARAGRAPH

from jooya.indexer.document import Document
from jooya.indexer.structure.passages import cut
from jooya.indexer.structure.running_headers import running_headers


def test_headers_and_numbers_of_pages_are_left_out() -> None:
    page = "این سطر از متن صفحه است و جمله در آن به پایان نمی‌رسد بلکه در صفحه دیگر\n"
    text = "".join(f"تاریخ ایران\n{page}{'روز و شب '[number % 3 :]}\n- {number} -\n\f" for number in range(5, 9))
    left = [text[start:end] for start, end in running_headers(text, 0)]
    assert left == ["تاریخ ایران", "- 5 -", "تاریخ ایران", "- 6 -", "تاریخ ایران", "- 7 -", "تاریخ ایران", "- 8 -"]
    passages = list(cut(Document("d", text)))
    assert len(passages) == 4
    assert not any("تاریخ" in passage.text or "-" in passage.text for passage in passages)


def test_chapters_at_the_tops_of_pages_are_not_left_out() -> None:
    """Their numbers go up, but not with the pages."""
    pages = ["فصل 1", "متن", "فصل 2", "متن دیگر", "باز متن", "فصل 3", "پایان"]
    text = "\f".join(f"{first}\n{PARAGRAPH} {number}\n" for number, first in enumerate(pages))
    assert running_headers(text, 0) == []
    assert list(dict.fromkeys(passage.heading for passage in cut(Document("d", text)))) == ["فصل 1", "فصل 2", "فصل 3"]


def test_the_heading_of_a_chapter_stays_where_its_pages_repeat_it() -> None:
    text = "\f".join(f"فصل دوم\n\n{PARAGRAPH} {word}\n" for word in ("یک.", "دو.", "سه.", "چهار."))
    assert len(running_headers(text, 0)) == 3
    passages = list(cut(Document("d", text)))
    assert passages[0].text.startswith("فصل دوم")
    assert [passage.heading for passage in passages] == ["فصل دوم"] * 4


@pytest.mark.parametrize("form", ["{}", "- {} -", "({})", "تاریخ ایران {}", "صفحه {}"])
def test_consecutive_numbers_in_mid_sentence_are_left_out(form: str) -> None:
    page = "این سطر از متن است و جمله در آن به پایان نمی‌رسد بلکه می‌ماند\n" * 5
    text = page.join(f"{form.format(number)}\n" for number in range(11, 16))
    # The first stands at the beginning, where it may be anything.
    assert len(running_headers(text, 0)) in (3, 4)
    assert all(str(number) not in passage.text for passage in cut(Document("d", text)) for number in (12, 13, 14))


@pytest.mark.parametrize("form", ["{}", "- {} -", "فصل {}"])
def test_numbers_of_chapters_and_poems_stay(form: str) -> None:
    chapters = "".join(f"{form.format(number)}\n{PARAGRAPH}\n{PARAGRAPH}\n{PARAGRAPH}\n" for number in range(1, 6))
    assert running_headers(chapters, 0) == []
    couplet = "به بوی نافه‌ای کاخر صبا زان طره بگشاید\nز تاب جعد مشکینش چه خون افتاد در دل‌ها\n"
    poems = "".join(f"{form.format(number)}\n{couplet * 5}" for number in range(1, 6)).replace("- 5 -", "")
    assert running_headers(poems, 0) == []


def test_half_of_a_text_is_not_left_out() -> None:
    assert running_headers("الف\n\f" * 10, 0) == []
    assert [passage.text for passage in cut(Document("d", "\nصفحه ۱۲\nصفحه ۱۳\n"))] == ["صفحه ۱۲\nصفحه ۱۳"]

import time
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jooya.indexer.readers.dehyphenation import dehyphenate
from jooya.indexer.readers.legibility import is_legible

PERSIAN = "ایشان با اشاره به شرایط سخت کنونی مردم در سرزمین‌های اشغالی افزودند که تجربهٔ گذشته نشان می‌دهد " * 3


@pytest.mark.parametrize(
    ("lines", "mended"),
    [
        (["این کتا-", "ب خوب"], ["این کتاب", "خوب"]),
        (["نشریهٔ علمی-", "پژوهشی، سال"], ["نشریهٔ علمی-پژوهشی،", "سال"]),
        (["an exam-", "ple here"], ["an example", "here"]),
        (["by Anglo-", "Saxon kings"], ["by Anglo-Saxon", "kings"]),
        (["co\u00ad", "operation"], ["cooperation", ""]),
        (["گفت -", "آری"], ["گفت -", "آری"]),  # a dash
        (["سال 1384-", "1385"], ["سال 1384-", "1385"]),
        (["کتا-", ""], ["کتا-", ""]),
        (["کتا-"], ["کتا-"]),
        (["-", "-", "-"], ["-", "-", "-"]),
        ([], []),
    ],
)
def test_hyphens_at_the_end_of_lines(lines: list[str], mended: list[str]) -> None:
    assert dehyphenate(lines) == mended


@pytest.mark.parametrize(
    ("text", "readable"),
    [
        (PERSIAN, True),
        ("", True),
        ("Plain English, with naïve façades.", True),
        ("أعلنت وزارة الخارجية اليوم أن الوفد سيصل إلى العاصمة غدا للمشاركة في أعمال المؤتمر الدولي " * 3, True),
        (
            PERSIAN.translate({ord(one): other for one, other in zip("ابرمیدنهسشتک", "غظضذثخجچژفقحص", strict=False)}),
            False,
        ),
        ("ÇíÔÇä ÈÇ ÇÔÇÑå Èå ÔÑÇíØ ÓÎÊ ßäæäí ãÑÏã", False),
        ("\ue001\ue014\ue005 \ue006\ue002", False),
        ("\ufffd" * 9, False),
    ],
)
def test_what_can_be_read(text: str, readable: bool) -> None:
    assert is_legible(text) == readable


@given(st.lists(st.text("ابک a-\u00ad\u200c1ءA", max_size=8)))
def test_any_lines(lines: Sequence[str]) -> None:
    mended = dehyphenate(lines)
    assert len(mended) == len(lines)
    bare = str.maketrans("", "", " -\u00ad")
    assert "".join(mended).translate(bare) == "".join(lines).translate(bare)


@given(st.text())
def test_any_text(text: str) -> None:
    is_legible(text)


def test_time_goes_with_length() -> None:
    started = time.process_time()
    dehyphenate(["ا" * 1_000_000 + "-", "ب" * 1_000_000] * 2 + ["a-"] * 100_000)
    assert time.process_time() - started < 5

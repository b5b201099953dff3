"""Telling whether extracted text can be read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jooya.indexer.readers.legibility import is_legible

PERSIAN = "ایشان با اشاره به شرایط سخت کنونی مردم در سرزمین‌های اشغالی افزودند که تجربهٔ گذشته نشان می‌دهد " * 3


@pytest.mark.parametrize(
    ("text", "legible"),
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
def test_legible_text(text: str, legible: bool) -> None:
    assert is_legible(text) == legible


@given(st.text())
def test_any_text(text: str) -> None:
    is_legible(text)

"""Running headers of PDF pages, given as the lines of each page and their heights."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jooya.indexer.readers.pdf_running_headers import body_spans

BODY = [["آغاز", "سخن"], ["باران", "بارید"], ["شهر", "خفت"], ["روز", "شد"], ["کار", "ماند"], ["شب", "آمد"]]


def _heights(pages: list[list[str]], top: float = 800.0) -> list[list[float]]:
    """Return the heights of lines that begin at `top` on each page, 20 points from line to line."""
    return [[top - 20.0 * number for number in range(len(page))] for page in pages]


def _left(pages: list[list[str]]) -> list[list[str]]:
    """Return the lines that are left of each page, without the empty ones."""
    spans = body_spans(pages, _heights(pages))
    return [[line for line in page[start:end] if line] for page, (start, end) in zip(pages, spans, strict=True)]


@pytest.mark.parametrize(
    ("head", "foot"),
    [
        (["تاریخ ایران", ""], []),
        ([], ["", "انتشارات نمونه، تهران"]),
        ([], ["{}"]),
        ([], ["- {} -"]),
        ([], ["صفحهٔ {} از 60"]),
        (["{}"], []),
        (["{} / تاریخ ایران"], []),
        (["دورهٔ 12، شمارهٔ 3، سال 1384                {}"], []),
        (["تاریخ ایران", "فصل یکم", ""], ["", "example.com", "{}"]),
    ],
)
@pytest.mark.parametrize("digits", ["0123456789", "۰۱۲۳۴۵۶۷۸۹", "٠١٢٣٤٥٦٧٨٩"])
def test_headers_footers_and_page_numbers(head: list[str], foot: list[str], digits: str) -> None:
    table = str.maketrans("0123456789", digits)
    pages = [
        [line.format(number).translate(table) for line in head]
        + body
        + [line.format(number).translate(table) for line in foot]
        for number, body in enumerate(BODY, 37)
    ]
    assert _left(pages) == BODY


def test_left_and_right_pages_may_differ_and_headers_change_with_the_chapter() -> None:
    chapters = ["آغاز"] * 6 + ["پایان"] * 6
    pages = [
        [chapters[number] if number % 2 else "تاریخ ایران", "", *BODY[number % 6], f"سطر {'ابپتثجچحخدذر'[number]}"]
        for number in range(12)
    ]
    assert _left(pages) == [page[2:] for page in pages]


@pytest.mark.parametrize(
    "pages",
    [
        BODY,
        [["تاریخ ایران", "", *body] for body in BODY[:2]],  # two pages are not enough
        [[*body, "", "ترجیع", *body[::-1], "", "ترجیع"] for body in BODY],  # a refrain that also stands inside pages
        [["1384", *body] for body in BODY],  # the number does not go up with the pages
        [[str(number * 2), *body] for number, body in enumerate(BODY)],
        [["همین"]] * 5,  # the only line of the page
        [[]] * 5,
        [["", " "]] * 5,
        [],
    ],
)
def test_text_stays(pages: list[list[str]]) -> None:
    assert body_spans(pages, _heights(pages)) == [(0, len(page)) for page in pages]


@pytest.mark.parametrize(
    "pages",
    [
        [["تاریخ ایران", *body] for body in BODY],
        [[*body, "که یکی هست و هیچ نیست جز او"] for body in BODY],
        [["غزل", *body, "مطلع", "مقطع", *body[::-1]] for body in BODY],
    ],
)
def test_running_headers_stand_at_the_same_height(pages: list[list[str]]) -> None:
    assert _left(pages) != pages
    heights = [_heights([page], 700.0 - 20 * number)[0] for number, page in enumerate(pages)]
    assert body_spans(pages, heights) == [(0, len(page)) for page in pages]


def test_running_headers_are_at_the_edge_of_the_page() -> None:
    pages = [[*body, "هر بار", "1. " + body[0]] for body in BODY]
    assert _left(pages) == pages


@given(st.lists(st.lists(st.text("اب 12۳-\n", max_size=6), max_size=8), max_size=12))
def test_any_pages(pages: list[list[str]]) -> None:
    spans = body_spans(pages, _heights(pages))
    assert len(spans) == len(pages)
    assert all(0 <= start <= end <= len(page) for page, (start, end) in zip(pages, spans, strict=True))


def test_time_is_linear() -> None:
    pages = [["1 " * 1_000_000], *[[str(number) * 90 for number in range(20_000)]] * 5]
    started = time.process_time()
    assert len(body_spans(pages, _heights(pages))) == 6
    assert time.process_time() - started < 5

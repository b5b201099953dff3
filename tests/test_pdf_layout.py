"""Assembling glyphs into lines, without a PDF: cases that few files have, and those of hostile files."""

import random
import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jooya.indexer.readers.pdf_glyphs import Glyph
from jooya.indexer.readers.pdf_layout import page_lines
from jooya.indexer.readers.pdf_stream import UNREADABLE

SIZE = 10.0


def _from_right(*pieces: tuple[str, float] | str, width: float = 5.0) -> list[Glyph]:
    """Glyphs from the right, each so wide; a number is the room before one."""
    glyphs, at = [], 500.0
    for piece in pieces:
        text, room = piece if isinstance(piece, tuple) else (piece, 0.0)
        at -= room + width
        glyphs.append(Glyph(text, at, at + width, 700.0, SIZE))
    return glyphs


def _texts(glyphs: list[Glyph]) -> list[str]:
    return [line.text for line in page_lines(glyphs)]


@pytest.mark.parametrize(
    ("glyphs", "text"),
    [
        (_from_right("ک", "ت", "ا", "ب", ("ن", 2.5), "و"), "کتاب نو"),
        (_from_right("ک", "ت", ("ا", 0.9), "ب"), "کتاب"),  # a gap, but no space
        (
            _from_right(*[(letter, 2.8) for letter in "کتابخانه"], ("ن", 5.5), ("و", 2.8)),
            "کتابخانه نو",
        ),  # spaced-out letters
        (_from_right("پ", "", "ا", "ی"), "پای"),  # a stroke between two letters (kashida)
        (_from_right("می", ("ر", 0.5), "و", "د"), "میرود"),
    ],
)
def test_ends_of_words(glyphs: list[Glyph], text: str) -> None:
    assert _texts(glyphs) == [text]


def test_a_space_that_takes_no_room_is_a_half_space() -> None:
    *word, last, first, second = _from_right("ن", "م", "ی", "ر", "و")
    space = Glyph(" ", last.left, last.left + 2.5, 700.0, SIZE)
    assert _texts([*word, last, space, first, second]) == ["نمی\u200cرو"]


def test_a_letter_drawn_in_two_pieces() -> None:
    """Some fonts draw dots by themselves; the file has a Unicode map for one of the two pieces."""
    glyphs = _from_right("ک", UNREADABLE, "ا", "ب")
    shape = glyphs[1]
    dots = Glyph("ت", shape.left + 1, shape.left + 3, 700.0, SIZE)
    assert _texts([*glyphs, dots]) == ["کتاب"]
    assert _texts(glyphs) == [f"ک{UNREADABLE}اب"]


def test_a_letter_drawn_twice_is_read_once() -> None:
    """Some programs make letters bold in this way."""
    glyphs = _from_right("ک", "ت", "ا", "ب")
    twice = [glyph._replace(left=glyph.left + 0.3, right=glyph.right + 0.3) for glyph in glyphs]
    assert _texts([*glyphs, *twice]) == ["کتاب"]
    assert _texts(_from_right("م", "ل", "ل")) == ["ملل"]


def test_marks_go_to_the_nearest_letter_or_nowhere() -> None:
    glyphs = _from_right("ب", "ه")
    mark = Glyph("\u0654", glyphs[1].left + 1, glyphs[1].left + 2, 703.0, SIZE)
    assert _texts([mark, *glyphs]) == ["به\u0654"]
    assert _texts([mark._replace(height=600.0), *glyphs]) == ["به"]
    madda = Glyph("\u0653", 496.0, 497.0, 700.0, SIZE)
    assert _texts([*_from_right("ا", "ب"), madda]) == ["آب"]


def test_a_gap_separates_paragraphs() -> None:
    rows = [glyph._replace(height=height) for height in (700, 685, 670, 640, 625) for glyph in _from_right("ا", "ب")]
    assert [line.apart for line in page_lines(rows)] == [None, False, False, True, False]


GLYPHS = st.builds(
    Glyph,
    st.sampled_from(["ا", "لا", "\u064e", "a", "1", " ", "", "(", UNREADABLE]),
    st.floats(-1000, 1000),
    st.floats(-1000, 1000),
    st.floats(-1000, 1000),
    st.sampled_from([0.0, 1.0, 12.0, 1000.0]),
    st.integers(0, 3),
    st.booleans(),
)


@given(st.lists(GLYPHS, max_size=30), st.booleans())
def test_any_glyphs(glyphs: list[Glyph], ordered: bool) -> None:
    seen = "".join(line.text for line in page_lines(glyphs, ordered=ordered))
    assert set(seen) & set("a1") == {glyph.text for glyph in glyphs} & set("a1")


@pytest.mark.parametrize("shape", ["one spot", "one line", "columns of one", "marks", "scattered"])
def test_time_is_linear(shape: str) -> None:
    random.seed(1)
    places: dict[str, Callable[[int], Glyph]] = {
        "one spot": lambda number: Glyph("ا", 5, 9, 5, 9),
        "one line": lambda number: Glyph("ا1a("[number % 4], number * 20, number * 20 + 5, 5, 9),
        "columns of one": lambda number: Glyph("ا", number % 100 * 90, number % 100 * 90 + 75, number // 100 * 9, 9),
        "marks": lambda number: Glyph("\u064e" if number else "ا", 5, 9, 5, 9),
        "scattered": lambda number: Glyph("ا", random.random() * 999, random.random() * 999, random.random() * 999, 9),
    }
    glyphs = [places[shape](number) for number in range(40_000)]
    started = time.process_time()
    page_lines(glyphs)
    assert time.process_time() - started < 5

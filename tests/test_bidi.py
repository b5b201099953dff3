"""Text laid out for terminals that do not support right-to-left scripts."""

import re

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jooya.indexer.commands.bidi import visual


@pytest.mark.parametrize(
    ("text", "width", "shown"),
    [
        ("hello", 10, "hello"),
        # Letters are shaped, in visual order, and aligned to the right.
        ("سلام", 9, "      \ufee1\ufefc\ufeb3"),
        ("گل 12", 10, "     12 \ufede\ufb94"),
        # Numbers keep their order, and brackets their direction.
        ("گل ۱۲:۳۰ (ab)", 13, "(ab) ۱۲:۳۰ \ufede\ufb94"),
        ("«گل»", 4, "«\ufede\ufb94»"),
        ("a گل b", 10, "a \ufede\ufb94 b"),
    ],
)
def test_lines(text: str, width: int, shown: str) -> None:
    assert visual(text, width) == shown


def test_lines_are_broken_between_words_before_they_are_reordered() -> None:
    first, second = visual("گل سنگ گل", 7).split("\n")
    assert first.endswith("\ufede\ufb94")
    assert second.strip() == "\ufede\ufb94"


def test_colours_stay_with_their_words() -> None:
    shown = visual(f"گل {click.style('سنگ', fg='red', bold=True)} گل", 20)
    assert re.search("\x1b\\[31m\x1b\\[1m(.*?)\x1b\\[0m", shown)[1] == "\ufb93\ufee8\ufeb3"  # type: ignore[index]
    assert visual(click.style("abc", fg="red") + "d", 20) == "\x1b[31mabc\x1b[0md"


@given(st.text(alphabet="گلس \u200cab1(«»)ِ\n\ufe0f", max_size=80), st.integers(5, 40))
def test_nothing_is_lost(text: str, width: int) -> None:
    shown = visual(text, width)
    for letter in "ab1":
        assert shown.count(letter) == text.count(letter)

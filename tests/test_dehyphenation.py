"""Joining words that a hyphen splits at the end of a line."""

import time
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jooya.indexer.readers.dehyphenation import dehyphenate


@pytest.mark.parametrize(
    ("lines", "joined"),
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
def test_hyphens_at_the_end_of_lines(lines: list[str], joined: list[str]) -> None:
    assert dehyphenate(lines) == joined


@given(st.lists(st.text("ابک a-\u00ad\u200c1ءA", max_size=8)))
def test_any_lines(lines: Sequence[str]) -> None:
    joined = dehyphenate(lines)
    assert len(joined) == len(lines)
    bare = str.maketrans("", "", " -\u00ad")
    assert "".join(joined).translate(bare) == "".join(lines).translate(bare)


def test_time_is_linear() -> None:
    started = time.process_time()
    dehyphenate(["ا" * 1_000_000 + "-", "ب" * 1_000_000] * 2 + ["a-"] * 100_000)
    assert time.process_time() - started < 5

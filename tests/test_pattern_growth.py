"""The time of every pattern of the readers and of `structure` grows with the length of the text, not with its square."""

import importlib
import pkgutil
import re
import time
from collections.abc import Iterator
from itertools import product
from types import ModuleType

import pytest

from jooya.indexer import readers, structure
from jooya.indexer.structure import cue_words, headings

PROBE, SHORT, LONG = 3_000, 8_000, 32_000
"""The length by which a pattern is suspected, and the two that are compared, in characters."""

UNSUSPICIOUS = 0.003
"""Seconds that the shortest text may take in any case: the square takes over twenty times as long."""

RATIO = 9.0
"""The most that four times the text may take: 4 if the time is linear, 16 if it is quadratic."""

PIECES = (
    *"ا\u200c a9۱\n\t\f\r.:-–=_*|/،!؟()[]{}<>«»\"'#&;,\\~`@\u064e\u200e%+",
    "\r\n", "\n\n", " \n", "ا ", "ا\n", "ا: ", "--", "-->", "<!DOCTYPE", "<!DOCTYPE[", "<meta ", "<?xml ", "charset=",
    "<meta charset ", "encoding=", "&#", "&#0", "&#x0", "%22", "d800", "فصل ", "فصل اول", "صفحه ", "page", "12:", "00",
    "title:", "display:", ";display : none", "microsoft ", "document ", "book", "aB", "[^1]", "...", "….", "D", "L", "R",
    "DM", "NM", "NS", "LN", "«ا»", "(ا)", "ا.", "ه. ", "1-", "1.1", "   ا",
)  # fmt: skip
"""What texts are made of: each piece many times, after nothing or after another one."""

STARTS = ("", "\n", "<meta ", "---\n", "ا", "1", "(")


def patterns() -> Iterator[tuple[str, re.Pattern[str] | re.Pattern[bytes]]]:
    """Yield the patterns, with their names."""
    for package in (readers, structure):
        for info in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            module: ModuleType = importlib.import_module(info.name)
            for name, value in vars(module).items():
                for number, found in enumerate(value if isinstance(value, tuple) else [value]):
                    if isinstance(found, re.Pattern):
                        yield f"{info.name.rpartition('.')[2]}.{name}.{number}", found
    yield "headings.numbered_word", headings._numbered_word()
    yield "headings.line_begins", headings._line_begins()
    yield "headings.number", headings._number()
    yield "cue_words.verb", cue_words._verb()


PATTERNS = dict(patterns())


def test_all_patterns_are_found() -> None:
    assert len(PATTERNS) > 80


@pytest.mark.parametrize("name", PATTERNS)
def test_time_grows_with_the_length(name: str) -> None:
    pattern = PATTERNS[name]
    for start, piece in product(STARTS, PIECES):
        if _seconds(pattern, start, piece, PROBE) < UNSUSPICIOUS:
            continue
        # Another process may have taken the time: only what is slow each time is slow.
        ratio = min(
            _seconds(pattern, start, piece, LONG) / _seconds(pattern, start, piece, SHORT) for _ in range(3)
        )
        assert ratio < RATIO, (start, piece, ratio)


def _seconds(pattern: re.Pattern[str] | re.Pattern[bytes], start: str, piece: str, length: int) -> float:
    """Return the processor time of finding all matches in a text, and of matching all of it."""
    text = start + piece * (length // len(piece))
    given: str | bytes = text.encode() if isinstance(pattern.pattern, bytes) else text
    began = time.process_time()
    for _ in pattern.finditer(given):  # type: ignore[arg-type]
        pass
    pattern.fullmatch(given)  # type: ignore[arg-type]
    return time.process_time() - began

"""The time of each pattern of `readers` and `structure` grows with the length of a text, not with its square."""

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
"""Seconds that the shortest text may take: the square takes over twenty times as long."""

RATIO = 9.0
"""The most that four times the text may take: 4 if the time is linear, 16 if it is quadratic."""

PIECES = (
    *"ا\u200c a9۱\n\t\f\r.:-–=_*|/،!؟()[]{}<>«»\"'#&;,\\~`@\u064e\u200e%+",
    "\r\n", "\n\n", " \n", "ا ", "ا\n", "ا: ", "--", "-->", "<!DOCTYPE",
    "<!DOCTYPE[", "<meta ", "<?xml ",
    "charset=",
    "<meta charset ", "encoding=", "&#", "&#0", "&#x0", "%22", "d800", "فصل ", "فصل اول", "صفحه ", "page", "12:", "00",
    "title:",
    "display:", ";display : none", "microsoft ", "document ", "book", "aB", "[^1]", "...", "….", "D", "L", "R",
    "DM", "NM", "NS", "LN", "«ا»", "(ا)", "ا.", "ه. ", "1-", "1.1", "   ا",
)  # fmt: skip
"""What texts are made of: each piece many times, after nothing or after another one."""

STARTS = ("", "\n", "ا")

BOUNDED = {
    "document_builder._PLACEHOLDER.0": 500,
    "html._DECLARATION.0": 4096,
    "headings._RULED_OUT.0": 80,
    "pdf._FILE_NAME.0": 200,
    "running_headers._BARE_NUMBER.0": 60,
    "running_headers._PAGE_LABEL.0": 60,
}
"""Patterns that are used on short texts alone, with the most characters."""

ANCHORED = ("speakers._LABEL.0", "whatsapp._SENDER.0", "xml._DECLARED.0")
"""Patterns that are only matched at one place."""


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
    assert len(PATTERNS) > 70


@pytest.mark.parametrize("name", [name for name in PATTERNS if name not in BOUNDED])
def test_time_grows_with_the_length(name: str) -> None:
    pattern = PATTERNS[name]
    for start, piece in product(STARTS, PIECES):
        anchored = name in ANCHORED
        if _seconds(pattern, start, piece, PROBE, anchored=anchored) < UNSUSPICIOUS:
            continue
        # Another process may have taken the time: only what is slow each time is slow.
        ratio = min(
            _seconds(pattern, start, piece, LONG, anchored=anchored)
            / _seconds(pattern, start, piece, SHORT, anchored=anchored)
            for _ in range(3)
        )
        assert ratio < RATIO, (start, piece, ratio)


def _seconds(
    pattern: re.Pattern[str] | re.Pattern[bytes], start: str, piece: str, length: int, *, anchored: bool
) -> float:
    """Return the processor time of finding all matches in a text, and of matching all of it."""
    text = start + piece * (length // len(piece))
    given: str | bytes = text.encode() if isinstance(pattern.pattern, bytes) else text
    began = time.process_time()
    pattern.match(given)  # type: ignore[arg-type]
    for _ in () if anchored else pattern.finditer(given):  # type: ignore[arg-type]
        pass
    pattern.fullmatch(given)  # type: ignore[arg-type]
    return time.process_time() - began

"""Spans of a text, and the ends of sentences and white space at their edges, for all modules of this package."""

import re

Span = tuple[int, int]
"""Offsets in characters of the document's text: of the first character, and after the last one."""

SENTENCE_MARKS = ".!?؟۔…"
"""The punctuation marks that end a sentence."""

CLOSING_MARKS = "»\"'”’)]"
"""The quotes and brackets that may follow a sentence mark."""

_SENTENCE_MARKS, _CLOSING_MARKS = tuple(SENTENCE_MARKS), tuple(CLOSING_MARKS)
_SPACE = re.compile(r"\s*+")


def ends_sentence(line: str) -> bool:
    """Return True if a sentence ends where `line` does, white space aside."""
    line = line.rstrip()
    if line.endswith(_CLOSING_MARKS):
        line = line.rstrip(CLOSING_MARKS)
    return line.endswith(_SENTENCE_MARKS)


def skip_space(text: str, offset: int) -> int:
    """Return the offset of the first character from `offset` on that is no white space, or the length of the text."""
    match = _SPACE.match(text, offset)
    return match.end() if match else offset

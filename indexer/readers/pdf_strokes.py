"""The stroke (kashida) with which programs fill a line, where the Unicode map does not know it."""

import re
from collections import Counter

from .legibility import known_words
from .pdf_stream import UNREADABLE

_LEAST = 0.5  # share of the words that are known once the strokes are left out

# Between a letter that joins the next one, or a mark on it, and another letter.
_JOINING = "[\u0626\u0628\u062a-\u062e\u0633-\u063a\u0641-\u0647\u064a-\u0652\u067e\u0686\u06a9\u06af\u06cc]"
_STROKE = re.compile(f"(?<={_JOINING})([0-9A-Za-z{UNREADABLE}])\\1{{0,9}}(?=[\u0622-\u064a\u067e-\u06d3])")


def without_strokes(text: str) -> str:
    """Return `text` without the strokes, if it has any: a glyph that leaves words if it is taken out of them."""
    counts = Counter(match[1] for match in _STROKE.finditer(text))
    for sign, _ in counts.most_common(1):
        words = [word for word in text.split() if sign in word]
        if known_words("\n".join(_without(sign, word) for word in words))[0] >= _LEAST:
            return _without(sign, text)
    return text


def _without(sign: str, text: str) -> str:
    return _STROKE.sub(lambda match: "" if match[1] == sign else match[0], text)

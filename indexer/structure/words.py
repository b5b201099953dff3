"""The words by which headings and speakers are known, and what the edges of sentences look like."""

import re
from functools import cache
from pathlib import Path

from ...analyzers.characters import fold
from ...analyzers.data_tables import table_rows

DATA = Path(__file__).parent.parent / "data"

Span = tuple[int, int]
"""Offsets, in characters of the document's text: of the first character, and after the last."""

MARKS = ".!?؟۔…"
"""What ends a sentence."""
CLOSERS = "»\"'”’)]"
"""What may stand after its end."""

_MARKS, _CLOSERS = tuple(MARKS), tuple(CLOSERS)
_BLANK = re.compile(r"\s*+")
_AROUND_WORDS = "".join(set(MARKS + CLOSERS + "«“‘([{}*_-–—:؛;،,"))


@cache
def table(name: str) -> dict[str, frozenset[str]]:
    """The words of a table in `data/`, folded, by what they are."""
    words: dict[str, set[str]] = {}
    for kind, listed, _why in table_rows(name, DATA):
        words.setdefault(kind, set()).update(map(fold, listed.split()))
    return {kind: frozenset(known) for kind, known in words.items()}


def folded(text: str) -> list[str]:
    """The words of `text`, folded, without the punctuation around them."""
    words = [word.strip(_AROUND_WORDS) for word in fold(text).split()]
    return [word for word in words if word]


def ends_sentence(line: str) -> bool:
    """Whether a sentence ends where `line` does."""
    line = line.rstrip()
    if line.endswith(_CLOSERS):
        line = line.rstrip(CLOSERS)
    return line.endswith(_MARKS)


def after_blank(text: str, offset: int) -> int:
    """Where the first letter of `text` from `offset` on stands; its length if there is none."""
    match = _BLANK.match(text, offset)
    return match.end() if match else offset


@cache
def _verb() -> re.Pattern[str]:
    words = table("speakers.tsv")
    past, present, forms = ("|".join(sorted(words[f"verb {kind}"])) for kind in ("past", "present", "form"))
    return re.compile(
        rf"(?:ن?می)?(?:{past})(?:ه?(?:م|ی|یم|ید|ند|ام|ای|ایم|اید|اند|است|ست|بود|ه|ا)?)"
        rf"|(?:ن?می|ب|ن)?(?:{present})(?:م|د|یم|ید|ند)|{forms}"
    )


def is_verb(word: str) -> bool:
    """Whether a folded word is a verb form that a sentence may end in, of those before a colon most of all."""
    return _verb().fullmatch(word) is not None

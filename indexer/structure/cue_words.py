"""The words by which headings and speakers are recognized, from the tables in `data/`."""

import re
from functools import cache
from pathlib import Path

from ...analyzers.characters import fold
from ...analyzers.data_tables import table_rows
from .text_spans import CLOSING_MARKS, SENTENCE_MARKS

DATA = Path(__file__).parent.parent / "data"

_AROUND_WORDS = "".join(set(SENTENCE_MARKS + CLOSING_MARKS + "«“‘([{}*_-–—:؛;،,"))


@cache
def cue_words(table: str) -> dict[str, frozenset[str]]:
    """Return the folded words of a table in `data/`, by their kind (the first column)."""
    words: dict[str, set[str]] = {}
    for kind, listed, _why in table_rows(table, DATA):
        words.setdefault(kind, set()).update(map(fold, listed.split()))
    return {kind: frozenset(known) for kind, known in words.items()}


def folded_words(text: str) -> list[str]:
    """Return the words of `text`, folded and without the punctuation around them."""
    words = [word.strip(_AROUND_WORDS) for word in fold(text).split()]
    return [word for word in words if word]


def is_verb(word: str) -> bool:
    """Return True if a folded word is a form of a verb that a clause may end in, above all before a colon: وی گفت."""
    return _verb().fullmatch(word) is not None


@cache
def _verb() -> re.Pattern[str]:
    words = cue_words("speakers.tsv")
    past, present, forms = ("|".join(sorted(words[f"verb {kind}"])) for kind in ("past", "present", "form"))
    return re.compile(
        rf"(?:ن?می)?(?:{past})(?:ه?(?:م|ی|یم|ید|ند|ام|ای|ایم|اید|اند|است|ست|بود|ه|ا)?)"
        rf"|(?:ن?می|ب|ن)?(?:{present})(?:م|د|یم|ید|ند)|{forms}"
    )

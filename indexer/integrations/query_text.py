"""Text of users as words of the query language: nothing in it is read as one of the language's marks."""

import re

from ...analyzers import analysis
from .scikit_learn import whole_words

MOST_WORDS = 500
"""The greatest number of words that are taken of a text."""

_MARKS = re.compile(r'[()"«»“”„*٭?؟~^]')
_FIELD_LIKE = re.compile(r"(?<=:)(?!//)(?=\S)")
_OPERATORS = frozenset({"AND", "OR", "NOT"})


def literal_words(text: str) -> list[str]:
    """Return the words of a text in their order, each as a query has it; one that a space has torn is one word.

    A query of these words, with spaces between them or with a `+` before each, has no mark that the text brought: of
    `-کتاب title:(باغ) AND` the words are کتاب, title, باغ and and.
    """
    cleaned = _MARKS.sub(" ", text)
    words = []
    for token in whole_words(analysis().tokens(cleaned)):
        parts = cleaned[token.start : token.end].split()
        parts = [part.lower() if part in _OPERATORS else part for part in parts]
        word = _FIELD_LIKE.sub(" ", " ".join(parts)).lstrip("+-−")
        if word:
            words.append(word)
    return words[:MOST_WORDS]


def literal_phrase(text: str) -> str:
    """Return a text as a phrase of the query language; empty if it has no words."""
    inner = " ".join(_MARKS.sub(" ", text).split())
    return f'"{inner}"' if analysis().tokens(inner) else ""

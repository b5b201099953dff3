"""Analyzers for schemas of Whoosh whose texts are Persian and English."""

from collections.abc import Iterable, Iterator
from typing import Any

from whoosh.analysis import Analyzer, Filter, Token
from whoosh.lang.porter import stem

from ...analyzers import PersianAnalyzer, analysis, fold, stop_stems
from .scikit_learn import whole_words

HALF_SPACE = "\u200c"

_ARABIC, _PERSIAN = "\u064a\u0649\u0643٠١٢٣٤٥٦٧٨٩", "\u06cc\u06cc\u06a9۰۱۲۳۴۵۶۷۸۹"
_TO_PERSIAN = str.maketrans(_ARABIC, _PERSIAN)


class BilingualAnalyzer(Analyzer):
    """Jooya's analyzer for Persian, with English words stemmed as Whoosh's engine stems them."""

    def __call__(
        self,
        value: str,
        mode: str = "",
        tokenize: bool = True,
        removestops: bool = False,
        no_morph: bool = False,
        **options: Any,
    ) -> Iterator[Any]:
        """Yield the tokens of a text.

        Args:
            value: The text.
            mode: Whoosh's purpose of the call.
            tokenize: False for a single token, as parsers want for patterns.
            removestops: True to leave the stop words of a query out.
            no_morph: True for words as they were written, of which Whoosh makes suggestions.
            options: Whoosh's other arguments.
        """
        if not tokenize:
            token = Token(mode=mode, **options)
            token.text = fold(value).replace(" ", "")
            yield token
            return
        known = {name: options[name] for name in ("start_pos", "start_char") if name in options}
        # Parsers ask for stop words to be removed from all but phrases, where the words between them count.
        left_out = stop_stems() if mode == "query" and removestops else frozenset()
        for token in PersianAnalyzer(exact=no_morph)(value, mode=mode, **known):
            if token.text in left_out:
                continue
            if not no_morph and token.text.isascii() and token.text.isalpha():
                token.text = stem(token.text)
            yield token

    def has_morph(self) -> bool:
        """Return True: stems are not the words that were written."""
        return True


class SurfaceTokenizer(Analyzer):
    """The words of a text as they were written, with folded characters, for fields of the beginnings of words."""

    def __call__(self, value: str, mode: str = "", **options: Any) -> Iterator[Any]:
        """Yield the tokens of a text; the arguments are those of an analyzer."""
        end = 0
        for token in PersianAnalyzer(exact=True)(value, mode=mode):
            if token.startchar >= end:  # the parts of a compound begin as it does, or lie in it
                end = token.endchar
                yield token


class PersianLettersFilter(Filter):
    """Gives values Persian letters and digits in place of Arabic ones, so that they are found in either spelling."""

    def __call__(self, tokens: Iterable[Any]) -> Iterator[Any]:
        """Yield the tokens."""
        for token in tokens:
            token.text = token.text.translate(_TO_PERSIAN)
            yield token


def with_half_spaces(text: str) -> str:
    """Return a text in which words that a space has torn have a half-space: کتاب‌های in place of کتاب های."""
    pieces, end = [], 0
    for token in whole_words(analysis().tokens(text)):
        pieces += [text[end : token.start], HALF_SPACE.join(text[token.start : token.end].split())]
        end = token.end
    return "".join(pieces) + text[end:]

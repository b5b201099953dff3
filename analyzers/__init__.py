"""From Persian text to terms: folding, tokens and stems, with offsets into the text as given.

Every query waits for this package's import, so it does without the heavier modules of the standard library: its records
are named tuples, since `dataclasses` imports `inspect`, which alone takes longer than loading the lexicon.
"""

from .analysis import Analysis, analysis, identity, question_stems, stop_stems
from .characters import fold
from .tokens import Token, TokenColumns
from .whoosh_analyzer import PersianAnalyzer

__all__ = [
    "Analysis",
    "PersianAnalyzer",
    "Token",
    "TokenColumns",
    "analysis",
    "fold",
    "identity",
    "question_stems",
    "stop_stems",
]

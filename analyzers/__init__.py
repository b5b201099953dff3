"""Persian text to terms: folding, tokens, stems, with offsets into the text as given.

Every query waits for this package's import, so it does without the heavier modules of the standard library: values
are named tuples here (`dataclasses` imports `inspect`, which alone takes longer than loading the lexicon).
"""

from .analysis import Analysis, Token, TokenColumns, analysis, identity, stop_stems
from .characters import fold
from .whoosh_analyzer import PersianAnalyzer

__all__ = ["Analysis", "PersianAnalyzer", "Token", "TokenColumns", "analysis", "fold", "identity", "stop_stems"]

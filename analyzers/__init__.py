"""Persian text to terms: folding, tokens, stems, with offsets into the text as given.

Every query waits for this package's import, so it does without the heavier modules of the standard library: values
are named tuples here (`dataclasses` imports `inspect`, which alone takes longer than loading the lexicon).
"""

from jooya.analyzers.analysis import Analysis, Columns, Token, analysis, identity, stop_stems
from jooya.analyzers.characters import fold
from jooya.analyzers.persian import PersianAnalyzer

__all__ = ["Analysis", "Columns", "PersianAnalyzer", "Token", "analysis", "fold", "identity", "stop_stems"]

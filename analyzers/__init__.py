"""Persian text to terms: folding, tokens, stems, with offsets into the text as given."""

from jooya.analyzers.analysis import Analysis, Columns, Token, analysis, identity, stop_stems
from jooya.analyzers.characters import fold
from jooya.analyzers.persian import PersianAnalyzer

__all__ = ["Analysis", "Columns", "PersianAnalyzer", "Token", "analysis", "fold", "identity", "stop_stems"]

"""Passages like one: those with its most telling words."""

from collections import Counter

from ...analyzers import stop_stems
from ..query.long_texts import analyze_long_text
from ..query.planner import HighlightTerms, Plan
from ..ranking.clauses import MatchNone, Or, Term
from ..ranking.operators import Exclude, TermSet
from ..ranking.searcher import IndexSearcher

_WORDS = 25


def like(searcher: IndexSearcher, passage_id: str, text: str) -> Plan:
    """What finds passages with the words that tell most of `text` (by frequency and rarity), without the passage
    itself."""
    counts = Counter(stem for stem in analyze_long_text(text).stems if stem not in stop_stems())
    weights = {stem: number * searcher.idf("text", stem.encode()) for stem, number in counts.items()}
    chosen = sorted(weights, key=lambda stem: (-weights[stem], stem))[:_WORDS]
    terms = tuple([Term("text", stem.encode()) for stem in chosen])
    itself = TermSet("id", (passage_id.encode(),), 0.0)
    return Plan(Exclude(Or(terms), itself) if terms else MatchNone(), (), HighlightTerms(frozenset(chosen)), [])

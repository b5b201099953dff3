"""Finding passages that are similar to one: those with its most characteristic words."""

from collections import Counter

from ...analyzers import stop_stems
from ..query.highlight_terms import HighlightTerms
from ..query.planner import QueryPlan
from ..ranking.clauses import MatchNone, Or, Term
from ..ranking.filters import TermSet
from ..ranking.operators import Exclude
from ..ranking.searcher import IndexSearcher
from .chunked_analysis import analyze_in_chunks

_MAX_WORDS = 25


def plan_similar(searcher: IndexSearcher, passage_id: str, text: str) -> QueryPlan:
    """Plan a search for the passages most similar to one, without the passage itself.

    The query consists of the words with the greatest products of frequency in the passage and idf.

    Args:
        searcher: The searcher of the index.
        passage_id: The id of the passage.
        text: The text of the passage.
    """
    counts = Counter(stem for stem in analyze_in_chunks(text).stems if stem not in stop_stems())
    weights = {stem: number * searcher.idf("text", stem.encode()) for stem, number in counts.items()}
    chosen = sorted(weights, key=lambda stem: (-weights[stem], stem))[:_MAX_WORDS]
    terms = tuple([Term("text", stem.encode()) for stem in chosen])
    itself = TermSet("id", (passage_id.encode(),), 0.0)
    clause = Exclude(Or(terms), itself) if terms else MatchNone()
    return QueryPlan(clause, (), HighlightTerms(frozenset(chosen)), [])

"""Passages like one: those with its most telling words."""

from collections import Counter

from jooya.analyzers import stop_stems
from jooya.indexer.long_texts import columns_of
from jooya.indexer.query.builder import Marks, Plan
from jooya.indexer.ranking.clauses import Any_, Nothing, Term
from jooya.indexer.ranking.operators import AnyTerm, Without
from jooya.indexer.ranking.view import View

_WORDS = 25


def like(view: View, passage_id: str, text: str) -> Plan:
    """What finds passages with the words that tell most of `text` (by frequency and rarity), without the passage
    itself."""
    counts = Counter(stem for stem in columns_of(text).stems if stem not in stop_stems())
    weights = {stem: number * view.idf("text", stem.encode()) for stem, number in counts.items()}
    chosen = sorted(weights, key=lambda stem: (-weights[stem], stem))[:_WORDS]
    terms = tuple([Term("text", stem.encode()) for stem in chosen])
    itself = AnyTerm("id", (passage_id.encode(),), 0.0)
    return Plan(Without(Any_(terms), itself) if terms else Nothing(), (), Marks(frozenset(chosen)), [])

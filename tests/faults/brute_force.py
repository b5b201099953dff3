"""A slow ranker of passages that is right by construction: it looks at each passage, and has no index.

It takes the plan of a query from Jooya, and the words of each passage from its analyzer; everything between these two
and the ranked ids is computed here, straight from the definitions.
"""

import math
from array import array
from collections.abc import Iterable, Sequence
from typing import Any

from jooya.indexer import Document
from jooya.indexer.codec.inverter import NumberedTerms
from jooya.indexer.query.planner import PASSAGE_BM25, QueryPlan
from jooya.indexer.ranking import clauses, filters, operators, rescorers
from jooya.indexer.ranking.bm25 import MIN_DELTA
from jooya.indexer.ranking.other_spelling import OtherSpelling
from jooya.indexer.schema import passage_fields
from jooya.indexer.structure.passages import cut
from jooya.indexer.whoosh.document_buffer import DocumentAnalyzer, FieldTerms
from jooya.indexer.whoosh.passage_schema import schema

Passage = dict[str, dict[bytes, list[int]]]
"""The positions of each term of each field."""


class BruteForce:
    """The passages of some documents.

    Attributes:
        passages: The passages by id.
    """

    def __init__(self, documents: Iterable[Document], words: int = 80) -> None:
        """Cut documents into passages of so many words, and analyze these."""
        analyzer = DocumentAnalyzer(schema())
        self.passages: dict[str, Passage] = {}
        for document in documents:
            for passage in cut(document, words):
                fields: Passage = {}
                for name, field in analyzer.analyze(passage_fields(document, passage)).terms:
                    terms, positions = _strings(field)
                    found = fields.setdefault(name, {})
                    for term, position in zip(terms, positions or range(len(terms)), strict=True):
                        found.setdefault(str(term).encode(), []).append(position)
                self.passages[passage.id] = fields

    def rank(self, plan: QueryPlan) -> dict[str, float]:
        """Return the score of each passage that matches, before it is rescored."""
        scores = {key: self._score(plan.clause, passage) for key, passage in self.passages.items()}
        return {key: score for key, score in scores.items() if score is not None}

    def added(self, plan: QueryPlan, key: str) -> float:
        """Return what rescoring adds to the score of a passage."""
        return sum(self._added(rescorer, self.passages[key]) for rescorer in plan.rescorers)

    def _bm25(self, field: str, term: bytes, passage: Passage) -> float | None:
        """Return the BM25 score of a term; None if the passage lacks it."""
        impact = self._impact(field, term, passage)
        if impact is None or field == "loose":  # which has neither frequencies nor lengths
            return impact
        documents = sum(bool(other.get(field)) for other in self.passages.values())
        count = sum(term in other.get(field, ()) for other in self.passages.values())
        return impact * math.log(1 + (documents - count + 0.5) / (count + 0.5))

    def _impact(self, field: str, term: bytes, passage: Passage) -> float | None:
        """Return the BM25 score of a term without its idf; None if the passage lacks it."""
        frequency = len(passage.get(field, {}).get(term, ()))
        if not frequency:
            return None
        if field == "loose":
            return 1.0
        lengths = [sum(map(len, other[field].values())) for other in self.passages.values() if other.get(field)]
        mean = sum(lengths) / len(lengths)
        length = sum(map(len, passage[field].values()))
        norm = PASSAGE_BM25.k1 * (1 - PASSAGE_BM25.b + PASSAGE_BM25.b * length / mean)
        presence = min(1.0, max(MIN_DELTA, (PASSAGE_BM25.presence / mean) ** 2))
        return frequency / (frequency + norm) + presence

    def _score(self, clause: Any, passage: Passage) -> float | None:
        """Return the score of a passage; None if it does not match."""
        if isinstance(clause, clauses.Term):
            score = self._bm25(clause.field, clause.term, passage)
            return None if score is None else score * clause.boost
        if isinstance(clause, clauses.Phrase | clauses.Near):
            places = [passage.get(clause.field, {}).get(word, []) for word in clause.words]
            if not _stand_together(clause, places):
                return None
            return sum((self._bm25(clause.field, word, passage) or 0) * clause.boost for word in clause.words)
        if isinstance(clause, clauses.And | clauses.Or):
            scores = [self._score(one, passage) for one in clause.clauses]
            matching = [score for score in scores if score is not None]
            if not matching or (isinstance(clause, clauses.And) and len(matching) < len(scores)):
                return None
            return sum(matching)
        if isinstance(clause, operators.Filter):
            return None if self._score(clause.required, passage) is None else self._score(clause.clause, passage)
        if isinstance(clause, operators.AndMaybe):
            score = self._score(clause.clause, passage)
            return None if score is None else score + (self._score(clause.optional, passage) or 0)
        if isinstance(clause, OtherSpelling):
            return self._spelling(clause, passage)
        if isinstance(clause, operators.Exclude):
            return self._score(clause.clause, passage) if self._score(clause.excluded, passage) is None else None
        if isinstance(clause, filters.MatchAll):
            return clause.score if clause.field is None or passage.get(clause.field) else None
        assert isinstance(clause, filters.TermSet), clause
        return clause.score if passage.get(clause.field, {}).keys() & set(clause.terms) else None

    def _spelling(self, clause: OtherSpelling, passage: Passage) -> float | None:
        """Return the score of a word in another spelling."""
        places = [passage.get(field, {}).get(term, []) for field, term in clause.words]
        if all(passage.get(field, {}).get(term) for field, term in clause.typed) and clause.typed:
            return None
        if not any(all(begin + offset in of_word for offset, of_word in enumerate(places)) for begin in places[0]):
            return None
        return clause.weight * min(self._impact(field, term, passage) or 0 for field, term in clause.words)

    def _added(self, rescorer: Any, passage: Passage) -> float:
        """Return what a rescorer adds to the score of a passage."""
        if isinstance(rescorer, rescorers.SurfaceFormRescorer):
            return sum((self._bm25(field, term, passage) or 0) * boost for field, term, boost in rescorer.terms)
        assert isinstance(rescorer, rescorers.ProximityRescorer), rescorer
        words = passage.get(rescorer.field, {})
        return sum(
            pair.weight * max(_closeness(pair, one, other) for one in words[pair.first] for other in words[pair.second])
            for pair in rescorer.pairs
            if pair.first in words and pair.second in words
        )


def _stand_together(clause: clauses.Phrase | clauses.Near, places: Sequence[Sequence[int]]) -> bool:
    """Return True if words, of each of which the places are given, stand as a clause asks for."""
    if isinstance(clause, clauses.Phrase):
        reached = set(places[0])
        for following in places[1:]:
            reached = {place for place in following if any(0 < place - before <= clause.slop for before in reached)}
        return bool(reached)
    ends = sorted({place for of_word in places for place in of_word})
    return any(
        all(any(begin <= place <= end for place in of_word) for of_word in places)
        for begin in ends
        for end in ends
        if 0 <= end - begin < len(places) + clause.gap
    )


def _closeness(pair: rescorers.TermPair, first: int, second: int) -> float:
    """Return how close two words come to their places in the query, from 0 to 1."""
    off = abs(second - first - pair.distance)
    if pair.is_loose:
        off = min(off, abs(second - first + pair.distance) + 1)
    return 1 / (1 + off) if off <= (rescorers.MAX_DISPLACEMENT if pair.is_loose else 0) else 0.0


def _strings(field: FieldTerms | NumberedTerms) -> tuple[Sequence[str | bytes], Sequence[int]]:
    if isinstance(field, FieldTerms):
        return field
    return [field.vocabulary[number] for number in array("I", field.numbers)], array("I", field.positions)

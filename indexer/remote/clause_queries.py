"""Translating the clauses of a plan into queries of OpenSearch.

What a query finds is what its clause matches. Its score is never below that of the clause, apart from rounding: the
engine rounds the lengths of texts down, and where it has no equal of a clause, the query scores more. So the best of
the engine are scored anew by the clause itself, and the engine's score tells what the others can reach at most.

The score of a term is `idf * boost * (frequency / (frequency + norm) + delta)`. The engine's BM25 gives the first part,
and a constant score the second.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from ..errors import BeyondLimit
from ..limits import check
from ..ranking.clauses import And, Clause, MatchNone, Near, Or, Phrase, Term
from ..ranking.filters import MatchAll, NumberRange, TermPrefix, TermSet
from ..ranking.operators import AndMaybe, ConstantScore, DisjunctionMax, Exclude, Filter, Not
from ..ranking.other_spelling import FieldTerm, OtherSpelling
from ..ranking.searcher import IndexSearcher
from .layout import engine_name, engine_term

Query = dict[str, Any]
"""A query in the language of the engine."""

MATCH_NOTHING: Query = {"match_none": {}}

MATCH_ALL: Query = {"match_all": {}}

MOST_CLAUSES = 1024
"""The number of clauses that the engine takes in a query, unless its administrator allows more."""

_MOST_TERMS = 400  # terms of a query that are scored by the engine; each is two clauses

_TERMS_AT_ONCE = 65_536  # terms of a set that the engine takes


class Translation:
    """The query for a clause.

    Attributes:
        query: The query.
        remainder: What a passage can score at most beyond what the engine says: the least terms of a very long query
            only find passages there.
    """

    def __init__(self, searcher: IndexSearcher, clause: Clause, factor: float = 1.0, *, is_scored: bool = True) -> None:
        """Translate a clause.

        Args:
            searcher: Has the statistics of the index.
            clause: The clause.
            factor: What the engine multiplies the scores of BM25 by.
            is_scored: False if only what the query finds matters.

        Raises:
            BeyondLimit: The clause has more parts than the engine takes.
        """
        self._searcher = searcher
        self._factor = factor
        self._clauses = 0
        self.remainder = 0.0
        self._light = _light_terms(searcher, clause) if is_scored else frozenset()
        found = self._scored(clause) if is_scored else self._matching(clause)
        self.query: Query = MATCH_NOTHING if found is None else found
        if self._clauses > MOST_CLAUSES:
            raise BeyondLimit(
                f"the query has {self._clauses:,} parts, and the search engine takes {MOST_CLAUSES:,}",
                "ask for less",
                limit="words",
                asked=self._clauses,
                allowed=MOST_CLAUSES,
            )

    def _scored(self, clause: Clause) -> Query | None:
        """Return the query for a clause, with its scores; None if the clause matches nothing."""
        check()
        match clause:
            case Term():
                return _any_of(self._term(clause))
            case Or(clauses):
                return self._or(clauses)
            case And(clauses):
                parts = [self._scored(one) for one in clauses]
                return _bool(must=_present(parts)) if all(parts) and parts else None
            case Phrase(field, words, _, boost) | Near(field, words, _, boost):
                return self._with_words(clause, [Term(field, word, boost) for word in words])
            case OtherSpelling():
                return self._other_spelling(clause)
            case AndMaybe(inner, optional):
                found, more = self._scored(inner), self._scored(optional)
                return found if found is None or more is None else _bool(must=[found], should=[more])
            case Filter(inner, required):
                found, needed = self._scored(inner), self._matching(required)
                return None if found is None or needed is None else _bool(must=[found], filter=[needed])
            case Exclude(inner, excluded):
                found, unwanted = self._scored(inner), self._matching(excluded)
                return found if found is None or unwanted is None else _bool(must=[found], must_not=[unwanted])
            case DisjunctionMax(clauses, tiebreak):
                either = _present(map(self._scored, clauses))
                return {"dis_max": {"queries": either, "tie_breaker": tiebreak}} if either else None
            case TermSet() | MatchAll() | ConstantScore():
                return self._constant(self._matching(clause), clause.score)
            case _:
                return self._constant(self._matching(clause), 0.0)

    def _matching(self, clause: Clause) -> Query | None:
        """Return the query for a clause whose scores mean nothing; None if the clause matches nothing."""
        check()
        match clause:
            case MatchNone():
                return None
            case MatchAll(None):
                return MATCH_ALL
            case MatchAll(str(field)):
                return self._leaf({"exists": {"field": engine_name(field)}})
            case Term(field, term):
                return self._has(field, term)
            case TermSet(field, terms):
                return self._has_any(field, terms)
            case TermPrefix(field, prefix):
                return self._leaf({"prefix": {engine_name(field): {"value": _text(prefix)}}})
            case NumberRange(field, low, high):
                return self._leaf({"range": {engine_name(field): {"gte": low, "lte": high}}})
            case Or(clauses) | DisjunctionMax(clauses):
                return self._matching_any(clauses)
            case And(clauses):
                parts = [self._matching(one) for one in clauses]
                return _bool(filter=_present(parts)) if all(parts) and parts else None
            case Phrase(field, words):
                return self._phrase(field, words)
            case Near(field, words, gap):
                spans = [_span(field, word) for word in words]
                self._clauses += len(spans)
                return {"span_near": {"clauses": spans, "slop": gap, "in_order": False}}
            case OtherSpelling(words, typed):
                return self._spelled(words, typed)
            case AndMaybe(inner) | ConstantScore(inner):
                return self._matching(inner)
            case Filter(inner, required):
                found, needed = self._matching(inner), self._matching(required)
                return None if found is None or needed is None else _bool(filter=[found, needed])
            case Exclude(inner, excluded):
                found, unwanted = self._matching(inner), self._matching(excluded)
                return found if found is None or unwanted is None else _bool(filter=[found], must_not=[unwanted])
            case Not(excluded):
                unwanted = self._matching(excluded)
                return MATCH_ALL if unwanted is None else _bool(must_not=[unwanted])
        raise TypeError(clause)

    def _or(self, clauses: Sequence[Clause]) -> Query | None:
        parts: list[Query] = []
        light: dict[str, list[bytes]] = {}
        for one in clauses:
            if isinstance(one, Term):
                if one in self._light:
                    light.setdefault(one.field, []).append(one.term)
                    self.remainder += _most(self._searcher, one)
                else:
                    parts += self._term(one)
            else:
                parts += _present([self._scored(one)])
        for field, terms in light.items():
            parts += _present([self._constant(self._has_any(field, terms), 0.0)])
        return _any_of(parts)

    def _matching_any(self, clauses: Sequence[Clause]) -> Query | None:
        """Return the query for passages that match any of some clauses; the terms of a field are one set."""
        terms: dict[str, list[bytes]] = {}
        parts: list[Query] = []
        for one in clauses:
            if isinstance(one, Term):
                terms.setdefault(one.field, []).append(one.term)
            else:
                parts += _present([self._matching(one)])
        parts = [*_present(self._has_any(field, found) for field, found in terms.items()), *parts]
        return _any_of(parts)

    def _term(self, term: Term) -> list[Query]:
        """Return the queries whose scores add up to that of a term; none if no passage has it."""
        searcher = self._searcher
        idf = searcher.idf(term.field, term.term)
        if not idf:
            return []
        has = self._has(term.field, term.term)
        weight = idf * term.boost
        if weight <= 0:
            return _present([self._constant(has, 0.0)])
        if not searcher.has_lengths(term.field):
            return _present([self._constant(has, weight)])
        value = {"value": engine_term(_text(term.term)), "boost": term.boost / self._factor}
        found = [self._leaf({"term": {engine_name(term.field): value}})]
        delta = searcher.bm25.delta(searcher.average_length(term.field))
        return [*found, *_present([self._constant(has, weight * delta)])] if delta else found

    def _with_words(self, clause: Clause, terms: Sequence[Term]) -> Query | None:
        """Return the query for a clause that matches by the positions of words, and scores by the words."""
        parts = [self._term(term) for term in terms]
        found = self._matching(clause) if all(parts) and parts else None
        if found is None:
            return None
        return _bool(must=[part for one in parts for part in one], filter=[found])

    def _other_spelling(self, clause: OtherSpelling) -> Query | None:
        """Return the query for another spelling, which scores by its first word.

        The clause scores by the word that counts least, so this is not less.
        """
        found = self._spelled(clause.words, clause.typed)
        field, term = clause.words[0]
        idf = self._searcher.idf(field, term)
        if found is None or not idf:
            return None
        return _bool(must=self._term(Term(field, term, clause.weight / idf)), filter=[found])

    def _spelled(self, words: Sequence[FieldTerm], typed: Sequence[FieldTerm]) -> Query | None:
        """Return the query for passages that have some terms one right after another, and not all of others."""
        first = words[0].field
        if not all(self._searcher.count(*word) for word in words):
            return None
        if len(words) == 1:
            found = self._has(*words[0])
        elif all(field == first for field, _ in words):
            found = self._phrase(first, [term for _, term in words])
        else:
            spans = [_span(field, term, first) for field, term in words]
            self._clauses += len(spans)
            found = {"span_near": {"clauses": spans, "slop": 0, "in_order": True}}
        if found is None or not typed or not all(self._searcher.count(*word) for word in typed):
            return found
        return _bool(filter=[found], must_not=[_bool(filter=_present(self._has(*word) for word in typed))])

    def _phrase(self, field: str, words: Sequence[bytes]) -> Query | None:
        """Return the query for passages that have some words one right after another."""
        if len(words) == 1:
            return self._has(field, words[0])
        self._clauses += len(words)
        text = " ".join(engine_term(_text(word)) for word in words)
        return {"match_phrase": {engine_name(field): text}}

    def _has(self, field: str, term: bytes) -> Query | None:
        return self._leaf({"term": {engine_name(field): engine_term(_text(term))}})

    def _has_any(self, field: str, terms: Sequence[bytes]) -> Query | None:
        if not terms:
            return None
        every = [engine_term(_text(term)) for term in dict.fromkeys(terms)]
        if len(every) == 1:
            return self._leaf({"term": {engine_name(field): every[0]}})
        parts = [
            self._leaf({"terms": {engine_name(field): every[first : first + _TERMS_AT_ONCE]}})
            for first in range(0, len(every), _TERMS_AT_ONCE)
        ]
        return _any_of(parts)

    def _constant(self, query: Query | None, score: float) -> Query | None:
        return None if query is None else {"constant_score": {"filter": query, "boost": score}}

    def _leaf(self, query: Query) -> Query:
        self._clauses += 1
        return query


def _light_terms(searcher: IndexSearcher, clause: Clause) -> frozenset[Term]:
    """Return the terms of a long query that can add least, beyond those that the engine is to score."""
    every = [one for one in _scored_terms(clause) if searcher.idf(one.field, one.term)]
    every.sort(key=lambda one: -_most(searcher, one))
    return frozenset(every[_MOST_TERMS:])


def _scored_terms(clause: Clause) -> list[Term]:
    match clause:
        case Or(clauses):
            terms = [one for one in clauses if isinstance(one, Term)]
            return terms + [term for one in clauses if not isinstance(one, Term) for term in _scored_terms(one)]
        case AndMaybe(inner, optional):
            return _scored_terms(inner) + _scored_terms(optional)
        case Filter(inner, _) | Exclude(inner, _):
            return _scored_terms(inner)
    return []


def _most(searcher: IndexSearcher, term: Term) -> float:
    """Return what a term adds to the score of any passage at most."""
    weight = searcher.idf(term.field, term.term) * term.boost
    if not searcher.has_lengths(term.field):
        return weight
    return weight * (1 + searcher.bm25.delta(searcher.average_length(term.field)))


def _span(field: str, term: bytes, shown_as: str | None = None) -> Query:
    """Return the query for the places of a term, as if they were in another field with the same positions."""
    found = {"span_term": {engine_name(field): engine_term(_text(term))}}
    if shown_as is None or shown_as == field:
        return found
    return {"field_masking_span": {"query": found, "field": engine_name(shown_as)}}


def _any_of(parts: Sequence[Query]) -> Query | None:
    if len(parts) < 2:
        return parts[0] if parts else None
    return {"bool": {"should": list(parts), "minimum_should_match": 1}}


def _bool(**parts: list[Query]) -> Query:
    return {"bool": parts}


def _present(parts: Iterable[Query | None]) -> list[Query]:
    return [part for part in parts if part is not None]


def _text(term: bytes) -> str:
    return term.decode("utf-8", "surrogatepass")

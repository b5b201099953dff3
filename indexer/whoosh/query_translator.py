"""Translation of Whoosh query trees into clauses."""

from collections.abc import Callable, Iterable
from types import SimpleNamespace
from typing import Any

from whoosh import query as wq
from whoosh.fields import Schema

from ..ranking import expansion
from ..ranking.clauses import And, Clause, MatchNone, Or, Phrase, Term
from ..ranking.filters import MatchAll, TermSet
from ..ranking.operators import AndMaybe, ConstantScore, DisjunctionMax, Exclude, Filter, Not
from ..ranking.searcher import IndexSearcher


class UnsupportedQuery(wq.QueryError):
    """The query has a part that `ranking` does not have; Whoosh's own code can still run it."""


class QueryTranslator:
    """Translates Whoosh queries for one searcher; the schema turns their values into terms.

    `And`, `Or` and `DisjunctionMax` rank as Whoosh documents them, and `Not` has a score of 0. A query that stands for
    many terms, such as a prefix or a range, gives each document its boost as score, unless it was made with
    `constantscore=False`.
    """

    def __init__(self, searcher: IndexSearcher, schema: Schema) -> None:
        self._searcher = searcher
        self._schema = schema

    def clause(self, query: wq.Query, boost: float = 1.0) -> Clause:
        """Return `query` as a clause, with its boosts multiplied by `boost`.

        Raises:
            UnsupportedQuery: If there is no clause for this kind of query.
            whoosh.query.QueryError: If a phrase is in a field without positions.
        """
        for kind, translate in _KINDS:
            if isinstance(query, kind):
                clause: Clause = translate(self, query, boost)
                return clause
        raise UnsupportedQuery(f"{type(query).__name__} queries are not supported")

    def _term(self, query: wq.Term, boost: float) -> Clause:
        term = self._bytes(query.fieldname, query.text)
        return MatchNone() if term is None else self._weighted_term(query.fieldname, term, query.boost * boost)

    def _weighted_term(self, field: str, term: bytes, boost: float) -> Term:
        return Term(field, term, boost * self._field_boost(field))

    def _field_boost(self, field: str) -> float:
        """Return the boost that the schema gives all words of a field."""
        form = self._schema[field].format if field in self._schema else None
        boost: float = 1.0 if form is None else form.field_boost
        return boost

    def _and(self, query: wq.And, boost: float) -> Clause:
        return And(self._clauses(query, boost)) if query.subqueries else MatchNone()

    def _or(self, query: wq.Or, boost: float) -> Clause:
        if query.scale or query.minmatch:
            raise UnsupportedQuery("Or with scale or minmatch is not supported")
        return Or(self._clauses(query, boost))

    def _disjunction_max(self, query: wq.DisjunctionMax, boost: float) -> Clause:
        return DisjunctionMax(self._clauses(query, boost), query.tiebreak)

    def _clauses(self, query: Any, boost: float) -> tuple[Clause, ...]:
        return tuple([self.clause(part, query.boost * boost) for part in query.subqueries])

    def _not(self, query: wq.Not, _boost: float) -> Clause:
        return Not(self.clause(query.query))

    def _and_not(self, query: wq.AndNot, boost: float) -> Clause:
        return Exclude(self.clause(query.a, boost), self.clause(query.b))

    def _and_maybe(self, query: wq.AndMaybe, boost: float) -> Clause:
        return AndMaybe(self.clause(query.a, boost), self.clause(query.b, boost))

    def _require(self, query: wq.Require, boost: float) -> Clause:
        return Filter(self.clause(query.a, boost), self.clause(query.b))

    def _phrase(self, query: wq.Phrase, boost: float) -> Clause:
        if query.fieldname not in self._schema:
            return MatchNone()
        form = self._schema[query.fieldname].format
        if form is None or not form.supports("positions"):
            raise wq.QueryError(f"the field {query.fieldname!r} has no positions, which a phrase needs")
        encoded = [self._bytes(query.fieldname, word) for word in query.words]
        terms = [word for word in encoded if word is not None]
        if not encoded or len(terms) < len(encoded):
            return MatchNone()
        return Phrase(query.fieldname, tuple(terms), query.slop, query.boost * boost * form.field_boost)

    def _every(self, query: wq.Every, boost: float) -> Clause:
        return MatchAll(query.fieldname, query.boost * boost)

    def _constant_score(self, query: wq.ConstantScoreQuery, boost: float) -> Clause:
        return ConstantScore(self.clause(query.child), query.score * boost)

    def _prefix(self, query: wq.Prefix, boost: float) -> Clause:
        if not query.text:
            return MatchAll(query.fieldname, query.boost * boost)
        return self._terms(query, boost, expansion.prefix_terms(self._fields(query), query.text))

    def _wildcard(self, query: wq.Wildcard, boost: float) -> Clause:
        if query.text == "*":
            return MatchAll(query.fieldname, query.boost * boost)
        return self._terms(query, boost, expansion.wildcard_terms(self._fields(query), query.text))

    def _fuzzy(self, query: wq.FuzzyTerm, boost: float) -> Clause:
        found = expansion.fuzzy_terms(self._fields(query), query.text, int(query.maxdist), query.prefixlength)
        return self._terms(query, boost, found)

    def _term_range(self, query: wq.TermRange, boost: float) -> Clause:
        low, high = (
            None if end in ("", None) else self._bytes(query.fieldname, end) for end in (query.start, query.end)
        )
        ends = (not query.startexcl, not query.endexcl)
        found = expansion.range_terms(self._fields(query), low, high, with_ends=ends)
        return self._terms(query, boost, found)

    def _number_range(self, query: wq.NumericRange, boost: float) -> Clause:
        # NUMERIC indexes several terms for each number; Whoosh chooses those that cover the range.
        if query.fieldname not in self._schema:
            return MatchNone()
        return self.clause(query._compile_query(SimpleNamespace(schema=self._schema)), boost)

    def _fields(self, query: Any) -> list[Any]:
        return list(self._searcher.segment_fields(query.fieldname))

    def _terms(self, query: Any, boost: float, terms: Iterable[bytes]) -> Clause:
        ordered = tuple(sorted(terms))
        if query.constantscore:
            return TermSet(query.fieldname, ordered, query.boost * boost)
        return Or(tuple([self._weighted_term(query.fieldname, term, query.boost * boost) for term in ordered]))

    def _bytes(self, field: str, text: Any) -> bytes | None:
        if field not in self._schema:
            return None
        try:
            term: bytes = self._schema[field].to_bytes(text)
        except ValueError:  # not a value of this field, such as a word in a field of numbers
            return None
        return term


_KINDS: list[tuple[type, Callable[[QueryTranslator, Any, float], Clause]]] = [
    (type(wq.NullQuery), lambda *_: MatchNone()),
    (wq.Term, QueryTranslator._term),
    (wq.And, QueryTranslator._and),
    (wq.Or, QueryTranslator._or),
    (wq.DisjunctionMax, QueryTranslator._disjunction_max),
    (wq.Not, QueryTranslator._not),
    (wq.AndNot, QueryTranslator._and_not),
    (wq.AndMaybe, QueryTranslator._and_maybe),
    (wq.Require, QueryTranslator._require),
    (wq.Phrase, QueryTranslator._phrase),
    (wq.Every, QueryTranslator._every),
    (wq.ConstantScoreQuery, QueryTranslator._constant_score),
    (wq.Prefix, QueryTranslator._prefix),
    (wq.Wildcard, QueryTranslator._wildcard),
    (wq.FuzzyTerm, QueryTranslator._fuzzy),
    (wq.TermRange, QueryTranslator._term_range),
    (wq.NumericRange, QueryTranslator._number_range),
]

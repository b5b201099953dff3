"""Whoosh query trees as clauses."""

from collections.abc import Callable, Iterable
from types import SimpleNamespace
from typing import Any

from whoosh import query as wq
from whoosh.fields import Schema

from jooya.indexer.ranking import expansion
from jooya.indexer.ranking.clauses import All, Any_, Clause, Nothing, Phrase, Term
from jooya.indexer.ranking.operators import AnyTerm, Best, Constant, Everything, Maybe, Not, Within, Without
from jooya.indexer.ranking.view import View


class Translator:
    """Translates Whoosh queries for one view, by the schema's ways of writing values as terms.

    `And`, `Or` and `DisjunctionMax` rank as documented by Whoosh, `Not` has a score of 0, and what stands for many
    terms (a prefix, a range) scores each document once, by its boost, unless it asks for `constantscore=False`.
    """

    def __init__(self, view: View, schema: Schema) -> None:
        self._view = view
        self._schema = schema

    def clause(self, query: wq.Query, boost: float = 1.0) -> Clause:
        """`query` as a clause, its boosts multiplied by `boost`.

        Raises whoosh.query.QueryError for a kind of query that is not supported, or a phrase in a field without
        positions.
        """
        for kind, translate in _KINDS:
            if isinstance(query, kind):
                clause: Clause = translate(self, query, boost)
                return clause
        raise wq.QueryError(f"queries of the kind {type(query).__name__} are not supported")

    def _term(self, query: wq.Term, boost: float) -> Clause:
        term = self._bytes(query.fieldname, query.text)
        return Nothing() if term is None else Term(query.fieldname, term, query.boost * boost)

    def _all(self, query: wq.And, boost: float) -> Clause:
        return All(self._clauses(query, boost)) if query.subqueries else Nothing()

    def _any(self, query: wq.Or, boost: float) -> Clause:
        if query.scale or query.minmatch:
            raise wq.QueryError("Or with scale or minmatch is not supported")
        return Any_(self._clauses(query, boost))

    def _best(self, query: wq.DisjunctionMax, boost: float) -> Clause:
        return Best(self._clauses(query, boost), query.tiebreak)

    def _clauses(self, query: Any, boost: float) -> tuple[Clause, ...]:
        return tuple([self.clause(part, query.boost * boost) for part in query.subqueries])

    def _not(self, query: wq.Not, _boost: float) -> Clause:
        return Not(self.clause(query.query))

    def _without(self, query: wq.AndNot, boost: float) -> Clause:
        return Without(self.clause(query.a, boost), self.clause(query.b))

    def _maybe(self, query: wq.AndMaybe, boost: float) -> Clause:
        return Maybe(self.clause(query.a, boost), self.clause(query.b, boost))

    def _within(self, query: wq.Require, boost: float) -> Clause:
        return Within(self.clause(query.a, boost), self.clause(query.b))

    def _phrase(self, query: wq.Phrase, boost: float) -> Clause:
        if query.fieldname not in self._schema:
            return Nothing()
        form = self._schema[query.fieldname].format
        if form is None or not form.supports("positions"):
            raise wq.QueryError(f"the field {query.fieldname!r} has no positions to find a phrase by")
        words = [self._bytes(query.fieldname, word) for word in query.words]
        known = [word for word in words if word is not None]
        if not words or len(known) < len(words):
            return Nothing()
        return Phrase(query.fieldname, tuple(known), query.slop, query.boost * boost)

    def _every(self, query: wq.Every, boost: float) -> Clause:
        return Everything(query.fieldname, query.boost * boost)

    def _constant(self, query: wq.ConstantScoreQuery, boost: float) -> Clause:
        return Constant(self.clause(query.child), query.score * boost)

    def _prefix(self, query: wq.Prefix, boost: float) -> Clause:
        if not query.text:
            return Everything(query.fieldname, query.boost * boost)
        return self._terms(query, boost, expansion.with_prefix(self._fields(query), query.text))

    def _wildcard(self, query: wq.Wildcard, boost: float) -> Clause:
        if query.text == "*":
            return Everything(query.fieldname, query.boost * boost)
        return self._terms(query, boost, expansion.like(self._fields(query), query.text))

    def _fuzzy(self, query: wq.FuzzyTerm, boost: float) -> Clause:
        found = expansion.near(self._fields(query), query.text, int(query.maxdist), query.prefixlength)
        return self._terms(query, boost, found)

    def _term_range(self, query: wq.TermRange, boost: float) -> Clause:
        low, high = (
            None if end in ("", None) else self._bytes(query.fieldname, end) for end in (query.start, query.end)
        )
        ends = (not query.startexcl, not query.endexcl)
        found = expansion.between(self._fields(query), low, high, with_ends=ends)
        return self._terms(query, boost, found)

    def _number_range(self, query: wq.NumericRange, boost: float) -> Clause:
        # Whoosh knows which of the terms that NUMERIC writes for each number cover a range.
        if query.fieldname not in self._schema:
            return Nothing()
        return self.clause(query._compile_query(SimpleNamespace(schema=self._schema)), boost)

    def _fields(self, query: Any) -> list[Any]:
        return list(self._view.terms(query.fieldname))

    def _terms(self, query: Any, boost: float, terms: Iterable[bytes]) -> Clause:
        ordered = tuple(sorted(terms))
        if query.constantscore:
            return AnyTerm(query.fieldname, ordered, query.boost * boost)
        return Any_(tuple([Term(query.fieldname, term, query.boost * boost) for term in ordered]))

    def _bytes(self, field: str, text: Any) -> bytes | None:
        if field not in self._schema:
            return None
        try:
            term: bytes = self._schema[field].to_bytes(text)
        except ValueError:  # no value of this field: a word where numbers are
            return None
        return term


_KINDS: list[tuple[type, Callable[[Translator, Any, float], Clause]]] = [
    (type(wq.NullQuery), lambda *_: Nothing()),
    (wq.Term, Translator._term),
    (wq.And, Translator._all),
    (wq.Or, Translator._any),
    (wq.DisjunctionMax, Translator._best),
    (wq.Not, Translator._not),
    (wq.AndNot, Translator._without),
    (wq.AndMaybe, Translator._maybe),
    (wq.Require, Translator._within),
    (wq.Phrase, Translator._phrase),
    (wq.Every, Translator._every),
    (wq.ConstantScoreQuery, Translator._constant),
    (wq.Prefix, Translator._prefix),
    (wq.Wildcard, Translator._wildcard),
    (wq.FuzzyTerm, Translator._fuzzy),
    (wq.TermRange, Translator._term_range),
    (wq.NumericRange, Translator._number_range),
]

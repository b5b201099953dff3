"""The terms that a plan asks for."""

from collections.abc import Iterator

from ..query.planner import QueryPlan
from ..ranking.clauses import And, Clause, Near, Or, Phrase, Term
from ..ranking.filters import TermSet
from ..ranking.operators import AndMaybe, ConstantScore, DisjunctionMax, Exclude, Filter, Not
from ..ranking.other_spelling import FieldTerm, OtherSpelling
from ..ranking.rescorers import ProximityRescorer, SurfaceFormRescorer
from .cluster_searcher import ClusterSearcher
from .memory_segment import Wanted


def wanted_terms(plan: QueryPlan) -> Wanted:
    """Return the terms that scoring passages by a plan looks up, by field."""
    found: dict[str, set[str]] = {}
    every = [*_terms(plan.clause), *_rescored(plan)]
    for field, term in every:
        found.setdefault(field, set()).add(term.decode("utf-8", "surrogatepass"))
    return {field: frozenset(terms) for field, terms in found.items()}


def with_all_counts(searcher: ClusterSearcher, plan: QueryPlan) -> QueryPlan:
    """Return a plan after asking for the counts of the terms that it scores by, so that these come together."""
    for field, term in [*_terms(plan.clause, counted=True), *_rescored(plan, counted=True)]:
        searcher.count(field, term)
    return plan


def _rescored(plan: QueryPlan, *, counted: bool = False) -> Iterator[FieldTerm]:
    for rescorer in plan.rescorers:
        if isinstance(rescorer, SurfaceFormRescorer):
            yield from (FieldTerm(term.field, term.term) for term in rescorer.terms)
        elif isinstance(rescorer, ProximityRescorer) and not counted:
            yield from (
                FieldTerm(rescorer.field, term) for pair in rescorer.pairs for term in (pair.first, pair.second)
            )


def _terms(clause: Clause, *, counted: bool = False) -> Iterator[FieldTerm]:
    """Yield the terms of a clause; if `counted`, those by whose counts it scores or is translated."""
    match clause:
        case Term(field, term):
            yield FieldTerm(field, term)
        case TermSet(field, terms):
            if not counted:
                yield from (FieldTerm(field, term) for term in terms)
        case Phrase(field, words) | Near(field, words):
            yield from (FieldTerm(field, word) for word in words)
        case OtherSpelling(words, typed):
            yield from (*words, *typed)
        case And(clauses) | Or(clauses) | DisjunctionMax(clauses):
            for one in clauses:
                yield from _terms(one, counted=counted)
        case Filter(inner, other) | Exclude(inner, other) | AndMaybe(inner, other):
            yield from _terms(inner, counted=counted)
            yield from _terms(other, counted=counted)
        case Not(inner) | ConstantScore(inner):
            yield from _terms(inner, counted=counted)

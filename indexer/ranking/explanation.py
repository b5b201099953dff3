"""How the score of a document came about."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from ..limits import check
from .clauses import And, Clause, Near, Or, Phrase, Term
from .operators import AndMaybe, DisjunctionMax, Exclude, Filter, TermSet
from .rescorers import Rescorer
from .searcher import SegmentSearcher

DIGITS = 6
"""Decimals of the parts of an explanation."""

_NAMED = 3  # words of a pattern


class ScorePart(NamedTuple):
    """Part of a score. what: the term, pair of words or clause. how: the factors it is the product of, by name; nothing
    where it is no product. All parts of an explanation add up to the score at `DIGITS` decimals."""

    what: str
    score: float
    how: dict[str, float]


def explain(
    leaf: SegmentSearcher, doc: int, score: float, query: Clause, rescorers: tuple[Rescorer, ...]
) -> tuple[ScorePart, ...]:
    """The parts of `score`, which ranking by `query` and `witnesses` gave to a document of a segment; those of 0 are
    left out."""
    parts = list(_parts(leaf, doc, query))
    for rescorer in rescorers:
        parts += [
            ScorePart(name, float(scores[0]), {}) for name, scores in rescorer.rescore(leaf, np.array([doc], np.intp))
        ]
    return tuple(_rounded([part for part in parts if part.score], score))


def _parts(leaf: SegmentSearcher, doc: int, query: Clause) -> Iterator[ScorePart]:
    check()
    found = query.matches(leaf)
    place = int(found.docs.searchsorted(doc))
    if place == len(found.docs) or found.docs[place] != doc:
        return
    match query:
        case Or(clauses) | And(clauses):
            for clause in clauses:
                yield from _parts(leaf, doc, clause)
        case Phrase(field, words, _, boost) | Near(field, words, _, boost):
            for word in words:
                yield from _parts(leaf, doc, Term(field, word, boost))
        case Filter(clause, _) | Exclude(clause, _):
            yield from _parts(leaf, doc, clause)
        case AndMaybe(clause, optional):
            yield from _parts(leaf, doc, clause)
            yield from _parts(leaf, doc, optional)
        case Term(field, term, boost):
            idf, score = leaf.searcher.idf(field, term), float(found.scores[place])
            how = {"boost": boost, "idf": idf, "frequency": score / (boost * idf)} if score else {}
            yield ScorePart(f"{field}:{term.decode()}", score, how)
        case TermSet(field, terms, _):
            named = ", ".join(term.decode() for term in terms[:_NAMED]) + (" …" if len(terms) > _NAMED else "")
            yield ScorePart(f"{field}:{named}", float(found.scores[place]), {})
        case DisjunctionMax(clauses, 0.0):
            yield from max(([*_parts(leaf, doc, clause)] for clause in clauses), key=_total)
        case _:
            yield ScorePart(str(query), float(found.scores[place]), {})


def _total(parts: list[ScorePart]) -> float:
    return sum(part.score for part in parts)


def _rounded(parts: list[ScorePart], score: float) -> Iterator[ScorePart]:
    """The parts rounded so that they add up to the rounded score: the greatest remainders are rounded up."""
    units = [part.score * 10**DIGITS for part in parts]
    whole = [int(unit) for unit in units]
    missing = round(score * 10**DIGITS) - sum(whole)
    by_remainder = sorted(range(len(parts)), key=lambda index: whole[index] - units[index])
    for index in by_remainder[: max(missing, 0)]:
        whole[index] += 1
        missing -= 1
    if parts:  # scores are compared, and kept, in single precision: a great one may be some units off
        whole[max(range(len(parts)), key=whole.__getitem__)] += missing
    for part, unit in zip(parts, whole, strict=True):
        yield part._replace(score=unit / 10**DIGITS)

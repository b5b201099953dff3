"""The matches of the clauses of a query, kept so that ranking, counting and looking for copies ask each only once."""

import numpy as np

from ...core import compiled
from ..codec.arrays import Array
from .clauses import Clause, Matches, Or, Term
from .operators import AndMaybe
from .searcher import SegmentSearcher


class KeptMatches:
    """The matches of clauses, each evaluated when it is first asked for; for the time of one search."""

    def __init__(self) -> None:
        self._matches: dict[tuple[int, int], tuple[Clause, Matches]] = {}
        self._masks: dict[tuple[int, int], tuple[Or, Array]] = {}

    def of(self, leaf: SegmentSearcher, clause: Clause) -> Matches:
        """Return the documents of a segment that match a clause, and their scores."""
        key = leaf.base, id(clause)  # a clause may be large, so it is not compared; it is kept, so its id stays its own
        if key not in self._matches:
            self._matches[key] = clause, clause.matches(leaf)
        return self._matches[key][1]

    def any(self, leaf: SegmentSearcher, query: Or) -> Array:
        """Return for each document of a segment True if it matches any of the clauses of `query`."""
        if compiled is not None:
            bits = self._any_bits(leaf, query).view(np.uint8)
            return np.unpackbits(bits, count=leaf.size, bitorder="little").view(np.bool_)
        key = leaf.base, id(query)
        if key not in self._masks:
            has = np.zeros(leaf.size, np.bool_)
            for clause in query.clauses:
                if not isinstance(clause, Term):
                    has[self.of(leaf, clause).docs] = True
                elif (postings := leaf.postings(clause.field, clause.term)) is not None:
                    postings.mark(has)
            self._masks[key] = query, has
        return self._masks[key][1]

    def _any_bits(self, leaf: SegmentSearcher, query: Or) -> Array:
        """Return what `any` does as bits, a word of 64 for each block."""
        assert compiled is not None
        key = leaf.base, id(query)
        if key not in self._masks:
            terms = [clause for clause in query.clauses if isinstance(clause, Term)]
            found = [postings for one in terms if (postings := leaf.postings(one.field, one.term)) is not None]
            bits = compiled.union_of([postings.compiled() for postings in found], leaf.blocks)
            for clause in query.clauses:
                if not isinstance(clause, Term):
                    compiled.set_bits(bits, self.of(leaf, clause).docs.astype(np.int64, copy=False))
            self._masks[key] = query, bits
        return self._masks[key][1]

    def count(self, leaf: SegmentSearcher, query: Clause) -> int:
        """Return how many documents of a segment match."""
        if isinstance(query, AndMaybe):
            return self.count(leaf, query.clause)
        if isinstance(query, Or):
            if compiled is not None:
                return compiled.count_bits(self._any_bits(leaf, query))
            return int(np.count_nonzero(self.any(leaf, query)))
        return len(self.of(leaf, query).docs)

    def docs(self, leaf: SegmentSearcher, query: Clause) -> Array:
        """Return the documents of a segment that match, ascending."""
        if isinstance(query, AndMaybe):
            return self.docs(leaf, query.clause)
        return np.flatnonzero(self.any(leaf, query)) if isinstance(query, Or) else self.of(leaf, query).docs

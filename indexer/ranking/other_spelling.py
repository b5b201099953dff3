"""The clause that finds a word in a spelling that was not typed: in its parts, where it was typed as one, or joined."""

from typing import NamedTuple

import numpy as np

from ...core import compiled
from ..codec.arrays import Array
from .clauses import Matches, MatchNone
from .phrase_matching import in_sequence
from .postings import Postings
from .score_parts import ScoreExplanation, ScorePart, readable
from .searcher import SegmentSearcher


class FieldTerm(NamedTuple):
    """A term of a field."""

    field: str
    term: bytes


class OtherSpelling(NamedTuple):
    """Matches the documents that have a word in another spelling than the one that was typed, and not in that too.

    The word counts as one term, not as several that happen to be neighbours: the score is `weight` times the impact of
    that of `words` which counts least. A document that has the typed spelling as well is found by that, and gains
    nothing; so the spelling that was typed comes first.

    Attributes:
        words: One term, or several that stand one right after another. Their fields may differ if they have the same
            positions.
        typed: The terms of the typed spelling. Documents with all of them do not match; if there are none, no document
            is left out.
        weight: The idf and the boost of the word.
    """

    words: tuple[FieldTerm, ...]
    typed: tuple[FieldTerm, ...]
    weight: float

    def matches(self, leaf: SegmentSearcher) -> Matches:
        """Return the documents with the word in this spelling alone."""
        words = _postings(leaf, self.words)
        if words is None:
            return MatchNone().matches(leaf)
        if compiled is not None:
            typed = [postings.compiled() for postings in _postings(leaf, self.typed) or ()]
            made = [word.compiled_with_positions() if len(words) > 1 else word.compiled() for word in words]
            return Matches(*compiled.other_spelling(made, typed, leaf.blocks, self.weight))
        return self._among(leaf, words, min(words, key=lambda postings: postings.count).docs)

    def explain(self, leaf: SegmentSearcher, doc: int) -> ScoreExplanation | None:
        """Look at one document."""
        words = _postings(leaf, self.words)
        docs, scores = (
            MatchNone().matches(leaf) if words is None else self._among(leaf, words, np.array([doc], np.intp))
        )
        if not len(docs):
            return None
        score = float(scores[0])
        fields = {word.field for word in self.words}
        name = " ".join(readable(word.term) for word in self.words)
        field = "text" if "text" in fields else self.words[0].field
        return ScoreExplanation(score, [ScorePart(f"{field}:{name}", score, {})])

    def _among(self, leaf: SegmentSearcher, words: list[Postings], docs: Array) -> Matches:
        """Return those of `docs` that match."""
        for postings in words:
            docs = docs[postings.has(docs)]
        typed = _postings(leaf, self.typed)
        if typed:
            has = np.ones(len(docs), np.bool_)
            for postings in typed:
                has &= postings.has(docs)
            docs = docs[~has]
        if len(words) > 1 and len(docs):
            docs = docs[in_sequence(words, docs, 1)]
        impacts = [postings.impacts_at(docs) for postings in words]
        return Matches(docs.astype(np.intp), np.minimum.reduce(impacts) * self.weight)


def _postings(leaf: SegmentSearcher, terms: tuple[FieldTerm, ...]) -> list[Postings] | None:
    """Return the postings of some terms; None if no document of the segment has one of them."""
    found = [leaf.postings(field, term) for field, term in terms]
    present = [postings for postings in found if postings is not None]
    return present if len(present) == len(found) else None

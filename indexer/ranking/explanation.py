"""Explaining the score of one document, at a cost that does not depend on the size of its segment."""

from collections.abc import Sequence

import numpy as np

from ..limits import check
from .clauses import Clause
from .rescorers import Rescorer
from .score_parts import ScorePart, rounded
from .searcher import SegmentSearcher


def explain(
    leaf: SegmentSearcher, doc: int, score: float, query: Clause, rescorers: Sequence[Rescorer]
) -> tuple[ScorePart, ...]:
    """Return the parts of a score, without those that are 0.

    Args:
        leaf: The segment of the document.
        doc: The number of the document within the segment.
        score: The score that ranking by `query` and `rescorers` gave to the document.
        query: The clause that found the document.
        rescorers: The rescorers that added to its score; none for a document beyond the rescore window.
    """
    check()
    explained = query.explain(leaf, doc)
    parts = list(explained.parts) if explained else []
    for rescorer in rescorers:
        parts += [
            ScorePart(description, float(scores[0]), {})
            for description, scores in rescorer.rescore(leaf, np.array([doc], np.intp))
        ]
    return tuple(rounded([part for part in parts if part.score], score))

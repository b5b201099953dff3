"""The exact head of a ranking: the best passages by the engine, scored exactly, as far as no other can be among them.

The engine's score of a passage is an upper bound of its score. So a passage that scores more than the last candidate of
the engine does there comes before all passages that are no candidates. Where too few are proven in this way, more
candidates are asked for.
"""

from collections.abc import Sequence
from math import inf
from typing import Any

from ..limits import check
from ..own_fields import OwnFields
from ..query.planner import QueryPlan
from ..ranking.collector import RankedDocument, best
from .candidates import SOURCE, Candidate, ReadPassage, in_order, segment_of
from .clause_queries import MATCH_NOTHING, Translation
from .cluster_searcher import ClusterSearcher
from .layout import NUMBER
from .plan_terms import wanted_terms
from .statistics import Statistics

MOST_CANDIDATES = 10_000
"""The number of candidates after which a ranking is given as it is, proven or not."""

PAGE = 2_000
"""The number of passages that are asked for at once."""

BY_SCORE: list[dict[str, Any]] = [{"_score": "desc"}, {"document": "asc"}, {NUMBER: "asc"}]
"""The order of passages by score, as the engine is told."""

_DELETED = 1e-5  # by which a score exceeds its bound only where the engine counts passages that were removed

_ROUNDING = 2e-6  # of the sums of the engine, which are in single precision, relative to the score


class Found:
    """The first passages that a query of the engine finds in some order, more and more of them.

    Attributes:
        candidates: The passages, in the order of documents and texts.
        searcher: A searcher of these.
        total: How many passages the query finds.
        last: The last of the candidates in the order of the engine.
        is_estimated: True if bounds are estimated, since passages that were removed still count in the engine.
    """

    def __init__(
        self,
        statistics: Statistics,
        plan: QueryPlan,
        own: OwnFields,
        order: Sequence[dict[str, Any]] = BY_SCORE,
        *,
        is_counted: bool = True,
    ) -> None:
        """Translate a clause; nothing is asked for yet.

        Args:
            statistics: The statistics of the index.
            plan: The plan whose clause finds the passages.
            own: The declared fields.
            order: The order of the passages.
            is_counted: False if `total` is not needed.
        """
        self.statistics = statistics
        self.candidates: list[Candidate] = []
        self.searcher = ClusterSearcher(statistics)
        self.total = 0
        self.last: Candidate | None = None
        self.is_estimated = False
        self.translation = Translation(self.searcher, plan.clause, statistics.factor, is_scored=order is BY_SCORE)
        self._clause = plan.clause
        self._wanted = wanted_terms(plan)
        self._own = own
        self._body = {"sort": list(order), "_source": SOURCE, "track_total_hits": is_counted}
        self._after: list[Any] | None = None
        self._read: dict[str, ReadPassage] = {}
        self._ranked: list[RankedDocument] | None = None
        self._is_complete = self.translation.query is MATCH_NOTHING

    @property
    def is_complete(self) -> bool:
        """True if the candidates are all that the query finds."""
        return self._is_complete

    def extend(self, size: int) -> None:
        """Have at least so many candidates, or all."""
        found = list(self.candidates)
        where = self.statistics.state.engine_index
        while len(found) < size and not self._is_complete:
            check()
            some = min(size - len(found), PAGE)
            after = {} if self._after is None else {"search_after": self._after}
            answer = self.statistics.search(self.translation.query, size=some, **self._body, **after)
            hits = answer["hits"]["hits"]
            if self._after is None and "total" in answer["hits"]:
                self.total = int(answer["hits"]["total"]["value"])
            found += [Candidate.of_hit(where, hit) for hit in hits]
            self._is_complete = len(hits) < some
            if hits:
                self._after = hits[-1]["sort"]
                self.last = found[-1]
        if len(found) > len(self.candidates):
            self.candidates = in_order(found)
            self.searcher = ClusterSearcher(
                self.statistics, segment_of(where, self.candidates, self._own, self._wanted, self._read)
            )
            self._ranked = None

    def ranked(self) -> list[RankedDocument]:
        """Return the candidates, best first, before rescoring."""
        if self._ranked is None:
            self._ranked = best(self.searcher, self._clause, len(self.candidates))
        return self._ranked

    def proven(self) -> float:
        """Return how many of the candidates, best first, surely come before all other passages."""
        if self._is_complete or self.last is None:
            return inf
        ranked = self.ranked()
        excess = self._excess(ranked)
        self.is_estimated = excess > 1 + _DELETED
        bound = (self.last.score + self.translation.remainder) * max(excess, 1.0)
        for place, (number, score) in enumerate(ranked):
            if score > bound * (1 + _ROUNDING):
                continue
            # Of equal scores, those that come after the last candidate in the order of documents come after it here.
            is_equal = not self.translation.remainder and score >= bound * (1 - _ROUNDING)
            if not is_equal or self.candidates[number].place > self.last.place:
                return place
        return len(ranked)

    def _excess(self, ranked: Sequence[RankedDocument]) -> float:
        """Return how many times its bound a candidate scores at most.

        It is more than 1 if the engine takes a word for more frequent than it is: it counts passages that were removed
        or replaced until it merges its segments. The bounds of the other passages are taken to be as much too low.
        """
        remainder = self.translation.remainder
        bounds = [self.candidates[number].score + remainder for number, _ in ranked]
        return max([score / bound for (_, score), bound in zip(ranked, bounds, strict=True) if bound > 0], default=1.0)

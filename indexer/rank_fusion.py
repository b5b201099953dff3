"""Reciprocal rank fusion: one ranking of several, by ranks alone, so that scores need not be comparable."""

import math
from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from typing import TypeVar

from .arguments import bad, check_number

Item = TypeVar("Item", bound=Hashable)

RRF_K = 60
"""The constant of the fusion, with the value that its authors found by experiment and that has become usual.

Gordon V. Cormack, Charles L. A. Clarke and Stefan Büttcher: Reciprocal rank fusion outperforms Condorcet and individual
rank learning methods. SIGIR 2009, pages 758 and 759.
"""


def reciprocal_rank_fusion(rankings: Iterable[Sequence[Item]], k: float = RRF_K) -> list[tuple[Item, float]]:
    """Return the items of several rankings as one ranking, best first, each with its score.

    The score of an item is the sum of 1 / (k + its rank) over the rankings that have it. Of equal scores, the item with
    the better rank in any ranking comes first; of equal ranks, the one whose ranking was given first. So the order is
    always the same.

    Args:
        rankings: The rankings, each a list of items, best first. An item that comes twice counts where it comes first.
        k: The constant of Cormack, Clarke and Büttcher (2009), who took 60: the greater it is, the less the first ranks
            are worth in comparison with later ones.

    Raises:
        BadArgument: `k` is no number of 0 or more.
    """
    check_number("k", k)
    if math.isinf(k):
        raise bad("k", k, "a number, such as 60")
    parts: defaultdict[Item, list[float]] = defaultdict(list)
    best: dict[Item, tuple[int, int]] = {}
    for number, ranking in enumerate(rankings):
        for rank, item in enumerate(dict.fromkeys(ranking), 1):
            parts[item].append(1 / (k + rank))
            best[item] = min(best.get(item, (rank, number)), (rank, number))
    # The exact sum does not depend on the order of the rankings.
    scores = {item: math.fsum(values) for item, values in parts.items()}
    return sorted(scores.items(), key=lambda pair: (-pair[1], best[pair[0]]))

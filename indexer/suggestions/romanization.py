"""Persian words in Latin letters: khamenei, zelzele, Esfahan.

There is no one spelling: short vowels come and go, and letters that sound alike share a Latin one. So the words of the
index are sought by their consonants, and then weighed by the cheapest way to read the Latin letters as Persian ones.
"""

import math
import re

from ..limits import check
from ..query.corrections import MIN_LETTERS
from .romanization_table import latin_keys, longest, readings
from .spelling import EDIT_WEIGHT, FREQUENCY_WEIGHT, WordCorrection
from .vocabulary import MAX_LETTERS, Vocabulary

_LATIN = re.compile(r"[a-z']+")
_MAX_COST = 1.2
_MAX_COST_ONE_CONSONANT = 0.3  # as in ali and emam: with fewer consonants there are too many readings
_LIMIT = 3


def romanized(vocabulary: Vocabulary, word: str) -> list[WordCorrection]:
    """Return the Persian words of an index that a word in Latin letters may stand for, likeliest first.

    Args:
        vocabulary: The words of the index.
        word: The word, folded. A word that is not of Latin letters alone has no readings.
    """
    if not _LATIN.fullmatch(word) or not MIN_LETTERS <= len(word) <= MAX_LETTERS:
        return []
    known = vocabulary.by_consonants
    found: list[WordCorrection] = []
    for key in sorted(latin_keys(word) - {""}):
        most = _MAX_COST if len(key) > 1 else _MAX_COST_ONE_CONSONANT
        for other in known.get(key, ()):
            check()
            cost = reading_cost(word, other)
            if cost <= most:
                found.append(WordCorrection(other, cost, vocabulary.count(other)))
    found = sorted(
        dict.fromkeys(found), key=lambda one: EDIT_WEIGHT * one.cost - FREQUENCY_WEIGHT * math.log(one.passages)
    )
    return found[:_LIMIT]


def reading_cost(latin: str, persian: str) -> float:
    """Return the cost of the cheapest reading of Latin letters as Persian ones; infinity if there is none."""
    costs = [[math.inf] * (len(persian) + 1) for _ in range(len(latin) + 1)]
    costs[0][0] = 0.0
    table = readings()
    for i in range(len(latin) + 1):
        units = [table.get(latin[i : i + size], ()) for size in range(min(longest(), len(latin) - i) + 1)]
        for j in range(len(persian) + 1):
            so_far = costs[i][j]
            if so_far > _MAX_COST:
                continue
            for unit in units:
                for reading in unit:
                    to, other = i + len(reading.latin), j + len(reading.persian)
                    if not persian.startswith(reading.persian, j):
                        continue
                    if reading.place != "any" and reading.place != _place(i, to, len(latin), j, other, len(persian)):
                        continue
                    costs[to][other] = min(costs[to][other], so_far + reading.cost)
    return costs[-1][-1]


def _place(start: int, end: int, length: int, other_start: int, other_end: int, other_length: int) -> str:
    """Return where in their words some Latin letters and the Persian ones for them stand: start, inside or end."""
    if start == 0 and other_start == 0:
        return "start"
    return "end" if end == length and other_end == other_length else "inside"

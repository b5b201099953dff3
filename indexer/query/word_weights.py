"""Weighing the words of a query, and collecting the terms to rescore by and to highlight.

The weights were chosen by measurement on several collections: see `benchmarks/README.md`.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise

from ..ranking.clauses import Term
from ..ranking.rescorers import ProximityRescorer, Rescorer, SurfaceFormRescorer, TermPair
from ..ranking.searcher import IndexSearcher
from .query_words import QueryWord

TITLE_WEIGHT = 0.2
"""The weight of a word in the title, beside the passage. A title counts for every passage of its document, so a word
in it says less than one in the passage."""

EXACT_WEIGHT = 0.4
"""The weight of a surface form, beside its stem: of two passages with a word, the one that has it as typed is first."""

STOP_WEIGHT = 0.4
"""The weight of a stop word beside other words: مقاومت کردن asks for مقاومت."""

PAIR_WEIGHT = 0.5
"""The weight of two words that stand together as in the query, relative to the mean of what each counts by itself."""

_MAX_PAIR_DISTANCE = 4  # positions from one content word of a pair to the next

TermWeights = defaultdict[tuple[str, str], float]
"""The boost of each term of a query, by field and term."""


class WordCollector:
    """Weighs the plain words of a query, and collects surface forms and pairs for rescorers and stems to highlight.

    Attributes:
        stems: The stems of the words that are searched for in the text.
    """

    def __init__(self, searcher: IndexSearcher) -> None:
        self._searcher = searcher
        self.stems: set[str] = set()
        self._forms: defaultdict[str, float] = defaultdict(float)
        self._pairs: dict[tuple[str, str], TermPair] = {}

    def add(self, words: Sequence[QueryWord], boost: float, field: str, weights: TermWeights) -> None:
        """Add the weight of each word to `weights`, and remember the words.

        Args:
            words: Words that stand together in the query.
            boost: The factor of their weights.
            field: The field that they are searched for in; words in the `text` also count in the title.
            weights: Takes the weights.
        """
        stop_weight = _stop_weight(words)
        for word, weight in zip(words, word_weights(words, boost), strict=True):
            for stem in (*word.stems, *word.parts):
                weights[field, stem] += weight
                if field == "text":
                    weights["title", stem] += weight * TITLE_WEIGHT
                    self.stems.add(stem)
            if field == "text":
                for surface in dict.fromkeys(word.surfaces):
                    self._forms[surface] += weight * EXACT_WEIGHT
        if field == "text":
            self._add_pairs(words, boost, stop_weight)

    def rescorers(self) -> Iterable[Rescorer]:
        """Yield the rescorers for the words that were added."""
        if self._forms:
            forms = [Term("exact", form.encode(), weight) for form, weight in self._forms.items()]
            yield SurfaceFormRescorer(tuple(forms))
        if self._pairs:
            yield ProximityRescorer("text", tuple(self._pairs.values()))

    def _add_pairs(self, words: Sequence[QueryWord], boost: float, stop_weight: float) -> None:
        """Pair each word with the next one, and each content word (no stop word) with the next content word."""
        places: defaultdict[int, list[tuple[str, bool]]] = defaultdict(list)
        for word in words:
            for stem in word.stems:
                places[word.position].append((stem, word.is_stop_word))
            for offset, part in enumerate(word.parts):
                places[word.position + offset].append((part, word.is_stop_word))
        positions = sorted(places)
        content = [place for place in positions if not all(is_stop for _, is_stop in places[place])]
        near = [(left, right) for left, right in pairwise(content) if right - left <= _MAX_PAIR_DISTANCE]
        for left, right in sorted({*pairwise(positions), *near}):
            for first, first_is_stop in places[left]:
                for second, second_is_stop in places[right]:
                    if first == second or (first, second) in self._pairs:
                        continue
                    counts = [
                        self._searcher.idf("text", stem.encode()) * (stop_weight if is_stop else 1.0)
                        for stem, is_stop in ((first, first_is_stop), (second, second_is_stop))
                    ]
                    self._pairs[first, second] = TermPair(
                        first.encode(),
                        second.encode(),
                        right - left,
                        boost * PAIR_WEIGHT * sum(counts) / 2,
                        is_loose=not (first_is_stop or second_is_stop),
                    )


def word_weights(words: Sequence[QueryWord], boost: float) -> list[float]:
    """Return the weight of each of some words that stand together in the query."""
    stop_weight = _stop_weight(words)
    return [boost * (stop_weight if word.is_stop_word else 1.0) for word in words]


def _stop_weight(words: Sequence[QueryWord]) -> float:
    return 1.0 if all(word.is_stop_word for word in words) else STOP_WEIGHT

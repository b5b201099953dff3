"""Weighing the words of a query, and collecting the terms to rescore by and to highlight.

The weights were chosen by measurement on several collections: see `benchmarks/README.md`.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise

from ..ranking.clauses import Term
from ..ranking.rescorers import ProximityRescorer, Rescorer, SurfaceFormRescorer, TermPair
from ..ranking.searcher import IndexSearcher
from .loose_words import loose_boosts, loose_pairs
from .query_words import QueryWord

TITLE_WEIGHT = 0.05
"""The weight of a word in the title, beside the passage. A title counts for every passage of its document, so a word
in it says less than one in the passage."""

EXACT_WEIGHT = 0.4
"""The weight of a surface form, beside its stem: of two passages with a word, the one that has it as typed is first."""

STOP_WEIGHT = 0.5
"""The weight of a stop word beside other words: مقاومت کردن asks for مقاومت. Less would cost short queries, as those of
words from poems, in which few other words are left."""

QUESTION_WEIGHT = 0.3
"""The weight of a question word beside other words: کجا in «کجا زعفران می‌کارند؟» is in hardly any answer."""

PAIR_WEIGHT = 1.0
"""The weight of two words that stand together as in the query, relative to the mean of their scores by themselves."""

_MAX_PAIR_DISTANCE = 4  # positions from one content word of a pair to the next

TermWeights = defaultdict[tuple[str, str], float]
"""The boost of each term of a query, by field and term."""


class WordCollector:
    """Weighs the plain words of a query, and collects surface forms and pairs for rescorers and stems to highlight.

    Attributes:
        stems: The stems of the words that are searched for in the text.
        loose: The loose terms of those that are searched for loosely.
    """

    def __init__(self, searcher: IndexSearcher) -> None:
        self._searcher = searcher
        self.stems: set[str] = set()
        self.loose: set[str] = set()
        self._forms: defaultdict[str, float] = defaultdict(float)
        self._pairs: dict[tuple[str, str], TermPair] = {}

    def add(
        self,
        words: Sequence[QueryWord],
        boost: float,
        field: str,
        weights: TermWeights,
        stop_weights: TermWeights | None = None,
        *,
        loosely: bool = False,
    ) -> None:
        """Add the weight of each word to `weights`, and remember the words.

        Args:
            words: Words that stand together in the query.
            boost: The factor of their weights.
            field: The field that they are searched for in; words in the `text` also count in the title.
            weights: Takes the weights.
            stop_weights: Takes the weights of stop words; None if there are no other words beside them in the query,
                so that stop words weigh as much as others do.
            loosely: True if words in the text also count that share a loose term.
        """
        stop_weight = None if stop_weights is None else STOP_WEIGHT
        for word in words:
            taking = stop_weights if stop_weights is not None and word.is_stop_word else weights
            weight = boost * _share(word, stop_weight)
            for stem in (*word.stems, *word.parts):
                taking[field, stem] += weight
                if field == "text":
                    taking["title", stem] += weight * TITLE_WEIGHT
                    self.stems.add(stem)
            if field == "text" and loosely:
                self._add_loosely(word, weight, taking)
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

    def _add_loosely(self, word: QueryWord, weight: float, weights: TermWeights) -> None:
        for stem, loose in loose_pairs(word):
            for field, term, boost in loose_boosts(self._searcher, stem, loose):
                weights[field, term] += weight * boost
                self.loose.add(loose)

    def _add_pairs(self, words: Sequence[QueryWord], boost: float, stop_weight: float | None) -> None:
        """Pair each word with the next one, and each content word (no stop word) with the next content word."""
        places: defaultdict[int, list[tuple[str, QueryWord]]] = defaultdict(list)
        for word in words:
            for stem in word.stems:
                places[word.position].append((stem, word))
            for offset, part in enumerate(word.parts):
                places[word.position + offset].append((part, word))
        positions = sorted(places)
        content = [place for place in positions if not all(word.is_stop_word for _, word in places[place])]
        near = [(left, right) for left, right in pairwise(content) if right - left <= _MAX_PAIR_DISTANCE]
        for left, right in sorted({*pairwise(positions), *near}):
            for first, first_word in places[left]:
                for second, second_word in places[right]:
                    if first == second or (first, second) in self._pairs:
                        continue
                    counts = [
                        self._searcher.single_score("text", stem.encode()) * _share(word, stop_weight)
                        for stem, word in ((first, first_word), (second, second_word))
                    ]
                    self._pairs[first, second] = TermPair(
                        first.encode(),
                        second.encode(),
                        right - left,
                        boost * PAIR_WEIGHT * sum(counts) / 2,
                        is_loose=not (first_word.is_stop_word or second_word.is_stop_word),
                    )


def _share(word: QueryWord, stop_weight: float | None) -> float:
    """Return how much a word counts, from 0 to 1.

    Args:
        word: The word.
        stop_weight: What a stop word counts; None if there are no other words in the query.
    """
    if stop_weight is None or not word.is_stop_word:
        return word.weight
    return word.weight * (QUESTION_WEIGHT if word.is_question_word else stop_weight)


def word_weights(words: Sequence[QueryWord], boost: float, *, beside_content: bool) -> list[float]:
    """Return the weight of each of some words that stand together in the query.

    Args:
        words: The words.
        boost: The factor of their weights.
        beside_content: True if the query has words that are no stop words.
    """
    return [boost * _share(word, STOP_WEIGHT if beside_content else None) for word in words]

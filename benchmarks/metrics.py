"""The measures of the benchmarks."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence


def reciprocal_rank(ranked: Sequence[str], relevant: set[str], depth: int = 10) -> float:
    """1 / the rank of the first relevant of `ranked`, 0 beyond `depth`."""
    return next((1 / rank for rank, item in enumerate(ranked[:depth], 1) if item in relevant), 0.0)


def b_cubed(gold: Mapping[str, str], stem: Callable[[str], str]) -> tuple[float, float, float]:
    """Precision, recall and F1 of the classes that `stem` puts words into, against `gold`, word to lemma; averaged
    over words (Bagga and Baldwin 1998)."""
    predicted = {word: stem(word) for word in gold}
    by_lemma, by_stem = defaultdict(set), defaultdict(set)
    for word, lemma in gold.items():
        by_lemma[lemma].add(word)
        by_stem[predicted[word]].add(word)
    precision = recall = 0.0
    for word, lemma in gold.items():
        same, together = by_lemma[lemma], by_stem[predicted[word]]
        precision += len(same & together) / len(together)
        recall += len(same & together) / len(same)
    precision, recall = precision / len(gold), recall / len(gold)
    return precision, recall, 2 * precision * recall / (precision + recall)

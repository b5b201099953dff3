"""Measures of quality that several benchmarks use."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence


def reciprocal_rank(ranked: Sequence[str], relevant: set[str], depth: int = 10) -> float:
    """Return 1 / the rank of the first relevant item, or 0 if none is among the first `depth`."""
    return next((1 / rank for rank, item in enumerate(ranked[:depth], 1) if item in relevant), 0.0)


def average_precision(ranked: Sequence[str], relevant: set[str]) -> float:
    """Return the mean of the precision at the rank of each relevant item; 0 for those that are not ranked."""
    found, total = 0, 0.0
    for rank, item in enumerate(ranked, 1):
        if item in relevant:
            found += 1
            total += found / rank
    return total / len(relevant)


def b_cubed(gold: Mapping[str, str], stem: Callable[[str], str]) -> tuple[float, float, float]:
    """Return B-cubed precision, recall and F1, averaged over words (Bagga and Baldwin 1998).

    Args:
        gold: The lemma of each word. Words with one lemma belong together.
        stem: The function that is measured. Words to which it gives one stem are put together.
    """
    predicted = {word: stem(word) for word in gold}
    by_lemma, by_stem = defaultdict(set), defaultdict(set)
    for word, lemma in gold.items():
        by_lemma[lemma].add(word)
        by_stem[predicted[word]].add(word)
    precision = recall = 0.0
    for word, lemma in gold.items():
        same_lemma, same_stem = by_lemma[lemma], by_stem[predicted[word]]
        precision += len(same_lemma & same_stem) / len(same_stem)
        recall += len(same_lemma & same_stem) / len(same_lemma)
    precision, recall = precision / len(gold), recall / len(gold)
    return precision, recall, 2 * precision * recall / (precision + recall)

"""Measure whether a question finds its passage with one of its words misspelled: MRR@10 with corrections and without.

    python benchmarks/misspelling.py DATA

DATA holds the four collections of questions that `ranking.py` describes, which are searched in one index. In each
question one word that is no stop word, of four letters or more, gets one random edit: a letter is left out, put in or
replaced, or two are exchanged. Some edits make another word of the index, which nothing can correct.
"""

import argparse
import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path
from random import Random

import query_sets
from metrics import reciprocal_rank
from query_sets import Query
from spelling import LETTERS, edited

from jooya import Index
from jooya.analyzers import analysis, stop_stems

MOST = 500
"""The number of questions of each set, at most."""


def main() -> None:
    """Index the passages, and print a line for each set."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="the collections, as described above")
    options = parser.parse_args()
    corpora, sets = query_sets.collections(options.data)
    sets = [one for one in sets if one.name in query_sets.QUESTIONS]
    print(f"{'':<12}{'questions':>10}{'as asked':>12}{'misspelled':>12}{'--exact':>12}")
    with tempfile.TemporaryDirectory() as folder, Index.create(Path(folder) / "index") as index:
        index.add(*corpora["questions"])
        for one in sets:
            chance = Random(5)
            drawn = chance.sample(one.queries, min(MOST, len(one.queries)))
            wrong = list(misspelled(drawn, chance))
            scores = [mean(index, drawn), mean(index, wrong), mean(index, wrong, correct=False)]
            print(f"{one.name:<12}{len(wrong):>10}", *[f"{score:>11.4f}" for score in scores])


def misspelled(queries: list[Query], chance: Random) -> Iterator[Query]:
    """Yield the questions that have a word to misspell, with one word misspelled."""
    for query in queries:
        words = query.text.split()
        places = [place for place, word in enumerate(words) if is_content(word)]
        if places:
            place = chance.choice(places)
            words[place] = edited(words[place], chance)
            yield query._replace(text=" ".join(words))


def is_content(word: str) -> bool:
    """Return True if a word has four letters or more, all of them Persian, and is no stop word."""
    return len(word) >= 4 and set(word) <= set(LETTERS) and analysis().columns(word).stems[0] not in stop_stems()


def mean(index: Index, queries: list[Query], *, correct: bool = True) -> float:
    """Return MRR@10."""
    scores = []
    for query in queries:
        ranked = [passage for passage, _ in index.rank(query.text, 10, correct=correct)]
        scores.append(reciprocal_rank(ranked, query.relevant))
    return statistics.fmean(scores)


if __name__ == "__main__":
    main()

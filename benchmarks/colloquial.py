"""Measure how many colloquial sentences do not find their formal counterparts at rank 1, against folding alone.

    python benchmarks/colloquial.py PAIRS.tsv

Each line holds a colloquial sentence, its standard spelling and a formal paraphrase (the columns of Shekasteh). Each
colloquial sentence is a query, and the formal sentences are the passages. Whole sentences share so many words with
their counterparts that any analysis finds nearly all, so their first words are queries too. All are ranked by BM25
(k1 1.2, b 0.75) over the terms of each analysis, so that only the analysis differs.
"""

import argparse
import math
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path

from jooya.analyzers import analysis, fold
from jooya.analyzers.characters import align
from jooya.analyzers.tokenizer import token_pattern


def folded_words(text: str) -> list[str]:
    """Return the folded words, split at half-spaces; nothing is joined or stemmed."""
    return [fold(part) for token in token_pattern().split(align(text))[1::2] for part in token.split("\u200c") if part]


def stems(text: str) -> list[str]:
    """Return the stems of a text."""
    return analysis().columns(text).stems


def stems_and_words(text: str) -> list[str]:
    """Return what an index holds of a passage: the stems, and the surface forms as terms of their own."""
    columns = analysis().columns(text)
    return columns.stems + ["=" + surface for surface in columns.surfaces]


def count_misses(queries: list[str], passages: list[str], terms: Callable[[str], list[str]]) -> int:
    """Return the number of queries whose passage, the one at the same position in its list, is not first."""
    postings: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    lengths = []
    for number, passage in enumerate(passages):
        counts = Counter(terms(passage))
        lengths.append(counts.total())
        for term, count in counts.items():
            postings[term].append((number, count))
    average = sum(lengths) / len(lengths)
    misses = 0
    for wanted, query in enumerate(queries):
        scores: Counter[int] = Counter()
        for term in terms(query):
            found = postings.get(term, [])
            weight = math.log(1 + (len(passages) - len(found) + 0.5) / (len(found) + 0.5))
            for number, count in found:
                scores[number] += weight * count * 2.2 / (count + 1.2 * (0.25 + 0.75 * lengths[number] / average))  # type: ignore[assignment]
        best = max(scores, key=lambda number: (scores[number], -number), default=-1)
        misses += best != wanted
    return misses


def main() -> None:
    """Parse the arguments and print the misses of each analysis."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pairs", type=Path, help="tab-separated: colloquial, standard spelling, formal")
    options = parser.parse_args()
    rows = [line.split("\t") for line in options.pairs.read_text(encoding="utf-8").splitlines()]
    # A formal sentence that appears twice is one passage.
    pairs = {row[2]: row[0] for row in rows if len(row) > 2 and row[0].strip() and row[2].strip()}
    queries, passages = list(pairs.values()), list(pairs)
    print(f"{len(queries)} colloquial sentences, misses at rank 1")
    for size in (None, 5, 3):
        asked = [" ".join(query.split()[:size]) for query in queries]
        baseline = count_misses(asked, passages, folded_words)
        print(f"{'whole sentences' if size is None else f'first {size} words'} as queries")
        for name, terms in (("folding alone", folded_words), ("stems", stems), ("stems and words", stems_and_words)):
            misses = count_misses(asked, passages, terms)
            print(f"  {name:<16} {misses:>4}  {(baseline - misses) / baseline:.1%} fewer")


if __name__ == "__main__":
    main()

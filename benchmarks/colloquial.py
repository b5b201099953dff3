"""Do colloquial sentences find their formal counterparts? Misses at rank 1, against folding alone.

    python benchmarks/colloquial.py PAIRS.tsv

Each line holds a colloquial sentence, its standard spelling and a formal paraphrase (Shekasteh's columns). Each
colloquial sentence is a query, the formal sentences are the passages. Whole sentences share so many words with their
counterparts that any analysis finds nearly all, so their first words are queries too. BM25 (k1 1.2, b 0.75) over the
terms of each analysis, so that only the analysis differs.
"""

import math
import sys
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path

from jooya.analyzers import analysis, fold
from jooya.analyzers.characters import align
from jooya.analyzers.tokenizer import token_pattern


def folding(text: str) -> list[str]:
    """Folded words; nothing joined, nothing stemmed, parted at the half-space."""
    return [fold(part) for token in token_pattern().split(align(text))[1::2] for part in token.split("\u200c") if part]


def stems(text: str) -> list[str]:
    return analysis().columns(text).stems


def stems_and_words(text: str) -> list[str]:
    """What an index holds of a passage: stems, and beside them the words as written."""
    columns = analysis().columns(text)
    return columns.stems + ["=" + surface for surface in columns.surfaces]


def misses(queries: list[str], passages: list[str], terms: Callable[[str], list[str]]) -> int:
    """How many queries do not have their passage (the one in the same place) first."""
    postings: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    lengths = []
    for number, passage in enumerate(passages):
        counts = Counter(terms(passage))
        lengths.append(counts.total())
        for term, count in counts.items():
            postings[term].append((number, count))
    average = sum(lengths) / len(lengths)
    missed = 0
    for wanted, query in enumerate(queries):
        scores: Counter[int] = Counter()
        for term in terms(query):
            found = postings.get(term, [])
            weight = math.log(1 + (len(passages) - len(found) + 0.5) / (len(found) + 0.5))
            for number, count in found:
                scores[number] += weight * count * 2.2 / (count + 1.2 * (0.25 + 0.75 * lengths[number] / average))  # type: ignore[assignment]
        best = max(scores, key=lambda number: (scores[number], -number), default=-1)
        missed += best != wanted
    return missed


def main() -> None:
    rows = [line.split("\t") for line in Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()]
    # A formal sentence that stands twice is one passage.
    pairs = {row[2]: row[0] for row in rows if len(row) > 2 and row[0].strip() and row[2].strip()}
    queries, passages = list(pairs.values()), list(pairs)
    print(f"{len(queries)} colloquial sentences, misses at rank 1")
    for words in (None, 5, 3):
        asked = [" ".join(query.split()[:words]) for query in queries]
        baseline = misses(asked, passages, folding)
        print(f"{'whole sentences' if words is None else f'first {words} words'} as queries")
        for name, terms in (("folding alone", folding), ("stems", stems), ("stems and words", stems_and_words)):
            missed = misses(asked, passages, terms)
            print(f"  {name:<16} {missed:>4}  {(baseline - missed) / baseline:.1%} fewer")


if __name__ == "__main__":
    main()

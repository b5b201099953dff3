"""Measure how often a misspelled word is corrected: words of an index with one random edit.

    python benchmarks/spelling.py POEMS.jsonl.gz

An edit deletes a letter, inserts any Persian letter, replaces a letter by any, or swaps two neighbours, each with the
same probability. The program draws 1,000 words of four letters or more with the frequency that they have in the text,
and 1,000 evenly from the words that occur in at least 100, 20 or 5 passages. If an edit yields another word of the
index, another word is drawn, since nobody could see that this is a misspelling.
"""

import argparse
import gzip
import random
import statistics
import tempfile
import time
from pathlib import Path

from jooya import Index, ReadOptions
from jooya.indexer.suggestions.spelling import corrections
from jooya.indexer.suggestions.vocabulary import Vocabulary

LETTERS = "ابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی"
COUNT = 1000


def main() -> None:
    """Index the poems and print the results of each way of drawing words."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("poems", type=Path, help="JSON lines with a `text` each, gzipped")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        records = Path(folder) / "poems.jsonl"
        records.write_bytes(gzip.decompress(options.poems.read_bytes()))
        with Index.create(Path(folder) / "index") as index:
            index.add(records, options=ReadOptions(whole=True), jobs=2)
            begin = time.perf_counter()
            vocabulary = Vocabulary(index._searcher().segment_fields("exact"))
            took = time.perf_counter() - begin
            print(f"{len(vocabulary.words):,} words, read in {took:.2f} s (once for each open index)")
    words = [word for word in vocabulary.words if len(word) >= 4 and set(word) <= set(LETTERS)]
    frequencies = [vocabulary.count(word) for word in words]
    trial("as frequent as in the text", vocabulary, words, frequencies)
    for least in (100, 20, 5):
        chosen = [word for word, count in zip(words, frequencies, strict=True) if count >= least]
        trial(f"{len(chosen):,} words in {least} passages or more", vocabulary, chosen, None)


def trial(name: str, vocabulary: Vocabulary, words: list[str], weights: list[int] | None) -> None:
    """Misspell words that are drawn by `weights` (default: evenly), and print how often they are corrected."""
    chance = random.Random(1)
    first = in_three = tried = 0
    times = []
    while tried < COUNT:
        (word,) = chance.choices(words, weights)
        typed = edited(word, chance)
        if typed == word or vocabulary.count(typed):
            continue
        tried += 1
        begin = time.perf_counter()
        suggested = [found.word for found in corrections(vocabulary, typed, 3)]
        times.append(time.perf_counter() - begin)
        first += suggested[:1] == [word]
        in_three += word in suggested
    p95 = statistics.quantiles(times, n=20)[-1]
    print(
        f"{name:<36} first {first / COUNT:.1%}, in the first three {in_three / COUNT:.1%}; "
        f"median {statistics.median(times) * 1e3:.1f} ms, p95 {p95 * 1e3:.1f} ms"
    )


def edited(word: str, chance: random.Random) -> str:
    """Return the word with one random edit."""
    place = chance.randrange(len(word))
    kind = chance.randrange(4)
    if kind == 0:
        return word[:place] + word[place + 1 :]
    if kind == 1:
        place = chance.randrange(len(word) + 1)
        return word[:place] + chance.choice(LETTERS) + word[place:]
    if kind == 2:
        return word[:place] + chance.choice(LETTERS) + word[place + 1 :]
    place = chance.randrange(len(word) - 1)
    return word[:place] + word[place + 1] + word[place] + word[place + 2 :]


if __name__ == "__main__":
    main()

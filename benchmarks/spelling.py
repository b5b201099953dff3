"""Is a misspelled word put right? One random edit in a word of the index.

    python benchmarks/spelling.py POEMS.jsonl.gz

An edit is, each as often: a letter left out, one put in, one exchanged for another (any Persian letter), or two
neighbours exchanged. 1,000 words of four letters and more, drawn as often as they are in the text, and 1,000 drawn
evenly from those that are in at least 5, 20 or 100 passages. Where the edit makes another word of the index, another is
drawn: that is no misspelling that could be seen.
"""

import argparse
import gzip
import random
import statistics
import tempfile
import time
from pathlib import Path

from jooya.indexer import Index, ReadOptions
from jooya.indexer.suggestions.spelling import corrections
from jooya.indexer.suggestions.vocabulary import Vocabulary

LETTERS = "ابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی"
COUNT = 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("poems", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        records = Path(folder) / "poems.jsonl"
        records.write_bytes(gzip.decompress(options.poems.read_bytes()))
        with Index.create(Path(folder) / "index") as index:
            index.add(records, options=ReadOptions(whole=True), jobs=2)
            begin = time.perf_counter()
            vocabulary = Vocabulary(index._searcher().segment_fields("exact"))
            print(
                f"{len(vocabulary.words):,} words, read in {time.perf_counter() - begin:.2f} s (once for an open index)"
            )
    words = [word for word in vocabulary.words if len(word) >= 4 and set(word) <= set(LETTERS)]
    frequent = [vocabulary.count(word) for word in words]
    trial("as often as in the text", vocabulary, words, frequent)
    for least in (100, 20, 5):
        chosen = [word for word, count in zip(words, frequent, strict=True) if count >= least]
        trial(f"{len(chosen):,} words in {least} passages or more", vocabulary, chosen, None)


def trial(name: str, vocabulary: Vocabulary, words: list[str], weights: list[int] | None) -> None:
    chance = random.Random(1)
    first = among_three = tried = 0
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
        among_three += word in suggested
    p95 = statistics.quantiles(times, n=20)[-1]
    print(
        f"{name:<36} first {first / COUNT:.1%}, in the first three {among_three / COUNT:.1%}; "
        f"median {statistics.median(times) * 1e3:.1f} ms, p95 {p95 * 1e3:.1f} ms"
    )


def edited(word: str, chance: random.Random) -> str:
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

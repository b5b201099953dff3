"""Measure how well the stemmer puts together the forms of one word: B-cubed over word types, against treebanks.

    pip install hazm "snowballstemmer>=3.1"
    python benchmarks/conflation.py FILE.conllu...

The gold standard is the lemmas of each file. The words are its nouns, verbs, adjectives, adverbs and proper nouns with
a Persian letter; the parts of multiword tokens are left out. Words are taken as written, and once more with their
half-spaces removed. The other systems are hazm's Lemmatizer, alone and after hazm's Normalizer, and Snowball's Persian
stemmer where `snowballstemmer` 3.1 or later is installed.
"""

import argparse
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path

from metrics import b_cubed

from jooya.analyzers import analysis

CONTENT_TAGS = {"NOUN", "VERB", "ADJ", "ADV", "PROPN"}
PERSIAN_LETTERS = str.maketrans("يىك", "ییک")


def read_lemmas(path: Path) -> dict[str, str]:
    """Return the words of a treebank, each with its most frequent lemma."""
    votes: defaultdict[str, Counter[str]] = defaultdict(Counter)
    parts: range = range(0)
    for line in path.read_text(encoding="utf-8").splitlines():
        columns = line.split("\t")
        if len(columns) < 4:  # a comment, or the end of a sentence
            parts = range(0)
        elif "-" in columns[0]:
            first, last = map(int, columns[0].split("-"))
            parts = range(first, last + 1)
        elif "." not in columns[0] and int(columns[0]) not in parts and columns[3] in CONTENT_TAGS:
            form, lemma = columns[1].translate(PERSIAN_LETTERS), columns[2].translate(PERSIAN_LETTERS)
            if re.search("[\u0621-\u06cc]", form) and "_" not in lemma and " " not in form:
                votes[form][lemma] += 1
    return {form: lemmas.most_common(1)[0][0] for form, lemmas in votes.items()}


def jooya_stem(word: str) -> str:
    """Return the stem of a word, or the stems of its tokens if the analyzer splits it."""
    tokens = analysis().tokens(word)
    if tokens and (tokens[0].start, tokens[0].end) == (0, len(word.rstrip("\u200c"))):
        return tokens[0].stem
    return " ".join(token.stem for token in tokens)


def systems() -> dict[str, Callable[[str], str]]:
    """Return the stemming function of each system that is installed."""
    from hazm import Lemmatizer, Normalizer  # noqa: PLC0415 - takes seconds; `--help` does without

    lemmatizer, normalizer = Lemmatizer(), Normalizer()
    found: dict[str, Callable[[str], str]] = {
        "Jooya": jooya_stem,
        "hazm Lemmatizer": lemmatizer.lemmatize,
        "hazm Normalizer + Lemmatizer": lambda word: lemmatizer.lemmatize(normalizer.normalize(word)),
    }
    try:
        import snowballstemmer  # noqa: PLC0415 - optional

        found["Snowball Persian"] = snowballstemmer.stemmer("persian").stemWord
    except (ImportError, KeyError):
        print("(Snowball Persian is not installed)", file=sys.stderr)
    return found


def main() -> None:
    """Parse the arguments and print a line for each treebank and system."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("treebanks", type=Path, nargs="+", metavar="FILE.conllu", help="a treebank")
    options = parser.parse_args()
    print(f"{'treebank':<20} {'system':<30} {'as written: P, R, F1':<24} no half-spaces: P, R, F1")
    stemmers = systems()
    for path in options.treebanks:
        words = read_lemmas(path)
        for name, stem in stemmers.items():
            written = b_cubed(words, stem)
            joined = b_cubed(words, lambda word, stem=stem: stem(word.replace("\u200c", "")))  # type: ignore[misc]
            figures = ["  ".join(f"{value:.4f}" for value in values) for values in (written, joined)]
            print(f"{path.stem:<20} {name:<30} {figures[0]:<24} {figures[1]}", flush=True)


if __name__ == "__main__":
    main()

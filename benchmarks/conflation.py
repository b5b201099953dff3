"""Does the stemmer put together what a treebank says is one word? B-cubed over word types.

    python benchmarks/conflation.py FILE.conllu...

Each file's words (nouns, verbs, adjectives, adverbs and names with a Persian letter; no parts of multiword tokens)
and lemmas are the gold; words are taken as written, and with the half-space lost. Beside Jooya stand hazm's Lemmatizer,
alone and after hazm's Normalizer, and Snowball's Persian stemmer where `snowballstemmer` >= 3.1 is installed.
"""

import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path

from hazm import Lemmatizer, Normalizer
from metrics import b_cubed

from jooya.analyzers import analysis

CONTENT = {"NOUN", "VERB", "ADJ", "ADV", "PROPN"}
LETTERS = str.maketrans("يىك", "ییک")


def gold(path: Path) -> dict[str, str]:
    """Words to their commonest lemma."""
    votes: defaultdict[str, Counter[str]] = defaultdict(Counter)
    parts: range = range(0)
    for line in path.read_text(encoding="utf-8").splitlines():
        columns = line.split("\t")
        if len(columns) < 4:  # a comment, or the end of a sentence
            parts = range(0)
        elif "-" in columns[0]:
            first, last = map(int, columns[0].split("-"))
            parts = range(first, last + 1)
        elif "." not in columns[0] and int(columns[0]) not in parts and columns[3] in CONTENT:
            form, lemma = columns[1].translate(LETTERS), columns[2].translate(LETTERS)
            if re.search("[\u0621-\u06cc]", form) and "_" not in lemma and " " not in form:
                votes[form][lemma] += 1
    return {form: lemmas.most_common(1)[0][0] for form, lemmas in votes.items()}


def systems() -> dict[str, Callable[[str], str]]:
    lemmatizer, normalizer = Lemmatizer(), Normalizer()

    def jooya(word: str) -> str:
        tokens = analysis().tokens(word)
        if tokens and (tokens[0].start, tokens[0].end) == (0, len(word.rstrip("\u200c"))):
            return tokens[0].stem
        return " ".join(token.stem for token in tokens)

    found: dict[str, Callable[[str], str]] = {
        "Jooya": jooya,
        "hazm Lemmatizer": lemmatizer.lemmatize,
        "hazm Normalizer + Lemmatizer": lambda word: lemmatizer.lemmatize(normalizer.normalize(word)),
    }
    try:
        import snowballstemmer  # noqa: PLC0415

        found["Snowball Persian"] = snowballstemmer.stemmer("persian").stemWord
    except (ImportError, KeyError):
        print("(Snowball Persian is not installed)", file=sys.stderr)
    return found


def main() -> None:
    print(f"{'treebank':<20} {'system':<30} {'as written: P, R, F1':<24} half-space lost: P, R, F1")
    for path in map(Path, sys.argv[1:]):
        words = gold(path)
        for name, stem in systems().items():
            written = b_cubed(words, stem)
            lost = b_cubed(words, lambda word, stem=stem: stem(word.replace("\u200c", "")))  # type: ignore[misc]
            figures = ["  ".join(f"{value:.4f}" for value in values) for values in (written, lost)]
            print(f"{path.stem:<20} {name:<30} {figures[0]:<24} {figures[1]}", flush=True)


if __name__ == "__main__":
    main()

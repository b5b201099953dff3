"""Is a passage found as well when its words are torn? MRR@10, and how many torn words are read as what they were.

    pip install tantivy==0.27.0
    python benchmarks/torn.py PASSAGES.jsonl QUERIES.tsv QRELS

Passages are records {id, title, text}, each indexed whole, torn at random; queries are `id<TAB>text`, as they are;
relevance is in TREC qrels. Beside Jooya stand Jooya without the joining of torn words, and tantivy on folded text.
"""

import argparse
import random
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

from ranking import Set, built, from_questions, jooya_answers, quality, tantivy_answers

from jooya.analyzers import analysis
from jooya.analyzers.split_words import SplitWords
from jooya.analyzers.word_forms import WordForms

_LETTERS = "\u0622-\u064a\u067e\u0686\u0698\u06a9\u06af\u06cc"
_WITHIN = "\\w\u200c\u064b-\u065f"  # letters, half-space, marks
_WORD = re.compile(rf"(?<![{_WITHIN}])[{_LETTERS}]{{5,}}(?![{_WITHIN}])")


def hyphen(word: str, chance: random.Random) -> str:
    """A hyphen at the end of a line, two letters or more from either end."""
    cut = chance.randint(2, len(word) - 2)
    return f"{word[:cut]}-\n{word[cut:]}"


def space(word: str, chance: random.Random) -> str:
    cut = chance.randint(1, len(word) - 1)
    return f"{word[:cut]} {word[cut:]}"


def letters(word: str, _chance: random.Random) -> str:
    return " ".join(word)


KINDS: dict[str, tuple[Callable[[str, random.Random], str], float]] = {
    "hyphen at line end, 10 %": (hyphen, 0.1),
    "hyphen at line end, 30 %": (hyphen, 0.3),
    "stray space, 10 %": (space, 0.1),
    "stray space, 30 %": (space, 0.3),
    "letters apart, 10 %": (letters, 0.1),
}
"""What is done to how many of the words of five letters and more."""


class Torn(NamedTuple):
    """A text, and where its torn words are, with what they were."""

    text: str
    words: list[tuple[int, int, str]]


def torn(text: str, tear: Callable[[str, random.Random], str], share: float, chance: random.Random) -> Torn:
    pieces: list[str] = []
    words = []
    done = length = 0
    for match in _WORD.finditer(text):
        if chance.random() < share:
            whole = tear(match[0], chance)
            pieces += [text[done : match.start()], whole]
            length += match.start() - done
            words.append((length, length + len(whole), match[0]))
            length += len(whole)
            done = match.end()
    return Torn("".join([*pieces, text[done:]]), words)


def made_whole(texts: list[Torn]) -> float:
    """The share of torn words that are one token, with the stem that they had."""
    whole = words = 0
    for text in texts:
        columns = analysis().columns(text.text)
        tokens = set(zip(columns.starts, columns.ends, columns.stems, strict=True))
        whole += sum((start, end, analysis().columns(word).stems[0]) in tokens for start, end, word in text.words)
        words += len(text.words)
    return whole / words if words else 1.0


@contextmanager
def joining(on: bool) -> Iterator[None]:
    """With the joining of torn words, or without."""
    with ExitStack() as without:
        if not on:
            without.enter_context(patch.object(SplitWords, "are_one", lambda *_: False))
            without.enter_context(patch.object(WordForms, "letter_spaced", lambda *_: None))
            without.enter_context(patch("jooya.analyzers.analysis.unhyphenated", lambda text: text))
        analysis.cache_clear()
        yield
    analysis.cache_clear()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("passages", "queries", "qrels"):
        parser.add_argument(name, type=Path)
    options = parser.parse_args()
    clean = next(from_questions(options.passages, options.queries, options.qrels))
    report("clean", clean, [Torn(one.text, []) for one in clean.documents])
    joined(clean)
    for name, (tear, share) in KINDS.items():
        chance = random.Random(11)
        report(name, clean, [torn(one.text, tear, share, chance) for one in clean.documents])


def report(name: str, clean: Set, texts: list[Torn]) -> None:
    pairs = zip(clean.documents, texts, strict=True)
    documents = [type(one)(one.key, text.text, one.title, whole=True) for one, text in pairs]
    one = Set(name, documents, clean.queries)
    row = []
    for on in (True, False):
        with joining(on), tempfile.TemporaryDirectory() as folder:
            answers = jooya_answers(built(Path(folder) / "index", one), one.queries)
            row.append(f"{quality(answers, one)} {made_whole(texts):7.1%} whole")
    row.append(quality(tantivy_answers(one), one))
    print(f"{name:<26}", *[f"{cell:>30}" for cell in row], flush=True)


def joined(clean: Set) -> None:
    """What is joined in clean text, where hardly anything should be."""
    spans: list[list[set[tuple[int, int]]]] = []
    for on in (True, False):
        with joining(on):
            columns = [analysis().columns(one.text) for one in clean.documents]
            spans.append([set(zip(one.starts, one.ends, strict=True)) for one in columns])
    found = [
        one.text[start:end]
        for one, joins, apart in zip(clean.documents, *spans, strict=True)
        for start, end in joins - apart
    ]
    words = sum(map(len, spans[1]))
    print(f"joined in clean text: {len(found)} of {words} words: {', '.join(sorted(set(found)))}")


if __name__ == "__main__":
    main()

"""Measure whether a passage is found as well when its words are split: MRR@10, and the share of words joined again.

    pip install tantivy==0.27.0
    python benchmarks/split_words.py PASSAGES.jsonl QUERIES.tsv QRELS

PASSAGES holds a JSON record {id, title, text} a line. Words of the texts are split at random, and each text is indexed
as one passage. QUERIES holds `id<TAB>text` lines, which are not changed; QRELS holds relevance judgements in the format
of TREC. The other systems are Jooya without the joining of split words, and tantivy on folded text.
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

from ranking import QuerySet, built, from_questions, jooya_answers, quality, tantivy_answers

from jooya.analyzers import analysis
from jooya.analyzers.split_words import SplitWords
from jooya.analyzers.word_forms import WordForms

_LETTERS = "\u0622-\u064a\u067e\u0686\u0698\u06a9\u06af\u06cc"
_WITHIN = "\\w\u200c\u064b-\u065f"  # letters, half-space, marks
_WORD = re.compile(rf"(?<![{_WITHIN}])[{_LETTERS}]{{5,}}(?![{_WITHIN}])")


def hyphen(word: str, chance: random.Random) -> str:
    """Split the word by a hyphen and a line end, two letters or more from either end."""
    cut = chance.randint(2, len(word) - 2)
    return f"{word[:cut]}-\n{word[cut:]}"


def space(word: str, chance: random.Random) -> str:
    """Split the word by a space."""
    cut = chance.randint(1, len(word) - 1)
    return f"{word[:cut]} {word[cut:]}"


def letters(word: str, _chance: random.Random) -> str:
    """Put spaces between all letters."""
    return " ".join(word)


KINDS: dict[str, tuple[Callable[[str, random.Random], str], float]] = {
    "hyphen at line end, 10 %": (hyphen, 0.1),
    "hyphen at line end, 30 %": (hyphen, 0.3),
    "stray space, 10 %": (space, 0.1),
    "stray space, 30 %": (space, 0.3),
    "letters apart, 10 %": (letters, 0.1),
}
"""The ways of splitting words, each with its share of the words of five letters or more."""


class SplitText(NamedTuple):
    """A text with split words.

    Attributes:
        text: The text.
        words: For each split word its start and end, in characters of `text`, and the word before it was split.
    """

    text: str
    words: list[tuple[int, int, str]]


def split_text(text: str, split: Callable[[str, random.Random], str], share: float, chance: random.Random) -> SplitText:
    """Split a random share of the words of a text."""
    pieces: list[str] = []
    words = []
    done = length = 0
    for match in _WORD.finditer(text):
        if chance.random() < share:
            pieced = split(match[0], chance)
            pieces += [text[done : match.start()], pieced]
            length += match.start() - done
            words.append((length, length + len(pieced), match[0]))
            length += len(pieced)
            done = match.end()
    return SplitText("".join([*pieces, text[done:]]), words)


def joined_share(texts: list[SplitText]) -> float:
    """Return the share of split words that the analyzer reads as one token with the stem of the word."""
    joined = words = 0
    for text in texts:
        columns = analysis().columns(text.text)
        tokens = set(zip(columns.starts, columns.ends, columns.stems, strict=True))
        joined += sum((start, end, analysis().columns(word).stems[0]) in tokens for start, end, word in text.words)
        words += len(text.words)
    return joined / words if words else 1.0


@contextmanager
def joining(enabled: bool) -> Iterator[None]:
    """Turn the joining of split words on or off within a `with` block."""
    with ExitStack() as without:
        if not enabled:
            without.enter_context(patch.object(SplitWords, "are_one", lambda *_: False))
            without.enter_context(patch.object(WordForms, "letter_spaced", lambda *_: None))
            without.enter_context(patch("jooya.analyzers.analysis.unhyphenated", lambda text: text))
        analysis.cache_clear()
        yield
    analysis.cache_clear()


def main() -> None:
    """Parse the arguments and print a line for each way of splitting words."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("passages", "queries", "qrels"):
        parser.add_argument(name, type=Path)
    options = parser.parse_args()
    clean = next(from_questions(options.passages, options.queries, options.qrels))
    report("clean", clean, [SplitText(one.text, []) for one in clean.documents])
    report_joined(clean)
    for name, (split, share) in KINDS.items():
        chance = random.Random(11)
        report(name, clean, [split_text(one.text, split, share, chance) for one in clean.documents])


def report(name: str, clean: QuerySet, texts: list[SplitText]) -> None:
    """Print the quality of each system on texts with split words."""
    pairs = zip(clean.documents, texts, strict=True)
    documents = [type(one)(one.key, text.text, one.title, whole=True) for one, text in pairs]
    one = QuerySet(name, documents, clean.queries)
    row = []
    for enabled in (True, False):
        with joining(enabled), tempfile.TemporaryDirectory() as folder:
            answers = jooya_answers(built(Path(folder) / "index", one), one.queries)
            row.append(f"{quality(answers, one)} {joined_share(texts):7.1%} joined")
    row.append(quality(tantivy_answers(one), one))
    print(f"{name:<26}", *[f"{cell:>30}" for cell in row], flush=True)


def report_joined(clean: QuerySet) -> None:
    """Print what is joined in clean text, where hardly anything should be."""
    spans: list[list[set[tuple[int, int]]]] = []
    for enabled in (True, False):
        with joining(enabled):
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

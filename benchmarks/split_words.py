"""Measure whether a passage is found as well when its words are split: MRR@10, and the share of words joined again.

    pip install tantivy==0.27.0
    python benchmarks/split_words.py COLLECTION

COLLECTION is a folder with `passages.jsonl` (a record {id, title, text} a line), `queries.tsv` (`id<TAB>text`) and
`qrels.txt` (TREC). Words of the texts are split at random, and each text is indexed as one passage. The other systems
are Jooya without the joining of split words, and tantivy on folded text.
"""

import argparse
import random
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

from metrics import reciprocal_rank
from query_sets import QuerySet, questions
from ranking import built, jooya_answers

from jooya import Document
from jooya.analyzers import analysis, fold
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
    parser.add_argument("collection", type=Path)
    documents, asked = questions(parser.parse_args().collection)
    report("clean", documents, asked, [SplitText(one.text, []) for one in documents])
    report_joined(documents)
    for name, (split, share) in KINDS.items():
        chance = random.Random(11)
        report(name, documents, asked, [split_text(one.text, split, share, chance) for one in documents])


def report(name: str, clean: list[Document], one: QuerySet, texts: list[SplitText]) -> None:
    """Print the quality of each system on texts with split words."""
    pairs = zip(clean, texts, strict=True)
    documents = [Document(document.key, text.text, document.title, whole=True) for document, text in pairs]
    row = []
    for enabled in (True, False):
        with joining(enabled), tempfile.TemporaryDirectory() as folder:
            answers = jooya_answers(built(Path(folder) / "index", documents), one)
            row.append(f"{quality(answers, one)} {joined_share(texts):7.1%} joined")
    row.append(quality(tantivy_answers(documents, one), one))
    print(f"{name:<26}", *[f"{cell:>30}" for cell in row], flush=True)


def report_joined(documents: list[Document]) -> None:
    """Print what is joined in clean text, where hardly anything should be."""
    spans: list[list[set[tuple[int, int]]]] = []
    for enabled in (True, False):
        with joining(enabled):
            columns = [analysis().columns(one.text) for one in documents]
            spans.append([set(zip(one.starts, one.ends, strict=True)) for one in columns])
    found = [
        one.text[start:end] for one, joins, apart in zip(documents, *spans, strict=True) for start, end in joins - apart
    ]
    words = sum(map(len, spans[1]))
    print(f"joined in clean text: {len(found)} of {words} words: {', '.join(sorted(set(found)))}")


def tantivy_answers(documents: list[Document], one: QuerySet) -> Iterator[list[str]]:
    """Yield the ten best passages for each query, by tantivy's BM25 of any folded word in text or title."""
    import tantivy  # noqa: PLC0415 - only this part needs it

    builder = tantivy.SchemaBuilder()
    builder.add_text_field("key", stored=True, tokenizer_name="raw")
    for field in ("text", "title"):
        builder.add_text_field(field, tokenizer_name="whitespace")
    schema = builder.build()
    index = tantivy.Index(schema)
    writer = index.writer(100_000_000, 1)
    for document in documents:
        title = folded(document.title or "")
        writer.add_document(tantivy.Document(key=document.key, text=folded(document.text), title=title))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()
    for text, _ in one.queries:
        words = list(dict.fromkeys(folded(text).split()))
        clauses = [
            (tantivy.Occur.Should, tantivy.Query.term_query(schema, field, word))
            for field in ("text", "title")
            for word in words
        ]
        hits = searcher.search(tantivy.Query.boolean_query(clauses), 10, count=False).hits if clauses else []
        yield [searcher.doc(address)["key"][0] for _, address in hits]


def folded(text: str) -> str:
    """Return the folded words, split at half-spaces too: the best known input for an index without stems."""
    return " ".join(fold(word) for word in re.findall(r"[^\W_]+", text.replace("\u200c", " ")))


def quality(answers: Iterable[list[str]], one: QuerySet) -> str:
    """Return MRR@10 and the share of queries whose passage is not first, as text."""
    ranks = [reciprocal_rank(answer, keys) for answer, (_, keys) in zip(answers, one.queries, strict=True)]
    not_first = sum(rank < 1 for rank in ranks) / len(ranks)
    return f"{sum(ranks) / len(ranks):.4f} {not_first:6.2%}"


if __name__ == "__main__":
    main()

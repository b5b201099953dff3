"""Measure how often the passage that answers a question is in a context of a given size, beside BM25 of other packages.

    python benchmarks/answer_in_context.py DATA [--every N]

DATA holds a folder for each collection of questions (pquad, persianqa, persianquad, parsinlu); `ranking.py --help`
describes their files. The passages of all of them are one pool. It needs LangChain's retriever of `rank_bm25` and
LlamaIndex's of `bm25s`, and for the tokens the tokenizer o200k:

    pip install langchain-community rank_bm25 llama-index-retrievers-bm25 snowballstemmer quicktok-v1

Every system ranks the same passages, and its best 20 are put into the budget by the same function, with the same
citations (`indexer/context.py`). A question is answered if a passage that it was asked about is in the context, whole.
The other packages are tried as they come, and with tokenizations for Persian: words after folding characters, the half-
space as a break or left out, with Snowball's stemmer for Persian or without, with the title before the text or without;
the program prints the one that is best in the mean of all sets and budgets. ± is half of the 95 % bootstrap interval,
drawn over passages.
"""

import argparse
import re
import statistics
import tempfile
import unicodedata
import warnings
from collections.abc import Callable
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import query_sets
from query_sets import QuerySet
from ranking import built, interval

from jooya import Document, Hit, Index
from jooya.indexer.context import pack

BUDGETS = (500, 1_000, 2_000)
DEPTH = 20

Tokenize = Callable[[str], list[str]]
Rank = Callable[[str], list[str]]
"""Returns the ids of the best passages for a question, best first."""

_FOLDED = str.maketrans("يىكةۀؤئأإ٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "ییکههوئاا01234567890123456789")


class Persian(NamedTuple):
    """A simple tokenization of Persian.

    Attributes:
        break_at_half_space: True if a half-space ends a word; otherwise it is left out.
        stem: True for Snowball's stems instead of words.
        title: True if the title is indexed before the text.
    """

    break_at_half_space: bool
    stem: bool
    title: bool

    def __call__(self, text: str) -> list[str]:
        """Return the tokens of a text."""
        text = unicodedata.normalize("NFKC", text).translate(_FOLDED).lower()
        text = "".join(one for one in text if not unicodedata.combining(one))
        words = re.findall(r"\w+", text.replace("\u200c", " " if self.break_at_half_space else ""))
        return list(map(_stem, words)) if self.stem else words

    def __str__(self) -> str:
        space = "half-space a break" if self.break_at_half_space else "half-space left out"
        return ", ".join([space, "Snowball" if self.stem else "words", *(["title"] if self.title else [])])


@cache
def _stem(word: str) -> str:
    return str(_stemmer().stemWord(word))


@cache
def _stemmer() -> Any:
    from snowballstemmer.persian_stemmer import PersianStemmer  # noqa: PLC0415 - the help does not need it

    return PersianStemmer()


def langchain(documents: list[Document], persian: Persian | None) -> Rank:
    """Return LangChain's retriever over rank_bm25."""
    from langchain_community.retrievers import BM25Retriever  # noqa: PLC0415 - its warnings are caught

    given: dict[str, Any] = {"preprocess_func": persian} if persian else {}
    texts = [text_of(one, persian) for one in documents]
    retriever = BM25Retriever.from_texts(texts, ids=[one.key for one in documents], k=DEPTH, **given)
    return lambda question: [str(one.id) for one in retriever.invoke(question)]


def llama_index(documents: list[Document], persian: Persian | None) -> Rank:
    """Return LlamaIndex's retriever over bm25s."""
    from llama_index.core.schema import TextNode  # noqa: PLC0415 - the import takes seconds
    from llama_index.retrievers.bm25 import BM25Retriever  # noqa: PLC0415

    def tokenized(text: str) -> str:
        return " ".join(persian(text)) if persian else text

    nodes = [TextNode(id_=one.key, text=tokenized(text_of(one, persian))) for one in documents]
    given: dict[str, Any] = {"language": [], "skip_stemming": True, "token_pattern": r"\S+"} if persian else {}
    retriever = BM25Retriever.from_defaults(nodes=nodes, similarity_top_k=DEPTH, **given)
    return lambda question: [found.node.node_id for found in retriever.retrieve(tokenized(question))]


def text_of(document: Document, persian: Persian | None) -> str:
    """Return the text of a document as it is indexed."""
    return f"{document.title or ''}\n{document.text}" if persian is None or persian.title else document.text


def jooya(index: Index) -> Rank:
    """Return Jooya's ranking, as `Index.context` has it."""
    return lambda question: [hit.id for hit in index.search(question, DEPTH, plain=True)]


def tokens(text: str) -> int:
    """Return the number of tokens of a text by o200k."""
    import quicktok  # noqa: PLC0415 - the help does not need it

    return len(quicktok.get_encoding("o200k_base").encode(text))


def answered(rank: Rank, one: QuerySet, passages: dict[str, Hit]) -> list[list[float]]:
    """Return for each budget 1 or 0 for each question: whether a right passage is in the context."""
    cache: dict[str, int] = {}

    def counted(text: str) -> int:
        if text not in cache:
            cache[text] = tokens(text)
        return cache[text]

    found: list[list[float]] = [[] for _ in BUDGETS]
    for query in one.queries:
        ranked = [passages[key] for key in rank(query.text)]
        for scores, budget in zip(found, BUDGETS, strict=True):
            packed = pack(ranked, budget, counted)
            keys = {passage.id for excerpt in packed.excerpts for passage in excerpt.passages}
            scores.append(float(bool(keys & query.relevant)))
    return found


def mean_answered(rank: Rank, sets: list[QuerySet], passages: dict[str, Hit]) -> float:
    """Return the mean share of answered questions over sets and budgets."""
    return statistics.fmean(statistics.fmean(scores) for one in sets for scores in answered(rank, one, passages))


def main() -> None:
    """Parse the arguments, and print a row for each system."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="the collections, as described above")
    parser.add_argument("--every", type=int, default=1, help="ask only every so many questions of PQuAD")
    parser.add_argument("--tune", type=int, default=60, help="choose tokenizations by about so many questions of a set")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    documents: list[Document] = []
    sets: list[QuerySet] = []
    for name in query_sets.QUESTIONS:
        some, one = query_sets.questions(options.data / name)
        documents += some
        sets.append(one)
    sets[0] = sets[0]._replace(queries=sets[0].queries[:: options.every])
    print(f"{len(documents)} passages, {[len(one.queries) for one in sets]} questions")
    with tempfile.TemporaryDirectory() as folder:
        path = built(Path(folder) / "index", documents)
        with Index.open(path) as index:
            passages = {one.key: index.passage(one.key) for one in documents}
            print_row("Jooya", jooya(index), sets, passages)
        tokenizations = [Persian(*flags) for flags in product((True, False), repeat=3)]
        for system, make in (("LangChain, rank_bm25", langchain), ("LlamaIndex, bm25s", llama_index)):
            print_row(f"{system}, as it comes", make(documents, None), sets, passages)
            small = [one._replace(queries=one.queries[:: 1 + len(one.queries) // options.tune]) for one in sets]
            means = {one: mean_answered(make(documents, one), small, passages) for one in tokenizations}
            best = max(means, key=means.__getitem__)
            print_row(f"{system}, {best}", make(documents, best), sets, passages)


def print_row(name: str, rank: Rank, sets: list[QuerySet], passages: dict[str, Hit]) -> None:
    """Print the share of questions that are answered in each set at each budget."""
    cells = [interval(scores, one) for one in sets for scores in answered(rank, one, passages)]
    print(f"{name:<70}", *cells, flush=True)


if __name__ == "__main__":
    main()

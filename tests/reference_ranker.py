"""A random corpus, random queries of every kind, and a slow reference ranker that is right by construction.

Also helpers to build an index of the corpus with Whoosh's interface, and to look at it.
"""

import math
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from whoosh import query as wq
from whoosh.analysis import RegexTokenizer
from whoosh.fields import ID, NUMERIC, TEXT, Schema

from jooya.indexer.codec import toc
from jooya.indexer.whoosh.column_index import ColumnIndex

K1, B = 1.2, 0.75
WORDS = [first + second for first in "abcde" for second in "xyz"]


class Spaces(RegexTokenizer):
    """An analyzer of words between spaces, with the method `terms` that returns all terms of a text at once."""

    def __init__(self) -> None:
        super().__init__(r"\S+")

    def terms(self, value: str) -> tuple[list[str], list[int]]:
        """Return the words of a text and their positions."""
        words = value.split()
        return words, list(range(len(words)))


SCHEMA = Schema(
    key=ID(stored=True, sortable=True, unique=True),
    text=TEXT(analyzer=Spaces(), stored=True),
    title=TEXT(analyzer=Spaces()),
    year=NUMERIC(int),
)


QUERY = wq.Or([wq.Term("text", "ax"), wq.Term("text", "by"), wq.Phrase("text", ["ax", "ay"])])
"""A query of several kinds that finds many documents of the corpus."""


@dataclass
class Doc:
    """A document of the corpus."""

    key: str
    text: list[str]
    title: list[str]
    year: int | None

    def fields(self) -> dict[str, Any]:
        """Return the arguments of `add_document`."""
        values: dict[str, Any] = {"key": self.key, "text": " ".join(self.text)}
        if self.title:
            values["title"] = " ".join(self.title)
        if self.year is not None:
            values["year"] = self.year
        return values

    def words(self, name: str) -> list[str]:
        """Return the terms of a field."""
        return {"text": self.text, "title": self.title, "key": [self.key]}[name]


def random_docs(random: Random, count: int, first: int = 0) -> list[Doc]:
    """Return `count` documents in random order, with numbers from `first` in their keys."""
    weights = [1 / (rank + 1) for rank in range(len(WORDS))]
    docs = []
    for number in range(first, first + count):
        text = random.choices(WORDS, weights, k=random.choice([0, 1, 3, 8, 20, 60]))
        title = random.choices(WORDS, weights, k=random.choice([0, 0, 2, 4]))
        docs.append(Doc(f"d{number:05}", text, title, random.choice([None, *range(1380, 1400)])))
    random.shuffle(docs)
    return docs


def build(path: Path, batches: list[list[Doc]], deleted: list[str]) -> ColumnIndex:
    """Make an index with a commit for each batch, and then delete the documents with the keys `deleted`."""
    index = ColumnIndex.create(path, SCHEMA, order="key")
    for batch in batches:
        with index.writer() as writer:
            for doc in batch:
                writer.add_document(**doc.fields())
    if deleted:
        with index.writer() as writer:
            for key in deleted:
                writer.delete_by_term("key", key)
    return index


def files(folder: Path) -> dict[str, bytes]:
    """Return the content of each file of an index, except the lock."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.name != "write.lock"}


def search(index: ColumnIndex, query: wq.Query | None = None) -> list[tuple[str, float]]:
    """Return the key and the score of each document that `query`, by default QUERY, finds."""
    with index.searcher() as searcher:
        return [(hit["key"], hit.score) for hit in searcher.search(query or QUERY, limit=None)]


def keys(index: ColumnIndex) -> list[str]:
    """Return the keys of all documents in order."""
    with index.searcher() as searcher:
        return [fields["key"] for fields in searcher.documents()]


def segment_sizes(path: Path) -> list[int]:
    """Return the number of live documents of each segment."""
    return [entry.documents for entry in toc.read(path).segments]


@dataclass
class Reference:
    """Ranks document by document, straight from the definitions.

    Attributes:
        docs: The corpus.
        idfs: The inverse document frequency of each field and term that was computed.
        lengths: The lengths of the documents that have any term, by field.
    """

    docs: list[Doc]
    idfs: dict[tuple[str, str], float] = field(default_factory=dict)
    lengths: dict[str, list[int]] = field(default_factory=dict)

    def rank(self, query: wq.Query) -> list[tuple[str, float]]:
        """Return all keys and scores, the best first, and equal scores in order of their keys."""
        scored = [(doc.key, score) for doc in self.docs if (score := self.score(query, doc)) is not None]
        return sorted(scored, key=lambda hit: (-float(f"{hit[1]:.6g}"), hit[0]))

    def bm25(self, name: str, word: str, doc: Doc) -> float:
        """Return the BM25 score of a word in a field of a document."""
        if name == "key":
            return 1.0
        if name not in self.lengths:
            self.lengths[name] = [len(other.words(name)) for other in self.docs if other.words(name)]
        lengths = self.lengths[name]
        if (name, word) not in self.idfs:
            count = sum(word in other.words(name) for other in self.docs)
            self.idfs[name, word] = math.log(1 + (len(lengths) - count + 0.5) / (count + 0.5))
        words = doc.words(name)
        norm = K1 * (1 - B + B * len(words) / (sum(lengths) / len(lengths)))
        return self.idfs[name, word] * words.count(word) / (words.count(word) + norm)

    def score(self, query: wq.Query, doc: Doc, boost: float = 1.0) -> float | None:
        """Return the score of a document; None if it does not match."""
        if isinstance(query, wq.Term):
            if query.text not in doc.words(query.fieldname):
                return None
            return self.bm25(query.fieldname, query.text, doc) * query.boost * boost
        if isinstance(query, wq.And | wq.Or | wq.DisjunctionMax):
            scores = [self.score(subquery, doc, query.boost * boost) for subquery in query.subqueries]
            matching = [score for score in scores if score is not None]
            if not matching or (isinstance(query, wq.And) and len(matching) < len(scores)):
                return None
            if isinstance(query, wq.DisjunctionMax):
                return max(matching) + query.tiebreak * (sum(matching) - max(matching))
            return sum(matching)
        if isinstance(query, wq.Not):
            return 0.0 if self.score(query.query, doc) is None else None
        if isinstance(query, wq.AndNot | wq.AndMaybe | wq.Require):
            first, second = self.score(query.a, doc, boost), self.score(query.b, doc, boost)
            if first is None:
                return None
            if isinstance(query, wq.AndMaybe):
                return first + (second or 0.0)
            return first if (second is None) == isinstance(query, wq.AndNot) else None
        if isinstance(query, wq.Phrase):
            if not self._in_sequence(query, doc):
                return None
            return sum(self.bm25(query.fieldname, word, doc) * query.boost * boost for word in query.words)
        if isinstance(query, wq.ConstantScoreQuery):
            return None if self.score(query.child, doc) is None else query.score * boost
        if isinstance(query, wq.Every):
            has = query.fieldname is None or doc.words(query.fieldname)
            return query.boost * boost if has else None
        if isinstance(query, wq.NumericRange):
            low, high = query.start, query.end
            inside = doc.year is not None and (low is None or low <= doc.year) and (high is None or doc.year <= high)
            return query.boost * boost if inside else None
        return self._multi_term_score(query, doc, boost)

    def _in_sequence(self, query: wq.Phrase, doc: Doc) -> bool:
        """Return True if the words of a phrase follow one another in a document, with at most its slop between two."""
        words = doc.words(query.fieldname)
        reached = {position for position, word in enumerate(words) if word == query.words[0]}
        for wanted in query.words[1:]:
            positions = [position for position, word in enumerate(words) if word == wanted]
            reached = {
                position for position in positions if any(0 < position - before <= query.slop for before in reached)
            }
        return bool(reached)

    def _multi_term_score(self, query: Any, doc: Doc, boost: float) -> float | None:
        """Return the score of a document for a query that stands for many terms."""
        found = sorted({word for word in doc.words(query.fieldname) if stands_for(query, word)})
        if not found:
            return None
        if query.constantscore:
            return query.boost * boost
        return sum(self.bm25(query.fieldname, word, doc) * query.boost * boost for word in found)


def stands_for(query: Any, word: str) -> bool:
    """Return True if `word` is one of the terms that a multi-term query stands for."""
    if isinstance(query, wq.Prefix):
        return word.startswith(query.text)
    if isinstance(query, wq.Wildcard):
        return wildcard(query.text, word)
    if isinstance(query, wq.FuzzyTerm):
        same = word[: query.prefixlength] == query.text[: query.prefixlength]
        return same and distance(word, query.text) <= query.maxdist
    assert isinstance(query, wq.TermRange)
    low = query.start in ("", None) or (word > query.start if query.startexcl else word >= query.start)
    high = query.end in ("", None) or (word < query.end if query.endexcl else word <= query.end)
    return low and high


def wildcard(pattern: str, word: str) -> bool:
    """Return True if a pattern with `*` and `?` matches a word."""
    if not pattern:
        return not word
    if pattern[0] == "*":
        return any(wildcard(pattern[1:], word[cut:]) for cut in range(len(word) + 1))
    return bool(word) and pattern[0] in ("?", word[0]) and wildcard(pattern[1:], word[1:])


def distance(one: str, other: str) -> int:
    """Return the number of insertions, deletions, substitutions and transpositions, by the recursive definition."""
    if not one or not other:
        return len(one) + len(other)
    edits = [
        distance(one[:-1], other) + 1,
        distance(one, other[:-1]) + 1,
        distance(one[:-1], other[:-1]) + (one[-1] != other[-1]),
    ]
    if len(one) > 1 and len(other) > 1 and one[-1] == other[-2] and one[-2] == other[-1]:
        edits.append(distance(one[:-2], other[:-2]) + 1)
    return min(edits)


def random_query(random: Random, depth: int = 3) -> wq.Query:
    """Return a random tree of all kinds of queries."""
    if depth == 0 or random.random() < 0.25:
        return _leaf(random)
    boost = random.choice([1.0, 1.0, 0.5, 2.5])
    subqueries = [random_query(random, depth - 1) for _ in range(random.choice([1, 2, 2, 3, 4]))]
    kind = random.choice(["and", "or", "or", "max", "not", "without", "maybe", "within", "constant"])
    if kind == "and":
        return wq.And(subqueries, boost=boost)
    if kind == "or":
        return wq.Or(subqueries, boost=boost)
    if kind == "max":
        return wq.DisjunctionMax(subqueries, boost=boost, tiebreak=random.choice([0.0, 0.3]))
    if kind == "not":
        return wq.And([_leaf(random), wq.Not(subqueries[0])]) if random.random() < 0.8 else wq.Not(subqueries[0])
    if kind == "constant":
        return wq.ConstantScoreQuery(subqueries[0], 1.5)
    pair = {"without": wq.AndNot, "maybe": wq.AndMaybe, "within": wq.Require}[kind]
    return pair(subqueries[0], random_query(random, depth - 1))


def _leaf(random: Random) -> wq.Query:
    """Return a random query without subqueries."""
    name = random.choice(["text", "text", "title"])
    word = random.choice([*WORDS, "absent"])
    boost = random.choice([1.0, 1.0, 3.0])
    constant = random.random() < 0.5
    kind = random.choice(
        ["term"] * 6 + ["phrase"] * 2 + ["prefix", "wildcard", "fuzzy", "range", "years", "every", "key"]
    )
    if kind == "phrase":
        words = random.choices(WORDS[:6], k=random.choice([2, 2, 3]))
        return wq.Phrase(name, words, slop=random.choice([1, 1, 2, 5]), boost=boost)
    if kind == "prefix":
        return wq.Prefix(name, word[:1], boost=boost, constantscore=constant)
    if kind == "wildcard":
        return wq.Wildcard(name, random.choice(["?x", "a*", "*z", "[ab]y", "?"]).replace("[ab]", "b"), boost=boost)
    if kind == "fuzzy":
        prefix = random.choice([0, 1])
        return wq.FuzzyTerm(name, word, boost=boost, maxdist=1, prefixlength=prefix, constantscore=constant)
    if kind == "range":
        low, high = sorted(random.sample(WORDS, 2))
        return wq.TermRange(name, low, high, random.random() < 0.5, random.random() < 0.5, boost=boost)
    if kind == "years":
        return wq.NumericRange("year", 1383, random.choice([1385, 1392, None]), boost=boost)
    if kind == "every":
        return wq.Every(random.choice([None, "title"]), boost=boost)
    if kind == "key":
        return wq.Term("key", f"d{random.randrange(60):05}", boost=boost)
    return wq.Term(name, word, boost=boost)

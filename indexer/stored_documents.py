"""Documents and passages as the index has them: by a key, by an id, or all that match a pattern."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from heapq import merge
from itertools import islice
from typing import Any

import numpy as np

from . import notebook, result_dicts
from .dates.parsing import Date
from .document import key_pattern, well_formed
from .fingerprints import fingerprint
from .ingest.path_root import PathRoot
from .meta import Meta
from .ranking.clauses import Clause
from .ranking.collector import matching_docs
from .ranking.filters import TermSet
from .ranking.searcher import IndexSearcher, SegmentSearcher
from .results import Hit
from .search.hits import passage_of


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document as the index has it.

    Attributes:
        key: The key of the document.
        title: Its title, or None.
        date: Its date, or None.
        collection: The collection that it belongs to, or None.
        source: The absolute path of the file that it is from, or None.
        encoding: The encoding of that file, if it was a text file whose encoding is known, or None.
        size: The number of its passages.
        meta: The metadata that was stored with it.
        passages: Its passages in the order of the text, each a `Hit` of rank and score 0. `Index.documents` has them if
            they are asked for.
    """

    key: str
    title: str | None
    date: Date | None
    collection: str | None
    source: str | None
    encoding: str | None
    size: int
    meta: Meta = field(default_factory=dict)
    passages: tuple[Hit, ...] = ()

    @property
    def text(self) -> str:
        """The text of the passages, each at its offset in the text that was read.

        So `document.text[hit.start:hit.end] == hit.text`. What is in no passage is not stored (headings, page headers):
        line breaks stand in its place.
        """
        parts: list[str] = []
        done = 0
        for passage in self.passages:
            parts += ["\n" * (passage.start - done), passage.text]
            done = passage.end
        return "".join(parts)

    def to_dict(self) -> dict[str, Any]:
        """Return the document as the JSON of `jooya show` and `jooya list` has it."""
        return result_dicts.document_dict(self)

    def __repr__(self) -> str:
        return notebook.document_repr(self)

    def _repr_html_(self) -> str:
        return notebook.document_html(self)


def get(searcher: IndexSearcher, key: str) -> StoredDocument | None:
    """Return the document with a key and its passages, or None."""
    docs = _docs(searcher, "document", key)
    if not docs:
        return None
    return document_of(searcher, docs[0], len(docs), _passages(searcher, docs))


def has(searcher: IndexSearcher, key: str) -> bool:
    """Return True if there is a document with a key."""
    return bool(_docs(searcher, "document", key))


def passage(searcher: IndexSearcher, passage_id: str, context: int) -> Hit | None:
    """Return the passage with an id, with so many passages before and after it, or None."""
    docs = _docs(searcher, "id", passage_id)
    return passage_of(searcher, docs[0], context) if docs else None


def passages(searcher: IndexSearcher, names: Sequence[str], clause: Clause | None, context: int) -> list[Hit | None]:
    """Return the passage for each name, or None: the one that has it as its id, or the first that has its words.

    Args:
        searcher: The searcher of the index.
        names: Ids and texts of passages. The spacing and punctuation of texts do not matter.
        clause: Leaves only passages that it matches; all if it is None.
        context: How many passages before and after each to return with it.
    """
    ids = {name: well_formed(name).encode() for name in names}
    of_texts = {name: fingerprint(well_formed(name)) for name in names}
    wanted = np.array([value for value in of_texts.values() if value], np.int64)
    by_id: dict[bytes, int] = {}
    by_text: dict[int, int] = {}
    own = TermSet("id", tuple(sorted(set(ids.values()))))
    for leaf in searcher.leaves:
        docs = own.matches(leaf).docs
        column = leaf.segment.fields["fingerprint"].numbers
        same = np.intersect1d(np.flatnonzero(np.isin(column, wanted)), leaf.all_docs())
        if clause is not None:
            matching = matching_docs(leaf, clause)
            docs, same = np.intersect1d(docs, matching), np.intersect1d(same, matching)
        by_id |= {term: leaf.base + int(doc) for term, doc in zip(leaf.keys("id", docs), docs, strict=True)}
        for doc in same.tolist():
            by_text.setdefault(int(column[doc]), leaf.base + doc)
    numbers = [by_id.get(ids[name], by_text.get(of_texts[name])) for name in names]
    return [None if number is None else passage_of(searcher, number, context) for number in numbers]


def documents(
    searcher: IndexSearcher,
    pattern: str,
    prefix: str,
    clause: Clause | None = None,
    first: int = 1,
    *,
    passages: bool = False,
) -> Iterator[StoredDocument]:
    """Yield the documents whose keys match a pattern and begin with a prefix, in the order of their keys.

    Args:
        searcher: The searcher of the index.
        pattern: The pattern.
        prefix: The prefix.
        clause: Leaves only documents with a passage that it matches.
        first: The place of the first one to yield, from 1. Those before it are not read.
        passages: True to read their passages, too.
    """
    prefix = well_formed(prefix)
    literal = well_formed(pattern).partition("*")[0]
    start = literal if literal.startswith(prefix) else prefix
    if not start.startswith(literal):
        return
    matches = key_pattern(pattern).fullmatch
    rows = merge(*[_keys(leaf, start.encode(), clause) for leaf in searcher.leaves])
    matching = (row for row in rows if matches(row[0].decode()))
    for key, number, size in islice(matching, first - 1, None):
        of_key = _passages(searcher, _docs(searcher, "document", key.decode())) if passages else ()
        yield document_of(searcher, number, size, of_key)


def _passages(searcher: IndexSearcher, numbers: Iterable[int]) -> tuple[Hit, ...]:
    return tuple(passage_of(searcher, number) for number in numbers)


def _docs(searcher: IndexSearcher, field: str, term: str) -> list[int]:
    """Return the numbers, in the snapshot, of the passages with a term."""
    own = TermSet(field, (well_formed(term).encode(),))
    return [leaf.base + int(doc) for leaf in searcher.leaves for doc in own.matches(leaf).docs]


def _keys(leaf: SegmentSearcher, prefix: bytes, clause: Clause | None) -> list[tuple[bytes, int, int]]:
    """Return the keys of a segment that begin with a prefix: each with its first passage and how many it has.

    With a clause, only those of documents that have a passage which it matches.
    """
    of_keys = leaf.segment.fields["document"]
    known = of_keys.with_prefix(prefix) if prefix else range(of_keys.terms)
    if not known:
        return []
    docs = leaf.all_docs()
    ordinals = of_keys.ordinals[docs]
    is_wanted = (ordinals >= known.start) & (ordinals < known.stop)
    if clause is not None:
        is_wanted &= np.isin(ordinals, of_keys.ordinals[matching_docs(leaf, clause)])
    docs, ordinals = docs[is_wanted], ordinals[is_wanted]
    found, first, sizes = np.unique(ordinals, return_index=True, return_counts=True)
    terms = of_keys.terms_between(known.start, known.stop)
    return [
        (terms[ordinal - known.start], leaf.base + int(docs[place]), size)
        for ordinal, place, size in zip(found.tolist(), first.tolist(), sizes.tolist(), strict=True)
    ]


def document_of(searcher: IndexSearcher, number: int, size: int, passages: tuple[Hit, ...] = ()) -> StoredDocument:
    """Return the document of so many passages whose first one has a number."""
    first = passages[0] if passages else passage_of(searcher, number)
    leaf, doc = searcher.locate(number)
    source, encoding = (leaf.keys(name, np.array([doc]))[0].decode() or None for name in ("source", "encoding"))
    if source is not None:
        source = PathRoot(searcher.snapshot.folder).resolve(source)
    return StoredDocument(
        first.document, first.title, first.date, first.collection, source, encoding, size, first.meta, passages
    )

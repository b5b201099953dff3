"""Whoosh's codec interface to the segments of `codec.segment`, through which all of Whoosh can read them.

The methods are those of the base classes in `whoosh.codec.base` and `whoosh.matching`, which document them.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
from whoosh.codec import base
from whoosh.matching import LeafMatcher, ReadTooFar
from whoosh.reading import TermInfo, TermNotFound

from ..codec.arrays import Array
from ..codec.segment import Field
from ..codec.snapshot import Leaf


class ColumnSegment(base.Segment):
    """A segment of a snapshot as a Whoosh segment. It is read only: `ColumnWriter` writes segments, not Whoosh."""

    def __init__(self, leaf: Leaf) -> None:
        self.indexname = "jooya"
        self.segid = leaf.segment.name
        self.leaf = leaf

    def codec(self) -> "ColumnCodec":
        return ColumnCodec()

    def doc_count_all(self) -> int:
        return self.leaf.segment.documents

    def deleted_count(self) -> int:
        return self.leaf.entry.deleted

    def deleted_docs(self) -> set[int]:
        return set() if self.leaf.live is None else set(np.flatnonzero(~self.leaf.live).tolist())

    def is_deleted(self, docnum: int) -> bool:
        # Whoosh also asks for the number after the last.
        return self.leaf.live is not None and docnum < len(self.leaf.live) and not self.leaf.live[docnum]


class ColumnCodec(base.Codec):
    """The readers of a segment."""

    def terms_reader(self, storage: Any, segment: ColumnSegment) -> "ColumnTerms":
        return ColumnTerms(segment.leaf.segment.fields)

    def per_document_reader(self, storage: Any, segment: ColumnSegment) -> "ColumnDocuments":
        return ColumnDocuments(segment)


class ColumnTerms(base.TermsReader):
    """The terms of a segment. Names of fields are strings, terms are bytes."""

    def __init__(self, fields: dict[str, Field]) -> None:
        self._fields = {name: fields[name] for name in sorted(fields)}

    def __contains__(self, term: tuple[str, bytes]) -> bool:
        return self._ordinal(*term) is not None

    def _ordinal(self, fieldname: str, text: bytes) -> int | None:
        field = self._fields.get(fieldname)
        return field.find(text) if field else None

    def indexed_field_names(self) -> list[str]:
        return list(self._fields)

    def cursor(self, fieldname: str, fieldobj: Any) -> "ColumnCursor":
        return ColumnCursor(self._fields[fieldname], fieldobj)

    def terms(self) -> Iterator[tuple[str, bytes]]:
        for name, field in self._fields.items():
            for ordinal in range(field.terms):
                yield name, field.term(ordinal)

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[str, bytes]]:
        field = self._fields.get(fieldname)
        if field is not None:
            for ordinal in range(field.lower_bound(prefix), field.terms):
                yield fieldname, field.term(ordinal)

    def items(self) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        for name, text in self.terms():
            yield (name, text), self.term_info(name, text)

    def items_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        for name, text in self.terms_from(fieldname, prefix):
            yield (name, text), self.term_info(name, text)

    def term_info(self, fieldname: str, text: bytes) -> TermInfo:
        field, ordinal = self._field_and_ordinal(fieldname, text)
        count = field.doc_frequency(ordinal)
        extra = field.extra_frequencies(ordinal)
        docs = field.docs(ordinal)
        lengths = field.lengths[docs] if field.layout.lengths else np.zeros(1, np.uint8)
        return TermInfo(
            weight=count + (0 if extra is None else int(extra.sum(dtype=np.int64))),
            df=count,
            minlength=int(lengths.min()),
            maxlength=int(lengths.max()),
            maxweight=1 if extra is None else 1 + int(extra.max()),
            minid=int(docs[0]),
            maxid=int(docs[-1]),
        )

    def frequency(self, fieldname: str, text: bytes) -> float:
        return self.term_info(fieldname, text).weight() if (fieldname, text) in self else 0

    def doc_frequency(self, fieldname: str, text: bytes) -> int:
        ordinal = self._ordinal(fieldname, text)
        return 0 if ordinal is None else self._fields[fieldname].doc_frequency(ordinal)

    def matcher(self, fieldname: str, text: bytes, format_: Any, scorer: Any = None) -> "ColumnMatcher":
        field, ordinal = self._field_and_ordinal(fieldname, text)
        return ColumnMatcher(field, ordinal, text, scorer)

    def _field_and_ordinal(self, fieldname: str, text: bytes) -> tuple[Field, int]:
        ordinal = self._ordinal(fieldname, text)
        if ordinal is None:
            raise TermNotFound(f"{fieldname}:{text!r}")
        return self._fields[fieldname], ordinal


class ColumnCursor(base.FieldCursor):
    """Iterates over the terms of a field."""

    def __init__(self, field: Field, fieldobj: Any) -> None:
        self._field = field
        self._fieldobj = fieldobj
        self._index = 0

    def first(self) -> str | None:
        self._index = 0
        return self.text()

    def find(self, term: str | bytes) -> str | None:
        self._index = self._field.lower_bound(term if isinstance(term, bytes) else self._fieldobj.to_bytes(term))
        return self.text()

    def next(self) -> str | None:
        self._index += 1
        return self.text()

    def text(self) -> Any:
        return self._fieldobj.from_bytes(self._field.term(self._index)) if self.is_valid() else None

    def is_valid(self) -> bool:
        return self._index < self._field.terms


class ColumnMatcher(LeafMatcher):
    """Iterates over the postings of a term.

    It offers no bounds on scores, since Whoosh's pruning of compound queries by such bounds is wrong.
    """

    def __init__(self, field: Field, ordinal: int, text: bytes, scorer: Any) -> None:
        self._field = field
        self._ordinal = ordinal
        self._text = text
        self.scorer = scorer
        self._docs = field.docs(ordinal)
        extra = field.extra_frequencies(ordinal)
        self._freqs = np.ones(len(self._docs), np.int64) if extra is None else extra.astype(np.int64) + 1
        self._index = 0

    def is_active(self) -> bool:
        return self._index < len(self._docs)

    def reset(self) -> None:
        self._index = 0

    def copy(self) -> "ColumnMatcher":
        duplicate = ColumnMatcher(self._field, self._ordinal, self._text, self.scorer)
        duplicate._index = self._index
        return duplicate

    def term(self) -> tuple[str, bytes]:
        return self._field.name, self._text

    def id(self) -> int:
        return int(self._docs[self._index])

    def all_ids(self) -> Iterator[int]:
        return iter(self._docs[self._index :].tolist())

    def next(self) -> None:
        if not self.is_active():
            raise ReadTooFar
        self._index += 1

    def skip_to(self, id: int) -> None:
        if not self.is_active():
            raise ReadTooFar
        self._index = max(self._index, int(self._docs.searchsorted(id)))

    def weight(self) -> float:
        return float(self._freqs[self._index])

    def supports(self, astype: str) -> bool:
        return astype in ("weight", "frequency") or (astype == "positions" and self._field.layout.positions)

    def value_as(self, astype: str) -> Any:
        if astype == "positions" and self._field.layout.positions:
            start = int(self._freqs[: self._index].sum())
            positions = self._field.positions(self._ordinal, int(self._freqs.sum()))
            return positions[start : start + int(self._freqs[self._index])].tolist()
        if astype in ("weight", "frequency"):
            return float(self._freqs[self._index]) if astype == "weight" else int(self._freqs[self._index])
        raise ValueError(f"the index keeps no {astype} of the field {self._field.name!r}")

    def score(self) -> float:
        score: float = self.scorer.score(self)
        return score

    def supports_block_quality(self) -> bool:
        return False


class ColumnDocuments(base.PerDocumentReader):
    """The lengths, deletions and stored fields of a segment."""

    def __init__(self, segment: ColumnSegment) -> None:
        self._segment = segment
        self._leaf = segment.leaf

    def doc_count(self) -> int:
        return self._segment.doc_count()

    def doc_count_all(self) -> int:
        return self._segment.doc_count_all()

    def has_deletions(self) -> bool:
        return self._leaf.live is not None

    def is_deleted(self, docnum: int) -> bool:
        return self._segment.is_deleted(docnum)

    def deleted_docs(self) -> set[int]:
        return self._segment.deleted_docs()

    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        lengths = self._lengths(fieldname)
        return int(lengths[docnum]) if len(lengths) else default

    def field_length(self, fieldname: str) -> int:
        return self._leaf.entry.lengths.get(fieldname, (0, 0))[1]

    def min_field_length(self, fieldname: str) -> int:
        return int(self._lengths(fieldname).min(initial=1 << 31))

    def max_field_length(self, fieldname: str) -> int:
        return int(self._lengths(fieldname).max(initial=0))

    def _lengths(self, fieldname: str) -> Array:
        field = self._leaf.segment.fields.get(fieldname)
        return field.lengths if field and field.layout.lengths else np.empty(0, np.int64)

    def stored_fields(self, docnum: int) -> dict[str, Any]:
        return self._leaf.segment.stored(docnum)

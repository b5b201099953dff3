"""Whoosh's matcher of a term: the postings of one segment, one document after another.

The methods are those of `whoosh.matching.Matcher`, which documents them.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
from whoosh.matching import LeafMatcher, ReadTooFar

from ..codec.segment import Field


class ColumnMatcher(LeafMatcher):
    """Iterates over the postings of a term.

    It offers no bounds on scores, since Whoosh's pruning of compound queries by such bounds is wrong.
    """

    def __init__(self, field: Field, ordinal: int, text: bytes, scorer: Any, boost: float = 1.0) -> None:
        self._boost = boost
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
        duplicate = ColumnMatcher(self._field, self._ordinal, self._text, self.scorer, self._boost)
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
        return float(self._freqs[self._index]) * self._boost

    def supports(self, astype: str) -> bool:
        return astype in ("weight", "frequency") or (astype == "positions" and self._field.layout.positions)

    def value_as(self, astype: str) -> Any:
        if astype == "positions" and self._field.layout.positions:
            start = int(self._freqs[: self._index].sum())
            positions = self._field.positions(self._ordinal, int(self._freqs.sum()))
            return positions[start : start + int(self._freqs[self._index])].tolist()
        if astype in ("weight", "frequency"):
            return self.weight() if astype == "weight" else int(self._freqs[self._index])
        raise ValueError(f"the index keeps no {astype} of the field {self._field.name!r}")

    def score(self) -> float:
        score: float = self.scorer.score(self)
        return score

    def supports_block_quality(self) -> bool:
        return False

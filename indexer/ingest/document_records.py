"""What an index remembers of each document, beside its passages."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..codec.arrays import Array
from ..codec.segment import Field
from ..codec.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Record:
    """`digest` changes with anything that is indexed of the document; it is never 0. source: the file it is from, as
    of `source_name`. encoding: what its bytes were read as. collection: what it belongs to."""

    digest: int
    source: str | None
    encoding: str | None = None
    collection: str | None = None


def source_name(location: str | Path) -> str:
    """A file's absolute path as UTF-8 can hold it: names on a disk can be any bytes."""
    return str(location).encode("utf-8", "backslashreplace").decode()


def records(snapshot: Snapshot) -> dict[str, Record]:
    """The records of all documents, by key."""
    found: dict[str, Record] = {}
    for leaf in snapshot.leaves:
        fields = leaf.segment.fields
        digests = fields["digest"].numbers
        first = np.flatnonzero(digests if leaf.live is None else np.where(leaf.live, digests, 0))
        columns = [fields[name] for name in ("document", "source", "encoding", "collection")]
        values = [_values(column, first) for column in columns]
        for digest, key, source, encoding, collection in zip(digests[first].tolist(), *values, strict=True):
            assert key is not None
            found[key] = Record(digest, source, encoding, collection)
    return found


def _values(field: Field, docs: Array) -> list[str | None]:
    """The values of a column; None for documents that have none."""
    terms: list[str | None] = [term.decode() for term in field.terms_between(0, field.terms)]
    terms.append(None)
    return [terms[min(ordinal, len(terms) - 1)] for ordinal in field.ordinals[docs].tolist()]

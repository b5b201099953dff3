"""The records that an index keeps of whole documents, by which a changed document is told from an unchanged one."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..codec.arrays import Array
from ..codec.segment import Field
from ..codec.snapshot import Snapshot
from .path_root import PathRoot


@dataclass(frozen=True, slots=True)
class DocumentRecord:
    """The data that an index keeps of a document as a whole, beside its passages.

    Attributes:
        digest: A hash of all that is indexed of the document. It is never 0.
        source: The file that the document is from, as `source_name` gives it, or None. The index keeps it relative to
            its root (see `path_root`).
        encoding: The encoding of that file, or None.
        collection: The collection that the document belongs to, or None.
    """

    digest: int
    source: str | None
    encoding: str | None = None
    collection: str | None = None


def source_name(location: str | Path) -> str:
    """Return the absolute path of a file as UTF-8 can hold it: names on a disk may be any bytes."""
    return str(location).encode("utf-8", "backslashreplace").decode()


def document_records(snapshot: Snapshot) -> dict[str, DocumentRecord]:
    """Return the records of all documents, by key."""
    root = PathRoot(snapshot.folder)
    found: dict[str, DocumentRecord] = {}
    for leaf in snapshot.leaves:
        fields = leaf.segment.fields
        digests = fields["digest"].numbers
        first = np.flatnonzero(digests if leaf.live is None else np.where(leaf.live, digests, 0))
        columns = [fields[name] for name in ("document", "source", "encoding", "collection")]
        values = [_values(column, first) for column in columns]
        values[1] = [source and root.resolve(source) for source in values[1]]
        for digest, key, source, encoding, collection in zip(digests[first].tolist(), *values, strict=True):
            assert key is not None
            found[key] = DocumentRecord(digest, source, encoding, collection)
    return found


def _values(field: Field, docs: Array) -> list[str | None]:
    """Return the values of a column for some documents; None for a document that has none."""
    terms: list[str | None] = [term.decode() for term in field.terms_between(0, field.terms)]
    terms.append(None)
    return [terms[min(ordinal, len(terms) - 1)] for ordinal in field.ordinals[docs].tolist()]


def frequencies(values: Iterable[str | None]) -> dict[str, int]:
    """Return how often each value occurs, the most frequent first."""
    return dict(Counter(value for value in values if value).most_common())

"""What an index remembers of each document, beside its passages."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from jooya.indexer.codec.segment import Field
from jooya.indexer.codec.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Record:
    """`digest` changes with anything that is indexed of the document; it is never 0. source: the file it is from.
    encoding: what its bytes were read as."""

    digest: int
    source: Path | None
    encoding: str | None = None


def number_of(text: str) -> int:
    """A number that fits a column (64 bits, signed) and is another one for another text."""
    digest = hashlib.blake2b(text.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)


def records(snapshot: Snapshot) -> dict[str, Record]:
    """The records of all documents, by key."""
    found: dict[str, Record] = {}
    for leaf in snapshot.leaves:
        fields = leaf.segment.fields
        digests = fields["digest"].numbers
        first = np.flatnonzero(digests if leaf.kept is None else np.where(leaf.kept, digests, 0))
        keys, files = _terms(fields["document"]), _terms(fields["source"])
        paths = [Path(file) for file in files]
        encodings = _terms(fields["encoding"])
        for digest, key, source, encoding in zip(
            digests[first].tolist(),
            fields["document"].ordinals[first].tolist(),
            fields["source"].ordinals[first].tolist(),
            fields["encoding"].ordinals[first].tolist(),
            strict=True,
        ):
            found[keys[key]] = Record(
                digest,
                paths[source] if source < len(paths) else None,
                encodings[encoding] if encoding < len(encodings) else None,
            )
    return found


def _terms(field: Field) -> list[str]:
    return [term.decode() for term in field.terms_between(0, field.terms)]

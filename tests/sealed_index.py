"""An index with an authentication code, and a reading of all of it."""

from pathlib import Path

from jooya.indexer import Document, Index
from jooya.indexer.codec.snapshot import Snapshot

KEY = b"0123456789abcdef"


def make(path: Path, key: bytes | None = KEY) -> Index:
    """Make an index with two segments, deletions and commit user data."""
    index = Index.create(path, key=key)
    index.add(*(Document(f"d{number}", f"باران {number}") for number in range(20)))
    index.remove("d3")
    index.add(Document("e", "برف"))
    with index._writer() as writer:
        writer.set_commit_user_data(b'{"files": {}, "left": {}}')
    index.close()
    return index


def read_all(path: Path, key: bytes | None) -> None:
    """Open an index, search in it, and read all of it."""
    with Index.open(path, key=key) as index:
        index.search("باران", limit=50)
        for document in index.documents():
            index.get(document.key)
        index.status()
        Snapshot.open(path, key=key).commit_user_data()

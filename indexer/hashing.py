"""Hashes that stay the same from one process, and one release, to the next."""

import hashlib


def stable_hash(text: str) -> int:
    """Return a hash of `text` as a signed 64-bit integer, which fits a column of numbers."""
    digest = hashlib.blake2b(text.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)

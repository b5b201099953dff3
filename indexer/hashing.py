"""Hashes that stay the same from one process and one release to the next."""

import hashlib


def stable_hash(text: str) -> int:
    """A number that fits a column (64 bits, signed) and is another one for another text."""
    digest = hashlib.blake2b(text.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)

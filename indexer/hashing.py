"""Hashes that stay the same from one process and one release to the next."""

from collections.abc import Iterable


def stable_hash(text: str) -> int:
    """Return a hash of `text` that fits a column: a signed integer of 64 bits."""
    return stable_hash_of((text,))


def hash_of_bytes(content: bytes) -> int:
    """Return the hash of a text that is given as UTF-8."""
    from hashlib import blake2b  # noqa: PLC0415 - a search does not wait for it

    return int.from_bytes(blake2b(content, digest_size=8).digest(), "little", signed=True)


def stable_hash_of(pieces: Iterable[str]) -> int:
    """Return the hash of a text that is given in pieces."""
    from hashlib import blake2b  # noqa: PLC0415 - as above

    state = blake2b(digest_size=8)
    for piece in pieces:
        state.update(piece.encode())
    return int.from_bytes(state.digest(), "little", signed=True)

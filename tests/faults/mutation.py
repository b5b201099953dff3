"""Mutation of real texts and files: they are truncated, repeated, flipped, and get pieces that often break programs."""

import ast
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

from jooya.analyzers.data_tables import table_rows

MAX_EDITS = 6
LONG_INTERVAL = 250
"""Every such text, on average, repeats some pieces up to MAX_LENGTH characters, which shows slow algorithms."""
MAX_LENGTH = 60_000

HERE = Path(__file__).parent
DATA = HERE.parent / "data" / "fuzz"

TEXTS = [
    *(path.read_text(encoding="utf-8") for path in sorted((HERE.parent / "data" / "passages").glob("*.txt"))),
    (HERE.parent.parent / "indexer" / "samples" / "transcript.txt").read_text(encoding="utf-8"),
]


def _pieces() -> dict[str, list[Any]]:
    pieces: dict[str, list[Any]] = {}
    for kind, times, piece in table_rows("pieces.tsv", DATA):
        pieces.setdefault(kind, []).append(ast.literal_eval(piece) * int(times))
    return pieces


PIECES = _pieces()
"""The pieces to insert, by the grammar they belong to."""

NASTY: list[str] = PIECES["nasty"]
BYTE_PIECES: list[bytes] = PIECES["bytes"]


def text(random: Random, seeds: Sequence[str], pieces: Sequence[str], length: int = 300) -> str:
    """Return a mutated stretch of one of `seeds`, which had at most `length` characters."""
    seed = random.choice(seeds)
    begin = random.randrange(len(seed) + 1)
    return mutated_text(random, seed[begin : begin + random.randrange(length)], seeds, pieces)


def mutated_text(random: Random, written: str, seeds: Sequence[str], pieces: Sequence[str]) -> str:
    """Return `written` with some random edits, which insert `pieces`, nasty pieces, and parts of `seeds`."""
    for _ in range(random.randint(0, MAX_EDITS)):
        position = random.randrange(len(written) + 1)
        stop = min(position + random.choice((1, 1, 2, 5, 20, 100)), len(written))
        kind = random.random()
        if kind < 0.45:
            written = written[:position] + random.choice(pieces) + written[position:]
        elif kind < 0.6:
            written = written[:position] + random.choice(NASTY) + written[position:]
        elif kind < 0.7:
            written = written[:position] + written[stop:]
        elif kind < 0.78:
            written = written[:stop] + written[position:]
        elif kind < 0.84:
            written = written[:position] + random.choice(pieces) * random.choice((2, 3, 10, 30)) + written[position:]
        elif kind < 0.9:
            other = random.choice(seeds)
            begin = random.randrange(len(other) + 1)
            written = written[:position] + other[begin : begin + 50] + written[position:]
        elif kind < 0.95:
            written = written[:position] + written[position:stop][::-1] + written[stop:]
        else:
            written = (
                written[:position]
                + chr(random.choice((random.randrange(0x700), random.randrange(0x110000))))
                + written[stop:]
            )
    if random.randrange(LONG_INTERVAL) == 0:
        some = (random.choice((random.choice(pieces), random.choice(NASTY), written[:10])) for _ in range(3))
        unit = "".join(islice(some, random.choice((1, 1, 2, 3))))[:40] or "x"
        written += unit * random.randrange(MAX_LENGTH // len(unit)) + random.choice(("", written, random.choice(NASTY)))
    return written


def mutated_bytes(random: Random, content: bytes, seeds: Sequence[bytes]) -> bytes:
    """Return `content` with at least one random edit."""
    out = bytearray(content)
    for _ in range(random.randint(1, MAX_EDITS)):
        position = random.randrange(len(out) + 1)
        stop = min(position + random.choice((1, 2, 4, 16, 200)), len(out))
        kind = random.random()
        if kind < 0.3 and position < len(out):
            out[position] ^= 1 << random.randrange(8)
        elif kind < 0.45 and position < len(out):
            out[position] = random.choice((0, 1, 0x7F, 0x80, 0xFF, random.randrange(256)))
        elif kind < 0.6:
            out[position:position] = random.choice(BYTE_PIECES)
        elif kind < 0.7:
            piece = random.choice(BYTE_PIECES)
            out[position : position + len(piece)] = piece
        elif kind < 0.78:
            del out[position:stop]
        elif kind < 0.84:
            del out[position:]
        elif kind < 0.92:
            out[position:position] = out[position:stop] * random.choice((1, 2, 50))
        else:
            other = random.choice(seeds)
            begin = random.randrange(len(other) + 1)
            out[position:stop] = other[begin : begin + random.choice((4, 40, 400))]
    return bytes(out)


def mutated_json(random: Random, value: Any) -> Any:
    """Return `value` with some part of it changed, removed or repeated."""
    if isinstance(value, dict) and value and random.random() < 0.9:
        key = random.choice(list(value))
        kind = random.random()
        if kind < 0.1:
            return {name: other for name, other in value.items() if name != key}
        if kind < 0.15:
            return value | {"x": value[key]}
        return value | {key: mutated_json(random, value[key])}
    if isinstance(value, list) and value and random.random() < 0.9:
        position = random.randrange(len(value))
        kind = random.random()
        if kind < 0.1:
            return value[:position] + value[position + 1 :]
        if kind < 0.2:
            return [*value, value[position]]
        return [*value[:position], mutated_json(random, value[position]), *value[position + 1 :]]
    if isinstance(value, int) and random.random() < 0.5:
        return value + random.choice((-1, 1, 8, -8, 1 << 31, -(1 << 40), 1 << 70))
    if isinstance(value, str) and random.random() < 0.5:
        return value + random.choice(NASTY)
    return random.choice(
        (None, True, 0, -1, 1, 1 << 32, 1 << 64, 0.5, 1e999, "", "x", "..", "/", "\0", [], {}, [[]], [0], {"a": 1})
    )

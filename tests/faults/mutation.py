"""Texts and bytes as nobody writes them: real ones, cut, doubled, flipped, and with pieces put in that break things."""

import ast
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

from jooya.analyzers.data_tables import table_rows

MOST_EDITS = 6
LONG = 250
"""One text in so many has some pieces repeated, up to LONGEST characters: what is slower than linear shows."""
LONGEST = 60_000

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
"""What is put in, by what it is for."""

NASTY: list[str] = PIECES["nasty"]
PARTS: list[bytes] = PIECES["bytes"]


def text(random: Random, seeds: Sequence[str], pieces: Sequence[str], length: int = 300) -> str:
    """A stretch of one of `seeds`, of `length` characters at most, mutated with pieces of a grammar and nasty ones."""
    seed = random.choice(seeds)
    begin = random.randrange(len(seed) + 1)
    return mutated_text(random, seed[begin : begin + random.randrange(length)], seeds, pieces)


def mutated_text(random: Random, written: str, seeds: Sequence[str], pieces: Sequence[str]) -> str:
    for _ in range(random.randint(0, MOST_EDITS)):
        place = random.randrange(len(written) + 1)
        stop = min(place + random.choice((1, 1, 2, 5, 20, 100)), len(written))
        kind = random.random()
        if kind < 0.45:
            written = written[:place] + random.choice(pieces) + written[place:]
        elif kind < 0.6:
            written = written[:place] + random.choice(NASTY) + written[place:]
        elif kind < 0.7:
            written = written[:place] + written[stop:]
        elif kind < 0.78:
            written = written[:stop] + written[place:]
        elif kind < 0.84:
            written = written[:place] + random.choice(pieces) * random.choice((2, 3, 10, 30)) + written[place:]
        elif kind < 0.9:
            other = random.choice(seeds)
            begin = random.randrange(len(other) + 1)
            written = written[:place] + other[begin : begin + 50] + written[place:]
        elif kind < 0.95:
            written = written[:place] + written[place:stop][::-1] + written[stop:]
        else:
            written = (
                written[:place]
                + chr(random.choice((random.randrange(0x700), random.randrange(0x110000))))
                + written[stop:]
            )
    if random.randrange(LONG) == 0:
        some = (random.choice((random.choice(pieces), random.choice(NASTY), written[:10])) for _ in range(3))
        unit = "".join(islice(some, random.choice((1, 1, 2, 3))))[:40] or "x"
        written += unit * random.randrange(LONGEST // len(unit)) + random.choice(("", written, random.choice(NASTY)))
    return written


def mutated_bytes(random: Random, content: bytes, seeds: Sequence[bytes]) -> bytes:
    out = bytearray(content)
    for _ in range(random.randint(1, MOST_EDITS)):
        place = random.randrange(len(out) + 1)
        stop = min(place + random.choice((1, 2, 4, 16, 200)), len(out))
        kind = random.random()
        if kind < 0.3 and place < len(out):
            out[place] ^= 1 << random.randrange(8)
        elif kind < 0.45 and place < len(out):
            out[place] = random.choice((0, 1, 0x7F, 0x80, 0xFF, random.randrange(256)))
        elif kind < 0.6:
            out[place:place] = random.choice(PARTS)
        elif kind < 0.7:
            piece = random.choice(PARTS)
            out[place : place + len(piece)] = piece
        elif kind < 0.78:
            del out[place:stop]
        elif kind < 0.84:
            del out[place:]
        elif kind < 0.92:
            out[place:place] = out[place:stop] * random.choice((1, 2, 50))
        else:
            other = random.choice(seeds)
            begin = random.randrange(len(other) + 1)
            out[place:stop] = other[begin : begin + random.choice((4, 40, 400))]
    return bytes(out)


def mutated_json(random: Random, value: Any) -> Any:
    """`value` with something in it another thing, or gone, or there twice."""
    if isinstance(value, dict) and value and random.random() < 0.9:
        key = random.choice(list(value))
        kind = random.random()
        if kind < 0.1:
            return {name: kept for name, kept in value.items() if name != key}
        if kind < 0.15:
            return value | {"x": value[key]}
        return value | {key: mutated_json(random, value[key])}
    if isinstance(value, list) and value and random.random() < 0.9:
        place = random.randrange(len(value))
        kind = random.random()
        if kind < 0.1:
            return value[:place] + value[place + 1 :]
        if kind < 0.2:
            return [*value, value[place]]
        return [*value[:place], mutated_json(random, value[place]), *value[place + 1 :]]
    if isinstance(value, int) and random.random() < 0.5:
        return value + random.choice((-1, 1, 8, -8, 1 << 31, -(1 << 40), 1 << 70))
    if isinstance(value, str) and random.random() < 0.5:
        return value + random.choice(NASTY)
    return random.choice(
        (None, True, 0, -1, 1, 1 << 32, 1 << 64, 0.5, 1e999, "", "x", "..", "/", "\0", [], {}, [[]], [0], {"a": 1})
    )

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

def delta_decode(differences: NDArray[np.uint32], counts: NDArray[np.int64]) -> NDArray[np.int64]: ...
def pack(
    values: NDArray[np.int64] | NDArray[np.uint32], counts: NDArray[np.int64], most_zeros: NDArray[np.int64] | None
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]: ...
def unpack(
    packed: NDArray[np.uint8],
    sizes: NDArray[np.int64],
    counts: NDArray[np.int64],
    most_zeros: NDArray[np.int64] | None,
) -> NDArray[np.uint32]: ...
def sorted_postings(
    terms: NDArray[np.uint32],
    positions: NDArray[np.uint32],
    docs: NDArray[np.int64],
    counts: NDArray[np.int64],
    dictionary: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.uint32]]: ...
def merged_terms(dictionaries: Sequence[list[bytes]]) -> tuple[list[bytes], list[NDArray[np.int64]]]: ...
def copy_lists(
    values: NDArray[np.int64] | NDArray[np.uint32],
    starts: NDArray[np.int64],
    counts: NDArray[np.int64],
    out: NDArray[np.int64] | NDArray[np.uint32],
) -> None: ...
def live_postings(
    counts: NDArray[np.int64],
    docs: NDArray[np.int64],
    freqs: NDArray[np.int64],
    positions: NDArray[np.uint32],
    live: NDArray[np.uint8],
    new: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.uint32]]: ...

class Scan:
    def __len__(self) -> int: ...
    @property
    def vocabulary(self) -> list[str]: ...
    def position_bytes(self) -> bytes: ...
    def stem_bytes(self) -> bytes: ...
    def surface_bytes(self) -> bytes: ...
    def loose_bytes(self, loose_term: Callable[[str, str], str]) -> bytes: ...
    def fill(self, columns: Any) -> None: ...

class Scanner:
    def __init__(
        self,
        read_chunk: Callable[[str], Any],
        read_several: Callable[[str], tuple[Any, int, bool]],
        are_one: Callable[[str, str], bool],
        read_group: Callable[[str], Any],
        most: int,
    ) -> None: ...
    def use(self, reader: WordReader[Any]) -> None: ...
    def scan(self, text: str) -> Scan: ...

class Letters:
    def __init__(self, letters: list[str | None]) -> None: ...
    def of(self, text: str) -> bytes | None: ...

def edit_distances(
    typed: NDArray[np.uint32],
    letters: NDArray[np.uint32],
    lengths: NDArray[np.int64],
    missing: float,
    extra: float,
    swap: float,
    wrong: NDArray[np.float32],
    most: int,
) -> NDArray[np.float64]: ...
def words_near(
    lengths: NDArray[np.int64],
    counts: NDArray[np.int64],
    signatures: NDArray[np.uint64],
    length: int,
    signature: int,
    edits: int,
    least: int,
) -> NDArray[np.int64]: ...

Form = TypeVar("Form")

class WordReader(Generic[Form]):
    def __init__(self, tables: tuple[object, ...], form: type[Form], part: type) -> None: ...
    def form(self, written: str, joined: bool = False) -> Form | None: ...
    def chunk(self, written: str) -> Form | None: ...
    def is_verb_with(self, prefix: str, rest: str) -> bool | None: ...
    def are_split(self, piece: str, rest: str, shared: int) -> bool | None: ...

class TermPostings:
    def __init__(
        self,
        docs: NDArray[np.int32] | None,
        index: NDArray[np.int64] | None,
        extra: NDArray[np.uint8] | None,
        extra_width: int,
        table: NDArray[np.uint8] | None,
        table_width: int,
        norms: NDArray[np.float64] | None,
        delta: float,
        postings: int,
        blocks: int,
    ) -> None: ...
    def occurrences(self) -> int: ...
    def has_positions(self) -> bool: ...
    def set_positions(self, positions: NDArray[np.uint8], width: int) -> None: ...

def best_of_any(
    terms: list[TermPostings],
    weights: NDArray[np.float64],
    optional: list[TermPostings],
    optional_weights: NDArray[np.float64],
    blocks: int,
    k: int,
    floor: float,
) -> tuple[NDArray[np.int64], NDArray[np.float64]]: ...
def first_of(
    docs: NDArray[np.int64], scores: NDArray[np.float64], k: int, column: NDArray[np.uint8] | None, width: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]: ...
def union_of(terms: list[TermPostings], blocks: int) -> NDArray[np.uint64]: ...
def set_bits(words: NDArray[np.uint64], docs: NDArray[np.int64]) -> None: ...
def count_bits(words: NDArray[np.uint64]) -> int: ...
def all_of(
    terms: list[TermPostings], weights: NDArray[np.float64], blocks: int, slop: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]: ...
def best_of_all(
    terms: list[TermPostings], weights: NDArray[np.float64], blocks: int, k: int, floor: float, slop: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]: ...
def in_sequence(terms: list[TermPostings], docs: NDArray[np.int64], blocks: int, slop: int) -> NDArray[np.bool_]: ...
def add_scores(
    terms: list[TermPostings],
    weights: NDArray[np.float64],
    blocks: int,
    docs: NDArray[np.int64],
    scores: NDArray[np.float64],
) -> None: ...
def add_pairs(
    terms: list[TermPostings],
    pairs: list[tuple[int, int, int, float, bool]],
    blocks: int,
    docs: NDArray[np.int64],
    scores: NDArray[np.float64],
) -> None: ...

class LooseReader:
    def __init__(self, reader: WordReader[Any], affixes: Sequence[object], words: dict[str, str]) -> None: ...
    def find(self, surface: str, stem: str) -> str | None: ...

def other_spelling(
    words: list[TermPostings], typed: list[TermPostings], blocks: int, weight: float
) -> tuple[NDArray[np.int64], NDArray[np.float64]]: ...

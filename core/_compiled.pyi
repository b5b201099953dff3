import numpy as np
from numpy.typing import NDArray

def delta_decode(differences: NDArray[np.uint32], counts: NDArray[np.int64]) -> NDArray[np.int64]: ...

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

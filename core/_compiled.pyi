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
        are_one: Callable[[str, str], bool],
        read_group: Callable[[str], Any],
        most: int,
    ) -> None: ...
    def scan(self, text: str) -> Scan: ...

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
    def are_split(self, piece: str, rest: str, shared: int) -> bool | None: ...

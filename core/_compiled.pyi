from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

def delta_decode(differences: NDArray[np.uint32], counts: NDArray[np.int64]) -> NDArray[np.int64]: ...
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

"""A field that a segment does not have, in place of one that it has."""

import numpy as np

from .arrays import Array
from .segment import NO_TERM, Layout


class MissingField:
    """Takes the place of a `segment.Field` in a segment whose documents have no value in this field."""

    terms = 0

    def __init__(self, layout: Layout, documents: int) -> None:
        """Make the field of a segment of so many documents, with the layout that it has elsewhere."""
        self.layout = layout
        self.lengths: Array = np.zeros(documents, np.int64)
        self.numbers: Array = np.zeros(documents, np.int64)
        self.ordinals: Array = np.full(documents, NO_TERM, np.uint32)

    def lower_bound(self, term: bytes) -> int:
        """Return 0, since there is no term that `term` could be after."""
        return 0

    def terms_between(self, first: int, last: int) -> list[bytes]:
        """Return no terms."""
        return []

    def term(self, ordinal: int) -> bytes:
        """Raise IndexError, since there is no term."""
        raise IndexError(ordinal)

"""The terms by which a query's words are highlighted in a passage."""

from typing import NamedTuple


class HighlightTerms(NamedTuple):
    """The terms to highlight in a passage.

    Attributes:
        stems: Words with one of these stems are highlighted.
        surfaces: Words with one of these surface forms are highlighted.
        phrases: Sequences of surface forms, highlighted where they stand one right after another.
        loose: Words with one of these loose terms are highlighted.
    """

    stems: frozenset[str] = frozenset()
    surfaces: frozenset[str] = frozenset()
    phrases: tuple[tuple[str, ...], ...] = ()
    loose: frozenset[str] = frozenset()


NO_HIGHLIGHT_TERMS = HighlightTerms()

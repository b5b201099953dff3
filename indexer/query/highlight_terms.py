"""The terms by which a query's words are highlighted in a passage."""

from typing import NamedTuple


class HighlightTerms(NamedTuple):
    """The terms to highlight in a passage.

    Attributes:
        stems: Words with one of these stems are highlighted.
        surfaces: Words with one of these surface forms are highlighted.
        phrases: Sequences of surface forms, highlighted where they stand one right after another.
        loose: Words with one of these loose terms are highlighted.
        compounds: The like, of the parts of a compound; the last part may have endings, and is a stem.
    """

    stems: frozenset[str] = frozenset()
    surfaces: frozenset[str] = frozenset()
    phrases: tuple[tuple[str, ...], ...] = ()
    loose: frozenset[str] = frozenset()
    compounds: tuple[tuple[str, ...], ...] = ()


NO_HIGHLIGHT_TERMS = HighlightTerms()

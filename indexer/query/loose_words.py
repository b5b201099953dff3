"""Words of a query that are also searched for by their loose terms, for less, see `analyzers.loose_terms`."""

from collections.abc import Iterator

from ...analyzers.loose_terms import loose_terms
from ..ranking.searcher import IndexSearcher
from .query_words import QueryWord

LOOSE_WEIGHT = 0.3
"""The weight of a word that shares the loose term alone, beside one that shares the stem."""


def loose_pairs(word: QueryWord) -> Iterator[tuple[str, str]]:
    """Yield the stems of a word and of its parts, with the loose term of each."""
    find = loose_terms().find
    for stem in word.stems:
        yield stem, find(word.surfaces[0], stem)
    for surface, stem in zip(word.surfaces[1:], word.parts, strict=False):
        yield stem, find(surface, stem)


def loose_boosts(searcher: IndexSearcher, stem: str, loose: str) -> Iterator[tuple[str, str, float]]:
    """Yield the field, the term and the boost of what a word is searched for beside its stem.

    These are the words that share its loose term, and the words whose stem is its loose term. As a loose term may be
    far rarer than the stem, all count by the idf of the three together, which is never above that of the stem: so no
    such word outdoes the word itself.

    Args:
        searcher: The searcher of the index.
        stem: The stem of the word.
        loose: Its loose term.
    """
    related = searcher.count("loose", loose.encode())
    inner = searcher.count("text", loose.encode()) if loose != stem else 0
    if not related and not inner:
        return
    together = searcher.idf_of_count("text", searcher.count("text", stem.encode()) + related + inner)
    if related:
        # The field of loose terms has neither frequencies nor lengths: a passage counts as if it had the word once.
        yield "loose", loose, LOOSE_WEIGHT * searcher.single_impact("text") * together
        if loose != stem and (own := searcher.idf("text", stem.encode())):
            # All passages with the word itself have the loose term too. Together they are to count as a stem does.
            yield "text", stem, -LOOSE_WEIGHT * together / own
    if inner:
        yield "text", loose, LOOSE_WEIGHT * together / searcher.idf("text", loose.encode())

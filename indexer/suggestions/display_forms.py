"""The words of an index as people write them; terms are folded and have no half-spaces."""

import re
from unicodedata import normalize

from ...analyzers import analysis
from ..ranking.searcher import IndexSearcher
from ..stored_passages import stored_passage

_ARABIC_LETTERS = str.maketrans("\u064a\u0643", "\u06cc\u06a9")

_MAX_CHARACTERS = 50_000  # of a passage in which the word is searched for


def display_form(searcher: IndexSearcher, surface: str) -> str:
    """Return a word as it is written in a passage that has it, with Persian ی and ک and without presentation forms.

    Args:
        searcher: The searcher of the index.
        surface: The folded surface form. It is returned itself if no passage has it near its beginning.
    """
    for leaf, doc in searcher.first_with("exact", surface.encode()):
        text = stored_passage(leaf.segment, doc).text
        columns = analysis().columns(text[:_MAX_CHARACTERS])
        if surface not in columns.surfaces:
            continue
        place = columns.surfaces.index(surface)
        written = text[columns.starts[place] : columns.ends[place]]
        return re.sub(r"\s+", " ", normalize("NFKC", written)).translate(_ARABIC_LETTERS)
    return surface

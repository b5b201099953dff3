"""The words of an index as people write them: terms are folded and have no half-spaces."""

import re

from ...analyzers import analysis
from ..ranking.searcher import IndexSearcher

_ARABIC = str.maketrans("\u064a\u0643", "\u06cc\u06a9")

_LOOKED_AT = 50_000  # characters


def as_written(searcher: IndexSearcher, surface: str) -> str:
    """`surface` as it stands in one of the passages that have it, with Persian ی and ک; of very long ones only the
    beginning is looked at."""
    for leaf in searcher.leaves:
        postings = leaf.postings("exact", surface.encode())
        if postings is not None and postings.count:
            text = leaf.segment.stored(int(postings.docs[0]))["text"]
            columns = analysis().columns(text[:_LOOKED_AT])
            if surface not in columns.surfaces:
                continue
            place = columns.surfaces.index(surface)
            written = text[columns.starts[place] : columns.ends[place]]
            return re.sub(r"\s+", " ", written).translate(_ARABIC)
    return surface

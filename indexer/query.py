"""What a person typed, as clauses to rank by."""

from collections import defaultdict

from jooya.analyzers import analysis, stop_stems
from jooya.indexer.errors import BadQuery
from jooya.indexer.ranking.clauses import Any_, Clause, Term

TITLE_WEIGHT = 0.3
"""A word of the title speaks for every passage of a document, so it counts less than one of the passage."""

EXACT_WEIGHT = 0.3
"""A word as it was typed, beside its stem: of two passages with a word, the one with the very form comes first."""

STOP_WEIGHT = 0.1
"""What a stop word counts beside other words: مقاومت کردن asks for مقاومت."""


def parse(text: str) -> Clause:
    """A query for passages with any of the words of `text`; the more, and the rarer, the better.

    Raises BadQuery if there is no word in `text`.
    """
    columns = analysis().columns(text)
    if not columns.stems:
        raise BadQuery(f"nothing to search for in {text!r}: give at least one word")
    stop = stop_stems()
    stop_weight = 1.0 if stop.issuperset(columns.stems) else STOP_WEIGHT
    weights: defaultdict[tuple[str, str], float] = defaultdict(float)
    for stem in columns.stems:
        weight = stop_weight if stem in stop else 1.0
        weights["text", stem] += weight
        weights["title", stem] += weight * TITLE_WEIGHT
    # A word with two stems (گفتن, گفت#گو) was typed once.
    spans = (columns.starts, columns.surfaces, columns.stems)
    words = {(start, surface): stem for start, surface, stem in zip(*spans, strict=True)}
    for (_start, surface), stem in words.items():
        weights["exact", surface] += EXACT_WEIGHT * (stop_weight if stem in stop else 1.0)
    return Any_(tuple([Term(field, term.encode(), weight) for (field, term), weight in weights.items()]))


def query_stems(text: str) -> list[str]:
    """The stems that `text` is searched by."""
    return analysis().columns(text).stems

"""What a person typed, as a Whoosh query."""

from collections import Counter

from whoosh import query as whoosh_query

from jooya.analyzers import analysis, stop_stems
from jooya.indexer.errors import BadQuery

TITLE_WEIGHT = 0.3
"""A word of the title speaks for every passage of a document, so it counts less than one of the passage."""

STOP_WEIGHT = 0.1
"""What a stop word counts beside other words: مقاومت کردن asks for مقاومت."""


def parse(text: str) -> whoosh_query.Query:
    """A query for passages with any of the words of `text`; the more, and the rarer, the better.

    Raises BadQuery if there is no word in `text`.
    """
    stems = Counter(query_stems(text))
    if not stems:
        raise BadQuery(f"nothing to search for in {text!r}: give at least one word")
    stop_weight = 1.0 if stems.keys() <= stop_stems() else STOP_WEIGHT
    terms = []
    for stem, count in stems.items():
        weight = count * (stop_weight if stem in stop_stems() else 1.0)
        terms.append(whoosh_query.Term("text", stem, boost=weight))
        terms.append(whoosh_query.Term("title", stem, boost=weight * TITLE_WEIGHT))
    return whoosh_query.Or(terms)


def query_stems(text: str) -> list[str]:
    """The stems that `text` is searched by."""
    return analysis().columns(text).stems

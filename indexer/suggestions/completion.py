"""Completing what is being typed, from the words of the index."""

import re

from ...analyzers import analysis, fold
from ..ranking import expansion
from ..ranking.clauses import Phrase
from ..ranking.collector import count
from ..ranking.searcher import IndexSearcher
from .keyboard import other_layouts
from .writing import as_written

_MARKS = re.compile(r"[+\-(\"«“]*")  # of the query language, before a word

_LOOKED_AT = 50  # words with the prefix, the commonest, among which those are looked for that go with the word before


def completions(searcher: IndexSearcher, text: str, limit: int) -> list[str]:
    """`text` with its last word completed, likeliest first: by words that follow the word before it in some passage,
    if there are any, the commonest first. If there are none, of what the keys give in the other layout."""
    found = _completions(searcher, text, limit)
    for other in other_layouts(text) if not found else ():
        found += _completions(searcher, other, limit)
    return found


def _completions(searcher: IndexSearcher, text: str, limit: int) -> list[str]:
    before, space, last = text.rstrip().rpartition(" ")
    marks = _MARKS.match(last)
    assert marks
    space, last = space + marks[0], last[marks.end() :]
    prefix = fold(last).replace(" ", "")
    if not prefix:
        return []
    words = _commonest(searcher, prefix)
    previous = analysis().columns(before).surfaces[-1:]
    if previous:
        together = {word: count(searcher, Phrase("exact", (previous[0].encode(), word.encode()))) for word in words}
        following = [word for word in words if together[word]]
        words = sorted(following or words, key=lambda word: -together[word])  # stable: the commonest first of equals
    answers = [before + space + as_written(searcher, word) for word in words[:limit]]
    if previous:
        # What is being typed may be the end of the word before: کتاب ه is کتاب‌ها half typed.
        head, space, one_before = before.rpartition(" ")
        joined = _commonest(searcher, fold(one_before).replace(" ", "") + prefix)
        if not any(together.values()):
            answers = [head + space + as_written(searcher, word) for word in joined[:limit]] + answers
    return list(dict.fromkeys(answers))[:limit]


def _commonest(searcher: IndexSearcher, prefix: str) -> list[str]:
    counts = expansion.with_prefix(searcher.terms("exact"), prefix)
    return [term.decode() for term in sorted(counts, key=lambda term: (-counts[term], term))[:_LOOKED_AT]]

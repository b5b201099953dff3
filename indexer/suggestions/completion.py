"""Completing the last word of a text from the words of the index."""

import re
from collections.abc import Callable, Mapping, Sequence

from ...analyzers import analysis, fold
from ..ranking.expansion import commonest_with_prefix
from ..ranking.searcher import IndexSearcher
from .display_forms import display_form
from .following_words import following_counts
from .keyboard_layouts import in_other_layout

_PREFIX_MARKS = re.compile(r"[+\-(\"«“]*")  # marks of the query language before a word

_MAX_CANDIDATES = 50  # the most common words with the prefix; those that follow the word before are chosen from them


FollowingCounts = Callable[[IndexSearcher, str, str, Sequence[str]], Mapping[str, int]]
"""Counts the passages that have each of some words right after a word, as `following_counts` does."""


def completions(
    searcher: IndexSearcher, text: str, limit: int, following: FollowingCounts = following_counts
) -> list[str]:
    """Return the completions of the last word of a text, each with the text before it, likeliest first.

    Words that follow the word before it in some passage are preferred, the most frequent first. If nothing completes
    the text, what the same keys type in the other keyboard layout is completed instead.

    Args:
        searcher: The searcher of the index.
        text: The text as typed so far.
        limit: The greatest number of completions.
        following: Counts the words that follow a word.
    """
    found = _completions(searcher, text, limit, following)
    for other in in_other_layout(text) if not found else ():
        found += _completions(searcher, other, limit, following)
    return found


def _completions(searcher: IndexSearcher, text: str, limit: int, following: FollowingCounts) -> list[str]:
    before, space, last = text.rstrip().rpartition(" ")
    marks = _PREFIX_MARKS.match(last)
    assert marks
    space, last = space + marks[0], last[marks.end() :]
    prefix = fold(last).replace(" ", "")
    if not prefix:
        return []
    words = _most_common(searcher, prefix)
    previous = analysis().columns(before).surfaces[-1:]
    if previous:
        together = following(searcher, "exact", previous[0], words)
        after = [word for word in words if together[word]]
        # The sort is stable: of equals, the most common comes first.
        words = sorted(after or words, key=lambda word: -together[word])
    answers = [before + space + display_form(searcher, word) for word in words[:limit]]
    if previous and not any(together.values()):
        # The last word may be the end of the word before: کتاب ه is the beginning of کتاب\u200cها.
        head, space, one_before = before.rpartition(" ")
        joined = _most_common(searcher, fold(one_before).replace(" ", "") + prefix)
        answers = [head + space + display_form(searcher, word) for word in joined[:limit]] + answers
    return list(dict.fromkeys(answers))[:limit]


def _most_common(searcher: IndexSearcher, prefix: str) -> list[str]:
    fields = list(searcher.segment_fields("exact"))
    return [term.decode() for term in commonest_with_prefix(fields, prefix, _MAX_CANDIDATES)]

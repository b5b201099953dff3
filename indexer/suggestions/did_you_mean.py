"""Did you mean …: suggesting a query in which misspelled words are replaced by words of the index."""

from collections.abc import Callable, Sequence

from ...analyzers import analysis
from ..query.corrections import Change, is_known_elsewhere
from ..ranking.searcher import IndexSearcher
from .display_forms import display_form
from .keyboard_layouts import layout_corrected
from .romanization import romanized
from .typed_words import typed_words
from .vocabulary import Vocabulary
from .word_changes import changes

MAX_SUGGESTIONS = 3

_USUAL_COST = 0.3  # of reading a usual spelling of a Persian word in Latin letters


def did_you_mean(searcher: IndexSearcher, vocabulary: Vocabulary, text: str) -> list[str]:
    """Return other queries that are likelier to find what was meant, likeliest first.

    Args:
        searcher: The searcher of the index.
        vocabulary: The surface forms of the index.
        text: The query as typed.

    Returns:
        At most `MAX_SUGGESTIONS` queries; none if all words are common enough in the index.
    """
    if other := in_other_layout(searcher, lambda: vocabulary, text):
        return [other]
    found = list(changes(searcher, vocabulary, text))
    if not found:
        return []
    best = [options[0] for options in found]
    variants = [best]
    if len(found) == 1:
        variants += [[option] for option in found[0][1:]]
    suggestions = [_applied(searcher, text, variant) for variant in variants[:MAX_SUGGESTIONS]]
    return list(dict.fromkeys(suggestion for suggestion in suggestions if suggestion != text))


def in_other_layout(searcher: IndexSearcher, vocabulary: Callable[[], Vocabulary], text: str) -> str | None:
    """Return a query as it reads in the other keyboard layout, if only then its words are in the index.

    Args:
        searcher: The searcher of the index.
        vocabulary: Returns the surface forms of the index. It is called only if there is such a reading.
        text: The query as typed.

    Returns:
        None if there is no such reading, or if the query is likelier to be Persian in Latin letters: the keys of ali
        type شمه, and it is علی.
    """

    def is_known(word: str) -> bool:
        stems = analysis().columns(word).stems
        return any(searcher.idf("text", stem.encode()) or is_known_elsewhere(searcher, stem) for stem in stems)

    other = layout_corrected(text, is_known)
    return None if other is None or _is_romanized(vocabulary(), text, other) else other


def _is_romanized(vocabulary: Vocabulary, text: str, other: str) -> bool:
    """Return True if a query is in usual spellings of Persian words, which are commoner than those of another query."""
    readings = [romanized(vocabulary, word.surface)[:1] for word in typed_words(text)]
    if not readings or not all(found and found[0].cost <= _USUAL_COST for found in readings):
        return False
    return min(found[0].passages for found in readings) > min(
        (vocabulary.count(word.surface) for word in typed_words(other)), default=0
    )


def _applied(searcher: IndexSearcher, text: str, variant: Sequence[Change]) -> str:
    pieces, done = [], 0
    for change in sorted(variant):
        if change.start >= done:
            pieces += [text[done : change.start], " ".join(display_form(searcher, word) for word in change.words)]
            done = change.end
    return "".join([*pieces, text[done:]])

"""The changes that may turn a misspelled query into what was meant: words of the index in place of its words."""

import math
from collections.abc import Iterator, Sequence
from itertools import islice, pairwise

from ...analyzers import stop_stems
from ..limits import check
from ..query.compounds import MAX_SPELLINGS, spellings
from ..query.corrections import RARE, Change, CorrectionKind, is_known_elsewhere
from ..query.query_words import QueryWord
from ..ranking.clauses import Phrase
from ..ranking.other_spelling import OtherSpelling
from ..ranking.searcher import IndexSearcher
from .romanization import romanized
from .spelling import EDIT_WEIGHT, FREQUENCY_WEIGHT, WordCorrection, corrections
from .typed_words import TypedWord, stem_count, typed_words
from .vocabulary import COMMON, Vocabulary

_MIN_FREQUENCY_RATIO = COMMON  # how many times as common as a rare word a correction of it must be
_MAX_RARE_COST = 1.9  # of the edits between a rare word and its correction
_SPACE_COST = 1.0  # the cost of a space that is missing, or was typed where none belongs


def changes(
    searcher: IndexSearcher, vocabulary: Vocabulary, text: str, max_cost: float = math.inf
) -> Iterator[list[Change]]:
    """Yield for each word that may be misspelled its possible changes, likeliest first.

    Args:
        searcher: The searcher of the index.
        vocabulary: The surface forms of the index.
        text: The query as typed.
        max_cost: The greatest cost of the edits between a word and its correction.
    """
    words = typed_words(text)
    done = 0
    found: set[int] | None = None
    for index, word in enumerate(words):
        check()
        if word.start < done or word.stem in stop_stems():
            continue
        in_passages = max(vocabulary.count(word.surface), stem_count(searcher, word.stem))
        if in_passages > RARE or (not in_passages and is_known_elsewhere(searcher, word.stem)):
            continue
        least = _MIN_FREQUENCY_RATIO * in_passages
        options = [
            _of_word(word, one, is_addition=in_passages > 0)
            for one in corrections(vocabulary, word.surface, least=least)
            if one.cost <= (min(_MAX_RARE_COST, max_cost) if in_passages else max_cost)
        ]
        if not in_passages:
            options += [_of_word(word, one, "romanization") for one in romanized(vocabulary, word.surface)]
            options += _split(searcher, vocabulary, word)
            beside = [two for two in pairwise(words[max(index - 1, 0) : index + 2]) if _only_space(text, *two)]
            options += _joined(vocabulary, beside)
        if not options:
            continue
        if found is None:
            found = _found_in_other_spellings(searcher, text, words)
        if index not in found:
            options.sort(key=lambda change: change.penalty)
            done = options[0].end
            yield options


def _of_word(
    word: TypedWord, correction: WordCorrection, kind: CorrectionKind = "spelling", *, is_addition: bool = False
) -> Change:
    penalty = EDIT_WEIGHT * correction.cost - FREQUENCY_WEIGHT * math.log(correction.passages)
    return Change(word.start, word.end, (correction.word,), penalty, kind, is_addition)


def _found_in_other_spellings(searcher: IndexSearcher, text: str, words: Sequence[TypedWord]) -> set[int]:
    """Return the indices of the words that a search finds joined, or in their parts: these need no suggestion."""
    typed = [
        QueryWord(
            (word.stem,),
            (),
            (word.surface,),
            index,
            is_stop_word=word.stem in stop_stems(),
            is_question_word=False,
            is_next=index > 0 and _only_space(text, words[index - 1], word),
        )
        for index, word in enumerate(words)
    ]
    return {
        index
        for spelling in islice(spellings(searcher, typed, "text"), MAX_SPELLINGS)
        if searcher.count_matches(OtherSpelling(spelling.terms("text"), (), 1.0))
        for index in range(spelling.first, spelling.last + 1)
    }


def _split(searcher: IndexSearcher, vocabulary: Vocabulary, word: TypedWord) -> Iterator[Change]:
    """Yield the changes of a word into two words that stand side by side in some passage."""
    surface = word.surface
    if not surface.isalpha():
        return
    for place in range(2, len(surface) - 1):
        left, right = surface[:place], surface[place:]
        if vocabulary.count(left) and vocabulary.count(right):
            together = searcher.count_matches(Phrase("exact", (left.encode(), right.encode())))
            if together:
                yield Change(word.start, word.end, (left, right), _space_penalty(together))


def _joined(vocabulary: Vocabulary, beside: Sequence[tuple[TypedWord, TypedWord]]) -> Iterator[Change]:
    """Yield the changes of two words into one."""
    for left, right in beside:
        if together := vocabulary.count(left.surface + right.surface):
            yield Change(left.start, right.end, (left.surface + right.surface,), _space_penalty(together))


def _only_space(text: str, left: TypedWord, right: TypedWord) -> bool:
    return text[left.end : right.start].isspace()


def _space_penalty(found: int) -> float:
    return EDIT_WEIGHT * _SPACE_COST - FREQUENCY_WEIGHT * math.log(found)

"""The tables of words in the form that the compiled core reads them."""

import re
from collections.abc import Collection
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from .characters import characters
from .lexicon import Lexicon
from .stemmer import NounEnding, Stemmer
from .verbs import VerbEnding

if TYPE_CHECKING:
    from ..core._compiled import WordReader

# The letters of Persian, which folding leaves as they are: the inside of `[...]` in a regular expression.
LETTERS = "\u0627-\u063a\u0641-\u0648\u067e\u0686\u0698\u06a9\u06af\u06cc"
Form = TypeVar("Form")

# Characters that may stand before or after a word, and are neither part of a token nor the beginning of one.
_PUNCTUATION = "!\"'()*,-./:;=?[]{}|«»،؛؟–—‘’“”…"


class WordTables(NamedTuple):
    """The tables that `core.WordReader` is made of.

    Attributes:
        alphabet: the letters of words, the mapping of `align`, marks, joiners, and punctuation.
        parts_of_speech: the blocks of the lexicon's table.
        compounds: likewise.
        settled: see `Lexicon`.
        continuations: see `Lexicon`.
        filters: the bits of the lexicon's heads, tails and rare words.
        stop_stems: see `Lexicon`.
        affixes: from affixes that may be written apart to their rows of joins.tsv: side and neighbour.
        short_nouns: the words of joined_be.tsv.
        noun_endings: from the letters of endings to their rows of suffixes.tsv.
        verb_stems: from tense and stem to verbs with their places, see `VerbReader`.
        verb_endings: from prefix and text to tenses and rows of conjugation.tsv.
        common_verbs: see `Lexicon`.
        preverbs: the words before the prefix of a verb.
    """

    alphabet: tuple[str, dict[int, int], str, str, str]
    parts_of_speech: Collection[bytes]
    compounds: Collection[bytes]
    settled: dict[str, str]
    continuations: dict[str, str]
    filters: tuple[bytes, bytes, bytes]
    stop_stems: Collection[str]
    affixes: dict[str, tuple[str, str]]
    short_nouns: Collection[str]
    noun_endings: dict[str, list[NounEnding]]
    verb_stems: dict[str, dict[str, list[tuple[str, float]]]]
    verb_endings: dict[str, dict[str, list[tuple[str, VerbEnding]]]]
    common_verbs: Collection[str]
    preverbs: Collection[str]


def word_reader(
    lexicon: Lexicon,
    stemmer: Stemmer,
    affixes: dict[str, tuple[str, str]],
    short_nouns: Collection[str],
    form: type[Form],
    part: type,
) -> "WordReader[Form] | None":
    """Return the reader of words of the compiled core, or None if there is no such core.

    Args:
        lexicon: the lexicon.
        stemmer: the stemmer with this lexicon.
        affixes: see `WordTables`.
        short_nouns: see `WordTables`.
        form: the type of word forms.
        part: the type of their parts.
    """
    from ..core import compiled  # noqa: PLC0415 - it imports numpy, and few words are read sooner without it

    if compiled is None:
        return None
    verbs = stemmer.verb_reader
    tables = WordTables(
        alphabet=_alphabet(),
        parts_of_speech=lexicon.parts_of_speech.blocks,
        compounds=lexicon.compounds.blocks,
        settled=lexicon.settled,
        continuations=lexicon.continuations,
        filters=(lexicon.heads.bits, lexicon.tails.bits, lexicon.rare.bits),
        stop_stems=lexicon.stop_stems,
        affixes=affixes,
        short_nouns=short_nouns,
        noun_endings=stemmer.endings,
        verb_stems=verbs.stems,
        verb_endings=verbs.endings,
        common_verbs=verbs.common,
        preverbs=verbs.preverbs,
    )
    return compiled.WordReader(tables, form, part)


def _alphabet() -> tuple[str, dict[int, int], str, str, str]:
    table = characters()
    letters = re.compile(f"[{LETTERS}]")
    joiner = re.compile(f"[{table.joiners}]")
    dropped = [chr(code) for code, text in table.leftover.items() if not text]
    return (
        "".join(sorted({chr(code) for code in table.aligned.values() if letters.fullmatch(chr(code))})),
        dict(table.aligned),
        "".join(char for char in dropped if not joiner.fullmatch(char)),
        "".join(filter(joiner.fullmatch, dropped)),
        _PUNCTUATION,
    )

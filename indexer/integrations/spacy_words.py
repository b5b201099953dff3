"""The words of a text for spaCy: its `Doc`, made of Jooya's words, with their stems as lemmas.

It needs no package for `words_and_spaces`; `JooyaTokenizer` needs spaCy.
"""

from typing import Any, NamedTuple

from ...analyzers import analysis
from ..arguments import check_text
from .scikit_learn import whole_words


class WordsAndSpaces(NamedTuple):
    """A text cut into words, as `spacy.tokens.Doc(vocab, words=…, spaces=…, lemmas=…)` takes them.

    Together they are the text, to the character, so that the offsets of the `Doc` are those of the text.

    Attributes:
        words: The words, and what is between them other than a space.
        spaces: For each, True if a space follows that belongs to no word.
        lemmas: For each, its stem; for what is no word, itself.
    """

    words: list[str]
    spaces: list[bool]
    lemmas: list[str]


def words_and_spaces(text: str) -> WordsAndSpaces:
    """Return the words of a text with the spaces after them."""
    check_text("text", text)
    found = WordsAndSpaces([], [], [])
    done = 0
    for token in whole_words(analysis().tokens(text)):
        _add_gap(found, text[done : token.start])
        _add(found, text[token.start : token.end], token.stem)
        done = token.end
    _add_gap(found, text[done:])
    return found


def _add(found: WordsAndSpaces, word: str, lemma: str) -> None:
    found.words.append(word)
    found.spaces.append(False)
    found.lemmas.append(lemma)


def _add_gap(found: WordsAndSpaces, gap: str) -> None:
    """Add what stands between two words: a space belongs to the word before it, all else is a word of its own."""
    if gap.startswith(" ") and found.words:
        found.spaces[-1] = True
        gap = gap[1:]
    if gap:
        ends_in_space = len(gap) > 1 and gap.endswith(" ")
        mark = gap[:-1] if ends_in_space else gap
        _add(found, mark, mark)
        found.spaces[-1] = ends_in_space


class JooyaTokenizer:
    """A tokenizer for a pipeline of spaCy: `nlp.tokenizer = JooyaTokenizer(nlp.vocab)`."""

    def __init__(self, vocab: Any) -> None:
        """Create a tokenizer.

        Args:
            vocab: The vocabulary of the pipeline.
        """
        self.vocab = vocab

    def __call__(self, text: str) -> Any:
        """Return the `Doc` of a text, whose tokens have stems as lemmas."""
        from spacy.tokens import Doc  # noqa: PLC0415 - the words alone need no spaCy

        words, spaces, lemmas = words_and_spaces(text)
        return Doc(self.vocab, words=words, spaces=spaces, lemmas=lemmas)

    def to_bytes(self, **_options: Any) -> bytes:
        """Return nothing: there is no state to be saved with the pipeline."""
        return b""

    def from_bytes(self, _data: bytes, **_options: Any) -> "JooyaTokenizer":
        """Return the tokenizer, which has no state."""
        return self

    def to_disk(self, _path: Any, **_options: Any) -> None:
        """Save nothing."""

    def from_disk(self, _path: Any, **_options: Any) -> "JooyaTokenizer":
        """Return the tokenizer, which has no state."""
        return self

"""The lexicon: the words and verbs of Persian, compiled from hazm's dictionaries and the tables in `data`.

The compiled lexicon ships with the package as `data/lexicon.txt.gz`, which `lexicon_compiler` writes. Every new process
loads it before its first query, so loading must be quick. The long tables therefore stay text, and only those of their
lines that a query asks for become a dictionary.
"""

import errno
import zlib
from collections.abc import Collection
from functools import cache
from pathlib import Path
from typing import NamedTuple

from .bloom_filter import BloomFilter
from .data_tables import DATA

LEXICON_FILE = DATA / "lexicon.txt.gz"

_GZIP = 31  # the `wbits` by which zlib reads gzip: importing the module `gzip` takes longer than reading the file
_BEGINNING = 2  # letters that the words of a group share


class WordTable(dict[str, dict[str, str]]):
    """A read-only table from words to values, over lines of text (`word<TAB>value`).

    The lines stand in groups of words that begin with the same two letters, and the groups in blocks of words that
    begin with the same letter. A group becomes a dictionary when the first of its words is asked for: a query needs a
    handful of the table's 50,000 words. The table itself maps two letters to these dictionaries.

    Args:
        lines: the blocks in UTF-8, two blank lines after each. A block begins with its letter; each group follows a
            blank line, and begins with its two letters.
    """

    def __init__(self, lines: bytes) -> None:
        super().__init__()
        self._blocks = dict([block.split(b"\n", 1) for block in lines.split(b"\n\n\n") if block])
        self._groups: dict[str, dict[bytes, bytes]] = {}  # by first letter, of the blocks that were asked for

    def __missing__(self, beginning: str) -> dict[str, str]:
        letter = beginning[:1]
        groups = self._groups.get(letter)
        if groups is None:  # threads that come here at once come to the same
            block = self._blocks.get(letter.encode(errors="surrogatepass"), b"")
            groups = dict([group.split(b"\n", 1) for group in block[1:].split(b"\n\n") if group])
            self._groups[letter] = groups
        group = groups.get(beginning.encode(errors="surrogatepass"), b"")
        self[beginning] = found = self._entries(group)
        return found

    @property
    def blocks(self) -> Collection[bytes]:
        """The blocks of lines, without the letter that each begins with."""
        return self._blocks.values()

    def find(self, word: str) -> str | None:
        """Return the value of `word`, or None if the table does not have it."""
        return self[word[:_BEGINNING]].get(word)

    @staticmethod
    def _entries(lines: bytes) -> dict[str, str]:
        """Return the words of a group with their values, none of which has a space."""
        fields = iter(lines.decode().split())
        return dict(zip(fields, fields, strict=True))


class CompoundTable(WordTable):
    """A table from compounds to their parts; a line has the parts alone: `دانش+اموز`."""

    @staticmethod
    def _entries(lines: bytes) -> dict[str, str]:
        return {parts.replace("+", ""): parts for parts in lines.decode().split()}


class Lexicon(NamedTuple):
    """Everything known of Persian words. All words are folded and have no half-spaces.

    Attributes:
        parts_of_speech: a word to a letter: `n` noun (or any part of speech but the others here), `a` adjective
            (perhaps a noun too), `p` plural, `r` rare: a word of unknown part of speech out of large dictionaries,
            where names and inflected forms are among them. Only those rare words are kept that would get a wrong stem
            if they were unknown.
        heads: what words that are not rare begin with, two letters at least.
        tails: what words that are not rare end with, one letter at least.
        rare: rare words that may be such a head or tail, also those that `parts_of_speech` leaves out.
        settled: words to their stems where no rule finds these: broken plurals, accepted and colloquial spellings,
            exceptions.
        compounds: a compound to its parts, which a half-space or a space sets off, with `+` between: دانش+اموز.
        continuations: the first part of compounds to what may follow it, with spaces between.
        past: past stems of ordinary verbs to the verb, commonest verbs first. A verb is named by its past and present
            stem, as in hazm: رفت#رو.
        present: present stems of ordinary verbs to the verb, commonest verbs first.
        short: present stems in a vowel, which take ی before endings (گو), to the verb.
        colloquial_past: past stems of colloquial spelling to the verb.
        colloquial_present: present stems of colloquial spelling to the verb.
        archaic_past: past stems of verbs hardly used now to the verb.
        archaic_present: present stems of verbs hardly used now to the verb.
        common_verbs: the verbs so common that their forms win over nouns spelled alike.
        stop_stems: the stems of stop words, which say little of what a text is about.
        question_stems: those of them that belong to question words alone.
        digest: a number that identifies the content.
    """

    parts_of_speech: WordTable
    heads: BloomFilter
    tails: BloomFilter
    rare: BloomFilter
    settled: dict[str, str]
    compounds: CompoundTable
    continuations: dict[str, str]
    past: dict[str, str]
    present: dict[str, str]
    short: dict[str, str]
    colloquial_past: dict[str, str]
    colloquial_present: dict[str, str]
    archaic_past: dict[str, str]
    archaic_present: dict[str, str]
    common_verbs: list[str]
    stop_stems: list[str]
    question_stems: list[str]
    digest: int


@cache
def lexicon() -> Lexicon:
    """Return the lexicon that ships with the package. It is read once.

    Raises:
        OSError: the file is missing or damaged.
    """
    return read_lexicon(LEXICON_FILE)


def read_lexicon(path: Path) -> Lexicon:
    """Return the lexicon of a file that `lexicon_compiler` wrote.

    Raises:
        OSError: the file is missing or damaged.
    """
    try:
        content = unpacked(path.read_bytes())
    except (OSError, zlib.error):
        raise OSError(errno.EIO, "the lexicon is missing or damaged: reinstall jooya", str(path)) from None
    return parse_lexicon(content)


def unpacked(file: bytes) -> bytes:
    """Return the content of a gzip file. Its checksum is checked.

    Raises:
        zlib.error: the file is damaged.
    """
    return zlib.decompress(file, wbits=_GZIP)


def parse_lexicon(content: bytes) -> Lexicon:
    """Return the lexicon of its text form: sections, each a line with the section's name in brackets and its lines."""
    lines: dict[bytes, bytes] = {}
    start = content.index(b"[")  # no line of a section has a bracket
    while start >= 0:
        body = content.index(b"\n", start) + 1
        following = content.find(b"[", body)
        lines[content[start + 1 : body - 2]] = content[body : following if following >= 0 else len(content)]
        start = following
    return Lexicon(
        parts_of_speech=WordTable(lines[b"parts_of_speech"]),
        heads=BloomFilter(lines[b"heads"]),
        tails=BloomFilter(lines[b"tails"]),
        rare=BloomFilter(lines[b"rare"]),
        settled=_dictionary(lines[b"settled"]),
        compounds=CompoundTable(lines[b"compounds"]),
        continuations=_dictionary(lines[b"continuations"]),
        past=_dictionary(lines[b"past"]),
        present=_dictionary(lines[b"present"]),
        short=_dictionary(lines[b"short"]),
        colloquial_past=_dictionary(lines[b"colloquial_past"]),
        colloquial_present=_dictionary(lines[b"colloquial_present"]),
        archaic_past=_dictionary(lines[b"archaic_past"]),
        archaic_present=_dictionary(lines[b"archaic_present"]),
        common_verbs=lines[b"common_verbs"].decode().split(),
        stop_stems=lines[b"stop_stems"].decode().split(),
        question_stems=lines[b"question_stems"].decode().split(),
        digest=zlib.crc32(content),
    )


def _dictionary(lines: bytes) -> dict[str, str]:
    """Return the dictionary of lines of the form `key<TAB>value`."""
    fields = iter(lines.replace(b"\n", b"\t").decode().split("\t"))
    return dict(zip(fields, fields, strict=False))

"""The lexicon: which words and verbs Persian has, compiled from hazm's dictionaries and the tables in `data`.

The compiled form is kept in the user's cache folder, under a name that changes with what it is made of. Loading
it has to be quick, since every query waits for it.
"""

import json
import os
import sys
import zlib
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from .bloom_filter import BloomFilter
from .data_tables import checksum

VERSION = 9
"""Raised when compiling makes something else of the same sources."""

_SOURCES = ("words.dat", "verbs.dat")


class Packed(dict[str, dict[str, str]]):
    """A dictionary packed into strings by the first two letters and unpacked as it is asked: a query needs little."""

    def __init__(self, packed: dict[str, tuple[str, str]]) -> None:
        super().__init__()
        self._packed = packed

    def __missing__(self, beginning: str) -> dict[str, str]:
        keys, values = self._packed.get(beginning, ("", ""))
        self[beginning] = unpacked = dict(zip(keys.split(), values.split(), strict=True))
        return unpacked

    def find(self, word: str) -> str | None:
        """What `word` maps to."""
        return self[word[:2]].get(word)


def pack(mapping: dict[str, str]) -> dict[str, tuple[str, str]]:
    """`mapping` in the form that `Packed` reads; neither keys nor values may hold spaces or be empty."""
    together: dict[str, list[str]] = {}
    for word in sorted(mapping):
        together.setdefault(word[:2], []).append(word)
    return {start: (" ".join(words), " ".join(mapping[word] for word in words)) for start, words in together.items()}


class Lexicon(NamedTuple):
    """What is known of words; all are folded and without half-spaces.

    kinds: a word to its kind: `n` noun (or of any part of speech but these), `a` adjective, perhaps a noun too,
        `p` plural; `r` for rare words of unknown part of speech out of large dictionaries, names and inflected
        forms among them. Of these only the ones are kept that would be stemmed wrongly if they were not known.
    heads, tails: what words that are not rare begin and end with, two letters and one at least.
    rare: the rare words, those that are not kept in `kinds`, too, that may be such a head or tail.
    settled: words to their stems, where no rule finds them: broken plurals, accepted and colloquial spellings,
        exceptions.
    compounds: a compound to its parts, which a half-space or a space sets off, with `+` between: دانش+اموز.
    opens: the first part of compounds to what may follow it, with spaces between.
    past, present, short: stems of ordinary verbs to the verb, commonest verbs first; short are present stems in a
        vowel, which take ی before endings (گو). With colloquial_ the stems of colloquial spelling, with archaic_
        those of verbs hardly used now. A verb is named by its past and present stem, as in hazm: رفت#رو.
    common: the verbs so common that their forms win over nouns spelled alike.
    stop: the stems of words that say little of what a text is about.
    digest: identifies the content.
    """

    kinds: Packed
    heads: BloomFilter
    tails: BloomFilter
    rare: BloomFilter
    settled: dict[str, str]
    compounds: Packed
    opens: dict[str, str]
    past: dict[str, str]
    present: dict[str, str]
    short: dict[str, str]
    colloquial_past: dict[str, str]
    colloquial_present: dict[str, str]
    archaic_past: dict[str, str]
    archaic_present: dict[str, str]
    common: list[str]
    stop: list[str]
    digest: str


@cache
def lexicon() -> Lexicon:
    """The compiled lexicon, from the cache or compiled now."""
    cached = _cache_folder() / f"lexicon-{_source_version()}.json"
    try:
        content = json.loads(cached.read_bytes())
    except (OSError, ValueError):
        from .lexicon_compiler import compile_lexicon  # noqa: PLC0415 - once, and it needs this module

        print("jooya: compiling the Persian lexicon from hazm's dictionaries (once)", file=sys.stderr)
        content = compile_lexicon(hazm_data())
        _store(cached, content)
    return unpack(content)


def unpack(content: dict[str, Any]) -> Lexicon:
    """The lexicon of a compiled form."""
    return Lexicon(
        kinds=Packed(content["kinds"]),
        heads=BloomFilter(content["heads"]),
        tails=BloomFilter(content["tails"]),
        rare=BloomFilter(content["rare"]),
        compounds=Packed(content["compounds"]),
        digest=content["digest"],
        **content["tables"],
    )


def hazm_data() -> Path:
    """hazm's data folder, found without importing hazm (its import costs seconds)."""
    for folder in sys.path:
        data = Path(folder or ".") / "hazm" / "data"
        if (data / _SOURCES[0]).exists():
            return data
    raise ModuleNotFoundError("hazm is not installed: pip install jooya brings it", name="hazm")


def _source_version() -> str:
    """Changes with everything the lexicon is compiled from."""
    folder = hazm_data()
    sizes = [(folder / name).stat().st_size for name in _SOURCES]
    return f"{zlib.crc32(repr((VERSION, sizes)).encode(), checksum()):08x}"


def _cache_folder() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "jooya"


def _store(path: Path, content: dict[str, Any]) -> None:
    """Writes the cache in one step; where it can't be written, every process compiles for itself."""
    from threading import get_ident  # noqa: PLC0415 - only who compiles waits for it

    temporary = path.with_suffix(f".{os.getpid()}-{get_ident()}")  # threads may compile at once, too
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        temporary.replace(path)
    except OSError as error:
        print(f"jooya: the lexicon can't be cached in {path.parent}: {error.strerror}", file=sys.stderr)

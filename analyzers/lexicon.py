"""The lexicon: which words and verbs Persian has, compiled from hazm's dictionaries.

Compiling reads hazm's data files without importing hazm (its import costs seconds), folds them, and keeps
the result in the user's cache folder, under a name that changes with the sources and with `VERSION`.
"""

import json
import logging
import os
import tempfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from jooya.analyzers.characters import fold
from jooya.analyzers.datafiles import DATA, rows

VERSION = 1
"""Raised when `_compile` changes what it makes of the same sources."""

_ZWNJ = "\u200c"
_log = logging.getLogger("jooya")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Folded words, without half-spaces.

    words: those that hazm knows the part of speech of, so dictionary forms that can be relied on.
    adjectives: the adjectives among them.
    rare: headwords of large dictionaries and other words of unknown part of speech, inflected forms and
        names among them.
    compounds: a compound, to the parts that a half-space (or a space) sets off: دانشاموز to دانش, اموز.
    past, present, colloquial: stems of ordinary verbs, to the verb's infinitive; commonest verbs first.
    archaic_past, archaic_present: the same for verbs that are hardly used now.
    digest: identifies the content.
    """

    words: frozenset[str]
    adjectives: frozenset[str]
    rare: frozenset[str]
    compounds: dict[str, list[str]]
    past: dict[str, str]
    present: dict[str, str]
    colloquial: dict[str, str]
    archaic_past: dict[str, str]
    archaic_present: dict[str, str]
    digest: str


@cache
def lexicon() -> Lexicon:
    """The compiled lexicon, from the cache or compiled now."""
    cached = _cache_folder() / f"lexicon-{_source_version()}.json"
    try:
        content = json.loads(cached.read_bytes())
    except (OSError, ValueError):
        _log.warning("jooya: compiling the Persian lexicon from hazm's dictionaries (once)")
        content = _compile()
        _store(cached, content)
    words, adjectives, rare = (frozenset(content[k].split(" ")) for k in ("words", "adjectives", "rare"))
    return Lexicon(words=words, adjectives=adjectives, rare=rare, **content["tables"])


def _compile() -> dict[str, Any]:
    words, adjectives, rare = set(), set(), set()
    compounds: dict[str, list[str]] = {}
    torn = {piece for piece, *_ in rows("joins.tsv")}  # خامنه‌ای is an inflected word, not a compound
    for line in (_hazm_data() / "words.dat").read_text(encoding="utf-8").splitlines():
        form, _frequency, tags = line.split("\t")
        word = fold(form)
        if not word or not word.isalpha():  # a few broken lines and bound forms
            continue
        if tags == "0":
            rare.add(word)
        else:
            words.add(word)
            if "AJ" in tags.split(","):
                adjectives.add(word)
        parts = [fold(part) for part in form.split(_ZWNJ)]
        if len(parts) > 1 and all(parts) and not torn.intersection(parts):
            compounds[word] = parts
    past, present = _verbs((past, present) for past, present, _ in _ordinary_verbs())
    _, colloquial = _verbs((past, colloquial) for past, _, colloquial in _ordinary_verbs())
    archaic_past, archaic_present = _verbs(_hazm_verbs())
    tables: dict[str, Any] = {
        "compounds": compounds,
        "past": past,
        "present": present,
        "colloquial": colloquial,
        "archaic_past": {stem: verb for stem, verb in archaic_past.items() if stem not in past},
        "archaic_present": {stem: verb for stem, verb in archaic_present.items() if stem not in present},
    }
    content = {name: " ".join(sorted(s)) for name, s in
               (("words", words), ("adjectives", adjectives), ("rare", rare - words))}  # fmt: skip
    tables["digest"] = f"{zlib.crc32(json.dumps([content, tables], sort_keys=True).encode()):08x}"
    return {**content, "tables": tables}


def _verbs(verbs: Iterator[tuple[str, list[str]]]) -> tuple[dict[str, str], dict[str, str]]:
    """Past stem to infinitive, present stem to infinitive. The first verb with a stem keeps it."""
    past: dict[str, str] = {}
    present: dict[str, str] = {}
    for past_stem, present_stems in verbs:
        infinitive = past_stem + "ن"
        past.setdefault(past_stem, infinitive)
        for stem in present_stems:
            present.setdefault(stem, infinitive)
    return past, present


def _ordinary_verbs() -> Iterator[tuple[str, list[str], list[str]]]:
    """Past stem, present stems, colloquial present stems."""
    for past, present, colloquial in rows("verbs.tsv"):
        yield fold(past), fold(present).split(), fold(colloquial).replace("-", "").split()


def _hazm_verbs() -> Iterator[tuple[str, list[str]]]:
    for line in (_hazm_data() / "verbs.dat").read_text(encoding="utf-8").splitlines():
        past, _, present = line.partition("#")
        if past:
            yield fold(past), [fold(stem) for stem in present.split(" یا ")]


def _hazm_data() -> Path:
    """hazm's data folder, found without importing hazm."""
    spec = find_spec("hazm")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("hazm is not installed: pip install jooya brings it", name="hazm")
    return Path(spec.submodule_search_locations[0]) / "data"


def _source_version() -> str:
    """Changes with everything the lexicon is compiled from."""
    check = zlib.crc32(str(VERSION).encode())
    for name in ("characters.tsv", "joins.tsv", "verbs.tsv"):
        check = zlib.crc32((DATA / name).read_bytes(), check)
    sizes = [(_hazm_data() / name).stat().st_size for name in ("words.dat", "verbs.dat")]
    return f"{zlib.crc32(repr(sizes).encode(), check):08x}"


def _cache_folder() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "jooya"


def _store(path: Path, content: dict[str, Any]) -> None:
    """Writes the cache in one step; where it can't be written, every process compiles for itself."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, delete=False) as file:
            json.dump(content, file, ensure_ascii=False)
        Path(file.name).replace(path)
    except OSError as error:
        _log.warning("jooya: the lexicon can't be cached in %s: %s", path.parent, error)

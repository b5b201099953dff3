"""The lexicon: which words and verbs Persian has, compiled from hazm's dictionaries and the tables in `data`.

Compiling reads hazm's data files without importing hazm (its import costs seconds), folds them, and keeps
the result in the user's cache folder, under a name that changes with the sources and with `VERSION`.
"""

import json
import logging
import os
import re
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

VERSION = 2
"""Raised when `_compile` changes what it makes of the same sources."""

_KINDS = "napr"
_ZWNJ = "\u200c"
_Verb = tuple[str, list[str], list[str]]
"""Name, past stems, present stems."""

_log = logging.getLogger("jooya")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What is known of words; all are folded and without half-spaces.

    kinds: a word to its kind: `n` noun (or of any part of speech but these), `a` adjective, perhaps a noun too,
        `p` plural; `r` for rare words of unknown part of speech out of large dictionaries, names and inflected
        forms among them.
    settled: words to their stems, where no rule finds them: broken plurals, accepted and colloquial spellings,
        exceptions.
    compounds: a compound to the parts that a half-space (or a space) sets off: دانشاموز to دانش, اموز.
    past, present: stems of ordinary verbs to the verb, commonest verbs first; with colloquial_ the stems of
        colloquial spelling, with archaic_ those of verbs hardly used now. A verb is named by its past and present
        stem, as in hazm: رفت#رو.
    common: the verbs so common that their forms win over nouns spelled alike.
    digest: identifies the content.
    """

    kinds: dict[str, str]
    settled: dict[str, str]
    compounds: dict[str, list[str]]
    past: dict[str, str]
    present: dict[str, str]
    colloquial_past: dict[str, str]
    colloquial_present: dict[str, str]
    archaic_past: dict[str, str]
    archaic_present: dict[str, str]
    common: list[str]
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
    kinds: dict[str, str] = {}
    for kind in reversed(_KINDS):
        kinds.update(dict.fromkeys(content["words"][kind].split(" "), kind))
    return Lexicon(kinds=kinds, **content["tables"])


def _compile() -> dict[str, Any]:
    words: dict[str, set[str]] = {kind: set() for kind in _KINDS}
    compounds: dict[str, list[str]] = {}
    torn = {piece for piece, *_ in rows("joins.tsv")}  # خامنه‌ای is an inflected word, not a compound
    for line in (_hazm_data() / "words.dat").read_text(encoding="utf-8").splitlines():
        form, _frequency, tags = line.split("\t")
        word = fold(form)
        if not word.isalpha():  # a few broken lines and bound forms
            continue
        words[_kind(tags.split(","))].add(word)
        parts = [fold(part) for part in form.split(_ZWNJ)]
        if len(parts) > 1 and all(parts) and not torn.intersection(parts):
            compounds[word] = parts
    past, present = _stems(_ordinary_verbs())
    colloquial_past, colloquial_present = _stems(_colloquial_stems())
    archaic_past, archaic_present = _stems(_hazm_verbs())
    tables: dict[str, Any] = {
        "settled": _settled(),
        "compounds": compounds,
        "past": past,
        "present": present,
        "colloquial_past": colloquial_past,
        "colloquial_present": colloquial_present,
        "archaic_past": {stem: verb for stem, verb in archaic_past.items() if stem not in past},
        "archaic_present": {stem: verb for stem, verb in archaic_present.items() if stem not in present},
        "common": [past[fold(stem).split()[0]] for stem, *_, common in rows("verbs.tsv") if common == "common"],
    }
    content = {"words": {kind: " ".join(sorted(words[kind])) for kind in _KINDS}, "tables": tables}
    tables["digest"] = f"{zlib.crc32(json.dumps(content, sort_keys=True).encode()):08x}"
    return content


def _kind(tags: list[str]) -> str:
    if tags == ["0"]:
        return "r"
    return "p" if "PL" in tags else "a" if "AJ" in tags else "n"


def _settled() -> dict[str, str]:
    """Words to stems, from the tables; a stem that is settled itself (a variant's plural) is followed."""
    settled: dict[str, str] = {}
    for table in ("variants.tsv", "broken_plurals.tsv", "colloquial.tsv", "exceptions.tsv"):
        for stem, words in rows(table):
            for word in words.split():
                settled[fold(stem if word == "." else word)] = fold(stem)
    return {word: settled.get(stem, stem) for word, stem in settled.items()}


def _stems(verbs: Iterator[_Verb]) -> tuple[dict[str, str], dict[str, str]]:
    """Past and present stems to the verbs they are of. The first verb with a stem keeps it."""
    past: dict[str, str] = {}
    present: dict[str, str] = {}
    for name, pasts, presents in verbs:
        for stem in pasts:
            past.setdefault(stem, name)
        for stem in presents:
            present.setdefault(stem, name)
    return past, present


def _ordinary_verbs() -> Iterator[_Verb]:
    for past, present, *_ in rows("verbs.tsv"):
        pasts, presents = fold(past).split(), fold(present).split()
        yield f"{pasts[0]}#{presents[0]}", pasts + [re.sub("اند$", "انید", p) for p in pasts], presents


def _colloquial_stems() -> Iterator[_Verb]:
    """The stems of the table, and ون for ان (موند, تونست)."""
    for (name, pasts, presents), (_, _, said_past, said_present, _) in zip(
        _ordinary_verbs(), rows("verbs.tsv"), strict=True
    ):
        said_pasts, said_presents = (fold(said).strip("-").split() for said in (said_past, said_present))
        said_pasts += [said for past in pasts if (said := re.sub("وان|ان(?=س?[تد]$)", "ون", past)) != past]
        said_presents += [said for present in presents if (said := re.sub("و?ان$", "ون", present)) != present]
        yield name, said_pasts, said_presents


def _hazm_verbs() -> Iterator[_Verb]:
    for line in (_hazm_data() / "verbs.dat").read_text(encoding="utf-8").splitlines():
        past, _, present = fold(line).partition("#")
        if past:
            stems = present.replace(" یا ", " ").split()
            yield f"{past}#{stems[0] if stems else ''}", [past], stems


def _hazm_data() -> Path:
    """hazm's data folder, found without importing hazm."""
    spec = find_spec("hazm")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("hazm is not installed: pip install jooya brings it", name="hazm")
    return Path(spec.submodule_search_locations[0]) / "data"


def _source_version() -> str:
    """Changes with everything the lexicon is compiled from."""
    check = zlib.crc32(str(VERSION).encode())
    for table in sorted(DATA.glob("*.tsv")):
        check = zlib.crc32(table.read_bytes(), check)
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

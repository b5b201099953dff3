"""Compiling the lexicon from hazm's dictionaries and the tables in `data`."""

import json
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .analysis import Analysis
from .bloom_filter import bloom
from .characters import fold
from .data_tables import rows
from .lexicon import pack, unpack
from .split_words import without_ending
from .stemmer import Stemmer

_ZWNJ = "\u200c"

_Verb = tuple[str, list[str], list[str]]
"""Name, past stems, present stems."""


def compile_lexicon(hazm: Path) -> dict[str, Any]:
    """The lexicon's content, ready for JSON, from `hazm`, the folder of hazm's data."""
    words, compounds = _words(hazm)
    past, present = _stems(_ordinary_verbs())
    _, short = _stems((name, pasts, _short(presents)) for name, pasts, presents in _listed_verbs())
    colloquial_past, colloquial_present = _stems(_colloquial_stems())
    archaic_past, archaic_present = _stems(_hazm_verbs(hazm))
    opens: dict[str, set[str]] = {}
    for first, *others in compounds.values():
        opens.setdefault(first, set()).add("".join(others))
    settled = _settled()
    common = words["n"] | words["a"] | words["p"] | settled.keys()
    heads = {word[:cut] for word in common for cut in range(2, len(word))}
    tails = {word[cut:] for word in common for cut in range(1, len(word))}
    content: dict[str, Any] = {
        "kinds": pack(_kinds(words, "nap")),
        "heads": bloom(heads),
        "tails": bloom(tails),
        "rare": bloom(
            {word for word in words["r"] if word in heads or not tails.isdisjoint([word, *without_ending(word)])}
        ),
        "compounds": pack({word: "+".join(parts) for word, parts in compounds.items()}),
        "tables": {
            "settled": settled,
            "opens": {first: " ".join(sorted(others)) for first, others in sorted(opens.items())},
            "past": past,
            "present": present,
            "short": short,
            "colloquial_past": colloquial_past,
            "colloquial_present": colloquial_present,
            "archaic_past": {stem: verb for stem, verb in archaic_past.items() if stem not in past},
            "archaic_present": {stem: verb for stem, verb in archaic_present.items() if stem not in present},
            "common": [past[fold(stem).split()[0]] for stem, *_, common in rows("verbs.tsv") if common == "common"],
            "stop": [],
        },
        "digest": "",
    }
    # Four of five rare words are what they are by the rules alone, and need not be loaded each time.
    stemmer = Stemmer(unpack(content))
    words["r"] = {word for word in words["r"] if stemmer.stem(word).term != word}
    content["kinds"] = pack(_kinds(words, "napr"))
    analysis = Analysis(unpack(content))
    stop = {stem for _class, line in rows("stopwords.tsv") for stem in analysis.columns(line).stems}
    content["tables"]["stop"] = sorted(stop)
    content["digest"] = f"{zlib.crc32(json.dumps(content, sort_keys=True).encode()):08x}"
    return content


def _kinds(words: dict[str, set[str]], kinds: str) -> dict[str, str]:
    """Words to their kinds; where a word is of several, the first of `kinds`."""
    return {word: kind for kind in reversed(kinds) for word in words[kind]}


def _words(hazm: Path) -> tuple[dict[str, set[str]], dict[str, list[str]]]:
    """hazm's words by kind, and compounds to their parts."""
    words: dict[str, set[str]] = {kind: set() for kind in "napr"}
    compounds: dict[str, list[str]] = {}
    torn = {piece for piece, *_ in rows("joins.tsv")}  # خامنه‌ای is an inflected word, not a compound
    for line in (hazm / "words.dat").read_text(encoding="utf-8").splitlines():
        form, _frequency, tags = line.split("\t")
        word = fold(form)
        if not word.isalpha():  # a few broken lines and bound forms
            continue
        words[_kind(tags.split(","))].add(word)
        parts = [fold(part) for part in form.split(_ZWNJ)]
        if len(parts) > 1 and all(parts) and not torn.intersection(parts):
            compounds[word] = parts
    words["r"] -= words["n"] | words["a"] | words["p"]
    return words, compounds


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


def _listed_verbs() -> Iterator[_Verb]:
    for past, present, *_ in rows("verbs.tsv"):
        pasts, presents = fold(past).split(), fold(present).split()
        yield f"{pasts[0]}#{presents[0]}", pasts, presents


def _ordinary_verbs() -> Iterator[_Verb]:
    for name, pasts, presents in _listed_verbs():
        short = _short(presents)
        long = [stem for stem in presents if stem not in short] + [stem + "ی" for stem in short]
        yield name, pasts + [re.sub("اند$", "انید", past) for past in pasts], list(dict.fromkeys(long))


def _short(presents: list[str]) -> list[str]:
    """The stems that take ی before an ending: افزا, and گو beside گوی."""
    return [stem for stem in presents if stem.endswith("ا") or stem + "ی" in presents]


def _colloquial_stems() -> Iterator[_Verb]:
    """The stems of the table, and ون for ان (موند, تونست)."""
    for (name, pasts, presents), (_, _, said_past, said_present, _) in zip(
        _listed_verbs(), rows("verbs.tsv"), strict=True
    ):
        said_pasts, said_presents = (fold(said).strip("-").split() for said in (said_past, said_present))
        said_pasts += [said for past in pasts if (said := re.sub("وان|ان(?=س?[تد]$)", "ون", past)) != past]
        said_presents += [said for present in presents if (said := re.sub("و?ان$", "ون", present)) != present]
        yield name, said_pasts, said_presents


def _hazm_verbs(hazm: Path) -> Iterator[_Verb]:
    for line in (hazm / "verbs.dat").read_text(encoding="utf-8").splitlines():
        past, _, present = fold(line).partition("#")
        if past:
            stems = present.replace(" یا ", " ").split()
            yield f"{past}#{stems[0] if stems else ''}", [past], stems

"""The compiler of the lexicon: from hazm's dictionaries and the tables in `data` to the file that ships.

    python -m jooya.analyzers.lexicon_compiler

hazm must be installed. Its dictionaries are the same in all versions that Jooya supports, so the file is, too.
"""

import re
import zlib
from collections.abc import Container, Iterable, Iterator, Mapping
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path

from .analysis import Analysis
from .bloom_filter import packed_filter
from .characters import fold
from .data_tables import table_rows
from .lexicon import LEXICON_FILE, parse_lexicon, unpacked
from .spelling_families import other_spellings, spelled_compounds, spelled_names
from .split_words import without_ending
from .stemmer import Stemmer

_PREAMBLE = """\
# The lexicon of Jooya, compiled from hazm's words.dat and verbs.dat (MIT licence) and the tables beside this file.
# Do not edit it: change the tables and run `make lexicon`. jooya.analyzers.lexicon says what each section holds.
"""

_ZWNJ = "\u200c"
_BASE64_COLUMNS = 76

_Verb = tuple[str, list[str], list[str]]
"""The name of a verb, its past stems and its present stems."""


def compile_lexicon(hazm: Path) -> bytes:
    """Return the lexicon in its text form.

    Args:
        hazm: the folder of hazm's data, see `hazm_data`.
    """
    words, compounds, forms = _words(hazm)
    names = {"".join(parts): (name, parts) for parts, name in spelled_names()}
    compounds |= {written: parts for written, (_name, parts) in names.items()}
    compounds |= {"".join(parts): parts for parts in spelled_compounds()}
    past, present = _stems(_ordinary_verbs())
    _, short = _stems((name, pasts, _short(presents)) for name, pasts, presents in _listed_verbs())
    colloquial_past, colloquial_present = _stems(_colloquial_stems())
    archaic_past, archaic_present = _stems(_hazm_verbs(hazm))
    continuations: dict[str, set[str]] = {}
    for first, *others in compounds.values():
        continuations.setdefault(first, set()).add("".join(others))
    settled = {written: name for written, (name, _parts) in names.items() if written != name} | _settled()
    common = words["n"] | words["a"] | words["p"] | settled.keys()
    heads = {word[:cut] for word in common for cut in range(2, len(word))}
    tails = {word[cut:] for word in common for cut in range(1, len(word))}
    rare = {word for word in words["r"] if word in heads or not tails.isdisjoint([word, *without_ending(word)])}
    sections = {
        "parts_of_speech": _grouped_lines(_parts_of_speech(words, "nap")),
        "heads": _base64_lines(packed_filter(heads)),
        "tails": _base64_lines(packed_filter(tails)),
        "rare": _base64_lines(packed_filter(rare)),
        "compounds": _groups({word: "+".join(parts) for word, parts in compounds.items()}),
        "settled": _sorted_lines(settled),
        "continuations": _sorted_lines({first: " ".join(sorted(others)) for first, others in continuations.items()}),
        "past": _lines(past),
        "present": _lines(present),
        "short": _lines(short),
        "colloquial_past": _lines(colloquial_past),
        "colloquial_present": _lines(colloquial_present),
        "archaic_past": _lines({stem: verb for stem, verb in archaic_past.items() if stem not in past}),
        "archaic_present": _lines({stem: verb for stem, verb in archaic_present.items() if stem not in present}),
        "common_verbs": [
            past[fold(stem).split()[0]] for stem, *_, common in table_rows("verbs.tsv") if common == "common"
        ],
        "stop_stems": [],
        "question_stems": [],
    }
    # The rules alone find the right stem of four in five rare words, so these need not be loaded each time.
    stemmer = Stemmer(parse_lexicon(_text(sections)))
    sections["settled"] = _sorted_lines(dict(_family_stems(forms, stemmer, common, settled)) | settled)
    words["r"] = {word for word in words["r"] if stemmer.stem(word).term != word}
    sections["parts_of_speech"] = _grouped_lines(_parts_of_speech(words, "napr"))
    analysis = Analysis(parse_lexicon(_text(sections)))
    questions, other_stops = _stop_stems(analysis)
    sections["stop_stems"] = sorted(questions | other_stops)
    sections["question_stems"] = sorted(questions - other_stops)
    return _text(sections)


def _stop_stems(analysis: Analysis) -> tuple[set[str], set[str]]:
    """Return the stems of question words, and those of all other stop words."""
    questions, others = set[str](), set[str]()
    for kind, words, _why in table_rows("stopwords.tsv"):
        for word in words.split():
            for whole, *rest in analysis.columns(word).words():
                # The parts of a compound may have a meaning of their own: علت in به‌علت.
                stems = {row[3] for row in (whole, *rest) if row[:2] == whole[:2]}
                (questions if kind == "questions" else others).update(stems)
    return questions, others


def hazm_data() -> Path:
    """Return hazm's data folder, which is found without importing hazm, since its import takes seconds.

    Raises:
        ModuleNotFoundError: hazm is not installed.
    """
    spec = find_spec("hazm")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("hazm is not installed, and the lexicon is compiled from it: pip install hazm")
    return Path(spec.origin).parent / "data"


def main() -> None:
    """Compile the lexicon into the package's data, and say whether it changed."""
    content = compile_lexicon(hazm_data())
    # Another zlib may compress the same text to other bytes, so an equal text is not written again.
    if LEXICON_FILE.exists() and unpacked(LEXICON_FILE.read_bytes()) == content:
        print(f"{LEXICON_FILE} is up to date")
        return
    LEXICON_FILE.write_bytes(packed(content))
    print(f"{LEXICON_FILE} is new")


def packed(content: bytes) -> bytes:
    """Return `content` as a gzip file, whose header has neither a name nor a time: the same bytes each time."""
    compressor = zlib.compressobj(9, wbits=31)
    return compressor.compress(content) + compressor.flush()


def _text(sections: Mapping[str, Iterable[str]]) -> bytes:
    lines = [_PREAMBLE]
    for name, section in sections.items():
        lines += [f"[{name}]\n", *[f"{line}\n" for line in section]]
    return "".join(lines).encode()


def _lines(mapping: Mapping[str, str]) -> list[str]:
    return [f"{key}\t{value}" for key, value in mapping.items()]


def _sorted_lines(mapping: Mapping[str, str]) -> list[str]:
    return _lines(dict(sorted(mapping.items())))


def _grouped_lines(mapping: Mapping[str, str]) -> list[str]:
    return _groups({key: f"{key}\t{value}" for key, value in mapping.items()})


def _groups(lines: Mapping[str, str]) -> list[str]:
    """Return lines in the order of their words, in blocks and groups as `WordTable` reads them."""
    grouped: list[str] = []
    for letter, block in groupby(sorted(lines), key=lambda word: word[:1]):
        grouped.append(letter)
        for beginning, words in groupby(block, key=lambda word: word[:2]):
            grouped += ["", beginning, *[lines[word] for word in words]]
        grouped += ["", ""]
    return grouped


def _base64_lines(packed: bytes) -> list[str]:
    text = packed.decode()
    return [text[start : start + _BASE64_COLUMNS] for start in range(0, len(text), _BASE64_COLUMNS)]


def _parts_of_speech(words: Mapping[str, set[str]], letters: str) -> dict[str, str]:
    """Return words with their parts of speech; where a word has several, the first of `letters`."""
    return {word: letter for letter in reversed(letters) for word in words[letter]}


def _family_stems(
    forms: dict[str, str], stemmer: Stemmer, common: Container[str], settled: Container[str]
) -> Iterator[tuple[str, str]]:
    """Yield the spellings of families of words with their stems."""
    listed = [form for form, letter in forms.items() if letter != "r"]
    rare = [form for form, letter in forms.items() if letter == "r"]
    for written, word, is_settled in other_spellings(listed, rare):
        is_free = written not in common and stemmer.stem(written).why in ("unknown", "lexicon")
        # حکماً is spelled like a plural of حکیم, so it is left alone.
        if is_settled or (is_free and word not in settled):
            yield written, stemmer.stem(word).term


def _words(hazm: Path) -> tuple[dict[str, set[str]], dict[str, list[str]], dict[str, str]]:
    """Return hazm's words by part of speech, its compounds with their parts, and its words as it writes them."""
    forms: dict[str, str] = {}
    words: dict[str, set[str]] = {letter: set() for letter in "napr"}
    compounds: dict[str, list[str]] = {}
    affixes = {affix for affix, *_ in table_rows("joins.tsv")}  # خامنه‌ای is an inflected word, not a compound
    for line in (hazm / "words.dat").read_text(encoding="utf-8").splitlines():
        form, _frequency, tags = line.split("\t")
        word = fold(form)
        if not word.isalpha():  # a few broken lines and bound forms
            continue
        forms[form] = _part_of_speech(tags.split(","))
        words[forms[form]].add(word)
        parts = [fold(part) for part in form.split(_ZWNJ)]
        if len(parts) > 1 and all(parts) and not affixes.intersection(parts):
            compounds[word] = parts
    words["r"] -= words["n"] | words["a"] | words["p"]
    return words, compounds, forms


def _part_of_speech(tags: list[str]) -> str:
    """Return the letter of `Lexicon.parts_of_speech` for tags of hazm, which has "0" where it knows none."""
    if tags == ["0"]:
        return "r"
    return "p" if "PL" in tags else "a" if "AJ" in tags else "n"


def _settled() -> dict[str, str]:
    """Return the words of the tables with their stems; a stem that is settled itself (of a variant) is followed."""
    settled: dict[str, str] = {}
    for table in ("variants.tsv", "broken_plurals.tsv", "colloquial.tsv", "exceptions.tsv"):
        for stem, words in table_rows(table):
            for word in words.split():
                settled[fold(stem if word == "." else word)] = fold(stem)
    return {word: settled.get(stem, stem) for word, stem in settled.items()}


def _stems(verbs: Iterable[_Verb]) -> tuple[dict[str, str], dict[str, str]]:
    """Return past stems and present stems with their verbs. The first verb with a stem keeps it."""
    past: dict[str, str] = {}
    present: dict[str, str] = {}
    for name, pasts, presents in verbs:
        for stem in pasts:
            past.setdefault(stem, name)
        for stem in presents:
            present.setdefault(stem, name)
    return past, present


def _listed_verbs() -> Iterator[_Verb]:
    """Yield the verbs of `verbs.tsv` with their stems as the table has them."""
    for past, present, *_ in table_rows("verbs.tsv"):
        pasts, presents = fold(past).split(), fold(present).split()
        yield f"{pasts[0]}#{presents[0]}", pasts, presents


def _ordinary_verbs() -> Iterator[_Verb]:
    """Yield the verbs of `verbs.tsv` with the stems that its rules add, and those of `_short` with their ی."""
    for name, pasts, presents in _listed_verbs():
        short = _short(presents)
        long = [stem for stem in presents if stem not in short] + [stem + "ی" for stem in short]
        yield name, pasts + [re.sub("اند$", "انید", past) for past in pasts], list(dict.fromkeys(long))


def _short(presents: list[str]) -> list[str]:
    """Return the stems that take ی before an ending: افزا, and گو beside گوی."""
    return [stem for stem in presents if stem.endswith("ا") or stem + "ی" in presents]


def _colloquial_stems() -> Iterator[_Verb]:
    """Yield the verbs with the colloquial stems of `verbs.tsv`, and with ون for ان (موند, تونست)."""
    for (name, pasts, presents), (_, _, said_past, said_present, _) in zip(
        _listed_verbs(), table_rows("verbs.tsv"), strict=True
    ):
        said_pasts, said_presents = (fold(said).strip("-").split() for said in (said_past, said_present))
        said_pasts += [said for past in pasts if (said := re.sub("وان|ان(?=س?[تد]$)", "ون", past)) != past]
        said_presents += [said for present in presents if (said := re.sub("و?ان$", "ون", present)) != present]
        yield name, said_pasts, said_presents


def _hazm_verbs(hazm: Path) -> Iterator[_Verb]:
    """Yield all verbs of hazm, most of which are hardly used now."""
    for line in (hazm / "verbs.dat").read_text(encoding="utf-8").splitlines():
        past, _, present = fold(line).partition("#")
        if past:
            stems = present.replace(" یا ", " ").split()
            yield f"{past}#{stems[0] if stems else ''}", [past], stems


if __name__ == "__main__":
    main()

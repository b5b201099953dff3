"""Read mutated words with the compiled core and with Python, and compare all that is known of them.

    python tests/faults/core_words.py --words 1000000 --seed 1 [--text FILE]

The words are those of the lexicon, with prefixes, endings, marks, half-spaces, punctuation, other letters and mistakes.
With a text, each of its words is compared as it is, too. Each is read as a chunk of text, as a
surface form, as several words to read as one, and as two pieces that a space may have split, and has its loose term.
A tenth as many texts of a few such words, which the core joins where a space has torn them, are compared, too.
"""

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from random import Random
from typing import NamedTuple

from jooya.analyzers.analysis import Analysis, stop_stems
from jooya.analyzers.characters import align
from jooya.analyzers.data_tables import table_rows
from jooya.analyzers.lexicon import lexicon
from jooya.analyzers.loose_terms import LooseTerms
from jooya.analyzers.tokenizer import token_pattern
from jooya.analyzers.word_forms import WordForm, WordForms, WordPart

LEAST_SHARE = 0.5
"""The core must have read so many of the words, else the trial looks at nothing but Python."""

_LETTERS = "ابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی"
_OTHER_LETTERS = "آأإؤئةۀءيكىېڕœaZ五"
_MARKS = "\u064b\u064e\u0651\u0640\u0670\u0654\u0301"
_JOINERS = "\u200c\u200d\u00ad\u00ac\u200f\ufeff"
_AROUND = ".,،؛:!؟?«»()[]\"'-/…_%+#@*12۳\n\t\u00a0\ufdf2"


class Figures(NamedTuple):
    """The counts of a trial.

    Attributes:
        words: how many words were compared.
        by_core: how many of them the core reads.
        unequal: those that came out otherwise.
    """

    words: int
    by_core: int
    unequal: list[str]


@cache
def known_words() -> list[str]:
    """Return the words of the lexicon, and the stems of verbs."""
    known = lexicon()
    blocks = [*known.parts_of_speech.blocks, *known.compounds.blocks]
    listed = [line.partition("\t")[0].replace("+", "") for block in blocks for line in block.decode().split("\n")]
    stems = [known.past, known.present, known.short, known.colloquial_past, known.colloquial_present]
    verbs = [stem for table in [*stems, known.archaic_past, known.archaic_present] for stem in table]
    return sorted({word for word in [*listed, *known.settled, *known.continuations, *verbs] if word})


@cache
def affixes() -> tuple[list[str], list[str]]:
    """Return what may stand before a word, and what may stand after it."""
    tables = {name: [row[0] for row in table_rows(f"{name}.tsv")] for name in ("suffixes", "joins")}
    of_verbs = [form.strip("-+") for row in table_rows("conjugation.tsv") for form in row[2].split()]
    return ["می", "نمی", "ب", "ن", "م", "بر", "در", "وا", "فرا", "به", "بی"], [
        *tables["suffixes"],
        *tables["joins"],
        *of_verbs,
    ]


def mutated_words(random: Random, count: int) -> Iterator[str]:
    """Yield words of the lexicon with some things done to them."""
    words = known_words()
    before, after = affixes()
    for _ in range(count):
        word = random.choice(words)
        for _ in range(random.choice((0, 1, 1, 1, 2, 2, 3, 4))):
            word = _changed(random, word, words, before, after)
        yield word


def _changed(random: Random, word: str, words: list[str], before: list[str], after: list[str]) -> str:
    place = random.randint(0, len(word))
    between = random.choice(("", "", "\u200c", random.choice(_JOINERS), " "))
    match random.randrange(12):
        case 0 | 1:
            return word + between + random.choice(after)
        case 2:
            return random.choice(before) + between + word
        case 3:
            return word + between + random.choice(words)
        case 4:
            return word[:place] + random.choice(_LETTERS) + word[place:]
        case 5:
            return word[:place] + word[place + 1 :]
        case 6:
            return word[:place] + word[place + 1 : place + 2] + word[place : place + 1] + word[place + 2 :]
        case 7:
            return word[:place] + word[place : place + 1] * random.choice((2, 3, 4, 30)) + word[place + 1 :]
        case 8:
            return word[:place] + random.choice(_MARKS) + word[place:]
        case 9:
            return word[:place] + random.choice(_JOINERS) + word[place:]
        case 10:
            return random.choice((random.choice(_AROUND) + word, word + random.choice(_AROUND)))
        case _:
            return word[:place] + random.choice(_OTHER_LETTERS) + word[place:]


def compare(words: Iterable[str]) -> Figures:
    """Return what has come of reading words by both."""
    return comparison()(words)


def comparison() -> Callable[[Iterable[str]], Figures]:
    """Return a function that reads words by both, and returns what has come of it."""
    python, core = WordForms(lexicon()), WordForms(lexicon())
    core.use_core()
    native = core.native
    if native is None:
        raise SystemExit("the compiled core was not built")
    stops = stop_stems()
    loose_by_core = LooseTerms(lexicon(), core.stemmer, stops, lambda: native)
    loose_by_python = LooseTerms(lexicon(), core.stemmer, stops, lambda: None)
    read_chunk = Analysis(lexicon())._read_chunk  # it remembers no chunks here, so it stays with Python

    def compared(words: Iterable[str]) -> Figures:
        count, by_core = 0, 0
        unequal: list[str] = []
        previous = python["و"]
        for word in words:
            count += 1
            aligned = align(word)
            chunk = native.chunk(word)
            by_core += chunk is not None
            pairs: list[tuple[object, object]] = [(chunk, read_chunk(word))] if chunk is not None else []
            if _is_read_as_one(aligned):
                form = python[aligned]
                pairs += [(core[aligned], form), (core.are_one(previous, form), python.are_one(previous, form))]
                pairs += [(core._is_verb_with("می", form.surface), python._is_verb_with("می", form.surface))]
                pairs += [(loose_by_core.find(*own), loose_by_python.find(*own)) for own in form_words(form)]
                previous = form
            if any(found != expected or not _has_types(found) for found, expected in pairs):
                unequal.append(word)
        return Figures(count, by_core, unequal)

    return compared


def unequal_texts(random: Random, count: int) -> list[str]:
    """Return those of some texts whose tokens are others by the core than by Python."""
    core, python = Analysis(lexicon(), pure=False), Analysis(lexicon(), pure=True)
    core.columns(" ".join(map(str, range(1_000))))  # after some chunks, it reads by the core
    native = core.native
    if native is None:
        raise SystemExit("the core does not read texts")
    unequal: list[str] = []
    for _ in range(count):
        words = mutated_words(random, random.randint(2, 8))
        text = "".join(word + random.choice("    \n") for word in words)
        found, expected = core.columns(text), python.columns(text)
        if any(getattr(found, name) != getattr(expected, name) for name in found.__slots__):
            unequal.append(text)
    return unequal


def form_words(form: WordForm) -> list[tuple[str, str]]:
    """Return the surface form and the stem of a word and of its parts."""
    return [(form.surface, form.stem), *[(part.surface, part.stem) for part in form.parts]]


def _is_read_as_one(aligned: str) -> bool:
    """Return True if a text is one token, or several with spaces between: no other is looked up in `WordForms`."""
    before, *others = token_pattern().split(aligned)
    return bool(others) and not before and not others[-1] and all(gap == " " for gap in others[1:-1:2])


def _has_types(found: object) -> bool:
    """Return True if what is known has the types that Python gives it."""
    return isinstance(found, bool | str) or (
        isinstance(found, WordForm) and all(isinstance(part, WordPart) for part in found.parts)
    )


def main() -> None:
    """Run the trial that the arguments ask for; exit with 1 if anything was unequal."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--words", type=int, default=1_000_000, metavar="N", help="mutated words (default: %(default)s)"
    )
    parser.add_argument("--seed", type=int, default=1, metavar="N")
    parser.add_argument("--text", type=Path, metavar="FILE", help="a text whose words are read, too")
    options = parser.parse_args()
    words = dict.fromkeys(options.text.read_text(encoding="utf-8").split()) if options.text else {}
    figures = compare([*words, *mutated_words(Random(options.seed), options.words)])
    share = figures.by_core / figures.words
    texts = unequal_texts(Random(options.seed), options.words // 10)
    for word in [*figures.unequal[:20], *texts[:20]]:
        print("unequal:", ascii(word))
    print(f"{figures.words:,} words, {share:.0%} of them read by the core: {len(figures.unequal)} unequal")
    print(f"{options.words // 10:,} texts: {len(texts)} unequal")
    sys.exit(bool(figures.unequal or texts) or share < LEAST_SHARE)


if __name__ == "__main__":
    main()

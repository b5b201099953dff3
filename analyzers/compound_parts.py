"""Compounds that are written apart as well as in one: where a word may be cut, and which neighbours may be one word.

Nothing here changes the terms of a text. A query uses it to look for a compound in its other spellings: for دانش مند
where دانشمند was typed, and the other way round. It is therefore a matter of what may be one word. What is written both
ways somewhere is for the index to tell.
"""

from collections import defaultdict
from functools import cache, lru_cache

from .analysis import analysis
from .characters import fold
from .data_tables import table_rows
from .lexicon import lexicon

Parts = tuple[str, ...]
"""The two or three parts of a compound, as surface forms."""

LONGEST_COMPOUND = 30
"""The number of letters of the longest word that is cut into parts."""

_COMMON = frozenset("nap")  # parts of speech in the lexicon, see Lexicon.parts_of_speech
_LONG = 3  # letters of a part of a known word, if the table has no row for it
_SHORT = 2  # letters of a part of a word that is in no dictionary, and of the shortest part of all
_AND = "و"


def compound_parts(word: str) -> tuple[Parts, ...]:
    """Return the ways in which a word may be written apart: two parts, or three.

    Args:
        word: a surface form.

    Returns:
        The parts of each, which together are the word, perhaps without its endings. Where و stands between two, it is
        a part.
    """
    return tuple(dict.fromkeys(parts for base in _bases(word) for parts in _cuts(base, is_verb=_is_verb(word))))


@cache
def words_apart() -> frozenset[str]:
    """Return the words that are never part of a compound: function words that the table does not have."""
    listed = {other for side in ("first", "last") for others in _rows(side).values() for other in others}
    return _function_words() - _rows("first").keys() - _rows("last").keys() - listed - {_AND}


def may_be_one(parts: Parts, whole: str) -> bool:
    """Return True if neighbours may be the parts of one word.

    This is true of more words than `compound_parts` cuts, since the space between the neighbours was typed.

    Args:
        parts: the surface forms of two or three neighbours.
        whole: the surface form of all together. It may lack a و that stands between two: جستجو for جست و جو.
    """
    *first, last = parts
    begin = sum(map(len, first)) - (len(_AND) if len("".join(parts)) > len(whole) else 0)
    form = analysis().form(last)
    lasts = {last, form.stem, *[part.stem for part in form.parts]}
    return any(
        base[begin:] in lasts and _are_one((*first, base[begin:]), base, is_verb=_is_verb(whole))
        for base in _bases(whole)
        if base not in _simple_words()
    )


def _are_one(parts: Parts, whole: str, *, is_verb: bool) -> bool:
    """Return True if the parts may be one word, which has no endings."""
    if len(parts) == 2:
        return _has_row(*parts, whole) or (not is_verb and _may_be_joined(*parts, is_common=_is_common(whole)))
    left, middle, right = parts
    if middle == _AND:
        return parts in _cuts(whole, is_verb=is_verb)
    return (
        _are_one((left, middle + right), whole, is_verb=is_verb)
        and _are_one((middle, right), middle + right, is_verb=is_verb)
    ) or (
        _are_one((left + middle, right), whole, is_verb=is_verb)
        and _are_one((left, middle), left + middle, is_verb=is_verb)
    )


def _bases(word: str) -> list[str]:
    """Return what of a word may be cut: its stem if that is a noun under endings, else the word as it is."""
    if len(word) > LONGEST_COMPOUND or not word.isalpha():
        return []
    form = analysis().form(word)
    if _is_verb(word) or not word.startswith(form.stem):  # اشخاص is found by شخص
        return [word]
    return [form.stem] if _is_common(form.stem) else list(dict.fromkeys([form.stem, word]))


def _is_verb(word: str) -> bool:
    return analysis().form(word).why.startswith("verb")


@lru_cache(maxsize=1 << 14)
def _cuts(word: str, *, is_verb: bool) -> tuple[Parts, ...]:
    """Return the parts that together are `word`, or are it with a و between. A verb is cut after a preverb alone."""
    if word in _simple_words():
        return ()
    is_common = _is_common(word)
    cuts: dict[Parts, None] = {}
    for left, right in _halves(word):
        if _has_row(left, right, word) or (not is_verb and _are_parts(left, right, is_common=is_common)):
            cuts[left, right] = None
            for inner in _known_halves(left):
                cuts[*inner, right] = None
            for inner in _known_halves(right):
                cuts[left, *inner] = None
        if is_verb:
            continue
        if _are_verbs(left, right):
            cuts[left, _AND, right] = None
        if right.startswith(_AND) and _are_joined_by_and(left, right.removeprefix(_AND), is_common=is_common):
            cuts[left, _AND, right.removeprefix(_AND)] = None
    return tuple(cuts)


def _halves(word: str) -> list[tuple[str, str]]:
    return [(word[:cut], word[cut:]) for cut in range(_SHORT, len(word) - _SHORT + 1)]


def _known_halves(part: str) -> list[Parts]:
    """Return the parts of a part that is a compound of known words itself: بنا and بر of بنابر."""
    if part in _simple_words():
        return []
    return [
        (left, right)
        for left, right in _halves(part)
        if _has_row(left, right, part) or _are_parts(left, right, is_common=True)
    ]


def _are_parts(left: str, right: str, *, is_common: bool) -> bool:
    """Return True if a word may be cut into two words that the table does not have.

    Args:
        left: the first part.
        right: the last part.
        is_common: True if both together are a common word. The parts are then known, too; those of a word that no
            dictionary has may be names, or foreign: آی فون.
    """
    if len(right) < _LONG or not _function_words().isdisjoint((left, right)):
        return False
    return not is_common or (len(left) >= _LONG and _is_known(left) and _is_known(right))


def _may_be_joined(left: str, right: str, *, is_common: bool) -> bool:
    """Return True if two words that the table does not have may be one.

    A short part of a common word is none: تهران is not ته ران. But it is one where the other part is no word, since
    then it is the space between them that is wrong: تل گرام.

    Args:
        left: the first part.
        right: the last part.
        is_common: True if both together are a common word.
    """
    if not _function_words().isdisjoint((left, right)):
        return False
    return not is_common or _are_long(left, right) or not (_is_known(left) and _is_known(right))


def _are_long(left: str, right: str) -> bool:
    return min(len(left), len(right)) >= _LONG


def _has_row(left: str, right: str, whole: str) -> bool:
    """Return True if the table has one of two parts, and the other is what its row asks for."""
    return _fits(_rows("first").get(left), right, "last", whole) or _fits(
        _rows("last").get(right), left, "first", whole
    )


def _fits(conditions: frozenset[str] | None, other: str, side: str, whole: str) -> bool:
    """Return True if `other`, which stands on a side, is what the rows of a part ask for, if it has any."""
    if conditions is None:
        return False
    if other in conditions or ("verb" in conditions and _is_of_verb(other)):
        return True
    if other in _function_words() or not ("word" in conditions or ("rare" in conditions and not _is_listed(whole))):
        return False
    return len(other) >= _LONG or other in _rows(side)


def _are_verbs(left: str, right: str) -> bool:
    """Return True for the stems of two verbs that make a noun with و between them, which may be left out: جست و جو."""
    known = lexicon()
    return left in known.past and (right in known.present or right in known.short)


def _are_joined_by_and(left: str, right: str, *, is_common: bool) -> bool:
    """Return True for two words that may make one with و between them: زد و خورد, آب و هوا."""
    functional = len({left, right} & _function_words())
    if min(len(left), len(right)) < _SHORT or functional == 1:  # کاروان is not کار و آن
        return False
    # داروخانه is دارو and خانه, not دار و خانه.
    if is_common and (_is_common(left + _AND) or _is_known(_AND + right)):
        return False
    if functional or (_is_of_verb(left) and _is_of_verb(right)):
        return True
    return (_are_long(left, right) or not is_common) and _is_known(left) and _is_known(right)


def _is_listed(word: str) -> bool:
    known = lexicon()
    return known.parts_of_speech.find(word) in _COMMON or word in known.settled


def _is_common(word: str) -> bool:
    """Return True if the lexicon has a word, perhaps as a compound alone."""
    return _is_listed(word) or bool(lexicon().compounds.find(word))


def _is_known(part: str) -> bool:
    """Return True if a part is a word, a form of a verb, or bound to other words."""
    if _is_common(part) or _is_of_verb(part) or part in _rows("first") or part in _rows("last"):
        return True
    return part.endswith("ی") and _is_common(part[:-1])  # دولتی


def _is_of_verb(part: str) -> bool:
    """Return True for a nominal form of a verb, perhaps with a preverb: گذار, گذاری, کنش, نوشته, خوردن, برانگیز."""
    if _is_plain_form_of_verb(part):
        return True
    preverb = next(filter(part.startswith, _preverbs()), "")
    return bool(preverb) and _is_plain_form_of_verb(part.removeprefix(preverb))


def _is_plain_form_of_verb(part: str) -> bool:
    known = lexicon()
    if any(part in stems for stems in (known.past, known.present, known.short)):
        return True
    stem, ending = part[:-1], part[-1:]
    if ending in ("ه", "ن"):
        return stem in known.past
    return ending in ("ی", "ش") and (stem in known.present or stem in known.short)


@cache
def _preverbs() -> tuple[str, ...]:
    return tuple(sorted(part for part, others in _rows("first").items() if "verb" in others))


@cache
def _rows(side: str) -> dict[str, frozenset[str]]:
    """Return the parts that stand on a side, with what the other part must be."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for parts, stands, others, _why in table_rows("compound_parts.tsv"):
        if stands == side:
            for part in fold(parts).split():
                found[part] |= {*fold(others).split()}
    return {part: frozenset(others) for part, others in found.items()}


@cache
def _function_words() -> frozenset[str]:
    """Return the stop words, which make compounds only where a row of the table says so."""
    return frozenset(fold(word) for _class, words, _why in table_rows("stopwords.tsv") for word in words.split())


@cache
def _simple_words() -> frozenset[str]:
    """Return the words that are no compounds, though their halves are words."""
    return frozenset(word for words, _why in table_rows("simple_words.tsv") for word in fold(words).split())

"""Headings of plain text: short lines that stand alone, known by their words, their number, their underline, or by
what is around them."""

import heapq
import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import chain
from typing import NamedTuple

from .words import Span, after_blank, ends_sentence, folded, is_verb, table

_LONGEST = 80
"""Characters of a heading."""
_MOST_WORDS = 12
_LOOKED_AT = 1000
"""So many characters before and after a line tell whether they are prose."""

# Between two blocks of lines: a blank line, or the end of a page.
_GAP = re.compile(r"\n[^\S\n\f]*+[\n\f]\s*+")
_UNDERLINE = re.compile(r"\n[^\S\n]*+(?:={3,}+|-{3,}+)[^\S\n]*+(?=\n|\Z)")
_DEEP_NUMBER = re.compile(r"[0-9]{1,2}(?:[-–.][0-9]{1,2}){1,4}[-–.)]{0,2}\s+\D")
_NUMBERED_ITEM = re.compile(r"\(?\d{1,3}\s*[-–.)]")
_NO_HEADING = re.compile(r"[-–—•▪◦·*+«\"“'(\[{#@<]|.*\d{4}")
_LEADER = re.compile(r"\.{4,}|…{2,}|\s{3,}|\t")
_LETTERS = re.compile(r"[^\W\d_]{2}")
_INNER_MARK = re.compile(r"[.!?؟۔…]\s")
_SET_OFF = re.compile(r"[:：–—-]")


class Heading(NamedTuple):
    """A heading of a text: where its lines (with an underline) begin and end, and what it says."""

    start: int
    end: int
    text: str


def headings(text: str, begin: int, left_out: list[Span], *, prose: bool) -> list[Heading]:
    """The headings in `text` from `begin` on, in order, none of them in the spans `left_out`.

    prose: whether a short line may be a heading for what is around it alone; short answers in a conversation are not.
    """
    outside = {start for start, _ in left_out}
    sure = chain(_numbered(text, begin, left_out), _underlined(text, begin))
    found = {heading.start: heading for heading in sure if heading.start not in outside}
    before, block = (begin, begin), (begin, begin)
    for after in chain(_blocks(text, begin, left_out), [(len(text), len(text))]):
        start, end = block
        if start not in found and 0 < end - start <= 2 * _LONGEST:
            above = found.get(before[0])
            follows = above is not None and after_blank(text, above.end) >= before[1]
            if heading := _alone(text, before, block, after, prose=prose, follows=follows):
                found[start] = heading
        before, block = block, after
    return [found[start] for start in sorted(found)]


def is_numbered(line: str) -> bool:
    """Whether `line` begins as a heading with a number does: فصل اول."""
    return _number().match(" ".join(folded(line))) is not None


def _blocks(text: str, begin: int, left_out: list[Span]) -> Iterator[Span]:
    """Lines between blank ones and spans that are left out."""
    gaps: Iterable[Span] = (match.span() for match in _GAP.finditer(text, begin))
    start = after_blank(text, begin)
    for stop, resume in heapq.merge(gaps, left_out) if left_out else gaps:
        if start < stop:
            yield start, stop
        start = max(start, after_blank(text, resume))
    yield start, len(text)


def _says(line: str) -> str:
    return " ".join(line.split()).rstrip(" :：-–—")


def _fits(line: str) -> bool:
    """Whether `line` may be a heading at all."""
    return (
        0 < len(line) <= _LONGEST
        and len(line.split()) <= _MOST_WORDS
        and not ends_sentence(line)
        and not line.endswith(tuple("،,؛;"))
        and not _LEADER.search(line)
        and _LETTERS.search(line) is not None
    )


# ---- Known by a word and a number


def _numbered(text: str, begin: int, left_out: list[Span]) -> Iterator[Heading]:
    """Headings such as فصل اول and بخش ۲: حقوق زنان. These need no blank line after them, if the next line is long."""
    first = after_blank(text, begin)
    resumed = {stop for _, stop in left_out}
    starts = (after_blank(text, match.start()) for match in _line_begins().finditer(text, begin))
    for start in chain([first] if _numbered_word().match(text, first) else [], starts):
        line = text[start : _line_end(text, start)].strip()
        if not _fits(line) or not (words := folded(line)):
            continue
        number = _number().match(" ".join(words))
        if number is None or (is_verb(words[-1]) and not _SET_OFF.search(line)):
            continue
        before = text[max(begin, start - _LOOKED_AT) : start]
        gap = before[len(before.rstrip()) :]
        parted = gap == before or gap.count("\n") > 1 or "\f" in gap or start - len(gap) in resumed
        if not parted and not ends_sentence(before):
            continue
        end = start + len(line)
        following = after_blank(text, end)
        following_end = _line_end(text, following)
        if _stands_off(text, end, following) or following_end - following >= 2 * len(line):
            yield Heading(start, end, _says(line))
        elif parted and number.end() == len(" ".join(words)):
            # Two lines: فصل دوم, and its name.
            name = text[following:following_end].strip()
            alone = _stands_off(text, following_end, after_blank(text, following_end))
            if alone and _fits(name) and not _numbered_word().match(name):
                yield Heading(start, following + len(name), _says(f"{line} {name}"))


@cache
def _numbered_word() -> re.Pattern[str]:
    """A word that a number may follow, as it may be typed."""
    words = sorted(table("headings.tsv")["numbered"])
    typed = [word.replace("ی", "[یيىئ]").replace("ک", "[کك]") for word in words]
    latin = [word for word in words if word.isascii()]
    typed += [word.capitalize() for word in latin] + [word.upper() for word in latin]
    return re.compile(rf"(?:{'|'.join(typed)})\b")


@cache
def _line_begins() -> re.Pattern[str]:
    """The end of a line before one that begins with such a word, perhaps after a mark of direction."""
    return re.compile(rf"\n[^\S\n]*+[\u200e\u200f]*+(?={_numbered_word().pattern})")


@cache
def _number() -> re.Pattern[str]:
    """Such a word and a number, folded."""
    words = table("headings.tsv")
    kinds = ("numbered", "unit", "ten", "letter")
    numbered, units, tens, letters = ("|".join(sorted(words[kind])) for kind in kinds)
    spelled = rf"(?:(?:{tens}) و )?(?:{units})|{tens}"
    number = rf"(?:{spelled}|[0-9]{{1,3}}(?:[-–./][0-9]{{1,3}})*|[ivxl]{{1,7}}|{letters})"
    return re.compile(rf"(?:{numbered})(?: شماره)? {number}(?!\w)")


def _line_end(text: str, start: int) -> int:
    end = text.find("\n", start)
    return len(text) if end < 0 else end


def _stands_off(text: str, end: int, following: int) -> bool:
    """Whether what follows a line, from `following` on, is parted from it: by a blank line, or there is nothing."""
    return following == len(text) or text.count("\n", end, following) > 1


# ---- Known by an underline


def _underlined(text: str, begin: int) -> Iterator[Heading]:
    if "===" not in text and "---" not in text:
        return
    for match in _UNDERLINE.finditer(text, begin):
        start = text.rfind("\n", max(begin, match.start() - 2 * _LONGEST), match.start()) + 1
        if start == 0 and match.start() - begin > 2 * _LONGEST:
            continue
        start = after_blank(text, max(start, begin))
        line = text[start : match.start()].strip()
        before = text[max(begin, start - _LOOKED_AT) : start]
        gap = before[len(before.rstrip()) :]
        if _fits(line) and (gap == before or gap.count("\n") > 1 or ends_sentence(before)):
            yield Heading(start, match.end(), _says(line))


# ---- Known by standing alone


def _alone(text: str, before: Span, block: Span, after: Span, *, prose: bool, follows: bool) -> Heading | None:
    """The heading that `block` is: one line, known by its words (مقدمه) or its number (۱-۲ روش پژوهش), or a short one
    between sentences.

    before, after: the blocks around it. follows: whether the one before is a heading.
    """
    line = text[slice(*block)].strip()
    if "\n" in line or not _fits(line):
        return None
    heading = Heading(block[0], block[0] + len(line), _says(line))
    words = folded(line)
    if _unnumbered(words):
        return heading
    if not words or not prose or ":" in line or is_verb(words[-1]) or not _is_prose(text, after, line):
        return None
    if _DEEP_NUMBER.match(" ".join(words)):
        return heading
    if table("headings.tsv")["answer"].issuperset(words):
        return None
    said = text[max(before[0], before[1] - _LOOKED_AT) : before[1]]
    between = follows or not said or ends_sentence(said)
    return heading if between and len(words) <= 8 and not _NO_HEADING.match(line) else None


def _unnumbered(words: list[str]) -> bool:
    """Whether these are the words of a heading such as مقدمه, نتیجه گیری or ۱. فهرست منابع."""
    known = table("headings.tsv")["unnumbered"]
    if words and not any(char.isalpha() for char in words[0]):
        words = words[1:]
    if not words or len(words) > 4 or is_verb(words[-1]):
        return False
    first = words[0].removesuffix("ی") if words[0].endswith("هی") else words[0]  # مقدمه‌ی مترجم
    return first in known or "".join(words[:2]) in known


def _is_prose(text: str, block: Span, line: str) -> bool:
    """Whether what follows `line` is a paragraph: much longer, with sentences, and not the next item of a list."""
    following = text[block[0] : min(block[1], block[0] + _LOOKED_AT)]
    if len(following) < max(60, 2 * len(line)) or (_NUMBERED_ITEM.match(line) and _NUMBERED_ITEM.match(following)):
        return False
    return _INNER_MARK.search(following) is not None or ends_sentence(following)

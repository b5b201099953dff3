"""Headings of plain text: short lines that stand alone, found by their words, number, underline or surroundings."""

import heapq
import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import chain
from typing import NamedTuple

from .cue_words import cue_words, folded_words, is_verb
from .text_spans import Span, ends_sentence, skip_space

_MAX_LENGTH = 80
"""The longest heading, in characters."""
_MAX_WORDS = 12
_CONTEXT = 1000
"""The number of characters before and after a line by which it is decided whether they are prose."""

# The end of a block of lines: a blank line, or the end of a page.
_BLOCK_END = re.compile(r"\n[^\S\n\f]*+[\n\f]\s*+")
_UNDERLINE = re.compile(r"\n[^\S\n]*+(?:={3,}+|-{3,}+)[^\S\n]*+(?=\n|\Z)")
_DEEP_NUMBER = re.compile(r"[0-9]{1,2}(?:[-–.][0-9]{1,2}){1,4}[-–.)]{0,2}\s+\D")
_NUMBERED_ITEM = re.compile(r"\(?\d{1,3}\s*[-–.)]")
_RULED_OUT = re.compile(r"[-–—•▪◦·*+«\"“'(\[{#@<]|.*\d{4}")
_LEADER = re.compile(r"\.{4,}|…{2,}|\s{3,}|\t")
_LETTERS = re.compile(r"[^\W\d_]{2}")
_INNER_MARK = re.compile(r"[.!?؟۔…]\s")
_SEPARATOR = re.compile(r"[:：–—-]")


class Heading(NamedTuple):
    """A heading of a text.

    Attributes:
        start: The offset of its start.
        end: The offset of the end of its lines, an underline included.
        text: The heading on one line.
    """

    start: int
    end: int
    text: str


def find_headings(text: str, begin: int, excluded: list[Span], *, in_prose: bool) -> list[Heading]:
    """Return the headings of a text, in order.

    Args:
        text: The text.
        begin: The offset from which on headings are looked for.
        excluded: The spans of running headers; no heading is in any of them.
        in_prose: True if a short line may be a heading by its surroundings alone. In a conversation, it is a short
            answer.
    """
    outside = {start for start, _ in excluded}
    certain = chain(_numbered(text, begin, excluded), _underlined(text, begin))
    found = {heading.start: heading for heading in certain if heading.start not in outside}
    before, block = (begin, begin), (begin, begin)
    for after in chain(_blocks(text, begin, excluded), [(len(text), len(text))]):
        start, end = block
        if start not in found and 0 < end - start <= 2 * _MAX_LENGTH:
            above = found.get(before[0])
            follows = above is not None and skip_space(text, above.end) >= before[1]
            if heading := _standing_alone(text, before, block, after, in_prose=in_prose, follows_heading=follows):
                found[start] = heading
        before, block = block, after
    return [found[start] for start in sorted(found)]


def has_number(line: str) -> bool:
    """Return True if `line` begins as a numbered heading does: فصل اول."""
    return _number().match(" ".join(folded_words(line))) is not None


def _blocks(text: str, begin: int, excluded: list[Span]) -> Iterator[Span]:
    """Yield the spans of lines between blank lines and excluded spans."""
    gaps: Iterable[Span] = (match.span() for match in _BLOCK_END.finditer(text, begin))
    start = skip_space(text, begin)
    for stop, resume in heapq.merge(gaps, excluded) if excluded else gaps:
        if start < stop:
            yield start, stop
        start = max(start, skip_space(text, resume))
    yield start, len(text)


def _heading_text(line: str) -> str:
    """Return the heading that a line states."""
    return " ".join(line.split()).rstrip(" :：-–—")


def _may_be_heading(line: str) -> bool:
    """Return True if nothing in `line` itself rules out that it is a heading."""
    return (
        0 < len(line) <= _MAX_LENGTH
        and len(line.split()) <= _MAX_WORDS
        and not ends_sentence(line)
        and not line.endswith(tuple("،,؛;"))
        and not _LEADER.search(line)
        and _LETTERS.search(line) is not None
    )


# ---- Recognized by a word and a number


def _numbered(text: str, begin: int, excluded: list[Span]) -> Iterator[Heading]:
    """Yield headings such as فصل اول and بخش ۲: حقوق زنان. No blank line has to follow, if the next line is long."""
    first = skip_space(text, begin)
    resumed = {stop for _, stop in excluded}
    starts = (skip_space(text, match.start()) for match in _line_begins().finditer(text, begin))
    for start in chain([first] if _numbered_word().match(text, first) else [], starts):
        line = text[start : _line_end(text, start)].strip()
        if not _may_be_heading(line) or not (words := folded_words(line)):
            continue
        number = _number().match(" ".join(words))
        if number is None or (is_verb(words[-1]) and not _SEPARATOR.search(line)):
            continue
        before = text[max(begin, start - _CONTEXT) : start]
        gap = before[len(before.rstrip()) :]
        set_apart = gap == before or gap.count("\n") > 1 or "\f" in gap or start - len(gap) in resumed
        if not set_apart and not ends_sentence(before):
            continue
        end = start + len(line)
        following = skip_space(text, end)
        following_end = _line_end(text, following)
        if _is_set_apart(text, end, following) or following_end - following >= 2 * len(line):
            yield Heading(start, end, _heading_text(line))
        elif set_apart and number.end() == len(" ".join(words)):
            # A heading of two lines: فصل دوم, and then its name.
            name = text[following:following_end].strip()
            alone = _is_set_apart(text, following_end, skip_space(text, following_end))
            if alone and _may_be_heading(name) and not _numbered_word().match(name):
                yield Heading(start, following + len(name), _heading_text(f"{line} {name}"))


@cache
def _numbered_word() -> re.Pattern[str]:
    """Return the pattern of a word that a number may follow, in the ways that it is typed."""
    words = sorted(cue_words("headings.tsv")["numbered"])
    typed = [word.replace("ی", "[یيىئ]").replace("ک", "[کك]") for word in words]
    latin = [word for word in words if word.isascii()]
    typed += [word.capitalize() for word in latin] + [word.upper() for word in latin]
    return re.compile(rf"(?:{'|'.join(typed)})\b")


@cache
def _line_begins() -> re.Pattern[str]:
    """Return the pattern of a line's end before a word of `_numbered_word`, which a mark of direction may precede."""
    return re.compile(rf"\n[^\S\n]*+[\u200e\u200f]*+(?={_numbered_word().pattern})")


@cache
def _number() -> re.Pattern[str]:
    """Return the pattern of a word that a number may follow, with its number, in folded text."""
    words = cue_words("headings.tsv")
    kinds = ("numbered", "unit", "ten", "letter")
    numbered, units, tens, letters = ("|".join(sorted(words[kind])) for kind in kinds)
    spelled = rf"(?:(?:{tens}) و )?(?:{units})|{tens}"
    number = rf"(?:{spelled}|[0-9]{{1,3}}(?:[-–./][0-9]{{1,3}})*|[ivxl]{{1,7}}|{letters})"
    return re.compile(rf"(?:{numbered})(?: شماره)? {number}(?!\w)")


def _line_end(text: str, start: int) -> int:
    end = text.find("\n", start)
    return len(text) if end < 0 else end


def _is_set_apart(text: str, end: int, following: int) -> bool:
    """Return True if the line that ends at `end` is followed by a blank line, or by nothing.

    Args:
        text: The text.
        end: The offset of the end of the line.
        following: The offset of the first character after it that is no white space.
    """
    return following == len(text) or text.count("\n", end, following) > 1


# ---- Recognized by an underline


def _underlined(text: str, begin: int) -> Iterator[Heading]:
    if "===" not in text and "---" not in text:
        return
    for match in _UNDERLINE.finditer(text, begin):
        start = text.rfind("\n", max(begin, match.start() - 2 * _MAX_LENGTH), match.start()) + 1
        if start == 0 and match.start() - begin > 2 * _MAX_LENGTH:
            continue
        start = skip_space(text, max(start, begin))
        line = text[start : match.start()].strip()
        before = text[max(begin, start - _CONTEXT) : start]
        gap = before[len(before.rstrip()) :]
        if _may_be_heading(line) and (gap == before or gap.count("\n") > 1 or ends_sentence(before)):
            yield Heading(start, match.end(), _heading_text(line))


# ---- Recognized by standing alone


def _standing_alone(
    text: str, before: Span, block: Span, after: Span, *, in_prose: bool, follows_heading: bool
) -> Heading | None:
    """Return the heading that `block` is, if it is one.

    It is a heading if it is one line that is recognized by its words (مقدمه) or its number (۱-۲ روش پژوهش), or a short
    line between sentences.

    Args:
        text: The text.
        before: The span of the block before.
        block: The span of the block.
        after: The span of the block after.
        in_prose: As in `find_headings`.
        follows_heading: True if the block before is a heading.
    """
    line = text[slice(*block)].strip()
    if "\n" in line or not _may_be_heading(line):
        return None
    heading = Heading(block[0], block[0] + len(line), _heading_text(line))
    words = folded_words(line)
    if _is_known_heading(words):
        return heading
    if not words or not in_prose or ":" in line or is_verb(words[-1]) or not _begins_paragraph(text, after, line):
        return None
    if _DEEP_NUMBER.match(" ".join(words)):
        return heading
    if cue_words("headings.tsv")["answer"].issuperset(words):
        return None
    preceding = text[max(before[0], before[1] - _CONTEXT) : before[1]]
    is_between = follows_heading or not preceding or ends_sentence(preceding)
    return heading if is_between and len(words) <= 8 and not _RULED_OUT.match(line) else None


def _is_known_heading(words: list[str]) -> bool:
    """Return True if these are the words of a heading such as مقدمه, نتیجه گیری or ۱. فهرست منابع."""
    known = cue_words("headings.tsv")["unnumbered"]
    if words and not any(char.isalpha() for char in words[0]):
        words = words[1:]
    if not words or len(words) > 4 or is_verb(words[-1]):
        return False
    first = words[0].removesuffix("ی") if words[0].endswith("هی") else words[0]  # the ی of ezafe after ه: مقدمه ی مترجم
    return first in known or "".join(words[:2]) in known


def _begins_paragraph(text: str, block: Span, line: str) -> bool:
    """Return True if a paragraph follows `line`: much longer, with sentences, and not the next item of a list."""
    following = text[block[0] : min(block[1], block[0] + _CONTEXT)]
    if len(following) < max(60, 2 * len(line)) or (_NUMBERED_ITEM.match(line) and _NUMBERED_ITEM.match(following)):
        return False
    return _INNER_MARK.search(following) is not None or ends_sentence(following)

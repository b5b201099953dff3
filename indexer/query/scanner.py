"""A query's text to pieces: words, phrases, brackets and operators, with the marks that stand at them."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from ...analyzers.characters import align
from .periods import BadPeriod, period
from .tree import Fuzzy, In, Node, Of, Pattern, Phrase, Words

SEARCHED = ("title", "heading", "speaker")
"""Fields that have words."""

_NAMES = {"doc": "document", "collection": "collection"}

FIELDS = (*SEARCHED, *_NAMES, "date")

MOST_EDITS = 2
MOST_BOOST = 1000.0
MOST_GAP = 1000

# What stands for the Latin mark on Persian keyboards and in Persian texts.
_TWINS = str.maketrans({"؟": "?", "٭": "*", "−": "-", "٫": "."})

_CLOSING = {'"': '"', "«": "»", "“": "”„", "„": "“”"}
_QUOTES = '"«»“”„'

_MARKS = r"(?P<gap>~\d{0,4})?(?P<boost>\^[^\s()]*)?"
_BEGIN = re.compile(rf"(?P<sign>[+-](?=\S))?(?:(?P<field>{'|'.join(FIELDS)}):(?=\S))?", re.IGNORECASE)
_AFTER_QUOTE = re.compile(_MARKS)
_AFTER_BRACKET = re.compile(r"(?P<boost>\^[^\s()]*)?")
CHUNK = re.compile(rf"[^\s(){_QUOTES}]+")
"""A word with its marks."""

_MARKED = re.compile(r"(?P<body>[^~^]+)(?P<edits>~[^~^]*)?(?P<boost>\^[^~^]*)?")
# Letters, with vowel marks, half-spaces and tatweel, and a star or a question mark inside.
# (The lookahead sees to the letters, so that all of it takes time in proportion to the length.)
_PATTERN = re.compile(r"(?=[\w\u200c\u064b-\u065f\u0670*?]*+\Z)(?=.*?[^\W_]).*(?:\*|\?(?=[\w*])).*")
_FIELD_LIKE = re.compile(r"([a-z]{2,}):(?!//)\S", re.IGNORECASE)
_PUNCTUATION = ",،;؛.:!?؟…"
_AFTER_VALUE = {"doc": ",،;؛", "collection": ",،;؛:!?؟…", "date": ",،;؛:!?؟…"}


class Piece(NamedTuple):
    """A piece of a query. kind: `node`, `(`, `)`, `AND`, `OR` or `NOT`; a bracket's sign and field stand at the opening
    one, its boost at the closing one."""

    kind: str
    node: Node | None = None
    sign: str = ""
    field: str = ""
    boost: float = 1.0


class Malformed(Exception):
    """The query has no structure that could be read; the message says why."""


def scan(text: str, notes: list[str]) -> Iterator[Piece]:
    """The pieces of a query. What looks like a mark and can't be read is taken for words, with a line in `notes`.

    Raises Malformed for a quotation mark without its twin.
    """
    aligned = align(text).translate(_TWINS)  # one character for one
    place = 0
    while place < len(text):
        if text[place].isspace():
            place += 1
            continue
        begin = _BEGIN.match(aligned, place)
        assert begin
        sign, field = begin["sign"] or "", (begin["field"] or "").lower()
        place = begin.end()
        char = text[place]
        if char in _CLOSING:
            end = _closing(text, place)
            after = _AFTER_QUOTE.match(aligned, end + 1)
            assert after
            node = _phrase(text[place + 1 : end], after["gap"])
            yield Piece("node", _in_field(node, field, notes), sign, boost=_boost(after["boost"], notes))
            place = after.end()
        elif char in "()":
            if char == "(":
                yield Piece("(", sign=sign, field=field)
                place += 1
            else:
                after = _AFTER_BRACKET.match(aligned, place + 1)
                assert after
                yield Piece(")", boost=_boost(after["boost"], notes))
                place = after.end()
        else:
            chunk = CHUNK.match(text, place)
            if chunk is None:
                raise Malformed(f"{char} has no opening twin")
            place = chunk.end()
            if chunk[0] in ("AND", "OR", "NOT") and not sign and not field:
                yield Piece(chunk[0])
            else:
                yield _word(chunk[0], aligned[chunk.start() : place], sign, field, notes)


def _closing(text: str, opening: int) -> int:
    for place in range(opening + 1, len(text)):
        if text[place] in _CLOSING[text[opening]]:
            return place
    raise Malformed(f"{text[opening]} is not closed")


def _phrase(text: str, gap: str | None) -> Node:
    return Phrase(text, None if gap is None else min(int(gap[1:] or 1), MOST_GAP))


def _word(written: str, aligned: str, sign: str, field: str, notes: list[str]) -> Piece:
    """A piece of one word; `aligned` has the twins of Persian marks in the same places."""
    if field in _AFTER_VALUE:
        return Piece("node", _in_field(Words(written.rstrip(_AFTER_VALUE[field])), field, notes), sign)
    node: Node = Words(written)
    boost = 1.0
    marked = _MARKED.fullmatch(aligned.rstrip(_PUNCTUATION))
    if marked and (marked["edits"] or marked["boost"]):
        try:
            node, boost = _marked(written[: marked.end("body")], marked["body"], marked["edits"], marked["boost"])
        except ValueError as error:
            notes.append(f"{written}: {error}; read as words")
    elif _PATTERN.fullmatch(aligned.rstrip(",;.:!؛،")):
        node = Pattern(aligned.rstrip(",;.:!؛،"))
    elif (like := _FIELD_LIKE.match(aligned)) and not field:
        notes.append(f"{written}: no field {like[1]!r} (there are {', '.join(FIELDS)}); read as words")
    return Piece("node", _in_field(node, field, notes), sign, boost=boost)


def _marked(word: str, aligned: str, edits: str | None, boost: str | None) -> tuple[Node, float]:
    node: Node = Pattern(aligned) if _PATTERN.fullmatch(aligned) else Words(word)
    if edits and isinstance(node, Pattern):
        raise ValueError("* and ? don't go with ~")
    if edits:
        if edits[1:] not in ("", "1", "2"):
            raise ValueError(f"~ takes 1 or {MOST_EDITS} edits")
        node = Fuzzy(word, int(edits[1:] or 1))
    return node, _number(boost) if boost else 1.0


def _boost(mark: str | None, notes: list[str]) -> float:
    try:
        return _number(mark) if mark else 1.0
    except ValueError as error:
        notes.append(f"{mark}: {error}; left out")
        return 1.0


def _number(mark: str) -> float:
    if not re.fullmatch(r"\^\d{1,4}(\.\d{1,6})?", mark, re.ASCII) or not float(mark[1:]) <= MOST_BOOST:
        raise ValueError(f"^ takes a number up to {MOST_BOOST:.0f}")
    return float(mark[1:])


def _in_field(node: Node, field: str, notes: list[str]) -> Node:
    if not field:
        return node
    if field in SEARCHED:
        return In(field, node)
    value = node.text if isinstance(node, Words | Phrase) else ""
    if field in _NAMES:
        return Of(_NAMES[field], value)
    try:
        return period(value)
    except BadPeriod as error:
        notes.append(f"date:{value}: {error}; read as words")
        return Words(value)

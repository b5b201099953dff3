"""Splitting the text of a query into tokens: words, phrases, parentheses and operators, with their signs and boosts."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from ...analyzers.characters import align
from ..own_fields import NO_FIELDS, OwnFields, name_key
from .date_ranges import BadDateRange, parse_date_range, parse_number_range
from .tree import (
    FieldNode,
    FuzzyNode,
    KeyFilterNode,
    Node,
    NumberRangeNode,
    PhraseNode,
    ValueNode,
    WildcardNode,
    WordsNode,
)

TEXT_FIELDS = ("title", "heading", "speaker")
"""The fields, beside the text, that contain words."""

KEY_FIELDS = {"doc": "document", "collection": "collection"}
"""The names in segments of the fields that hold keys, by their names in queries."""

FIELDS = (*TEXT_FIELDS, *KEY_FIELDS, "date")
"""The names that may stand before a colon in a query of any index; its own fields may, too."""

MAX_EDITS = 2
"""The greatest number of edits after `~` at a word."""

MAX_BOOST = 1000.0
"""The greatest factor after `^`."""

MAX_GAP = 1000
"""The greatest gap after `~` at a phrase; a greater one is reduced to it."""

# The characters that Persian keyboards and texts have in place of a mark of the query language.
_LATIN_MARKS = str.maketrans({"؟": "?", "٭": "*", "−": "-", "٫": "."})

_CLOSING_QUOTES = {'"': '"', "«": "»", "“": "”„", "„": "“”"}
_QUOTES = '"«»“”„'

_SUFFIX = r"(?P<gap>~\d{0,4})?(?P<boost>\^[^\s()]*)?"
_TELEPHONE = r"\+98[ -]?[1-9](?:[ -]?\d){9}"  # its + is no sign
_PHRASE_SUFFIX = re.compile(_SUFFIX)
_GROUP_SUFFIX = re.compile(r"(?P<boost>\^[^\s()]*)?")
WORD = re.compile(rf"[^\s(){_QUOTES}]+")
"""A word with the marks at it."""

_WORD_PARTS = re.compile(r"(?P<body>[^~^]+)(?P<edits>~[^~^]*)?(?P<boost>\^[^~^]*)?")
# Letters, with vowel marks, half-spaces and tatweel, and a star anywhere or a question mark inside.
# (The lookahead checks the letters, so that matching takes time in proportion to the length.)
_WILDCARD = re.compile(r"(?=[\w\u200c\u064b-\u065f\u0670*?]*+\Z)(?=.*?[^\W_]).*(?:\*|\?(?=[\w*])).*")
# A name that may be meant as a field: author:احمدی, نویسنده:احمدی, author:"…"; but not http://, std::sort, ۱۲:۳۰,
# «سعدی: گفت» and سعدی گفت:«…».
_FIELD_LIKE = re.compile(r"(?:([^\W\d_][\w-]+):(?=[\w*<>=-])|([a-z][\w-]+):\Z)", re.IGNORECASE)
# An address may have the marks of a suffix inside: https://example.ir/~ali
_ADDRESS = re.compile(r"https?://|www\.", re.IGNORECASE)
_PUNCTUATION = ",،;؛.:!?؟…"
_PUNCTUATION_AFTER_VALUE = {"doc": ",،;؛", "collection": ",،;؛:!?؟…", "date": ",،;؛:!?؟…"}
_PUNCTUATION_AFTER_OWN_VALUE = ",،;؛:!?؟…"
# A date in words, after which the value of a field of dates does not end at the first space: >=۵ آبان ۱۳۹۹.
_DATE_IN_WORDS = re.compile(r"(?:[<>]=?)?(?:\d{1,2}\s{1,3})?[^\W\d_]{2,20}(?:\s{1,3}ماه)?\s{1,3}\d{4}(?![\w.-])")


class QueryToken(NamedTuple):
    """A token of a query.

    Attributes:
        kind: `node`, `(`, `)`, `AND`, `OR` or `NOT`.
        node: The node of a token of the kind `node`.
        sign: `+`, `-` or empty. The sign of a group is at its opening parenthesis.
        field: The field of a group, at its opening parenthesis: its name in segments if it has words, or else the name
            that was typed with its colon.
        boost: The factor of the score. The boost of a group is at its closing parenthesis.
    """

    kind: str
    node: Node | None = None
    sign: str = ""
    field: str = ""
    boost: float = 1.0


class QuerySyntaxError(Exception):
    """Raised for a query whose quotation marks, parentheses or operators do not match up; the message says why."""


@lru_cache(maxsize=8)
def _prefix(names: tuple[str, ...]) -> re.Pattern[str]:
    """Return the pattern of a sign and one of some names of fields, in the spelling that their index has."""
    known = "|".join(map(re.escape, sorted((*FIELDS, *names), key=len, reverse=True)))
    return re.compile(rf"(?!{_TELEPHONE})(?P<sign>[+-](?=\S))?(?:(?P<field>{known}):(?=\S))?", re.IGNORECASE)


class Fields:
    """The fields that a query may name."""

    def __init__(self, own: OwnFields) -> None:
        """Take the declared fields of an index."""
        self._names = {name_key(name): name for name in own}
        self._own = own
        self.prefix = _prefix(tuple(self._names))

    def name(self, typed: str) -> str:
        """Return the name of the field that was typed before a colon."""
        return self._names.get(typed.lower(), typed.lower())

    def kind(self, field: str) -> str | None:
        """Return the kind of an own field; None for a field that every index has."""
        return self._own.get(field)

    def holds_dates(self, field: str) -> bool:
        """Return True if a field has days."""
        return field == "date" or self.kind(field) == "date"

    def words_in(self, field: str) -> str | None:
        """Return the name in segments of a field that has words; None for any other field."""
        if field in TEXT_FIELDS:
            return field
        return f"text.{field}" if self.kind(field) == "text" else None

    @property
    def known(self) -> str:
        """The names of all fields, for messages."""
        return ", ".join((*FIELDS, *self._own))


def scan(text: str, notes: list[str], own: OwnFields = NO_FIELDS) -> Iterator[QueryToken]:
    """Split a query into tokens.

    Args:
        text: The query.
        notes: Takes a line for each thing that looks like a mark of the query language but is invalid, and is
            therefore read as words.
        own: The declared fields of the index.

    Yields:
        The tokens in order.

    Raises:
        QuerySyntaxError: If a quotation mark is not closed, or was not opened.
    """
    aligned = align(text).translate(_LATIN_MARKS)  # replaces one character by one, so places are the same
    fields = Fields(own)
    place = 0
    while place < len(text):
        if text[place].isspace():
            place += 1
            continue
        prefix = fields.prefix.match(aligned, place)
        sign, field = (prefix["sign"] or "", fields.name(prefix["field"] or "")) if prefix else ("", "")
        place = prefix.end() if prefix else place
        char = text[place]
        if char in _CLOSING_QUOTES:
            end = _closing_quote(text, place)
            suffix = _PHRASE_SUFFIX.match(aligned, end + 1)
            assert suffix
            node = _phrase(text[place + 1 : end], suffix["gap"])
            yield QueryToken("node", _in_field(node, field, fields, notes), sign, boost=_boost(suffix["boost"], notes))
            place = suffix.end()
        elif char == "(":
            yield QueryToken("(", sign=sign, field=field and (fields.words_in(field) or f"{field}:"))
            place += 1
        elif char == ")":
            suffix = _GROUP_SUFFIX.match(aligned, place + 1)
            assert suffix
            yield QueryToken(")", boost=_boost(suffix["boost"], notes))
            place = suffix.end()
        else:
            word = WORD.match(text, place)
            if word is None:
                raise QuerySyntaxError(f"{char} was not opened")
            if fields.holds_dates(field):
                word = _DATE_IN_WORDS.match(aligned, place) or word
            place = word.end()
            if word[0] in ("AND", "OR", "NOT") and not sign and not field:
                yield QueryToken(word[0])
            else:
                yield _word(text[word.start() : place], aligned[word.start() : place], sign, field, fields, notes)
                if text[place : place + 1] in tuple(_QUOTES + "("):
                    _note_unknown_field(aligned[word.start() : place], fields, notes)


def _closing_quote(text: str, opening: int) -> int:
    for place in range(opening + 1, len(text)):
        if text[place] in _CLOSING_QUOTES[text[opening]]:
            return place
    raise QuerySyntaxError(f"{text[opening]} is not closed")


def _phrase(text: str, gap: str | None) -> Node:
    return PhraseNode(text, None if gap is None else min(int(gap[1:] or 1), MAX_GAP))


def _note_unknown_field(word: str, fields: Fields, notes: list[str]) -> None:
    """Note that a word with a colon, as in "author:…", names no field."""
    if like := _FIELD_LIKE.match(word):
        notes.append(f"{word}: no field {(like[1] or like[2])!r} (there are {fields.known}); read as words")


def _word(written: str, aligned: str, sign: str, field: str, fields: Fields, notes: list[str]) -> QueryToken:
    """Return the token of one word; `aligned` has Latin marks in place of Persian ones, character for character."""
    if field and not fields.words_in(field):
        marks = _PUNCTUATION_AFTER_VALUE.get(field, _PUNCTUATION_AFTER_OWN_VALUE)
        return QueryToken("node", _in_field(WordsNode(written.rstrip(marks)), field, fields, notes), sign)
    node: Node = WordsNode(written)
    boost = 1.0
    if _ADDRESS.match(aligned):
        return QueryToken("node", _in_field(node, field, fields, notes), sign)
    parts = _WORD_PARTS.fullmatch(aligned.rstrip(_PUNCTUATION))
    if parts and (parts["edits"] or parts["boost"]):
        try:
            node, boost = _with_suffix(written[: parts.end("body")], parts["body"], parts["edits"], parts["boost"])
        except ValueError as error:
            notes.append(f"{written}: {error}; read as words")
    elif _WILDCARD.fullmatch(aligned.rstrip(",;.:!؛،")):
        node = WildcardNode(aligned.rstrip(",;.:!؛،"))
    elif not field and not aligned.endswith(":"):
        _note_unknown_field(written, fields, notes)
    return QueryToken("node", _in_field(node, field, fields, notes), sign, boost=boost)


def _with_suffix(word: str, aligned: str, edits: str | None, boost: str | None) -> tuple[Node, float]:
    """Return the node and boost of a word with `~edits` or `^boost`. Raises ValueError if one of these is invalid."""
    node: Node = WildcardNode(aligned) if _WILDCARD.fullmatch(aligned) else WordsNode(word)
    if edits and isinstance(node, WildcardNode):
        raise ValueError("a pattern with * or ? takes no ~")
    if edits:
        if edits[1:] not in ("", "1", "2"):
            raise ValueError(f"~ takes 1 or {MAX_EDITS} edits")
        node = FuzzyNode(word, int(edits[1:] or 1))
    return node, _number(boost) if boost else 1.0


def _boost(mark: str | None, notes: list[str]) -> float:
    try:
        return _number(mark) if mark else 1.0
    except ValueError as error:
        notes.append(f"{mark}: {error}; ignored")
        return 1.0


def _number(mark: str) -> float:
    if not re.fullmatch(r"\^\d{1,4}(\.\d{1,6})?", mark, re.ASCII) or not float(mark[1:]) <= MAX_BOOST:
        raise ValueError(f"^ takes a number up to {MAX_BOOST:.0f}")
    return float(mark[1:])


def _in_field(node: Node, field: str, fields: Fields, notes: list[str]) -> Node:
    if not field:
        return node
    if words := fields.words_in(field):
        return FieldNode(words, node)
    value = node.text if isinstance(node, WordsNode | PhraseNode) else ""
    if field in KEY_FIELDS:
        return KeyFilterNode(KEY_FIELDS[field], value)
    kind = fields.kind(field)
    try:
        if kind == "keyword":
            return ValueNode(field, value)
        if kind == "number":
            return parse_number_range(f"number.{field}", value)
        days = parse_date_range(value)
        return NumberRangeNode(f"day.{field}", days.first, days.last) if kind else days
    except BadDateRange as error:
        notes.append(f"{field}:{value}: {error}; read as words")
        return WordsNode(value)

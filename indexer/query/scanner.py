"""Splitting the text of a query into tokens: words, phrases, parentheses and operators, with their signs and boosts."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from ...analyzers.characters import align
from .date_ranges import BadDateRange, parse_date_range
from .tree import FieldNode, FuzzyNode, KeyFilterNode, Node, PhraseNode, WildcardNode, WordsNode

TEXT_FIELDS = ("title", "heading", "speaker")
"""The fields, beside the text, that contain words."""

_KEY_FIELDS = {"doc": "document", "collection": "collection"}

FIELDS = (*TEXT_FIELDS, *_KEY_FIELDS, "date")
"""All names that may stand before a colon in a query."""

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
_PREFIX = re.compile(rf"(?!{_TELEPHONE})(?P<sign>[+-](?=\S))?(?:(?P<field>{'|'.join(FIELDS)}):(?=\S))?", re.IGNORECASE)
_PHRASE_SUFFIX = re.compile(_SUFFIX)
_GROUP_SUFFIX = re.compile(r"(?P<boost>\^[^\s()]*)?")
WORD = re.compile(rf"[^\s(){_QUOTES}]+")
"""A word with the marks at it."""

_WORD_PARTS = re.compile(r"(?P<body>[^~^]+)(?P<edits>~[^~^]*)?(?P<boost>\^[^~^]*)?")
# Letters, with vowel marks, half-spaces and tatweel, and a star anywhere or a question mark inside.
# (The lookahead checks the letters, so that matching takes time in proportion to the length.)
_WILDCARD = re.compile(r"(?=[\w\u200c\u064b-\u065f\u0670*?]*+\Z)(?=.*?[^\W_]).*(?:\*|\?(?=[\w*])).*")
_FIELD_LIKE = re.compile(r"([a-z]{2,}):(?!//)\S", re.IGNORECASE)
# An address may have the marks of a suffix inside: https://example.ir/~ali
_ADDRESS = re.compile(r"https?://|www\.", re.IGNORECASE)
_PUNCTUATION = ",،;؛.:!?؟…"
_PUNCTUATION_AFTER_VALUE = {"doc": ",،;؛", "collection": ",،;؛:!?؟…", "date": ",،;؛:!?؟…"}


class QueryToken(NamedTuple):
    """A token of a query.

    Attributes:
        kind: `node`, `(`, `)`, `AND`, `OR` or `NOT`.
        node: The node of a token of the kind `node`.
        sign: `+`, `-` or empty. The sign of a group is at its opening parenthesis.
        field: The field of a group, at its opening parenthesis.
        boost: The factor of the score. The boost of a group is at its closing parenthesis.
    """

    kind: str
    node: Node | None = None
    sign: str = ""
    field: str = ""
    boost: float = 1.0


class QuerySyntaxError(Exception):
    """Raised for a query whose quotation marks, parentheses or operators do not match up; the message says why."""


def scan(text: str, notes: list[str]) -> Iterator[QueryToken]:
    """Split a query into tokens.

    Args:
        text: The query.
        notes: Takes a line for each thing that looks like a mark of the query language but is invalid, and is
            therefore read as words.

    Yields:
        The tokens in order.

    Raises:
        QuerySyntaxError: If a quotation mark is not closed, or was not opened.
    """
    aligned = align(text).translate(_LATIN_MARKS)  # replaces one character by one, so places are the same
    place = 0
    while place < len(text):
        if text[place].isspace():
            place += 1
            continue
        prefix = _PREFIX.match(aligned, place)
        sign, field = (prefix["sign"] or "", (prefix["field"] or "").lower()) if prefix else ("", "")
        place = prefix.end() if prefix else place
        char = text[place]
        if char in _CLOSING_QUOTES:
            end = _closing_quote(text, place)
            suffix = _PHRASE_SUFFIX.match(aligned, end + 1)
            assert suffix
            node = _phrase(text[place + 1 : end], suffix["gap"])
            yield QueryToken("node", _in_field(node, field, notes), sign, boost=_boost(suffix["boost"], notes))
            place = suffix.end()
        elif char == "(":
            yield QueryToken("(", sign=sign, field=field)
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
            place = word.end()
            if word[0] in ("AND", "OR", "NOT") and not sign and not field:
                yield QueryToken(word[0])
            else:
                yield _word(word[0], aligned[word.start() : place], sign, field, notes)


def _closing_quote(text: str, opening: int) -> int:
    for place in range(opening + 1, len(text)):
        if text[place] in _CLOSING_QUOTES[text[opening]]:
            return place
    raise QuerySyntaxError(f"{text[opening]} is not closed")


def _phrase(text: str, gap: str | None) -> Node:
    return PhraseNode(text, None if gap is None else min(int(gap[1:] or 1), MAX_GAP))


def _word(written: str, aligned: str, sign: str, field: str, notes: list[str]) -> QueryToken:
    """Return the token of one word; `aligned` has Latin marks in place of Persian ones, character for character."""
    if field in _PUNCTUATION_AFTER_VALUE:
        value = WordsNode(written.rstrip(_PUNCTUATION_AFTER_VALUE[field]))
        return QueryToken("node", _in_field(value, field, notes), sign)
    node: Node = WordsNode(written)
    boost = 1.0
    if _ADDRESS.match(aligned):
        return QueryToken("node", _in_field(node, field, notes), sign)
    parts = _WORD_PARTS.fullmatch(aligned.rstrip(_PUNCTUATION))
    if parts and (parts["edits"] or parts["boost"]):
        try:
            node, boost = _with_suffix(written[: parts.end("body")], parts["body"], parts["edits"], parts["boost"])
        except ValueError as error:
            notes.append(f"{written}: {error}; read as words")
    elif _WILDCARD.fullmatch(aligned.rstrip(",;.:!؛،")):
        node = WildcardNode(aligned.rstrip(",;.:!؛،"))
    elif (like := _FIELD_LIKE.match(aligned)) and not field:
        notes.append(f"{written}: no field {like[1]!r} (there are {', '.join(FIELDS)}); read as words")
    return QueryToken("node", _in_field(node, field, notes), sign, boost=boost)


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


def _in_field(node: Node, field: str, notes: list[str]) -> Node:
    if not field:
        return node
    if field in TEXT_FIELDS:
        return FieldNode(field, node)
    value = node.text if isinstance(node, WordsNode | PhraseNode) else ""
    if field in _KEY_FIELDS:
        return KeyFilterNode(_KEY_FIELDS[field], value)
    try:
        return parse_date_range(value)
    except BadDateRange as error:
        notes.append(f"date:{value}: {error}; read as words")
        return WordsNode(value)

"""Parsing the text of a query into a tree. Every text is parsed: what has no valid structure is read as plain words.

The grammar:

    sequence := either…                     optional, required (+) and excluded (-) parts
    either   := all (OR all)…
    all      := one (AND one)…              in a sequence, the same as a + before each part
    one      := NOT one | node | ( sequence )
"""

from itertools import islice

from ...analyzers import analysis
from ..limits import DEFAULT, Limits
from ..own_fields import NO_FIELDS, OwnFields
from ..surrogates import well_formed
from .scanner import WORD, QuerySyntaxError, QueryToken, scan
from .tree import FieldNode, Node, OrNode, ParsedQuery, SequenceNode, SignedNode, WordsNode


def parse(text: str, limits: Limits = DEFAULT, own: OwnFields = NO_FIELDS, *, plain: bool = False) -> ParsedQuery:
    """Parse a query.

    Args:
        text: The query as typed.
        limits: How much of the query is read: its words, characters and nesting.
        own: The declared fields of the index, which the query may name.
        plain: Read all of it as plain words.

    Returns:
        The tree. Its notes say what could not be parsed as it seems to be meant, and what `limits` cut off.
    """
    notes: list[str] = []
    whole = well_formed(text)
    text = truncated(whole, limits)
    if text != whole:
        notes.append(f"the query is too long: only its first {len(text):,} characters are used")
    if plain:
        return ParsedQuery(SequenceNode((SignedNode(WordsNode(text)),)), tuple(notes))
    try:
        tree = _Parser(list(scan(text, notes, own)), limits.nesting).parse()
    except QuerySyntaxError as error:
        notes.append(f"read as plain words: {error}")
        tree = SequenceNode((SignedNode(WordsNode(text)),))
    return ParsedQuery(tree, tuple(notes))


def truncated(text: str, limits: Limits) -> str:
    """Return a query's whole words within the limits; all of it if it is not too long."""
    ends = list(islice(WORD.finditer(text[: limits.characters + 1]), limits.words + 1))
    if len(ends) <= limits.words and len(text) <= limits.characters:
        return text
    kept = [match.end() for match in ends[: limits.words] if match.end() <= limits.characters] or [limits.characters]
    return text[: kept[-1]]


class _Parser:
    """A recursive-descent parser of tokens, by the grammar above."""

    def __init__(self, tokens: list[QueryToken], nesting: int) -> None:
        self._tokens = tokens
        self._nesting = nesting
        self._place = 0
        self._depth = 0

    def parse(self) -> SequenceNode:
        sequence = self._sequence()
        if self._place < len(self._tokens):
            raise QuerySyntaxError(") without (")
        return sequence

    def _next_kind(self) -> str:
        return self._tokens[self._place].kind if self._place < len(self._tokens) else ""

    def _take(self) -> QueryToken:
        self._place += 1
        return self._tokens[self._place - 1]

    def _sequence(self) -> SequenceNode:
        items: list[SignedNode] = []
        while self._next_kind() not in ("", ")"):
            for item in self._either():
                items += _without_parentheses(item)
        return SequenceNode(tuple(_rejoined(items)))

    def _either(self) -> list[SignedNode]:
        """Parse alternatives and return them as parts of a sequence.

        They are one part if there is any OR; without it, the parts that AND joins remain parts of the sequence.
        """
        first = self._all()
        if self._next_kind() != "OR":
            return first
        nodes = [_as_node(first)]
        while self._next_kind() == "OR":
            self._take()
            nodes.append(_as_node(self._all()))
        return [SignedNode(OrNode(tuple(nodes)))]

    def _all(self) -> list[SignedNode]:
        items = [self._one()]
        if self._next_kind() != "AND":
            return items
        while self._next_kind() == "AND":
            self._take()
            items.append(self._one())
        return [item._replace(sign=item.sign or "+") for item in items]

    def _one(self) -> SignedNode:
        is_excluded = False
        while self._next_kind() == "NOT":
            self._take()
            is_excluded = not is_excluded
        if self._next_kind() in ("", ")", "AND", "OR"):
            lacks_left = self._next_kind() in ("AND", "OR")
            operator = self._next_kind() if lacks_left else self._tokens[self._place - 1].kind
            raise QuerySyntaxError(f"{operator} has nothing {'before' if lacks_left else 'after'} it")
        token = self._take()
        if token.kind == "(":
            item = self._group(token)
        else:
            assert token.node is not None
            item = SignedNode(token.node, token.sign, token.boost)
        if is_excluded:
            return item._replace(sign="" if item.sign == "-" else "-")
        return item

    def _group(self, opening: QueryToken) -> SignedNode:
        self._depth += 1
        if self._depth > self._nesting:
            raise QuerySyntaxError(f"parentheses are nested more than {self._nesting} deep")
        node: Node = self._sequence()
        self._depth -= 1
        if self._next_kind() != ")":
            raise QuerySyntaxError("( is not closed")
        if opening.field.endswith(":"):
            raise QuerySyntaxError(f"{opening.field} takes one value, no parentheses")
        if opening.field:
            node = FieldNode(opening.field, node)
        return SignedNode(node, opening.sign, self._take().boost)


def _without_parentheses(item: SignedNode) -> list[SignedNode]:
    """Return the parts of a group whose parentheses change nothing, as in سازمان (ملل) متحد; else the group itself."""
    node, sign, boost = item
    if isinstance(node, SequenceNode) and not sign and boost == 1 and not any(inner.sign for inner in node.items):
        return list(node.items)
    return [item]


def _as_node(items: list[SignedNode]) -> Node:
    (first, *others) = items
    return SequenceNode(tuple(items)) if others or first.sign or first.boost != 1 else first.node


def _rejoined(items: list[SignedNode]) -> list[SignedNode]:
    """Join adjacent plain words into one text, so that a word with a space inside (می رود) is analyzed as one word.

    This is also done where the first half has a sign: +می رود.
    """
    joined: list[SignedNode] = []
    for item in items:
        if joined and isinstance(item.node, WordsNode) and not item.sign and item.boost == 1:
            joined[-1:] = _joined(joined[-1], item, item.node.text)
        else:
            joined.append(item)
    return joined


def _joined(before: SignedNode, item: SignedNode, text: str) -> list[SignedNode]:
    """Join `item`, plain words with the text `text`, to the part before it as far as they are one word."""
    if not isinstance(before.node, WordsNode):
        return [before, item]
    whole, edge = f"{before.node.text} {text}", len(before.node.text)
    if not before.sign and before.boost == 1:
        return [before._replace(node=WordsNode(whole))]
    columns = analysis().columns(whole)
    end = next((end for start, end in zip(columns.starts, columns.ends, strict=True) if start < edge < end), edge)
    rest = [item._replace(node=WordsNode(whole[end:].lstrip()))] if whole[end:].strip() else []
    return [before._replace(node=WordsNode(whole[:end])), *rest]

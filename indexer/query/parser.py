"""A query's text to a tree. Whatever is typed is read somehow: what has no structure is read as plain words.

sequence := either…                     things wanted, required (+) or excluded (-)
either   := all (OR all)…
all      := one (AND one)…              in a sequence the same as + before each
one      := NOT one | node | ( sequence )
"""

from itertools import islice

from ...analyzers import analysis
from ..document import well_formed
from ..limits import DEFAULT, Limits
from .scanner import CHUNK, SEARCHED, Malformed, Piece, scan
from .tree import Either, In, Item, Node, Parsed, Sequence, Words


def parse(text: str, limits: Limits = DEFAULT) -> Parsed:
    """The tree of what was typed. Never fails: `notes` say what could not be read as it seems to have been meant, and
    what was left out because of `limits`."""
    notes: list[str] = []
    whole = well_formed(text)
    text = within_limits(whole, limits)
    if text != whole:
        notes.append(f"a long query: only the first {len(text):,} characters are read")
    try:
        tree = _Reader(list(scan(text, notes)), limits.nesting).read()
    except Malformed as error:
        notes.append(f"read as plain words: {error}")
        tree = Sequence((Item(Words(text)),))
    return Parsed(tree, tuple(notes))


def within_limits(text: str, limits: Limits) -> str:
    """What is read of a query: all of it, or as many whole words as may be."""
    ends = list(islice(CHUNK.finditer(text[: limits.characters + 1]), limits.words + 1))
    if len(ends) <= limits.words and len(text) <= limits.characters:
        return text
    kept = [match.end() for match in ends[: limits.words] if match.end() <= limits.characters] or [limits.characters]
    return text[: kept[-1]]


class _Reader:
    """Reads pieces by the rules above."""

    def __init__(self, pieces: list[Piece], nesting: int) -> None:
        self._pieces = pieces
        self._nesting = nesting
        self._place = 0
        self._depth = 0

    def read(self) -> Sequence:
        sequence = self._sequence()
        if self._place < len(self._pieces):
            raise Malformed(") without (")
        return sequence

    def _next(self) -> str:
        return self._pieces[self._place].kind if self._place < len(self._pieces) else ""

    def _take(self) -> Piece:
        self._place += 1
        return self._pieces[self._place - 1]

    def _sequence(self) -> Sequence:
        items: list[Item] = []
        while self._next() not in ("", ")"):
            for item in self._either():
                items += _opened(item)
        return Sequence(tuple(_rejoined(items)))

    def _either(self) -> list[Item]:
        """The items that alternatives come to in a sequence: one, or if there is no OR those of the conjunction."""
        first = self._all()
        if self._next() != "OR":
            return first
        nodes = [_as_node(first)]
        while self._next() == "OR":
            self._take()
            nodes.append(_as_node(self._all()))
        return [Item(Either(tuple(nodes)))]

    def _all(self) -> list[Item]:
        items = [self._one()]
        if self._next() != "AND":
            return items
        while self._next() == "AND":
            self._take()
            items.append(self._one())
        return [item._replace(sign=item.sign or "+") for item in items]

    def _one(self) -> Item:
        excluded = False
        while self._next() == "NOT":
            self._take()
            excluded = not excluded
        if self._next() in ("", ")", "AND", "OR"):
            before = self._next() in ("AND", "OR")
            operator = self._next() if before else self._pieces[self._place - 1].kind
            raise Malformed(f"{operator} has nothing {'before' if before else 'after'} it")
        piece = self._take()
        if piece.kind == "(":
            item = self._group(piece)
        else:
            assert piece.node is not None
            item = Item(piece.node, piece.sign, piece.boost)
        if excluded:
            return item._replace(sign="" if item.sign == "-" else "-")
        return item

    def _group(self, opening: Piece) -> Item:
        self._depth += 1
        if self._depth > self._nesting:
            raise Malformed(f"more than {self._nesting} brackets within brackets")
        node: Node = self._sequence()
        self._depth -= 1
        if self._next() != ")":
            raise Malformed("( is not closed")
        if opening.field in SEARCHED:
            node = In(opening.field, node)
        elif opening.field:
            raise Malformed(f"{opening.field}: takes one value, no brackets")
        return Item(node, opening.sign, self._take().boost)


def _opened(item: Item) -> list[Item]:
    """What stands in brackets, where they mean nothing: سازمان (ملل) متحد."""
    node, sign, boost = item
    if isinstance(node, Sequence) and not sign and boost == 1 and not any(inner.sign for inner in node.items):
        return list(node.items)
    return [item]


def _as_node(items: list[Item]) -> Node:
    (first, *others) = items
    return Sequence(tuple(items)) if others or first.sign or first.boost != 1 else first.node


def _rejoined(items: list[Item]) -> list[Item]:
    """Plain words that stand together as one text, so that what a space broke (می رود) is read as one word; also where
    the first half bears a mark: +می رود."""
    joined: list[Item] = []
    for item in items:
        if joined and isinstance(item.node, Words) and not item.sign and item.boost == 1:
            joined[-1:] = _joined(joined[-1], item, item.node.text)
        else:
            joined.append(item)
    return joined


def _joined(before: Item, item: Item, text: str) -> list[Item]:
    """`item`, plain words, and what stands before it."""
    if not isinstance(before.node, Words):
        return [before, item]
    whole, edge = f"{before.node.text} {text}", len(before.node.text)
    if not before.sign and before.boost == 1:
        return [before._replace(node=Words(whole))]
    columns = analysis().columns(whole)
    end = next((end for start, end in zip(columns.starts, columns.ends, strict=True) if start < edge < end), edge)
    rest = [item._replace(node=Words(whole[end:].lstrip()))] if whole[end:].strip() else []
    return [before._replace(node=Words(whole[:end])), *rest]

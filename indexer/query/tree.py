"""The tree of a query: the structure of what was typed, independent of any index."""

from typing import NamedTuple


class WordsNode(NamedTuple):
    """Plain words, as typed."""

    text: str


class PhraseNode(NamedTuple):
    """Words in quotation marks.

    Attributes:
        text: The words as typed.
        gap: None if the words follow one another just as typed. Otherwise they stand in any order and form, with at
            most so many other words between them.
    """

    text: str
    gap: int | None = None


class WildcardNode(NamedTuple):
    """A pattern for words: `*` stands for any number of letters, `?` for one."""

    text: str


class FuzzyNode(NamedTuple):
    """All words at most `edits` edits from a word."""

    text: str
    edits: int


class KeyFilterNode(NamedTuple):
    """Passages of a document or collection.

    Attributes:
        field: `document` or `collection`.
        pattern: The document's key or the collection's name; with a `*`, a pattern for several of them.
        is_literal: True if a `*` stands for itself.
    """

    field: str
    pattern: str
    is_literal: bool = False


class DateRangeNode(NamedTuple):
    """Passages of documents with a date in a range.

    Attributes:
        first: The first day, as a proleptic Gregorian ordinal (`datetime.date.toordinal`).
        last: The last day, likewise.
    """

    first: int
    last: int


class NumberRangeNode(NamedTuple):
    """Passages of documents whose own field has a number or a day in a range.

    Attributes:
        field: The name of the field in segments, such as `number.pages` or `day.published`.
        low: The least number, as the column has it.
        high: The greatest number, likewise.
    """

    field: str
    low: int
    high: int


class ValueNode(NamedTuple):
    """Passages of documents whose own field has a value, in whatever spelling.

    Attributes:
        name: The name of the field.
        value: The value; with a `*`, a pattern for several of them, unless `is_literal`.
        is_literal: True if a `*` stands for itself.
    """

    name: str
    value: str
    is_literal: bool = False


class FieldNode(NamedTuple):
    """A node that is searched for in another field than the text.

    This is `title`, `heading` or `speaker`, or an own field of words by its name in segments, such as `text.author`.
    """

    field: str
    node: "Node"


class SignedNode(NamedTuple):
    """A part of a sequence.

    Attributes:
        node: The part.
        sign: `+` if it is required, `-` if it is excluded, empty if it is optional.
        boost: The factor of its score.
    """

    node: "Node"
    sign: str = ""
    boost: float = 1.0


class SequenceNode(NamedTuple):
    """Optional, required and excluded parts in the order in which they were typed."""

    items: tuple[SignedNode, ...]


class OrNode(NamedTuple):
    """Alternatives, of which any may match."""

    nodes: tuple["Node", ...]


Node = (
    WordsNode
    | PhraseNode
    | WildcardNode
    | FuzzyNode
    | KeyFilterNode
    | DateRangeNode
    | NumberRangeNode
    | ValueNode
    | FieldNode
    | SequenceNode
    | OrNode
)


class ParsedQuery(NamedTuple):
    """A parsed query.

    Attributes:
        tree: The tree.
        notes: What could not be parsed as it seems to be meant, one line each.
    """

    tree: SequenceNode
    notes: tuple[str, ...]

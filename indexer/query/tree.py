"""What a query says, before any index is asked."""

from typing import NamedTuple


class Words(NamedTuple):
    """Plain words, as typed."""

    text: str


class Phrase(NamedTuple):
    """Words in quotes. gap: None for one right after another, as written; or how many other words may stand among
    them, in any order and form."""

    text: str
    gap: int | None = None


class Pattern(NamedTuple):
    """Words that match: `*` stands for any letters, `?` for one."""

    text: str


class Fuzzy(NamedTuple):
    """Words at most `edits` from a word."""

    text: str
    edits: int


class Of(NamedTuple):
    """Passages of the document with this key (`document`), or of the `collection` with this name; or of all whose keys
    or names match where there is a `*`."""

    field: str
    name: str


class Period(NamedTuple):
    """Passages of documents with a date from the day `first` to the day `last` (proleptic Gregorian ordinals as of
    `datetime.date.toordinal`)."""

    first: int
    last: int


class In(NamedTuple):
    """Looked for in another field than the text: `title`, `heading` or `speaker`."""

    field: str
    node: "Node"


class Item(NamedTuple):
    """A part of a sequence. sign: `+` if required, `-` if excluded, empty if wanted."""

    node: "Node"
    sign: str = ""
    boost: float = 1.0


class Sequence(NamedTuple):
    """Things said one after another."""

    items: tuple[Item, ...]


class Either(NamedTuple):
    """Alternatives."""

    nodes: tuple["Node", ...]


Node = Words | Phrase | Pattern | Fuzzy | Of | Period | In | Sequence | Either


class Parsed(NamedTuple):
    """A query. notes: what could not be read as it seems to have been meant, a line each."""

    tree: Sequence
    notes: tuple[str, ...]

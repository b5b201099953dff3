"""The options for reading documents and cutting them into passages, and those for ordering and grouping hits."""

import re
from dataclasses import astuple, dataclass
from typing import Literal, get_args

from .arguments import bad, check_integer, check_text
from .defaults import PASSAGE_WORDS
from .errors import BadArgument
from .hashing import stable_hash

Sort = Literal["score", "date", "document"]
"""The orders of hits: best first, newest first, or by key and then in the order of the text."""

SORTS: tuple[str, ...] = get_args(Sort)

FACETS = ("collection", "year", "speaker", "document")
"""What hits of any index can be counted by. `year` is the Jalali year of the date."""

Grouping = Literal["passage", "document"]
"""The units of a search: every passage, or the best passage of each document."""

Order = Literal["rank", "document"]
"""The orders of the excerpts of a context: best first; or document by document, in each in the order of its text."""

ORDERS: tuple[str, ...] = get_args(Order)

_READERS_VERSION = 3
"""The version of the readers. Raise it when they make other documents of a file, so that all files are read again."""

_COLLECTION = re.compile(r"[\w.-]+")

FIELDS = ("id", "text", "title", "date")
"""The fields of a record."""


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """The options for reading files and for cutting documents into passages.

    Attributes:
        whole: Make each document a single passage whose id is the document's key. For records that are passages
            already.
        encoding: The encoding of text files, such as `"windows-1256"`. If None, it is detected.
        passage_words: The size of passages, in words. Sentences are grouped up to this many words.
        fields: Pairs of names, such as `(("text", "چکیده"),)`: a field of a record (id, text, title, date) and a
            column or JSON key that holds it, where it has one of this name. The usual names, in Persian and English,
            are known.
        collection: The name of the collection that the documents belong to. The query `collection:NAME` finds them.
        ocr: Recognize the text of the pages of PDFs that have none, with Tesseract and its model of Persian.
        comments: Read the comments in office files too, at the end of the text or of the slide.

    Raises:
        BadArgument: An option has the wrong type or value.
    """

    whole: bool = False
    encoding: str | None = None
    passage_words: int = PASSAGE_WORDS
    fields: tuple[tuple[str, str], ...] = ()
    collection: str | None = None
    ocr: bool = False
    comments: bool = False

    def __post_init__(self) -> None:
        if not isinstance(self.whole, bool):
            raise bad("whole", self.whole, "True or False")
        if not isinstance(self.ocr, bool):
            raise bad("ocr", self.ocr, "True or False")
        if not isinstance(self.comments, bool):
            raise bad("comments", self.comments, "True or False")
        if self.encoding is not None:
            check_encoding(self.encoding)
        check_integer("passage_words", self.passage_words, 1)
        if self.collection is not None:
            check_collection(self.collection)
        for pair in self.fields:
            if not isinstance(pair, tuple) or len(pair) != 2:
                raise bad("fields", self.fields, 'pairs of names, such as (("text", "متن"),)')
            if pair[0] not in FIELDS:
                raise BadArgument(
                    f"a record has no field {pair[0]!r}",
                    f"there are {', '.join(FIELDS)}",
                    argument="fields",
                    value=self.fields,
                )
            check_text("fields", pair[1])

    @property
    def number(self) -> int:
        """A hash of these options. A file that was read with options of another hash is read again."""
        return stable_hash(repr((_READERS_VERSION, astuple(self))))

    def columns(self, name: str) -> tuple[str, ...]:
        """Return the names that the user gave for the field `name` of records, in their order."""
        return tuple(column for field, column in self.fields if field == name)

    def column(self, name: str) -> str:
        """Return the name that the field `name` has in messages: the first that the user gave, or its own."""
        return next(iter(self.columns(name)), name)


DEFAULTS = ReadOptions()
"""The options of a call that names none."""


def check_encoding(name: object) -> None:
    """Raise BadArgument, with the names that are close, unless Python has an encoding of text by this name."""
    check_text("encoding", name, empty=False)
    if not _is_encoding(str(name)):
        import difflib  # noqa: PLC0415 - only who mistypes a name waits for them
        import encodings.aliases  # noqa: PLC0415

        known = {"windows-1256", *encodings.aliases.aliases.values()}
        names = sorted(other.replace("_", "-") for other in known if _is_encoding(other))
        close = difflib.get_close_matches(str(name).lower().replace("_", "-"), names)
        raise BadArgument(
            f"no encoding is called {name!r}",
            f"did you mean {' or '.join(close)}?" if close else "for example windows-1256",
            argument="encoding",
            value=name,
        )


def _is_encoding(name: str) -> bool:
    try:
        " ".encode(name)
    except (LookupError, ValueError):  # a codec that is not for text (base64), or for nothing (undefined), or none
        return False
    return True


def check_collection(name: object) -> None:
    """Raise BadArgument unless `name` can name a collection."""
    check_text("collection", name)
    if not _COLLECTION.fullmatch(str(name)):
        raise bad("collection", name, "letters, digits, '-', '.' and '_' alone")

"""How documents are read and cut."""

import re
from dataclasses import dataclass

from .defaults import PASSAGE_WORDS
from .errors import BadInput
from .hashing import stable_hash

_READERS = 2
"""Raised when what readers make of a file changes, so that files are read again."""

_NAME = re.compile(r"[\w.-]+")

FIELDS = ("id", "text", "title", "date")
"""What a record may have."""


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """whole: make each document a single passage. encoding: of files of text; found out if None. passage_words: the
    size of passages. fields: the names that `id`, `text`, `title` and `date` have in records, where others. collection:
    the name of what the documents belong to.

    Raises BadInput where one makes no sense.
    """

    whole: bool = False
    encoding: str | None = None
    passage_words: int = PASSAGE_WORDS
    fields: tuple[tuple[str, str], ...] = ()
    collection: str | None = None

    def __post_init__(self) -> None:
        if self.passage_words < 1:
            raise BadInput(f"passages of {self.passage_words} words: give at least 1")
        if self.collection is not None and not _NAME.fullmatch(self.collection):
            raise BadInput(f"no collection can be called {self.collection!r}: take letters, digits, - . and _")
        for name, _ in self.fields:
            if name not in FIELDS:
                raise BadInput(f"a record has no field {name!r}: there are {', '.join(FIELDS)}")

    @property
    def number(self) -> int:
        """Another number for other settings."""
        return stable_hash(repr((_READERS, self)))

    def column(self, name: str) -> str:
        """What the field `name` is called in records."""
        return dict(self.fields).get(name, name)


DEFAULTS = ReadOptions()

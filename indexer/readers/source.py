"""The input of a reader, and the type of what it yields."""

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from ..document import Document
from ..errors import BadInput
from .formats import suffix_of


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read.

    Attributes:
        path: The absolute path of the file on the disk.
        name: The name of the file in keys of documents and in messages.
        inside: The name of the file within an archive, where `path` is the archive; None if it is no member of one.
        form: The suffix of the format that its content has, where its name tells none.
    """

    path: Path
    name: str
    inside: str | None = None
    form: str | None = None

    @property
    def suffix(self) -> str:
        """The end of the file's name, such as `.pdf`, in lower case, which tells the format; empty if it tells none."""
        return self.form or suffix_of(self.inside or self.path.name)


class LongLine(NamedTuple):
    """A line of a file that is too long to be read with the others.

    Attributes:
        number: The number of the line, from 1.
        start: The offset of its first byte in the file.
    """

    number: int
    start: int

    def name(self, source: Source) -> str:
        """Return the name of the line in messages."""
        return f"{source.name}:{self.number}"


class ReadFailure(BadInput):
    """The system could not read a file. Another time it may, though the file is the same."""


Item = Document | BadInput
"""The type of what readers yield: a document, or the error that says why there is none."""

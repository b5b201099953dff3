"""The input of a reader, and the type of what it yields."""

from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ..document import Document
from ..errors import BadInput


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read.

    Attributes:
        path: The absolute path of the file on the disk.
        name: The name of the file in keys of documents and in messages.
        inside: The name of the file within an archive, where `path` is the archive; None if it is no member of one.
    """

    path: Path
    name: str
    inside: str | None = None

    @property
    def suffix(self) -> str:
        """The end of the file's name, such as `.pdf`, in lower case; it tells the format."""
        return PurePosixPath(self.inside or self.path.name).suffix.lower()


class ReadFailure(BadInput):
    """The system could not read a file. Another time it may, though the file is the same."""


Item = Document | BadInput
"""The type of what readers yield: a document, or the error that says why there is none."""

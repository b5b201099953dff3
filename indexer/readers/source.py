"""What is read, and what reading gives."""

from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ..document import Document
from ..errors import BadInput


@dataclass(frozen=True, slots=True)
class Source:
    """Something to be read. path: the absolute path of its file. name: what it is called in keys and messages. inside:
    the name it has in the archive that the file is."""

    path: Path
    name: str
    inside: str | None = None

    @property
    def suffix(self) -> str:
        """What its name ends with, in lower case; it tells the format."""
        return PurePosixPath(self.inside or self.path.name).suffix.lower()


Item = Document | BadInput
"""What reading yields: a document, or why one could not be had."""

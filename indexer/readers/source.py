"""What is read, and what reading gives."""

from dataclasses import dataclass
from pathlib import Path

from jooya.indexer.document import Document
from jooya.indexer.errors import BadInput


@dataclass(frozen=True, slots=True)
class Source:
    """A file to be read: its absolute path, and the name the user gave it."""

    path: Path
    name: str


Item = Document | BadInput
"""What reading yields: a document, or why one could not be had."""

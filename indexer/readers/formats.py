"""The formats that Jooya reads: the table of suffixes that says which reader a file needs.

The table names readers without importing them, so that looking for files, or comparing them with the index, loads none.
"""

from enum import Enum
from typing import NamedTuple


class Kind(Enum):
    """The kind of a reader, which determines its arguments.

    Attributes:
        TEXT: The decoded text of the file: `(source, text)`.
        BYTES: The content of the file, and the encoding that the user named: `(source, content, encoding)`.
        PAGES: The content of the file, and what recognizes the text of pictures: `(source, content, recognizer)`.
        RECORDS: The open file, which holds many documents: `(source, file, options, on_bytes)`.
        ARCHIVE: The open file, which holds other files: `(source, file, read_member)`.
    """

    TEXT = 1
    BYTES = 2
    RECORDS = 3
    ARCHIVE = 4
    PAGES = 5


class Format(NamedTuple):
    """The reader of a format.

    Attributes:
        kind: Its kind, which determines what it is called with.
        module: The name of its module in this package.
        function: The name of its function there. It yields documents, and errors for what can't be read.
    """

    kind: Kind
    module: str
    function: str


FORMATS: dict[str, Format] = {
    ".txt": Format(Kind.TEXT, "plain_text", "read_text"),
    ".srt": Format(Kind.TEXT, "subtitles", "read_subtitles"),
    ".vtt": Format(Kind.TEXT, "subtitles", "read_subtitles"),
    ".md": Format(Kind.TEXT, "markdown", "read_markdown"),
    ".markdown": Format(Kind.TEXT, "markdown", "read_markdown"),
    ".html": Format(Kind.BYTES, "html", "read_html"),
    ".htm": Format(Kind.BYTES, "html", "read_html"),
    ".xhtml": Format(Kind.BYTES, "html", "read_html"),
    ".epub": Format(Kind.BYTES, "epub", "read_epub"),
    ".docx": Format(Kind.BYTES, "docx", "read_docx"),
    ".pdf": Format(Kind.PAGES, "pdf", "read_pdf"),
    ".jsonl": Format(Kind.RECORDS, "jsonl", "read_jsonl"),
    ".csv": Format(Kind.RECORDS, "delimited", "read_delimited"),
    ".tsv": Format(Kind.RECORDS, "delimited", "read_delimited"),
    ".gz": Format(Kind.ARCHIVE, "archives", "read_archive"),
    ".tgz": Format(Kind.ARCHIVE, "archives", "read_archive"),
    ".zip": Format(Kind.ARCHIVE, "archives", "read_archive"),
}
"""The formats, by suffix in lower case; in the order in which messages list them."""

ARCHIVES = tuple(suffix for suffix, found in FORMATS.items() if found.kind is Kind.ARCHIVE)
"""The suffixes of archives."""

MEMBERS = tuple(suffix for suffix in FORMATS if suffix not in ARCHIVES)
"""The suffixes of files that can be read on their own and inside archives."""


def is_readable(name: str) -> bool:
    """Return True if a file with this name is of a known format.

    It is called for every file of a folder, so it does without pathlib.
    """
    lower = name.lower()
    suffix = lower[lower.rfind(".") :]
    return without_gz(lower).endswith((".tar", *MEMBERS)) if suffix == ".gz" else suffix in FORMATS


def without_gz(name: str) -> str:
    """Return the name of the file that is in a `.gz` file."""
    return name[: -len(".gz")]

"""The formats that Jooya reads: the table of suffixes that says which reader a file needs.

The table names readers without importing them, so that looking for files, or comparing them with the index, loads none.
"""

from enum import Enum
from functools import cache
from typing import NamedTuple

ENTRY_POINTS = "jooya.readers"
"""The group of entry points under which other packages name readers."""

_LONGEST = 12  # characters of a suffix


class Kind(Enum):
    """The kind of a reader, which determines its arguments.

    Attributes:
        TEXT: The decoded text of the file: `(source, text)`.
        BYTES: The content of the file, and the encoding that the user named: `(source, content, encoding)`.
        PAGES: The content of the file, and what recognizes the text of pictures: `(source, content, recognizer)`.
        OFFICE: The content of the file, and the options: `(source, content, options)`.
        RECORDS: The open file, which holds many documents: `(source, file, options, on_bytes)`.
        ARCHIVE: The open file, which holds other files: `(source, file, read_member)`.
        MAIL: The open file, which may have other files attached: `(source, file, encoding, read_member)`.
    """

    TEXT = 1
    BYTES = 2
    RECORDS = 3
    ARCHIVE = 4
    PAGES = 5
    MAIL = 6
    OFFICE = 7


class Format(NamedTuple):
    """The reader of a format.

    Attributes:
        kind: Its kind, which determines what it is called with.
        module: The name of its module in this package.
        function: The name of its function there. It yields documents, and errors for what can't be read.
        extra: The extra of the package that installs its library, or None.
        is_foreign: True if another package has it; its module is then named in full.
    """

    kind: Kind
    module: str
    function: str
    extra: str | None = None
    is_foreign: bool = False


FORMATS: dict[str, Format] = {
    **dict.fromkeys((".txt", ".text", ".log", ".rst", ".org", ".adoc"), Format(Kind.TEXT, "plain_text", "read_text")),
    **dict.fromkeys(
        (".srt", ".vtt", ".ass", ".ssa", ".sub", ".smi", ".sami", ".ttml", ".dfxp"),
        Format(Kind.TEXT, "subtitles", "read_subtitles"),
    ),
    ".md": Format(Kind.TEXT, "markdown", "read_markdown"),
    ".markdown": Format(Kind.TEXT, "markdown", "read_markdown"),
    ".html": Format(Kind.BYTES, "html", "read_html"),
    ".htm": Format(Kind.BYTES, "html", "read_html"),
    ".xhtml": Format(Kind.BYTES, "html", "read_html"),
    ".epub": Format(Kind.BYTES, "epub", "read_epub"),
    **dict.fromkeys((".docx", ".docm", ".dotx"), Format(Kind.OFFICE, "docx", "read_docx")),
    **dict.fromkeys((".odt", ".ott", ".odp", ".otp"), Format(Kind.OFFICE, "opendocument", "read_opendocument")),
    ".rtf": Format(Kind.BYTES, "rtf", "read_rtf", "office"),
    **dict.fromkeys((".pptx", ".pptm", ".ppsx"), Format(Kind.OFFICE, "pptx", "read_pptx")),
    **dict.fromkeys(
        (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"), Format(Kind.RECORDS, "spreadsheet", "read_spreadsheet", "office")
    ),
    **dict.fromkeys(
        (".doc", ".dot", ".ppt", ".pps", ".pot", ".wpd", ".wps"), Format(Kind.OFFICE, "legacy_office", "read_legacy")
    ),
    **dict.fromkeys((".eml", ".mbox"), Format(Kind.MAIL, "mail", "read_mail")),
    ".msg": Format(Kind.MAIL, "outlook", "read_outlook", "mail"),
    **dict.fromkeys((".mhtml", ".mht"), Format(Kind.BYTES, "mhtml", "read_mhtml")),
    ".pdf": Format(Kind.PAGES, "pdf", "read_pdf"),
    ".jsonl": Format(Kind.RECORDS, "jsonl", "read_jsonl"),
    ".ndjson": Format(Kind.RECORDS, "jsonl", "read_jsonl"),
    ".json": Format(Kind.RECORDS, "json_file", "read_json"),
    **dict.fromkeys((".xml", ".bz2"), Format(Kind.RECORDS, "wikipedia", "read_wiki_dump")),
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


def format_of(suffix: str) -> Format | None:
    """Return the format of files with a suffix: one of Jooya's own, or of another package; None if none is known."""
    return FORMATS.get(suffix) or _foreign_formats().get(suffix)


def is_member(suffix: str) -> bool:
    """Return True if files with a suffix can be read inside archives and mails; an empty one is told by the content."""
    return not suffix or (suffix not in ARCHIVES and format_of(suffix) is not None)


@cache
def _foreign_formats() -> dict[str, Format]:
    """Return the formats whose readers other packages have, as entry points named after suffixes (`tex`).

    Such a reader is called as one of the kind BYTES, in the process that reads.
    """
    from importlib.metadata import entry_points  # noqa: PLC0415 - only files of unknown formats wait for it

    return {
        f".{found.name.lower().lstrip('.')}": Format(Kind.BYTES, found.module, found.attr, is_foreign=True)
        for found in entry_points(group=ENTRY_POINTS)
    }


def is_readable(name: str) -> bool:
    """Return True if a file with this name is of a known format, or if only its content tells the format.

    It is called for every file of a folder, so it does without pathlib.
    """
    suffix = suffix_of(name)
    if suffix == ".gz":
        inside = without_gz(name)
        return inside.lower().endswith(".tar") or is_member(suffix_of(inside))
    return (not suffix and bool(name)) or format_of(suffix) is not None


def suffix_of(name: str) -> str:
    """Return the end of a name that tells the format, such as `.pdf`, in lower case; empty if it tells none.

    What follows a point may be a number (syslog.1) or a word of the name (گزارش. نهایی).
    """
    name = name[name.rfind("/") + 1 :]
    stem, point, end = name.rpartition(".")
    is_suffix = point and stem and end.isascii() and end.isalnum() and not end.isdecimal() and len(end) <= _LONGEST
    return f".{end.lower()}" if is_suffix else ""


def without_gz(name: str) -> str:
    """Return the name of the file that is in a `.gz` file."""
    return name[: -len(".gz")]

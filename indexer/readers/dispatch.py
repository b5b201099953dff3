"""Reading a file of any format, with the reader that its suffix asks for.

The reader is imported when a file first needs it. A file or a record that can't be read gives an error in place of a
document, and does not keep others from being read.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib import import_module
from io import BufferedReader
from typing import TypeVar

from ..dates.parsing import date_from_path
from ..document import Document
from ..errors import BadInput
from ..options import ReadOptions
from .formats import FORMATS, Format, Kind, format_of, is_member
from .ocr import Recognizer
from .sniffing import HEAD, sniffed_suffix
from .source import Item, LongLine, ReadFailure, Source

Found = TypeVar("Found")

MAX_TEXT_BYTES = 100 << 20
"""The largest file that is read as one text."""

MAX_BYTES = 500 << 20
"""The largest file of another format that is read as a whole."""

_MOST_MAILS = 3
"""The most mails, each attached to another, that are opened."""


def read(
    source: Source, options: ReadOptions, on_bytes: Callable[[int], None], recognizer: Recognizer | None = None
) -> Iterator[Item]:
    """Yield the documents in `source`, and an error for each file or record that can't be read.

    Args:
        source: The file to read.
        options: How to read it.
        on_bytes: Called with the number of bytes that were read since it was last called.
        recognizer: What recognizes the text of pictures, where the options ask for it.
    """
    done = 0

    def read_member(member: Source, content: BufferedReader) -> Iterator[Item]:
        nonlocal done
        if is_member(member.suffix):
            yield from _read(member, content, options, lambda _: None, recognizer)
        else:
            yield BadInput(f"{member.name}: unknown format")
        on_bytes(file.tell() - done)
        done = file.tell()

    try:
        with source.path.open("rb") as file:
            found = format_of(source.suffix)
            if found and found.kind is Kind.ARCHIVE:
                yield from _reader(found)(source, file, read_member)  # its library is Python's own
            else:
                yield from _read(source, file, options, on_bytes, recognizer)
    except OSError as error:
        yield _failure(source, error)


def read_lines(
    source: Source,
    options: ReadOptions,
    on_bytes: Callable[[int], None],
    longest: int,
    read_long: Callable[[LongLine], Iterator[Found]],
) -> Iterator[Item | Found]:
    """Yield what `read` does of a file of JSON lines, but have long lines read elsewhere.

    Args:
        source: The file to read.
        options: How to read it.
        on_bytes: Called with the number of bytes that were read since it was last called.
        longest: The longest line that is read here, in bytes.
        read_long: Yields what is in a longer one.
    """
    from .jsonl import read_jsonl  # noqa: PLC0415 - it loads the analyzer, which other formats may do without

    try:
        with source.path.open("rb") as file:
            yield from read_jsonl(source, file, options, on_bytes, longest, read_long)
    except OSError as error:
        yield _failure(source, error)


def read_line(source: Source, options: ReadOptions, line: LongLine) -> Iterator[Item]:
    """Yield the document in a long line of a file of JSON lines, or the error that says why there is none."""
    from .jsonl import read_long_line  # noqa: PLC0415 - as above

    try:
        with source.path.open("rb") as file:
            yield from read_long_line(source, file, options, line)
    except OSError as error:
        yield _failure(source, error)


def _failure(source: Source, error: OSError) -> BadInput:
    # Libraries raise errors without a number for what is wrong with the file.
    kind = BadInput if error.errno is None else ReadFailure
    return kind(f"{source.name}: {error.strerror or error}")


def _read(
    source: Source,
    file: BufferedReader,
    options: ReadOptions,
    on_bytes: Callable[[int], None],
    recognizer: Recognizer | None,
    depth: int = 0,
) -> Iterator[Item]:
    """Yield the documents in a file that is no archive; `depth` is the number of mails that it is attached to."""
    if not source.suffix:
        source = replace(source, form=sniffed_suffix(file.peek(HEAD)[:HEAD]))
    found = format_of(source.suffix)
    if found is None or found.kind is Kind.ARCHIVE:
        yield BadInput(f"{source.name}: unknown format; Jooya reads {', '.join(FORMATS)}")
        return
    try:
        reader = _reader(found)
    except ModuleNotFoundError as error:
        if found.extra is None:
            raise
        yield BadInput(
            f"{source.name}: needs the library {error.name}; install it with: pip install 'jooya[{found.extra}]'"
        )
        return
    if found.kind is Kind.RECORDS:
        yield from reader(source, file, options, on_bytes)
    elif found.kind is Kind.MAIL:

        def read_attached(member: Source, content: BufferedReader) -> Iterator[Item]:
            on_bytes(0)  # so that the time of each attached file is limited on its own
            if depth == _MOST_MAILS:
                yield BadInput(f"{member.name}: attached to a mail in a mail in a mail; save it first")
            elif is_member(member.suffix):
                yield from _read(member, content, options, lambda _: None, recognizer, depth + 1)
            else:
                what = "an archive in a mail; save it first" if member.suffix in FORMATS else "unknown format"
                yield BadInput(f"{member.name}: {what}")

        yield from reader(source, file, options.encoding, read_attached)
    else:
        most = MAX_TEXT_BYTES if found.kind is Kind.TEXT else MAX_BYTES
        content = file.read(most + 1)
        on_bytes(len(content))
        if len(content) > most:
            yield BadInput(f"{source.name}: larger than {most >> 20} MB; cut it into several files")
            return
        if found.kind is Kind.TEXT:
            items = _read_text(source, content, options.encoding, reader)
        elif found.kind is Kind.PAGES:
            items = reader(source, content, recognizer if options.ocr else None)
        elif found.kind is Kind.OFFICE:
            items = reader(source, content, options)
        else:
            items = reader(source, content, options.encoding)
        for item in items:
            yield _with_date_of_name(item, source)


def _read_text(
    source: Source, content: bytes, encoding: str | None, reader: Callable[..., Iterator[Item]]
) -> Iterator[Item]:
    """Yield the documents in a file that is one text."""
    from .encodings import decode  # noqa: PLC0415 - it loads the analyzer, which other formats may do without

    try:
        decoded = decode(content, encoding)
    except BadInput as error:
        yield BadInput(f"{source.name}: {error}")
        return
    if not decoded.text.strip():
        yield BadInput(f"{source.name}: empty file")
        return
    for item in reader(source, decoded.text):
        yield replace(item, encoding=decoded.encoding) if isinstance(item, Document) else item


def _reader(found: Format) -> Callable[..., Iterator[Item]]:
    """Import the reader of a format."""
    module = import_module(found.module) if found.is_foreign else import_module(f".{found.module}", __package__)
    function: Callable[..., Iterator[Item]] = getattr(module, found.function)
    return function


def _with_date_of_name(item: Item, source: Source) -> Item:
    """Return a document with the date that its file's name states, if nothing in the file states one."""
    if isinstance(item, Document) and not item.date and item.key == source.name:
        return replace(item, date=date_from_path(source.path / source.inside if source.inside else source.path))
    return item

"""Tables (.csv, .tsv): a row of names, and then a record on each row."""

import csv
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BufferedReader, TextIOWrapper
from itertools import chain

from ..document import Document
from ..errors import BadInput
from ..options import ReadOptions
from .encodings import check_name, detect_encoding
from .record_columns import columns_of
from .records import read_record
from .source import Item, Source

MAX_CELL = 50 << 20
"""The longest cell, and the longest line, in characters."""

_SAMPLE = 1 << 13  # bytes by which the encoding is detected
_DELIMITERS = ",;\t|"


def read_delimited(
    source: Source, file: BufferedReader, options: ReadOptions, on_bytes: Callable[[int], None]
) -> Iterator[Item]:
    """Yield a document for each row, and an error for each that can't be read.

    A row without an id gets `FILE:ROW` as its key; the first row below the names is row 1.
    """
    text, encoding = None, ""
    try:
        text, encoding = _open_text(file, options.encoding)
        rows = _rows(source, text, on_bytes)
        names = [name.strip() for name in next(rows, [])]
        if not names:
            raise BadInput("empty file")
        columns = columns_of(names, options)
        if "text" not in columns:
            raise BadInput(
                f"no column {options.column('text')!r} (the columns are {', '.join(names)}); name the one with the "
                "text with the field option"
            )
        empty = True
        for number, row in enumerate(rows, 1):
            values = {name: cell for name, cell in zip(names, row, strict=False) if cell.strip()}
            if values:
                empty = False
                key = f"{source.name}:{number}"
                for item in read_record(values, source, options, key, source.name, columns):
                    yield replace(item, encoding=encoding) if isinstance(item, Document) else item
        if empty:
            raise BadInput("no rows under the names")
    except (BadInput, csv.Error) as error:
        yield BadInput(f"{source.name}: {error}")
    except UnicodeError:  # UTF-16 without a byte order mark raises this, and no UnicodeDecodeError
        yield BadInput(f"{source.name}: not {encoding}; name its encoding with the encoding option")
    finally:
        if text:
            text.detach()  # the file belongs to the caller, who closes it


def _open_text(file: BufferedReader, named: str | None) -> tuple[TextIOWrapper, str]:
    """Return the file opened as text, and its encoding: the one that the user named, or the one detected."""
    encoding = named or detect_encoding(file.peek(_SAMPLE))
    check_name(encoding)
    codec = "utf-8-sig" if encoding == "utf-8" else encoding
    return TextIOWrapper(file, codec, newline=""), encoding


def _rows(source: Source, text: TextIOWrapper, on_bytes: Callable[[int], None]) -> Iterator[list[str]]:
    lines = _lines(text, on_bytes)
    first = next(lines, "")
    delimiter = "\t" if source.suffix == ".tsv" else max(_DELIMITERS, key=first.count)
    csv.field_size_limit(MAX_CELL)
    yield from csv.reader(chain([first] if first else [], lines), delimiter=delimiter)


def _lines(text: TextIOWrapper, on_bytes: Callable[[int], None]) -> Iterator[str]:
    while line := text.readline(MAX_CELL + 1):
        if len(line) > MAX_CELL:
            raise BadInput(f"a line of more than {MAX_CELL >> 20} million characters")
        on_bytes(len(line.encode("utf-8", "replace")))
        yield line

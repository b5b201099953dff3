"""Tables: comma- and tab-separated values (.csv, .tsv), a record a row under a row of names."""

import csv
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BufferedReader, TextIOWrapper

from ..errors import BadInput
from ..options import ReadOptions
from .encodings import check_name, encoding_of
from .jsonl import record
from .source import Item, Source

MOST_CELL = 50 << 20
"""Characters of a cell, and of a line."""

_LOOKED_AT = 1 << 13  # bytes, for the encoding
_DELIMITERS = ",;\t|"


def read_table(
    source: Source, file: BufferedReader, options: ReadOptions, on_bytes: Callable[[int], None]
) -> Iterator[Item]:
    """A document for each row. One without an id is called by its number: `FILE:ROW`, from 1 below the names."""
    text, encoding = None, ""
    try:
        text, encoding = _opened(file, options.encoding)
        rows = _rows(source, text, on_bytes)
        names = [name.strip() for name in next(rows, [])]
        if not names:
            raise BadInput("empty file")
        if options.column("text") not in names:
            raise BadInput(
                f"no column {options.column('text')!r} (there are {', '.join(names)}); name the column of the text "
                "with the field option"
            )
        empty = True
        for number, row in enumerate(rows, 1):
            values = {name: cell for name, cell in zip(names, row, strict=False) if cell.strip()}
            if values:
                empty = False
                yield _document(values, number, source, options, encoding)
        if empty:
            raise BadInput("no rows under the names")
    except (BadInput, csv.Error) as error:
        yield BadInput(f"{source.name}: {error}")
    except UnicodeError:  # also UTF-16 without its mark, which is no UnicodeDecodeError
        yield BadInput(f"{source.name}: not {encoding}; name its encoding with the encoding option")
    finally:
        if text:
            text.detach()  # the file is closed by who opened it


def _document(values: dict[str, str], number: int, source: Source, options: ReadOptions, encoding: str) -> Item:
    try:
        return replace(record(values, source, options, f"{source.name}:{number}"), encoding=encoding)
    except BadInput as error:
        return BadInput(f"{source.name}: {error}")


def _opened(file: BufferedReader, named: str | None) -> tuple[TextIOWrapper, str]:
    """The text of a file, and its encoding, found out by its beginning."""
    encoding = named or encoding_of(file.peek(_LOOKED_AT))
    check_name(encoding)
    reading = "utf-8-sig" if encoding == "utf-8" else encoding
    return TextIOWrapper(file, reading, newline=""), encoding


def _rows(source: Source, text: TextIOWrapper, on_bytes: Callable[[int], None]) -> Iterator[list[str]]:
    lines = _lines(text, on_bytes)
    first = next(lines, "")
    delimiter = "\t" if source.suffix == ".tsv" else max(_DELIMITERS, key=first.count)
    csv.field_size_limit(MOST_CELL)
    yield from csv.reader(_again(first, lines), delimiter=delimiter)


def _again(first: str, rest: Iterator[str]) -> Iterator[str]:
    if first:
        yield first
    yield from rest


def _lines(text: TextIOWrapper, on_bytes: Callable[[int], None]) -> Iterator[str]:
    while line := text.readline(MOST_CELL + 1):
        if len(line) > MOST_CELL:
            raise BadInput(f"a line of more than {MOST_CELL >> 20} million characters")
        on_bytes(len(line.encode("utf-8", "replace")))
        yield line

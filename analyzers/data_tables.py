"""Reading tables of language data, which are text: UTF-8, tab-separated, with comments."""

from collections.abc import Iterator
from pathlib import Path

DATA = Path(__file__).parent / "data"
"""The folder of the analyzer's own tables."""


def table_rows(name: str, folder: Path = DATA) -> Iterator[list[str]]:
    """Yield the rows of a table as lists of its columns. Blank lines and lines that begin with `#` are left out.

    Args:
        name: the name of the table's file.
        folder: the folder of the file.
    """
    with (folder / name).open(encoding="utf-8") as lines:
        for line in lines:
            if not line.startswith("#") and (line := line.rstrip("\n")):
                yield line.split("\t")

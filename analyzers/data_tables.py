"""Reading the language data that ships with the package (`data/*.tsv`)."""

import zlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / "data"


def rows(name: str, folder: Path = DATA) -> Iterator[list[str]]:
    """The rows of a table in `folder`: UTF-8, tab-separated; blank lines and `#` comments are left out."""
    with (folder / name).open(encoding="utf-8") as lines:
        for line in lines:
            if not line.startswith("#") and (line := line.rstrip("\n")):
                yield line.split("\t")


@cache
def checksum() -> int:
    """Changes with anything in the tables."""
    check = 0
    for table in sorted(DATA.glob("*.tsv")):
        check = zlib.crc32(table.read_bytes(), check)
    return check

"""Reading the language data that ships with the package (`data/*.tsv`)."""

from collections.abc import Iterator
from pathlib import Path

DATA = Path(__file__).parent / "data"


def rows(name: str) -> Iterator[list[str]]:
    """The rows of `data/NAME`: UTF-8, tab-separated; blank lines and `#` comments are left out."""
    with (DATA / name).open(encoding="utf-8") as lines:
        for line in lines:
            if not line.startswith("#") and (line := line.rstrip("\n")):
                yield line.split("\t")

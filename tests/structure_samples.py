"""Texts that tests of structure and passages share, and the passages that are expected of them."""

from pathlib import Path

from jooya.analyzers.data_tables import table_rows

DATA = Path(__file__).parent / "data"
SAMPLES = sorted((DATA / "passages").glob("*.txt"))
PARAGRAPH = "این بند از چند جمله است تا روشن باشد که نثر است. جمله دوم هم همین را می‌گوید."


def expected_passages(sample: Path) -> tuple[int, list[tuple[str, str, str]]]:
    """Return the size of passages, and for each passage its heading, its speaker and its text."""
    first, *blocks = sample.with_suffix(".cut").read_text(encoding="utf-8").split("\n--- ")
    passages = []
    for block in blocks:
        about, _, text = block.partition("\n")
        heading, _, speaker = about.partition(" | ")
        passages.append((heading, speaker, text.removesuffix("\n")))
    return int(first.removeprefix("words ")), passages


def table(name: str) -> list[list[str]]:
    """Return the rows of a table in `data/`, in which `~` stands for a half-space and `^` for a right-to-left mark."""
    signs = str.maketrans("~^", "\u200c\u200f")
    return [[field.translate(signs) for field in row] for row in table_rows(name, DATA)]


COUPLETS = [text.split("\n") for _, _, text in expected_passages(DATA / "passages" / "hafez.txt")[1]]

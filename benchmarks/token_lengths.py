"""Measure how many characters of Persian a token of a language model has.

    python benchmarks/token_lengths.py FILE…

FILE is a collection of texts: JSON lines with a field `text` (also gzipped), or a table (`.tsv`) whose first column has
them. At most 3,000 texts of each are read. It needs the tokenizers of quicktok: `pip install quicktok-v1`. The first
figure is the mean, the second what 99 in 100 texts of 100 characters or more exceed.
"""

import argparse
import gzip
import json
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path

ENCODINGS = ("o200k_base", "llama3", "qwen3", "cl100k_base")
MOST = 3_000


def texts_of(path: Path) -> Iterator[str]:
    """Yield the texts of a collection."""
    with path.open("rb") as file, gzip.open(file) if path.suffix == ".gz" else file as lines:
        for line in islice(lines, MOST):
            yield line.decode().split("\t")[0] if path.suffix == ".tsv" else json.loads(line)["text"]


def lengths(texts: list[str], encode: Callable[[str], Sequence[int]]) -> tuple[float, float]:
    """Return the mean characters of a token, and those that 99 of 100 texts exceed."""
    counts = [len(encode(text)) for text in texts]
    each = sorted(len(text) / count for text, count in zip(texts, counts, strict=True) if len(text) >= 100)
    return sum(map(len, texts)) / sum(counts), each[len(each) // 100]


def main() -> None:
    """Parse the arguments, and print a row for each tokenizer and collection."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE", help="a collection of texts")
    options = parser.parse_args()
    import quicktok  # noqa: PLC0415 - the help does not need it

    collections = {path: list(texts_of(path)) for path in options.files}
    for name in ENCODINGS:
        encode = quicktok.get_encoding(name).encode
        for path, texts in collections.items():
            mean, least = lengths(texts, encode)
            print(f"{name:<12} {'/'.join(path.parts[-2:]):<30} {mean:.2f} {least:.2f}", flush=True)


if __name__ == "__main__":
    main()

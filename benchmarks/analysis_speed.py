"""Measure how fast raw text is analyzed: tokens per second of processor time, against hazm in the same run.

    python benchmarks/analysis_speed.py PASSAGES.jsonl.gz [--hazm N]

Jooya turns the text of all passages into terms, positions and offsets: first with nothing in its caches, then again
with all words known. hazm normalizes, tokenizes and lemmatizes the first N passages, without offsets. Each run is a
process of its own, in turn: Jooya, hazm, Jooya, hazm.
"""

import argparse
import gzip
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path


def read_texts(path: Path, limit: int | None = None) -> list[str]:
    """Return the texts of the first `limit` passages (default: of all)."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line)["text"] for line in islice(lines, limit)]


def tokens_per_second(analyze: Callable[[str], int], texts: list[str]) -> float:
    """Return the rate of `analyze`, which returns the number of tokens of a text, by processor time."""
    began = time.process_time()
    return sum(map(analyze, texts)) / (time.process_time() - began)


def measure_hazm(path: Path, limit: int) -> list[float]:
    """Return the rate of hazm, as a list of one."""
    from hazm import Lemmatizer, Normalizer, WordTokenizer  # noqa: PLC0415 - slow to import; only this process needs it

    normalizer, tokenizer, lemmatizer = Normalizer(), WordTokenizer(), Lemmatizer()

    def analyze(text: str) -> int:
        return len([lemmatizer.lemmatize(word) for word in tokenizer.tokenize(normalizer.normalize(text))])

    return [tokens_per_second(analyze, read_texts(path, limit))]


def measure_jooya(path: Path) -> list[float]:
    """Return the rate of Jooya with empty caches, and its rate when all words are known."""
    from jooya.analyzers import analysis  # noqa: PLC0415 - only this process needs it

    texts = read_texts(path)
    return [tokens_per_second(lambda text: len(analysis().columns(text).stems), texts) for _ in range(2)]


def main() -> None:
    """Parse the arguments, run both systems in turn and print their rates."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("passages", type=Path, help="JSON lines with a `text` each, gzipped")
    parser.add_argument("--hazm", type=int, default=3000, metavar="N", help="passages for hazm (default: %(default)s)")
    parser.add_argument("--only", choices=["hazm", "jooya"], help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.only:
        jooya = options.only == "jooya"
        print(json.dumps(measure_jooya(options.passages) if jooya else measure_hazm(options.passages, options.hazm)))
        return
    runs: dict[str, list[list[float]]] = {"jooya": [], "hazm": []}
    for name in ["jooya", "hazm"] * 2:
        done = subprocess.run([sys.executable, *sys.argv, "--only", name], stdout=subprocess.PIPE, check=True)
        runs[name].append(json.loads(done.stdout))
    base = statistics.mean(run[0] for run in runs["hazm"])
    first, again = (statistics.mean(rates) for rates in zip(*runs["jooya"], strict=True))
    print(f"hazm                    {base:>12,.0f} tokens/s")
    print(f"Jooya, caches empty     {first:>12,.0f} tokens/s  {first / base:.1f} x")
    print(f"Jooya, all words known  {again:>12,.0f} tokens/s  {again / base:.1f} x")


if __name__ == "__main__":
    main()

"""How fast is raw text analyzed? Tokens a second in one process, against hazm in the same run.

    python benchmarks/analysis_speed.py PASSAGES.jsonl.gz [--hazm N]

Jooya: text to terms, positions and offsets, all passages, nothing known beforehand; and again, the words now known.
hazm: normalize, tokenize and lemmatize (no offsets), the first N passages (3,000). Each in a process of its own, in
turn: Jooya, hazm, Jooya, hazm.
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


def texts(path: Path, most: int | None = None) -> list[str]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line)["text"] for line in islice(lines, most)]


def speed(analyze: Callable[[str], int], passages: list[str]) -> float:
    began = time.perf_counter()
    return sum(map(analyze, passages)) / (time.perf_counter() - began)


def hazm(path: Path, most: int) -> list[float]:
    from hazm import Lemmatizer, Normalizer, WordTokenizer  # noqa: PLC0415

    normalizer, tokenizer, lemmatizer = Normalizer(), WordTokenizer(), Lemmatizer()

    def analyze(text: str) -> int:
        return len([lemmatizer.lemmatize(word) for word in tokenizer.tokenize(normalizer.normalize(text))])

    return [speed(analyze, texts(path, most))]


def jooya(path: Path) -> list[float]:
    from jooya.analyzers import analysis  # noqa: PLC0415

    passages = texts(path)
    return [speed(lambda text: len(analysis().columns(text).stems), passages) for _ in range(2)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("passages", type=Path)
    parser.add_argument("--hazm", type=int, default=3000)
    parser.add_argument("--only", choices=["hazm", "jooya"], help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.only:
        print(json.dumps(hazm(options.passages, options.hazm) if options.only == "hazm" else jooya(options.passages)))
        return
    runs: dict[str, list[list[float]]] = {"jooya": [], "hazm": []}
    for name in ["jooya", "hazm"] * 2:
        done = subprocess.run([sys.executable, *sys.argv, "--only", name], stdout=subprocess.PIPE, check=True)
        runs[name].append(json.loads(done.stdout))
    base = statistics.mean(run[0] for run in runs["hazm"])
    first, again = (statistics.mean(speeds) for speeds in zip(*runs["jooya"], strict=True))
    print(f"hazm                      {base:>12,.0f} tokens/s")
    print(f"Jooya, nothing known yet  {first:>12,.0f} tokens/s  {first / base:.1f} x")
    print(f"Jooya, words met before   {again:>12,.0f} tokens/s  {again / base:.1f} x")


if __name__ == "__main__":
    main()

"""Measure what indexing many small files costs.

    python benchmarks/many_files.py RECORDS.jsonl.gz

The program writes the texts to files and measures four runs, each a process of its own: adding the same texts without
files (bulk), indexing the files, indexing them again when nothing changed, and once more when one file changed. It also
prints how many bytes of the index the last of these wrote.
"""

import argparse
import gzip
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

BULK = """
import json, sys
from pathlib import Path
from jooya import Document, Index
texts = json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))
with Index.create(sys.argv[1]) as index:
    index.add(*(Document(str(number), text) for number, text in enumerate(texts)))
"""

SETTLED = 3.0
"""The seconds after which Jooya no longer takes a file for one that may still be changing."""


def main() -> None:
    """Parse the arguments and print the best time of each run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("records", type=Path, help="JSON lines with a `text` each (.jsonl or .jsonl.gz)")
    parser.add_argument("--files", type=int, default=10_000, help="number of files (default: %(default)s)")
    parser.add_argument(
        "--characters",
        type=int,
        default=600,
        help="least size of a file (default: %(default)s); records are joined to reach it",
    )
    parser.add_argument(
        "--rounds", type=int, default=3, help="number of rounds; the best counts (default: %(default)s)"
    )
    options = parser.parse_args()
    texts = list(islice(_texts(options.records, options.characters), options.files))
    print(f"{len(texts):,} files, {sum(map(len, texts)) / len(texts):.0f} characters each; best of {options.rounds}")
    best: dict[str, float] = {}
    for _ in range(options.rounds):
        taken, written = _round(texts)
        for name, seconds in taken.items():
            best[name] = min(best.get(name, seconds), seconds)
    for name, seconds in best.items():
        rate, share = best["bulk"] / seconds, seconds / best["files"]
        print(f"{name:<12} {seconds:7.2f} s   rate {rate:7.1%} of bulk   time {share:7.1%} of files")
    print(f"one changed file writes {written:,} bytes")


def _round(texts: list[str]) -> tuple[dict[str, float], int]:
    """Return the seconds of each run, and the bytes that the last one wrote to the index."""
    with TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "texts.json").write_text(json.dumps(texts), encoding="utf-8")
        for number, text in enumerate(texts):
            path = folder / "files" / f"{number // 100}" / f"{number}.txt"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        time.sleep(SETTLED)
        bulk = _seconds(sys.executable, "-c", BULK, folder / "bulk", folder / "texts.json")
        command: list[str | Path] = [
            Path(sys.executable).parent / "jooya",
            "index",
            "-i",
            folder / "index",
            folder / "files",
        ]
        taken = {"bulk": bulk, "files": _seconds(*command), "nothing new": _seconds(*command)}
        (folder / "files" / "7" / "777.txt").write_text("این یکی تازه است.", encoding="utf-8")
        before = _files(folder / "index")
        taken["one changed"] = _seconds(*command)
        return taken, sum(size for _inode, size in _files(folder / "index") - before)


def _files(folder: Path) -> set[tuple[int, int]]:
    """Return the inode and size of each file of an index, of which none is changed once it is written."""
    return {(path.stat().st_ino, path.stat().st_size) for path in folder.iterdir()}


def _seconds(*command: str | Path) -> float:
    """Run a command and return the seconds it took."""
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def _texts(path: Path, characters: int) -> Iterator[str]:
    """Yield texts of at least so many characters, joined from records."""
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as lines:
        text = ""
        for line in lines:
            text += ("\n\n" if text else "") + json.loads(line)["text"]
            if len(text) >= characters:
                yield text
                text = ""


if __name__ == "__main__":
    main()

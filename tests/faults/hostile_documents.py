"""Index hostile files of every format, each beside two normal ones.

python tests/faults/hostile_documents.py --scale 20

Each file is indexed in a process of its own with `Index.add`. A file may be read or skipped with one line; the normal
files have to be indexed, the index has to be sound, and the processes have to stay within their limits of processor
time and memory.
"""

import argparse
import json
import os
import resource
import sys
import tempfile
import time
import traceback
from collections.abc import Collection
from functools import partial
from pathlib import Path
from typing import NamedTuple

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # forked processes have one thread

import hostile_formats  # noqa: F401 - it adds files to the table
from hostile_files import FILES, PROSE

from jooya.analyzers import analysis
from jooya.indexer import Index
from jooya.indexer.ingest import sync
from jooya.indexer.readers import archives, formats
from jooya.indexer.readers.guard import MEMORY, SECONDS, Guard

MAIN_MEMORY = 500
"""Limit for the process that indexes, in megabytes."""

STARTING = 3
"""Processor seconds that starting, analyzing the normal files and checking the index take at most."""

NOTHING = ("folders.tar.gz", "folders.zip", "hard-links.tgz", "hidden-members.zip", "links.tar.gz")
"""Files of which there is nothing to read and nothing to report."""

MAX_LINES = 1_010
"""The most lines about files that are skipped."""


class Outcome(NamedTuple):
    """The outcome for one file.

    Attributes:
        skipped: The number of things that were skipped.
        documents: The number of documents that the file gave.
        own_seconds: The processor time of the process that indexes.
        reading_seconds: The processor time of the processes that read.
        own_memory: The most memory of the process that indexes, in megabytes.
        reading_memory: The most memory of a process that reads.
        fault: What was wrong; empty if all was right.
        reason: The first of the reasons for what was skipped.
    """

    skipped: int
    documents: int
    own_seconds: float
    reading_seconds: float
    own_memory: int
    reading_memory: int
    fault: str
    reason: str = ""


def make(name: str, folder: Path, scale: int) -> None:
    """Write a file in a process of its own, whose memory is counted neither as that of indexing nor of reading."""
    child = os.fork()
    if not child:
        try:
            key = json.dumps(str(folder / "0.txt")).encode()
            (folder / name).write_bytes(FILES[name](scale).replace(b'"KEY"', key))
            os._exit(0)
        finally:
            os._exit(1)
    assert os.waitpid(child, 0)[1] == 0, f"{name} could not be made"


def indexed(name: str, folder: Path, seconds: int) -> Outcome:
    """Index a file beside two normal ones, and return the outcome. It is called in a process of its own."""
    vars(sync)["Guard"] = partial(Guard, seconds)
    files = folder / "files"
    normal = [files / "0.txt", files / "zz.csv"]
    normal[0].write_text(f"{PROSE} زعفران", encoding="utf-8")
    normal[1].write_text(f"id,text\nzz,{PROSE} زعفران\n", encoding="utf-8")
    began = time.process_time()
    reading = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    faults = []
    with Index.create(folder / "index") as index:
        report = index.add(files)
        own_seconds = time.process_time() - began
        own_memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
        if {hit.document for hit in index.search("زعفران", collapse=False)} != {str(normal[0]), "zz"}:
            faults.append("the normal files were not found")
        documents = index.status().documents - 2
    faults += Index.check(folder / "index").problems
    if report.new - 2 != documents:
        faults.append(f"{report.new} new, but {documents + 2} in the index")
    if not documents and not report.skipped and name not in NOTHING:
        faults.append("nothing was read, and nothing skipped")
    if len(report.skipped) > MAX_LINES or any("\n" in line or len(line) > 2_000 for line in report.skipped):
        faults.append("long messages")
    reader = resource.getrusage(resource.RUSAGE_CHILDREN)
    outcome = Outcome(
        len(report.skipped), documents, own_seconds, reader.ru_utime - reading + reader.ru_stime, own_memory,
        reader.ru_maxrss >> 10, "", next(iter(report.skipped), "")[-200:],
    )  # fmt: skip
    allowed = archives.MAX_SECONDS if Path(name).suffix in formats.ARCHIVES else seconds
    for what, used, most in (
        ("seconds to index", outcome.own_seconds, allowed + STARTING),
        ("seconds to read", outcome.reading_seconds, allowed + STARTING),
        ("MB to index", outcome.own_memory, MAIN_MEMORY),
        ("MB to read", outcome.reading_memory, MEMORY),
    ):
        if used > most:
            faults.append(f"{used:.0f} {what}")
    return outcome._replace(fault=", ".join(faults))


def outcome_of(name: str, folder: Path, scale: int, seconds: int) -> Outcome:
    """Run `indexed` in another process, and return its outcome, or one that says how the process ended."""
    (folder / "files").mkdir()
    make(name, folder / "files", scale)
    receive, send = os.pipe()
    child = os.fork()
    if not child:
        os.close(receive)
        try:
            outcome = indexed(name, folder, seconds)
        except BaseException:  # it is a fault, whatever it is
            outcome = Outcome(0, 0, 0, 0, 0, 0, traceback.format_exc())
        os.write(send, json.dumps(outcome).encode())
        os._exit(0)
    os.close(send)
    with os.fdopen(receive, "rb") as pipe:
        answer = pipe.read()
    status = os.waitpid(child, 0)[1]
    return Outcome(*json.loads(answer)) if answer else Outcome(0, 0, 0, 0, 0, 0, f"ended with status {status}")


def trial(names: Collection[str], scale: int, seconds: int, *, verbose: bool) -> tuple[str, bool]:
    """Index the files and return the figures, and True if nothing was wrong."""
    outcomes: dict[str, Outcome] = {}
    analysis()  # what this process has loaded, those that it forks need not load
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            outcome = outcomes[name] = outcome_of(name, Path(folder), scale, seconds)
        if outcome.fault or verbose:
            print(f"{name}: {outcome}", file=sys.stderr if outcome.fault else sys.stdout, flush=True)
    most = [max(outcome[place] for outcome in outcomes.values()) for place in range(2, 6)]
    faults = sum(bool(outcome.fault) for outcome in outcomes.values())
    read = sum(bool(outcome.documents) for outcome in outcomes.values())
    figures = (
        f"hostile documents: {len(outcomes)} files of {len({Path(name).suffix for name in outcomes})} formats, "
        f"{read} read, {len(outcomes) - read} skipped; at most {most[0]:.0f} s and {most[2]} MB to index, "
        f"{most[1]:.0f} s and {most[3]} MB to read; {faults} faults"
    )
    return figures, not faults


def main() -> None:
    """Run the trial, and fail if anything was wrong or too few files were tried."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--scale", type=int, default=20, help="size of the files; 1 is about 300 kB (default: %(default)s)"
    )
    parser.add_argument("--every", type=int, default=1, help="try every so many files (default: %(default)s)")
    parser.add_argument("--seconds", type=int, default=SECONDS, help="time limit of a document (default: %(default)s)")
    parser.add_argument("--least", type=int, default=100, help="least number of files (default: %(default)s)")
    parser.add_argument("--verbose", action="store_true", help="print the outcome for each file")
    parser.add_argument("names", nargs="*", help="files to try (default: all)")
    options = parser.parse_args()
    names = options.names or sorted(FILES)[:: options.every]
    figures, succeeded = trial(names, options.scale, options.seconds, verbose=options.verbose)
    print(figures)
    if len(names) < options.least and not options.names:
        sys.exit(f"only {len(names)} files were tried; the least is {options.least}")
    sys.exit(not succeeded)


if __name__ == "__main__":
    main()

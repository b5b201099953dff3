"""Let each allocation of memory fail in turn while an index is written, searched and served.

    python tests/faults/no_memory.py --points 10000

A child for each point does the work, and from that allocation on Python has no memory for some allocations. Then the
index must be sound and have what was committed, and nothing else; and the same work, done once more in the same child,
must give the right answer. That there is no memory must not be taken for damage.
"""

import argparse
import gc
import importlib
import os
import resource
import shutil
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from jooya.indexer import Document, Index, JooyaError
from jooya.indexer.errors import IndexDamaged

_testcapi: Any = None
with suppress(ImportError):  # some builds of Python leave it out
    _testcapi = importlib.import_module("_testcapi")

SECONDS = 30
"""Seconds after which a child is ended that hangs."""

DOCUMENTS = [Document(f"d{number}", f"باران {number} خانه و کتاب. " * 5, title="هوا") for number in range(6)]
NEW = [Document(f"n{number}", f"برف {number} آمد", title="هوا") for number in range(3)]

FAILING = 40
"""Allocations that fail one after another, so that what a handler of the error asks for fails as well."""


class Work(NamedTuple):
    """Something that is done while memory is short.

    Attributes:
        run: Does it in a folder that has an index, and returns something to compare.
        keys: The sets of keys that the index may have afterwards.
    """

    run: Callable[[Path], Any]
    keys: tuple[frozenset[str], ...]


def _add(path: Path) -> Any:
    with Index.open(path) as index:
        index.add(*NEW)
        return sorted(index.ids())


def _search(path: Path) -> Any:
    with Index.open(path) as index:
        found = [(hit.id, round(hit.score, 9), hit.text) for hit in index.search("باران +خانه | برف*")]
        return found, index.did_you_mean("بارن"), index.suggest("بار")


def _serve(path: Path) -> Any:
    from starlette.testclient import TestClient  # noqa: PLC0415 - for one kind of work

    from jooya.indexer.server.app import create_app  # noqa: PLC0415

    with Index.open(path) as index, TestClient(create_app(index), base_url="http://localhost") as client:
        answer = client.get("/api/search", params={"q": "باران خانه"})
        if answer.status_code >= 500:
            raise MemoryError(answer.text)
        return [hit["id"] for hit in answer.json()["hits"]]


_OLD = frozenset(document.key for document in DOCUMENTS)
_BOTH = _OLD | {document.key for document in NEW}

ENDS = ("refused", "done", "crashed")
"""The ends of a point that are no fault: an error, a right answer, or the end of the process within numpy."""

WORKS = {"index": Work(_add, (_OLD, _BOTH)), "search": Work(_search, (_OLD,)), "serve": Work(_serve, (_OLD,))}
"""The kinds of work by name."""


def trial(points: int, seed: int, folder: Path) -> tuple[str, bool]:
    """Let memory be short at some points of each kind of work; return the figures, and True if all was well."""
    sound = folder / "sound"
    with Index.create(sound) as index:
        index.add(*DOCUMENTS)
    random = Random(seed)
    ends: Counter[str] = Counter()
    faults: list[str] = []
    for name, work in WORKS.items():
        expected = work.run(_copy(sound, folder / "expected"))
        work.run(_copy(sound, folder / "expected"))  # all is imported, and what is cached is there
        total = _allocations(work, _copy(sound, folder / "counted"))
        for _ in range(points // len(WORKS)):
            point = random.randrange(total)
            end = _tried(work, expected, point, _copy(sound, folder / "tried"))
            ends[end.partition(":")[0]] += 1
            if end not in ENDS:
                faults.append(f"{name} at allocation {point}: {end}")
                print(faults[-1], file=sys.stderr, flush=True)
    counts = ", ".join(f"{ends[end]} {end}" for end in ENDS)
    return f"no_memory: {sum(ends.values())} points, seed {seed}: {counts}, {len(faults)} faults", not faults


def _copy(sound: Path, to: Path) -> Path:
    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(sound, to)
    return to


def _allocations(work: Work, path: Path) -> int:
    """Return how many allocations the work takes: the least number after which none of them fails."""
    least, most = 0, 1 << 12
    while _fails(work, path, most):
        least, most = most, most * 2
    while most - least > most // 100:
        middle = (least + most) // 2
        least, most = (middle, most) if _fails(work, path, middle) else (least, middle)
    return most


def _fails(work: Work, path: Path, point: int) -> bool:
    own = path.with_name("measured")
    return _in_child(lambda: _short(work, _copy(path, own), point)[0]) != b"done"


def _short(work: Work, path: Path, point: int) -> tuple[str, Any]:
    """Do the work while some allocations fail; return `done` or `refused`, and what came of it."""
    gc.collect()
    gc.disable()
    result = None
    failed = ""
    _testcapi.set_nomemory(point, point + FAILING)
    try:
        result = work.run(path)
    except IndexDamaged:
        failed = "taken for damage"
    except BaseException:
        failed = "refused"
    _testcapi.remove_mem_hooks()
    gc.enable()
    return failed or "done", result


def _tried(work: Work, expected: Any, point: int, path: Path) -> str:
    """Return `refused` or `done`, or what is wrong."""

    def judged() -> str:
        end, result = _short(work, path, point)
        if end == "done" and result != expected:
            return f"wrong: {result!r}"
        return _state(work, expected, path) or end

    end = _in_child(judged).decode()
    if end.startswith("crashed"):  # numpy does not look at all of its allocations; what is committed must be there
        return _in_child(lambda: _state(work, expected, path) or "crashed").decode()
    return end


def _state(work: Work, expected: Any, path: Path) -> str:
    """Return what is wrong with an index after memory was short; an empty text if nothing is."""
    with Index.open(path) as index:
        keys = frozenset(passage.partition("#")[0] for passage in index.ids())
    if keys not in work.keys:
        return f"lost: {sorted(keys)}"
    if problems := Index.check(path).problems:
        return f"damaged: {problems}"
    again = work.run(path)
    return "" if again == expected else f"wrong afterwards: {again!r}"


def _in_child(act: Callable[[], str]) -> bytes:
    """Return what is returned in a child, or how it ended."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # where threads tell of the errors that end them
        signal.alarm(SECONDS)
        try:
            said = act()
        except (Exception, JooyaError) as fault:
            said = f"fault: {fault!r}"
        os.write(writing, said.encode("utf-8", "replace")[:2000])
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said_there = pipe.read()
    _, status = os.waitpid(child, 0)
    return said_there or f"crashed: {os.waitstatus_to_exitcode(status)}".encode()


def main() -> None:
    """Run the trial that the arguments ask for; exit with 1 if there was a fault."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--points", type=int, default=10_000, help="number of allocations (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="chooses them (default: %(default)s)")
    options = parser.parse_args()
    if _testcapi is None:
        print("no_memory: not run, since this Python has no _testcapi")
        return
    with tempfile.TemporaryDirectory() as folder:
        figures, sound = trial(options.points, options.seed, Path(folder))
    print(figures)
    sys.exit(not sound)


if __name__ == "__main__":
    main()

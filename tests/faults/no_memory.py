"""Let each allocation of memory fail in turn while an index is written, searched and served.

    python tests/faults/no_memory.py --points 10000

A child for each point does the work, and from that allocation on Python has no memory for some allocations. Then the
index must be sound and have what was committed, and nothing else; and the same work, done once more in the same child,
must give the right answer. That there is no memory must not be taken for damage, and nothing may wait for ever.

What is served is answered without threads and without an event loop: Python waits for ever for a thread that has too
little memory to start, and for an answer that a thread has too little memory to hand over.
"""

import argparse
import faulthandler
import gc
import importlib
import json
import logging
import os
import re
import resource
import shutil
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any, NamedTuple
from urllib.parse import quote

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from jooya.indexer import Document, Index, JooyaError
from jooya.indexer.errors import IndexDamaged
from jooya.indexer.server.app import create_app
from jooya.indexer.server.worker_threads import WorkerThreads

_testcapi: Any = None
with suppress(ImportError):  # some builds of Python leave it out
    _testcapi = importlib.import_module("_testcapi")

SECONDS = 20
"""Seconds after which a child is ended that hangs."""

MEMORY = Path("/dev/shm")
"""A folder in memory, where there is one, so that no point waits for a disk."""

DOCUMENTS = [Document(f"d{number}", f"باران {number} خانه و کتاب. " * 5, title="هوا") for number in range(6)]
QUERY = "q=" + quote("باران +خانه")
NEW = [Document(f"n{number}", f"برف {number} آمد", title="هوا") for number in range(3)]

FAILING = (1, 40, 40, 1000)
"""Numbers of allocations that fail one after another: with several, what a handler of the error asks for fails, too."""


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
    with Index.open(path) as index:
        app = create_app(index)
        found = json.loads(_answer(app, "/api/search"))["hits"]
        return [(hit["id"], hit["text"]) for hit in found], _answer(app, "/").count(b"<mark>")


def _answer(app: Any, path: str) -> bytes:
    """Return what an application answers to the request for a search."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
        "path": path, "raw_path": path.encode(), "root_path": "", "query_string": QUERY.encode(),
        "headers": [(b"host", b"localhost")], "client": ("127.0.0.1", 1), "server": ("localhost", 80),
    }  # fmt: skip
    _finish(app(scope, receive, send))
    body = b"".join(message.get("body", b"") for message in sent)
    if sent[0]["status"] != 200:
        raise MemoryError(body)
    return body


def _finish(work: Coroutine[Any, Any, None]) -> None:
    """Run what waits for nothing to its end."""
    try:
        work.send(None)
    except StopIteration:
        return
    raise AssertionError("the application waits for something")


async def _at_once(_threads: WorkerThreads, function: Callable[[], Any]) -> Any:
    """Stand in for `WorkerThreads.run`."""
    return function()


_OLD = frozenset(document.key for document in DOCUMENTS)
_BOTH = _OLD | {document.key for document in NEW}

ENDS = ("refused", "done", "crashed")
"""The ends of a point that are no fault: an error, a right answer, or the end of the process within numpy."""

PROGRESS = 500
"""After so many points, a line says how far the trial is."""

WORKS = {"index": Work(_add, (_OLD, _BOTH)), "search": Work(_search, (_OLD,)), "serve": Work(_serve, (_OLD,))}
"""The kinds of work by name."""


def trial(points: int, seed: int, folder: Path, kinds: Sequence[str] = tuple(WORKS)) -> tuple[str, bool]:
    """Let memory be short at some points of each kind of work; return the figures, and True if all was well."""
    WorkerThreads.run = _at_once  # type: ignore[assignment,method-assign]
    logging.disable()  # the server tells of each error
    sound = folder / "sound"
    with Index.create(sound) as index:
        index.add(*DOCUMENTS)
    random = Random(seed)
    ends: Counter[str] = Counter()
    crashes: Counter[str] = Counter()
    faults: list[str] = []
    for name in kinds:
        work = WORKS[name]
        expected = work.run(_copy(sound, folder / "expected"))
        work.run(_copy(sound, folder / "expected"))  # all is imported, and what is cached is there
        gc.collect()
        gc.freeze()  # the collector of a child need not look at the lexicon each time
        total = _allocations(work, _copy(sound, folder / "counted"))
        for _ in range(points // len(kinds)):
            point, failing = random.randrange(total), random.choice(FAILING)
            end = _tried(work, expected, (point, failing), _copy(sound, folder / "tried"))
            kind, _, where = end.partition(" at ")
            ends[kind] += 1
            if kind == "crashed":
                crashes[where] += 1
            elif end not in ENDS:
                faults.append(f"{name}, {failing} from allocation {point} on: {end}")
                print(faults[-1], file=sys.stderr, flush=True)
            if ends.total() % PROGRESS == 0:
                print(f"{ends.total()} points, {len(faults)} faults", flush=True)
        print(f"{name}: {points // len(kinds)} of {total} allocations", flush=True)
    for where, number in crashes.most_common():
        print(f"{number} times, the process ended at {where}")
    counts = ", ".join(f"{ends[end]} {end}" for end in ENDS)
    return f"no_memory: {ends.total()} points, seed {seed}: {counts}, {len(faults)} faults", not faults


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
    return _in_child(lambda: _short(work, _copy(path, own), (point, max(FAILING)))[0]) != "done"


def _short(work: Work, path: Path, point: tuple[int, int]) -> tuple[str, Any]:
    """Do the work while some allocations fail; return `done` or `refused`, and what came of it.

    Args:
        work: The work.
        path: The index.
        point: The first allocation that fails, and how many fail.
    """
    gc.collect()
    gc.disable()
    result = None
    failed = ""
    first, failing = point
    _testcapi.set_nomemory(first, first + failing)
    try:
        result = work.run(path)
    except IndexDamaged:
        failed = "taken for damage"
    except BaseException:
        failed = "refused"
    _testcapi.remove_mem_hooks()
    gc.enable()
    return failed or "done", result


def _tried(work: Work, expected: Any, point: tuple[int, int], path: Path) -> str:
    """Return `refused` or `done`, or what is wrong."""

    def judged() -> str:
        end, result = _short(work, path, point)
        if end == "done" and result != expected:
            return f"wrong: {result!r}"
        return _state(work, expected, path) or end

    end = _in_child(judged)
    if end.startswith("crashed"):  # numpy does not look at all of its allocations; what is committed must be there
        wrong = _in_child(lambda: _state(work, expected, path) or "sound")
        return end if wrong == "sound" else f"{wrong} ({end})"
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


def _in_child(act: Callable[[], str]) -> str:
    """Return what is returned in a child, or how it ended."""
    reading, writing = os.pipe()
    with tempfile.TemporaryFile() as errors:
        child = os.fork()
        if child == 0:
            os.close(reading)
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # where threads tell of the errors that end them
            faulthandler.enable(errors)
            faulthandler.register(signal.SIGALRM, errors, chain=True)
            signal.alarm(SECONDS)
            try:
                said = act()
            except (Exception, JooyaError) as fault:
                said = f"fault: {fault!r}"
            os.write(writing, said.encode("utf-8", "replace")[:2000])
            os._exit(0)
        os.close(writing)
        with os.fdopen(reading, "rb") as pipe:
            said_there = pipe.read().decode("utf-8", "replace")
        _, status = os.waitpid(child, 0)
        if said_there:
            return said_there
        ended = os.waitstatus_to_exitcode(status)
        errors.seek(0)
        frames = _FRAME.findall(errors.read().decode("utf-8", "replace"))
        places = [f"{Path(file).name}:{line}" for file, line in frames[:8]]
        if ended == -signal.SIGALRM:
            return f"hung in {', '.join(places)}"
        return f"crashed at {places[0]}" if places else f"crashed at an unknown place ({ended})"


_FRAME = re.compile(r'File "([^"]+)", line (\d+)')


def main() -> None:
    """Run the trial that the arguments ask for; exit with 1 if there was a fault."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--points", type=int, default=10_000, help="number of allocations (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="chooses them (default: %(default)s)")
    parser.add_argument("--work", choices=WORKS, nargs="+", default=[*WORKS], help="the kinds of work (default: all)")
    options = parser.parse_args()
    if _testcapi is None:
        print("no_memory: not run, since this Python has no _testcapi")
        return
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        figures, sound = trial(options.points, options.seed, Path(folder), options.work)
    print(figures)
    sys.exit(not sound)


if __name__ == "__main__":
    main()

"""The lines that each test reaches, recorded once for each file of tests and kept in `build/mutants`."""

import contextlib
import json
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "indexer"
KEPT = ROOT / "build" / "mutants"

Lines = dict[str, list[int]]
"""The lines of modules, by the path of the module below the repository."""


class Reached(NamedTuple):
    """A test that passes without a mutant.

    Attributes:
        seconds: Seconds that it took while it was watched, which takes some times as long as otherwise.
        lines: The lines that it reached.
    """

    seconds: float
    lines: dict[str, frozenset[int]]


def state_of_sources() -> str:
    """Return a hash of all that tests try, and of what they share: with another one, records are made anew."""
    shared = [path for path in (ROOT / "tests").glob("*.py") if not path.name.startswith("test_")]
    digest = sha256()
    for path in sorted([*PACKAGE.rglob("*.py"), *(ROOT / "analyzers").rglob("*.py"), *shared]):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def kept(test_file: Path, state: str) -> dict[str, Reached] | None:
    """Return what was recorded of a file of tests, or None if it, or what it tries, is another one by now."""
    try:
        record = json.loads(_record(test_file).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    if record["state"] != state or record["tests"] != sha256(test_file.read_bytes()).hexdigest():
        return None
    return {
        name: Reached(seconds, {module: frozenset(at) for module, at in lines.items()})
        for name, (seconds, lines) in record["reached"].items()
    }


def record(test_file: Path, state: str, items: list[pytest.Item], failed: Callable[[str], bool]) -> None:
    """Run tests, and keep which lines they reach; those that do not pass are left out.

    Args:
        test_file: The file that has all of the tests.
        state: What `state_of_sources` gave.
        items: The tests.
        failed: Returns True if a test of some name has failed, or was skipped.
    """
    reached: dict[str, tuple[float, Lines]] = {}
    for number, item in enumerate(items):
        following = items[number + 1] if number + 1 < len(items) else None
        began = time.monotonic()
        with watched() as lines:
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if not failed(item.nodeid):
            reached[item.nodeid] = (time.monotonic() - began, {name: sorted(at) for name, at in lines.items() if at})
    content = {"state": state, "tests": sha256(test_file.read_bytes()).hexdigest(), "reached": reached}
    KEPT.mkdir(parents=True, exist_ok=True)
    new = _record(test_file).with_suffix(".new")
    new.write_text(json.dumps(content), encoding="utf-8")
    new.replace(_record(test_file))


@contextlib.contextmanager
def watched() -> Iterator[dict[str, set[int]]]:
    """Note the lines of the modules of the indexer that are reached meanwhile."""
    found: dict[str, set[int]] = {}
    tracers: dict[str, Callable[[FrameType, str, Any], Any] | None] = {}

    def tracer(file: str) -> Callable[[FrameType, str, Any], Any] | None:
        path = Path(os.path.realpath(file))
        if not path.is_relative_to(PACKAGE):
            return None
        add = found.setdefault(path.relative_to(ROOT).as_posix(), set()).add

        def lines(frame: FrameType, _event: str, _argument: Any) -> Any:
            add(frame.f_lineno)
            return lines

        return lines

    def calls(frame: FrameType, _event: str, _argument: Any) -> Any:
        file = frame.f_code.co_filename
        try:
            return tracers[file]
        except KeyError:
            tracers[file] = tracer(file)
        return tracers[file]

    threading.settrace(calls)
    sys.settrace(calls)
    try:
        yield found
    finally:
        sys.settrace(None)
        threading.settrace(None)


def _record(test_file: Path) -> Path:
    return KEPT / f"{test_file.stem}{'-pure' if os.environ.get('JOOYA_PURE') == '1' else ''}.json"

"""Operations on a copy of an index that a test has made, in which calls of the operating system fail at random.

What the operations may leave is judged as by `every_call`, where one call fails in an index made for it. Here the index
is of whatever shape a test has given it.
"""

import shutil
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any
from unittest import mock

from every_call import ERRORS, Case, Operation, attempt, files_of, judge_reader, judge_repair, judge_writer, reference
from system_calls import SystemCalls
from workload import contents

from jooya.indexer import Document, Index
from jooya.indexer.codec import toc
from jooya.indexer.codec.lock import WriteLock
from jooya.indexer.ingest import sync
from jooya.indexer.own_fields import OwnFields

KINDS = ("change", "change", "change", "change", "change", "repair", "backup", "keep")
"""The kinds of operations, each as often as its share."""

ATTEMPTS = 2
"""How often calls fail in each operation."""

_RATES = (0.0, 0.0, 0.05, 0.5, 1.0)
"""Shares of the calls after the first one to fail that fail as well."""

_CHECKPOINTS = (0.0, 60.0, 60.0)
"""Seconds between two commits of one operation. While a test runs they are the usual ones, since many count commits."""

_META: dict[str, Any] = {"text": "باران تند", "keyword": "برف", "number": 12, "date": "۱۴۰۳/۱/۲"}
"""A value of each kind of declared fields."""


class RandomCalls(SystemCalls):
    """Calls of which one fails, and then each later one with a probability.

    Attributes:
        failures: How many calls have failed.
    """

    def __init__(self, folder: Path, first: int, rate: float, error: int, random: Random) -> None:
        super().__init__(folder, fail=first, error=error)
        self.failures = 0
        self.may_fail_again = rate > 0
        self._first = first
        self._rate = rate
        self._random = random

    def _fails(self, number: int) -> bool:
        fails = number == self._first or (number > self._first and self._random.random() < self._rate)
        self.failures += fails
        return fails


def inject(base: Path, tried: Path, key: bytes | None, random: Random, counts: Counter[str]) -> None:
    """Let calls fail in an operation on an index, some times, and count what came of it.

    Args:
        base: The folder with the index, which is called "index".
        tried: A folder that does not exist.
        key: The key of the index, if it has one.
        random: Chooses the operation and the calls.
        counts: Is given the numbers of faults, and of operations that failed and that succeeded.
    """
    operation = _chosen(base / "index", key, random)
    operation.prepare(base)
    with mock.patch.object(sync, "CHECKPOINT", random.choice(_CHECKPOINTS)):
        case, calls = reference(operation, base, tried, audited=False)
        for _ in range(ATTEMPTS):
            first, rate, error = _first(calls, random), random.choice(_RATES), random.choice(ERRORS)
            # The calls have random numbers of their own: how many there are may depend on the clock.
            failing = RandomCalls(tried, first, rate, error, Random(random.random()))
            try:
                end = attempt(case, failing, base, tried)
            except Exception as failure:
                failure.add_note(f"operation: {operation.name}; the call {first} failed, and later ones: {rate}")
                raise
            counts["faults"] += failing.failures
            counts["failed" if end == "error" else "succeeded"] += 1


def _first(calls: SystemCalls, random: Random) -> int:
    """Return the number of the first call to fail, of each function as often as of one that is called more often."""
    by_name: dict[str, list[int]] = {}
    for number, call in enumerate(calls.calls):
        by_name.setdefault(call.name, []).append(number)
    return random.choice(by_name[random.choice(sorted(by_name))])


def _chosen(index: Path, key: bytes | None, random: Random) -> Operation:
    """Return an operation for an index."""
    kind = random.choice(KINDS)
    state = toc.read(index)
    if kind == "repair" and state.segments and not state.code:  # without segments, there may be nothing to repair
        return _repair(sorted(state.files | {toc.NAME}), random)
    if kind == "backup":
        return Operation("backup", _nothing, lambda path, _: _open(path, key).backup(path / "copy"), _judge_backup)
    if kind == "keep":
        return _keep(random.choice([number for number in (1, 2, 5) if number != state.keep]), key)
    return _change(index, key, random)


def _nothing(_path: Path) -> None:
    """Leave the index as it is."""


def _open(path: Path, key: bytes | None) -> Index:
    return Index.open(path / "index", key=key)


def _change(index: Path, key: bytes | None, random: Random) -> Operation:
    """Return an operation that adds and replaces documents, or removes one, or does both in two commits."""
    keys = sorted(name for name in contents(index)[1] if "*" not in name)  # a key with an asterisk may be a pattern
    with Index.open(index, key=key) as opened:
        meta = _meta(opened.fields)
    replaced, removed = random.sample(keys, 2) if len(keys) > 1 else (keys or [""]) * 2
    added = [Document(name, f"تگرگ بارید {random.random()}", meta=meta) for name in ("هوای تازه", replaced) if name]
    wanted = random.choice(("add", "remove", "add and remove"))
    memory = random.choice((0, 100))

    def run(path: Path, _calls: SystemCalls) -> None:
        with _open(path, key) as opened:
            if "add" in wanted:
                opened.add(*added, memory=memory)
            if "remove" in wanted and removed:
                opened.remove(removed)

    def judge(case: Case) -> None:
        WriteLock(case.index, wait=0).release()
        new = case.states[-1]
        assert "add" not in wanted or "هوای تازه" in new, "nothing was added"
        assert "remove" not in wanted or removed not in new, "nothing was removed"
        judge_writer(case)
        assert not Index.check(case.index, key=key).problems

    return Operation(wanted, _nothing, run, judge, key)


def _meta(fields: OwnFields) -> dict[str, Any]:
    return {name: _META[kind] for name, kind in fields.items()}


def _keep(commits: int, key: bytes | None) -> Operation:
    """Return an operation that keeps so many commits from now on."""

    def run(path: Path, _calls: SystemCalls) -> None:
        with _open(path, key) as opened:
            opened.keep(commits)

    def judge(case: Case) -> None:
        WriteLock(case.index, wait=0).release()
        if case.error is None:
            assert toc.read(case.index, key).keep == commits, "not the number of commits to keep"
        judge_writer(case)
        assert toc.read(case.index, key).keep == commits, "not the number of commits to keep in the end"
        assert not Index.check(case.index, key=key).problems

    return Operation("keep", _nothing, run, judge, key)


def _repair(names: list[str], random: Random) -> Operation:
    """Return an operation that repairs an index in which a file is damaged or lost."""
    name = random.choice(names)
    kind = random.choice(("flipped", "cut", "lost"))
    share = random.random()

    def damage(path: Path) -> None:
        file = path / "index" / name
        content = bytearray(file.read_bytes())
        at = int(share * len(content))
        file.unlink()
        if kind == "flipped" and content:
            content[at] ^= 1
        if kind != "lost":
            file.write_bytes(content[:at] if kind == "cut" else content)

    return Operation(f"repair, {name} {kind}", damage, lambda path, _: Index.repair(path / "index"), judge_repair)


def _judge_backup(case: Case) -> None:
    """Judge a backup: the index is unchanged, and there is a whole copy of its last commit, or none."""
    judge_reader(case)
    copy = case.path / "copy"
    if case.error is None or (copy / toc.NAME).exists():
        assert contents(copy) == contents(case.index), "another state"
        assert not Index.check(copy).problems
    elif not case.several:
        assert not copy.exists() or not files_of(copy), f"left over: {list(files_of(copy))}"
    shutil.rmtree(copy, ignore_errors=True)

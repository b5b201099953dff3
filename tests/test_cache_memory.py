"""Tests of how much memory an index takes by default."""

import os
from pathlib import Path

import pytest

from jooya.indexer import cache_memory as module
from jooya.indexer.cache_memory import cache_memory
from jooya.indexer.defaults import CACHE_MEMORY

MB = 1 << 20


@pytest.mark.parametrize(
    ("size", "memory", "expected"),
    [
        pytest.param(MB, 8192 * MB, CACHE_MEMORY, id="a small index"),
        pytest.param(800 * MB, 8192 * MB, 400, id="half of a larger one"),
        pytest.param(8000 * MB, 8192 * MB, 1024, id="an eighth of the memory"),
        pytest.param(8000 * MB, 512 * MB, CACHE_MEMORY, id="a small machine"),
        pytest.param(8000 * MB, 0, CACHE_MEMORY, id="a system that does not say"),
    ],
)
def test_the_memory_grows_with_the_index(
    size: int, memory: int, expected: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_memory", lambda: memory)
    assert cache_memory(size) == expected


@pytest.mark.parametrize(
    ("limit", "expected"), [("max\n", 8192 * MB), (f"{512 * MB}\n", 512 * MB), (None, 8192 * MB), ("", 8192 * MB)]
)
def test_the_limit_of_a_container_counts(
    limit: str | None, expected: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if limit is not None:
        (tmp_path / "memory.max").write_text(limit)
    monkeypatch.setattr(module, "_CGROUP", tmp_path / "memory.max")
    monkeypatch.setattr(os, "sysconf", {"SC_PAGE_SIZE": 4096, "SC_PHYS_PAGES": 2 * MB}.__getitem__)
    assert module._memory() == expected

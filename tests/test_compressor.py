"""Compressing blocks in another thread."""

import zlib
from _thread import start_new_thread
from collections.abc import Callable
from threading import Event
from typing import Any

import pytest

from jooya.indexer.codec import compressor
from jooya.indexer.codec.compressor import Compressor

LISTS = [[b"a" * 100, b"b" * 9], [], [b"c"]]


def taken(one: Compressor) -> list[list[bytes]]:
    return [[zlib.decompress(block) for block in one.take()] for _ in range(len(one))]


def test_blocks_come_back_in_order() -> None:
    one = Compressor()
    for blocks in LISTS:
        one.put(blocks)
    assert taken(one) == LISTS
    one.close()


@pytest.mark.parametrize("error", [RuntimeError("can't start new thread"), None])
def test_nothing_waits_for_a_thread_that_does_not_start(
    monkeypatch: pytest.MonkeyPatch, error: RuntimeError | None
) -> None:
    """With too little memory, the system has a thread, but Python cannot run anything in it."""

    def start(*_: object) -> int:
        if error is not None:
            raise error
        return 1

    monkeypatch.setattr(compressor, "start_new_thread", start)
    test_blocks_come_back_in_order()


def test_an_error_of_the_other_thread_is_raised_where_the_blocks_are_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    begun = Event()

    def fail(*_: object) -> bytes:
        begun.set()
        raise MemoryError

    monkeypatch.setattr(zlib, "compress", fail)
    one = Compressor()
    one.put([b"a"])
    assert begun.wait(20)
    with pytest.raises(MemoryError):
        one.take()
    one.close()


def test_the_other_thread_ends_and_begins_nothing_more(monkeypatch: pytest.MonkeyPatch) -> None:
    ended, begun, goes_on = Event(), Event(), Event()
    compressed: list[bytes] = []

    def compress(block: bytes, _level: int) -> bytes:
        compressed.append(block)
        begun.set()
        assert goes_on.wait(20)
        return block

    def start(work: Callable[..., Any], arguments: tuple[Any, ...]) -> int:
        def run(*given: Any) -> None:
            work(*given)
            ended.set()

        return start_new_thread(run, arguments)

    monkeypatch.setattr(compressor, "start_new_thread", start)
    monkeypatch.setattr(zlib, "compress", compress)
    one = Compressor()
    for blocks in LISTS:
        one.put(blocks)
    assert begun.wait(20)
    one.close()
    goes_on.set()
    assert ended.wait(20)
    assert compressed == LISTS[0]

"""Tests that the compiled core sorts, packs and merges postings as its Python twin does."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jooya.core import compiled
from jooya.indexer.codec import counting_sort, merged_lists, packing
from jooya.indexer.codec.packing import delta_decode, delta_encode, pack, unpack
from jooya.indexer.codec.segment import PostingsRange

pytestmark = pytest.mark.skipif(compiled is None, reason="the compiled core is not built, or not used")

NUMBERS = st.one_of(
    st.just(0), st.integers(0, 3), st.integers(250, 260), st.integers(65_530, 65_540), st.integers(0, 2**32 - 1)
)
LISTS = st.lists(st.lists(NUMBERS, min_size=1, max_size=6), min_size=1, max_size=8)
TYPES = st.sampled_from([np.int64, np.uint32])


@contextmanager
def twin() -> Iterator[None]:
    """Have the modules use their own code."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (merged_lists, packing, counting_sort):
            patch.setattr(module, "compiled", None)
        yield


def both(function: Callable[..., Any], *arguments: Any) -> Any:
    """Return what a function returns with the core, after comparing it with what its own code returns."""
    found = function(*arguments)
    with twin():
        expected = function(*arguments)
    assert plain(found) == plain(expected)
    return found


def plain(value: Any) -> Any:
    """Return arrays as their values, with the types that matter to what is written."""
    if isinstance(value, np.ndarray):
        return value.tolist()
    return [plain(each) for each in value] if isinstance(value, list | tuple) else value


def laid_out(lists: list[list[int]], kind: Any) -> tuple[Any, Any]:
    """Return lists one after another, and the length of each."""
    return np.array([value for each in lists for value in each], kind), np.array([len(each) for each in lists])


@given(LISTS, TYPES, st.none() | st.integers(0, 4))
def test_packing_and_unpacking(lists: list[list[int]], kind: Any, most: int | None) -> None:
    values, counts = laid_out(lists, kind)
    most_zeros = None if most is None else np.full(len(counts), most)
    packed, sizes = both(pack, values, counts, most_zeros)
    assert packed.dtype == np.uint8
    assert plain(both(unpack, packed, sizes, counts, most_zeros)) == values.tolist()
    assert plain(both(unpack, packed, sizes, counts, most)) == values.tolist()


@given(st.lists(st.integers(-3, 40), min_size=1, max_size=4), st.data())
def test_lists_of_impossible_sizes_are_refused_by_both(sizes: list[int], data: st.DataObject) -> None:
    counts = np.array(data.draw(st.lists(st.integers(1, 12), min_size=len(sizes), max_size=len(sizes))))
    most = data.draw(st.none() | st.integers(0, 4))
    packed = np.arange(max(sum(sizes), 0), dtype=np.uint8)
    found = refused_or_unpacked(packed, np.array(sizes), counts, most)
    with twin():
        assert found == refused_or_unpacked(packed, np.array(sizes), counts, most)


def refused_or_unpacked(*arguments: Any) -> list[int] | None:
    try:
        return unpack(*arguments).tolist()  # type: ignore[no-any-return]
    except ValueError:
        return None


@given(LISTS)
def test_differences(lists: list[list[int]]) -> None:
    ascending = [sorted(each) for each in lists]
    values, counts = laid_out(ascending, np.int64)
    starts = np.cumsum(counts) - counts
    differences = delta_encode(values, starts).astype(np.uint32)
    assert plain(both(delta_decode, differences, starts, counts)) == values.tolist()


@given(
    st.lists(st.lists(st.tuples(st.integers(0, 5), NUMBERS), max_size=8), min_size=1, max_size=6),
    st.booleans(),
    st.sampled_from([6, 70_000]),
)
def test_sorting(documents: list[list[tuple[int, int]]], with_positions: bool, dictionary: int) -> None:
    # Positions are in no order here, and a term may be at one twice.
    occurrences = [pair for document in documents for pair in document]
    if not occurrences:
        return
    terms = np.array([term if dictionary == 6 else term * 13_000 for term, _ in occurrences], np.uint32)
    positions = np.array([position for _, position in occurrences] if with_positions else [], np.uint32)
    counts = np.array([len(document) for document in documents])
    docs = np.arange(len(documents)) * 3 + 1
    both(counting_sort.sorted_postings, terms, positions, docs, counts, dictionary)


def test_words_of_documents_become_postings() -> None:
    # آب and نان in document 0, آب twice in document 2
    found = counting_sort.sorted_postings(
        np.array([0, 1, 0, 0], np.uint32), np.array([0, 1, 5, 9], np.uint32), np.array([0, 2]), np.array([2, 2]), 2
    )
    assert plain(found) == [[2, 1], [0, 2, 0], [1, 2, 1], [0, 5, 9, 1]]


@given(st.lists(st.sets(st.binary(max_size=3) | st.sampled_from(["آب", "آبی", "نان"]).map(str.encode)), max_size=5))
def test_dictionaries(dictionaries: list[set[bytes]]) -> None:
    both(merged_lists.merged_terms, [sorted(terms) for terms in dictionaries])


@pytest.mark.parametrize("wrong", [[b"b", b"a"], [b"a", b"a"], [b"ab", b"a"], [b"", b""]])
def test_a_dictionary_that_is_not_in_order_is_named(wrong: list[bytes]) -> None:
    for context in (twin(), pytest.MonkeyPatch.context()):
        with context, pytest.raises(ValueError) as error:
            merged_lists.merged_terms([[b"a", b"b"], wrong, [b"c"]])
        assert error.value.args == (1,)


@given(LISTS, TYPES, st.randoms())
def test_lists_are_copied(lists: list[list[int]], kind: Any, random: Any) -> None:
    values, counts = laid_out(lists, kind)
    starts = np.cumsum(counts) - counts
    order = list(range(len(lists)))
    random.shuffle(order)
    found, expected = np.zeros(len(values), kind), np.zeros(len(values), kind)
    given_ = np.concatenate([values[starts[row] : starts[row] + counts[row]] for row in order])
    merged_lists.copy_lists(given_, starts[order], counts[order], found)
    with twin():
        merged_lists.copy_lists(given_, starts[order], counts[order], expected)
    assert found.tolist() == expected.tolist() == values.tolist()


@given(
    st.lists(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 3)), min_size=1), min_size=1),
    st.lists(st.booleans(), min_size=10, max_size=10),
    st.booleans(),
)
def test_deleted_documents_are_left_out(
    lists: list[list[tuple[int, int]]], live: list[bool], with_positions: bool
) -> None:
    docs, counts = laid_out([[doc for doc, _ in each] for each in lists], np.int64)
    freqs = np.array([freq for each in lists for _, freq in each])
    positions = np.arange(freqs.sum() if with_positions else 0, dtype=np.uint32)
    kept = np.array(live)
    new = np.cumsum(kept) + 7
    both(merged_lists.live_postings, PostingsRange(counts, docs, freqs, positions), kept, new)


BIG = np.array([2**62])


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        ("pack", (np.zeros(3, np.int64), np.array([4]), None)),
        ("pack", (np.zeros(3, np.int64), np.array([2]), None)),
        ("pack", (np.zeros(3, np.int64), np.array([3, 0]), None)),
        ("pack", (np.zeros(0, np.int64), np.zeros(0, np.int64), None)),
        ("pack", (np.zeros(3, np.int64), np.array([3]), np.array([1, 1]))),
        ("unpack", (np.zeros(3, np.uint8), np.array([3]), np.array([0]), None)),
        ("unpack", (np.zeros(3, np.uint8), np.array([3, 0]), np.array([3]), None)),
        ("unpack", (np.zeros(3, np.uint8), np.array([2]), np.array([2]), None)),
        ("unpack", (np.zeros(0, np.uint8), np.array([0]), BIG, None)),
        ("delta_decode", (np.zeros(3, np.uint32), np.array([4]))),
        ("delta_decode", (np.zeros(3, np.uint32), np.array([2]))),
        ("delta_decode", (np.zeros(3, np.uint32), np.array([-1, 4]))),
        ("sorted_postings", (np.array([5], np.uint32), np.array([1], np.uint32), np.array([0]), np.array([1]), 5)),
        ("sorted_postings", (np.array([0], np.uint32), np.array([1], np.uint32), np.array([0]), np.array([2]), 5)),
        ("sorted_postings", (np.array([0], np.uint32), np.array([1], np.uint32), np.array([-1]), np.array([1]), 5)),
        ("sorted_postings", (np.array([0], np.uint32), np.array([1], np.uint32), BIG, np.array([1]), 5)),
        ("sorted_postings", (np.array([0], np.uint32), np.zeros(2, np.uint32), np.array([0]), np.array([1]), 5)),
        ("copy_lists", (np.zeros(2, np.int64), np.array([2]), np.array([2]), np.zeros(3, np.int64))),
        ("copy_lists", (np.zeros(2, np.int64), np.array([-1]), np.array([2]), np.zeros(3, np.int64))),
        ("copy_lists", (np.zeros(2, np.int64), BIG, np.array([2]), np.zeros(3, np.int64))),
        ("copy_lists", (np.zeros(2, np.int64), np.array([0]), np.array([1]), np.zeros(3, np.int64))),
    ],
)
def test_arrays_that_do_not_agree_are_refused(function: str, arguments: tuple[Any, ...]) -> None:
    with pytest.raises(ValueError):
        getattr(compiled, function)(*arguments)


SCARCE = """
import resource, sys
import numpy as np
from jooya.core import compiled

big, none, one = np.zeros(1 << 22, np.uint32), np.zeros(0, np.int64), np.zeros(1, np.int64)
most = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize() + (8 << 20)
calls = {
    "pack": lambda: compiled.pack(big, np.ones(1 << 22, np.int64), np.zeros(1 << 22, np.int64)),
    "unpack": lambda: compiled.unpack(big[:0].view(np.uint8), one, one + (1 << 33), None),
    "delta_decode": lambda: compiled.delta_decode(big, np.array([1 << 22])),
    "sorted_postings": lambda: compiled.sorted_postings(big[:0], big[:0], none, none, 1 << 40),
    "keys": lambda: compiled.sorted_postings(big, big, np.array([0]), np.array([1 << 22]), 1),
    "merged_terms": lambda: compiled.merged_terms([[b"%07d" % number for number in range(400_000)]]),
}
resource.setrlimit(resource.RLIMIT_AS, (most, most))
try:
    calls[sys.argv[1]]()
except MemoryError:
    print("MemoryError")
"""
"""A program in which there is little memory left for a call."""


@pytest.mark.skipif(sys.platform != "linux", reason="the limit of memory is Linux's")
@pytest.mark.parametrize("name", ["pack", "unpack", "delta_decode", "sorted_postings", "keys", "merged_terms"])
def test_too_little_memory_is_a_memory_error(name: str) -> None:
    done = subprocess.run([sys.executable, "-c", SCARCE, name], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr, done.stdout) == (0, "", "MemoryError\n")


@pytest.mark.parametrize(
    ("greatest", "width"), [(0, 0), (1, 1), (255, 1), (256, 2), (65_535, 2), (65_536, 4), (2**32 - 1, 4)]
)
def test_a_list_is_as_wide_as_its_greatest_number(greatest: int, width: int) -> None:
    for lists in ([[0, greatest, 0]], [[0], [0, greatest, 0], [70_000]]):
        values, counts = laid_out(lists, np.int64)
        packed, sizes = both(pack, values, counts)
        assert sizes.tolist() == [
            width * 3 if greatest in each and len(each) == 3 else 4 * (each == [70_000]) for each in lists
        ]
        assert plain(both(unpack, packed, sizes, counts)) == values.tolist()

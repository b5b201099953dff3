"""Tests of what a coverage-guided fuzzer found: each input of each corpus is given to its target once more."""

import gzip
import io
import zipfile
from random import Random

import guided
import guided_targets
import pytest
from given_bytes import GivenRandom, given_text
from packed_files import changed, zipped

from jooya.core import compiled


@pytest.mark.parametrize("name", guided_targets.TARGETS)
def test_nothing_that_was_found_fails(name: str) -> None:
    if name == "words" and compiled is None:
        pytest.skip("there is no compiled core, which this target compares with Python")
    figures, sound = guided.replay([name], seeds=True)
    assert sound, figures


def test_each_corpus_has_a_target() -> None:
    assert {path.name for path in guided.CORPUS.iterdir()} <= {*guided_targets.TARGETS, "core"}


def test_the_corpora_are_small() -> None:
    assert sum(path.stat().st_size for path in guided.CORPUS.rglob("*") if path.is_file()) < 500_000


def test_bytes_make_choices() -> None:
    random = GivenRandom(bytes([2, 1, 0, 128]))
    assert (random.choice("abc"), random.randrange(10), random.random()) == ("c", 1, 0.5)
    assert random.ended
    assert (random.choice("abc"), random.random(), random.randint(4, 9)) == ("a", 0.0, 4)


def test_equal_bytes_make_equal_choices() -> None:
    given = Random(1).randbytes(300)

    def chosen() -> list[object]:
        random = GivenRandom(given)
        return [
            random.sample(range(1 << 40), 3),
            random.choices("abcd", k=5),
            random.getrandbits(70),
            random.gauss(0, 1),
        ]

    assert chosen() == chosen()


def test_all_bytes_are_text() -> None:
    assert given_text("باران".encode()) == "باران"
    assert given_text(b"\xed\xa0\x80") == "\ud800"
    assert given_text(b"a\xff") == "a\ufffd"


def test_what_is_within_an_archive_is_changed() -> None:
    packed = zipped({"a": b"one", "b": b"two"})
    found = set()
    for seed in range(1, 400):
        again = changed(packed, 1000, seed, lambda content, _: content + b"!")
        if again != packed + b"!":
            with zipfile.ZipFile(io.BytesIO(again)) as archive:
                found.add(tuple((name, archive.read(name)) for name in archive.namelist()))
    assert (("a", b"one!"), ("b", b"two")) in found
    assert (("a", b"one"),) in found or (("b", b"two"),) in found
    assert any("a!" in dict(parts) for parts in found)


def test_what_is_compressed_is_changed() -> None:
    again = changed(gzip.compress(b"text"), 1000, 3, lambda content, _: content[::-1])
    assert gzip.decompress(again) == b"txet"


def test_a_failing_target_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(given: bytes) -> bool:
        raise ValueError("a fault")

    target = guided_targets.TARGETS["parser"]._replace(make=lambda _: failing, seeds=lambda: [b"x"])
    monkeypatch.setitem(guided_targets.TARGETS, "parser", target)
    figures, sound = guided.replay(["parser"], seeds=True)
    assert not sound and "ValueError('a fault')" in figures

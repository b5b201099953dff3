"""Divisions of whole texts, as their passages show them."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from command import run
from hypothesis import given
from hypothesis import strategies as st
from structure_samples import COUPLETS, DATA, PARAGRAPH, SAMPLES, expected_passages

from jooya.indexer import ReadOptions
from jooya.indexer.document import Document, Passage, Place
from jooya.indexer.readers.dispatch import read
from jooya.indexer.readers.source import Source
from jooya.indexer.structure.passages import cut
from jooya.indexer.structure.running_headers import running_headers


def _document(sample: Path) -> Document:
    (document,) = read(Source(sample, sample.name), ReadOptions(), lambda _: None)
    assert isinstance(document, Document)
    return document


def _shown(passages: Iterator[Passage]) -> list[tuple[str, str, str]]:
    return [(passage.heading or "-", passage.speaker or "-", passage.text) for passage in passages]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.stem)
def test_passages_of_a_sample(sample: Path) -> None:
    document = _document(sample)
    words, expected = expected_passages(sample)
    passages = list(cut(document, words))
    assert _shown(iter(passages)) == expected
    assert all(document.text[passage.start : passage.end] == passage.text for passage in passages)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.stem)
def test_line_ends_of_windows_make_no_difference(sample: Path) -> None:
    document = _document(sample)
    words, expected = expected_passages(sample)
    text = document.text.replace("\n", "\r\n")
    body = document.body + document.text.count("\n", 0, document.body)
    passages = list(cut(replace(document, text=text, body=body), words))
    assert [(*about, text.replace("\r\n", "\n")) for *about, text in _shown(iter(passages))] == expected
    assert all(text[passage.start : passage.end] == passage.text for passage in passages)


def test_hits_have_their_heading_and_their_speaker(tmp_path: Path) -> None:
    shutil.copy(DATA / "passages" / "interview.txt", tmp_path / "interview.txt")
    assert run("index", "interview.txt", cwd=tmp_path)[:2] == (0, "new 1, updated 0, unchanged 0, removed 0\n")
    hit = json.loads(run("search", "--format", "json", "ادامه دادن", cwd=tmp_path)[1])["hits"][0]
    assert (hit["heading"], hit["speaker"]) == ("بخش دوم: آینده", "خبرنگار ایسنا")
    assert hit["text"].startswith("بخش دوم: آینده\n\n**خبرنگار ایسنا:** آیا")
    hit = json.loads(run("search", "--format", "json", "موسیقی", cwd=tmp_path)[1])["hits"][0]
    assert (hit["heading"], hit["speaker"]) == (None, "دکتر سروش")


def test_lines_of_subtitles_are_neither_headings_nor_verse() -> None:
    cues = [*["- به نام خداوند جان و خرد", "- کزین برتر اندیشه برنگذرد"] * 3, "", "فصل اول", "", PARAGRAPH, "۱۲"]
    text = "\n".join(cues)
    starts = [text.index(cue) for cue in ("- به", "فصل", "این بند", "۱۲")]
    places = tuple(Place(start, time=f"00:00:0{number}") for number, start in enumerate(starts))
    document = Document("d", text, places=places)
    passages = list(cut(document, 16))
    assert {passage.heading for passage in passages} == {None}
    assert "".join("".join(passage.text.split()) for passage in passages) == "".join(text.split())
    assert passages[0].place == places[0]
    assert [passage.place for passage in passages if passage.start == starts[2]] in ([], [places[2]])


ALPHABET = ["ا", "ب", "علی: ", "مجری:", "فصل اول", "۱۲", "- 3 -", "===", ".", "؟", "»", ":"]
ALPHABET += ["   ", " / ", " ", "\n", "\n\n", "\f"]


@given(st.lists(st.sampled_from([*ALPHABET, "\r\n", PARAGRAPH, *COUPLETS[0]])).map("".join), st.integers(1, 90))
def test_passages_keep_all_but_running_headers(text: str, words: int) -> None:
    passages = list(cut(Document("d", text), words))
    assert all(text[p.start : p.end] == p.text == p.text.strip() for p in passages)
    assert all(a.end <= b.start for a, b in pairwise(passages))
    plain = text.replace("\r\n", "\n")
    for start, end in reversed(running_headers(plain, 0)):
        plain = plain[:start] + plain[end:]
    assert "".join("".join(p.text.split()) for p in passages) == "".join(plain.split())


@given(st.lists(st.sampled_from([*ALPHABET, PARAGRAPH, *COUPLETS[0], *COUPLETS[1]])).map("".join), st.integers(1, 90))
def test_line_ends_make_no_difference(text: str, words: int) -> None:
    other = text.replace("\n", "\r\n")
    one, two = cut(Document("d", text), words), cut(Document("d", other), words)
    assert _shown(one) == [(*about, said.replace("\r\n", "\n")) for *about, said in _shown(two)]


@pytest.mark.parametrize(
    "text",
    [
        "ا" * 2_000_000,
        "\n" * 1_000_000,
        ":" * 300_000,
        "واژه " * 200_000,
        "." * 1_000_000 + "x",
        "(" * 1_000_000,
        "ا" + " " * 1_000_000 + "ا",
        "سلام\n\n" * 20_000,
        "ا: " * 100_000,
        "\n\f" * 50_000,
        "ا" + "\r" * 100_000 + "\nب\r\n",
        ("سلام بر تو باد " * 4 + "\n۱۲\n") * 2_000,
    ],
    ids=lambda text: ascii(text[:12]),
)
def test_hostile_text_takes_no_longer(text: str) -> None:
    """These hung where a pattern, or the look at what follows a blank line, took quadratic time."""
    passages = list(cut(Document("d", text)))
    assert "".join("".join(passage.text for passage in passages).split()) == "".join(text.split())

"""Cutting documents into passages."""

from itertools import pairwise
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from jooya.indexer import ReadOptions
from jooya.indexer.defaults import PASSAGE_WORDS
from jooya.indexer.document import Document, Place
from jooya.indexer.readers.dispatch import read
from jooya.indexer.readers.source import Source
from jooya.indexer.structure.passages import cut


def _sentence(words: int, end: str = ".") -> str:
    return " ".join(["واژه"] * words) + end


def test_sentences_are_grouped_up_to_the_size() -> None:
    text = " ".join([_sentence(30)] * 5)
    assert [len(passage.text.split()) for passage in cut(Document("d", text))] == [60, 60, 30]


def test_ids_are_numbered_and_offsets_are_the_documents() -> None:
    text = "  " + _sentence(50) + "\n" + _sentence(50)
    first, second = cut(Document("d", text))
    assert (first.id, second.id) == ("d#1", "d#2")
    assert (first.start, second.end) == (2, len(text))
    assert text[second.start : second.end] == second.text == _sentence(50)


def test_a_blank_line_inside_a_wrapped_sentence_does_not_end_it() -> None:
    """Text that was extracted from a PDF has blank lines at page ends, after lines as long as the others."""
    text = "این جمله در میان صفحه شکسته شده است و تا اینجا\n\nادامه دارد و تمام نمی شود تا برسد به پایان خط."
    assert [passage.text for passage in cut(Document("d", text))] == [text]


def test_a_heading_begins_the_passage_of_its_section() -> None:
    text = _sentence(10) + "\n\nفصل اول\n\n" + _sentence(PASSAGE_WORDS)
    assert [(passage.heading, passage.text) for passage in cut(Document("d", text))] == [
        (None, _sentence(10)),
        ("فصل اول", "فصل اول\n\n" + _sentence(PASSAGE_WORDS)),
    ]


def test_a_single_sentence_is_cut_beyond_twice_the_size() -> None:
    assert [len(passage.text.split()) for passage in cut(Document("d", _sentence(20)), 10)] == [20]
    assert [len(passage.text.split()) for passage in cut(Document("d", _sentence(21)), 10)] == [10, 10, 1]
    assert [len(passage.text.split()) for passage in cut(Document("d", _sentence(5)), 1)] == [1] * 5


def test_a_place_is_where_a_passage_begins() -> None:
    text = "\n".join(_sentence(10) for _ in range(6))
    places = tuple(Place(text.index("واژه", number * 50), page=number + 1) for number in range(6))
    passages = list(cut(Document("d", text, places=places), 25))
    assert [passage.place for passage in passages] == [places[0], places[2], places[4]]
    assert [passage.place for passage in cut(Document("d", text, places=places[3:]), 25)] == [None, None, places[4]]


def test_abbreviations_and_decimals_do_not_end_a_sentence() -> None:
    text = _sentence(60, "") + " در سال 622 ه. ش. و 3.14 " + _sentence(60)
    assert len(list(cut(Document("d", text)))) == 1


def test_text_without_punctuation_is_cut_at_line_ends() -> None:
    text = "\n".join([_sentence(10, "")] * 40)
    pieces = [passage.text for passage in cut(Document("d", text))]
    assert {len(piece.split()) for piece in pieces} == {PASSAGE_WORDS}
    assert all(len(piece.splitlines()) == 8 for piece in pieces)


def test_a_whole_document_is_one_passage_with_its_key() -> None:
    text = " ".join([_sentence(60)] * 5)
    assert [(p.id, p.start, p.end) for p in cut(Document("d", text, whole=True))] == [("d", 0, len(text))]


def test_the_transcript(transcript: Path) -> None:
    (document,) = read(Source(transcript, "transcript.txt"), ReadOptions(), lambda _: None)
    assert isinstance(document, Document)
    passages = list(cut(document))
    assert len(passages) == 7
    assert all(passage.text.endswith(".") for passage in passages)
    assert passages[0].text.startswith("حضرت آيت االله خامنهاي")
    assert "مردم\n\nاين كشور" in passages[0].text


@given(st.text(st.sampled_from("اب .؟!\n\r\t،؛»")))
def test_passages_keep_every_word_in_order(text: str) -> None:
    passages = list(cut(Document("d", text)))
    assert all(text[p.start : p.end] == p.text for p in passages)
    assert all(a.end <= b.start for a, b in pairwise(passages))
    assert "".join("".join(p.text.split()) for p in passages) == "".join(text.split())

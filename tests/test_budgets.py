"""The limits of documents and archives, and what reads a file that multiplies its content."""

import io
import time
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reader_helpers import document, items, reason

from jooya.indexer import BadInput, Document, Index
from jooya.indexer.document import Place, Section
from jooya.indexer.ingest import sync
from jooya.indexer.readers import archives, budgets, epub
from jooya.indexer.readers.budgets import Cut
from jooya.indexer.readers.xml import xml_as_html
from jooya.indexer.structure import passages

CONTAINER = '<container><rootfiles><rootfile full-path="p.opf"/></rootfiles></container>'


def book(pages: int, references: int) -> bytes:
    listed = "".join(
        f'<item id="i{number}" href="a{number % pages}.html" media-type="text/html"/>' for number in range(references)
    )
    spine = "".join(f'<itemref idref="i{number}"/>' for number in range(references))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("META-INF/container.xml", CONTAINER)
        archive.writestr("p.opf", f"<package><manifest>{listed}</manifest><spine>{spine}</spine></package>")
        for number in range(pages):
            archive.writestr(f"a{number}.html", f"<p>{number}</p>")
    return out.getvalue()


def test_a_page_of_a_book_is_read_once(tmp_path: Path) -> None:
    assert document(tmp_path, "a.epub", book(2, 1000)).text == "0\n\n1"


def test_a_book_has_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(epub, "MAX_CHARACTERS", 5)
    assert reason(tmp_path, "a.epub", book(6, 6)) == "a.epub: has more than 5 characters: split it"
    monkeypatch.setattr(epub, "MAX_PAGES", 5)
    assert reason(tmp_path, "a.epub", book(6, 6)) == "a.epub: has 6 pages; the most is 5: split it"


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("<!DOCTYPE a [x] ><p>", "<p>"),
        ("<!doctype a [<!DOCTYPE b [x]\n><p>", "<p>"),
        ("<!DOCTYPE a> <!DOCTYPE b [x]>", "<!DOCTYPE a> "),
        ("<!DOCTYPE a [x] y <!DOCTYPE b [x]>", "<!DOCTYPE a [x] y "),
        ("<!DOCTYPE a [x", "<!DOCTYPE a [x"),
        ("<!DOCTYPE a [x]> <!DOCTYPE b [x]>", " <!DOCTYPE b [x]>"),
    ],
)
def test_document_types_are_removed(text: str, rest: str) -> None:
    assert xml_as_html(text) == rest


def test_document_types_take_linear_time() -> None:
    began = time.process_time()
    xml_as_html("<!DOCTYPE[" * 300_000)
    xml_as_html("<!DOCTYPE[" * 300_000 + "]")
    assert time.process_time() - began < 3


def test_an_archive_has_totals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(4):
            archive.writestr(f"{number}.txt", "abc")
    for name, value, why in (
        ("MAX_CHARACTERS", 7, "holds more than 7 characters of text"),
        ("MAX_ENTRIES", 2, "has more than 2 entries"),
        ("MAX_SECONDS", -1, "takes longer than -1 seconds to read"),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(archives, name, value)
            *read, last = items(tmp_path, "a.zip", out.getvalue())
            assert str(last) == f"a.zip: {why}; unpack it first"
            assert all(isinstance(item, Document) for item in read)


@pytest.mark.parametrize(
    ("name", "value", "long", "why"),
    [
        ("MAX_CHARACTERS", 20, Document("k", "ا" * 21), "more than 20 characters: cut it into several files"),
        ("MAX_CHARACTERS", 20, Document("k", "ا", sections=[Section(0, "ا" * 20)]), "more than 20 characters"),
        ("MAX_NAME", 20, Document("k", "ا", "ا" * 21), "a title of more than 20 characters: shorten it"),
        ("MAX_PARTS", 2, Document("k", "ا", places=[Place(0)] * 3), "more than 2 pages or times"),
        ("MAX_PASSAGES", 2, Document("k", "ا. " * 300), "more than 2 passages"),
        ("MAX_PASSAGE", 20, Document("k", "ا ب " * 6, whole=True), "more than 20 characters for one passage"),
        ("MAX_PASSAGE", 20, Document("k", "ا ب " * 6), "a passage of more than 20 characters"),
        ("MAX_REPEATED", 20, Document("k", "ا. " * 300, "ا" * 20), "passages that repeat more than 20 characters"),
    ],
)
def test_a_document_beyond_a_limit_is_skipped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: int, long: Document, why: str
) -> None:
    monkeypatch.setattr(budgets, name, value)
    with Index.create(tmp_path / "index") as index:
        report = index.add(Document("a", "یک"), long, Document("b", "دو"))
        assert (report.new, len(report.skipped)) == (2, 1)
        assert report.skipped[0].startswith(f"document: the document 'k' has {why}")
        assert index.status().documents == 2


def test_a_cut_gives_the_passages(tmp_path: Path) -> None:
    text = "فصل اول\n\nیک. " * 100
    whole = Document("k", text, places=[Place(0, 1), Place(40, 2)])
    assert list(budgets.cut(whole, 5).passages(whole)) == list(passages.cut(whole, 5))
    assert list(Cut.empty().passages(whole)) == []


def test_a_very_long_word_makes_no_very_long_passage() -> None:
    text = "ا" * 400_000 + "\n" + "ب" * 60_000 + ". آب."
    cut = list(passages.cut(Document("k", text)))
    assert max(len(passage.text) for passage in cut) < 150_000
    assert "".join("".join(passage.text for passage in cut).split()) == "".join(text.split())


def test_a_large_text_is_read_and_cut_elsewhere(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("ا\n\n" * 100_000 + "زعفران.", encoding="utf-8")
    with Index.create(tmp_path / "index") as index:
        assert index.add(path).new == 1
        assert index.add(path).unchanged == 1
        (hit,) = index.search("زعفران").hits
        assert hit.document == str(path)


def test_reasons_are_counted_beyond_a_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sync, "_MOST_REASONS", 3)
    path = tmp_path / "a.jsonl"
    path.write_text("{}\n" * 10, encoding="utf-8")
    with Index.create(tmp_path / "index") as index:
        skipped = index.add(path).skipped
    assert len(skipped) == 4
    assert skipped[-1] == f"{path}: 7 more that can't be read"


@given(st.text() | st.lists(st.sampled_from(["'", '"', "ا", "\n", "\u202e"])).map("".join), st.integers(1, 5))
def test_pieces_of_a_representation(text: str, chunk: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sync, "_CHUNK", chunk)
        assert "".join(sync._repr(text)) == repr(text)


def test_errors_are_short() -> None:
    with pytest.raises(BadInput, match=r"^the document 'k{200}' has"):
        budgets.check(Document("k" * 1_000_000, "ا"))

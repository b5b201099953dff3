"""The Whoosh writer of an index."""

from pathlib import Path
from random import Random

import pytest
from reference_ranker import SCHEMA, Doc, Spaces, build, files, keys, random_docs, search
from whoosh import query as wq
from whoosh.analysis import RegexTokenizer
from whoosh.fields import ID, TEXT, Schema, UnknownFieldError

from jooya.indexer import IndexBusy
from jooya.indexer.codec.snapshot import Snapshot
from jooya.indexer.whoosh.column_index import ColumnIndex


def test_spilled_segments_make_the_same_index(tmp_path: Path) -> None:
    """However little memory there is, all columns are equal byte for byte."""
    docs = random_docs(Random(3), 3000)
    written = []
    for memory in (0, 96):
        index = ColumnIndex.create(tmp_path / str(memory), SCHEMA, order="key")
        with index.writer(memory=memory) as writer:
            for doc in docs:
                writer.add_document(**doc.fields())
            assert len(writer._spills) == (6 if memory == 0 else 0)
        (leaf,) = Snapshot.open(index.path).leaves
        columns = {name: section.all().tobytes() for name, section in leaf.segment.file.sections.items()}
        blocks = [columns.pop(name) for name in ("stored", "stored_starts", "stored_docs")]
        assert len(blocks[0]) > 0
        written.append((columns, list(leaf.segment.all_stored()), search(index)))
    assert written[0] == written[1]


def test_any_whoosh_analyzer_can_be_used(tmp_path: Path) -> None:
    """An analyzer that yields tokens makes the same index as one that returns all terms of a text at once."""
    found = []
    for number, analyzer in enumerate([Spaces(), RegexTokenizer(r"\S+")]):
        schema = Schema(key=ID(stored=True, sortable=True), text=TEXT(analyzer=analyzer))
        index = ColumnIndex.create(tmp_path / str(number), schema, order="key")
        with index.writer() as writer:
            for doc in random_docs(Random(16), 50):
                writer.add_document(key=doc.key, text=" ".join(doc.text))
        found.append(search(index))
    assert found[0] == found[1]


def test_update_also_replaces_documents_of_the_same_writer(tmp_path: Path) -> None:
    """Stock Whoosh keeps both documents when one writer updates a key twice."""
    index = build(tmp_path, [[Doc("a", ["ax"], [], None), Doc("b", ["ax"], [], None)]], [])
    with index.writer() as writer:
        writer.update_document(key="a", text="ay")
        writer.update_document(key="a", text="az")
        writer.update_document(key="c", text="az")
        writer.delete_by_term("key", "c")
        writer.add_document(key="c", text="bx")
    assert sorted(keys(index)) == ["a", "b", "c"]
    assert search(index, wq.Term("text", "ay")) == []
    assert [key for key, _ in search(index, wq.Term("text", "az"))] == ["a"]


def test_deleting_by_query(tmp_path: Path) -> None:
    index = build(tmp_path, [random_docs(Random(8), 50)], [])
    expected = len(search(index, wq.Term("text", "ax")))
    with index.writer() as writer:
        assert writer.delete_by_query(wq.Term("text", "ax")) == expected
    assert search(index, wq.Term("text", "ax")) == []


def test_deleting_by_query_keeps_excluded_documents(tmp_path: Path) -> None:
    """Whoosh's own matcher of `AndNot` can start at an excluded document, which would then be deleted."""
    index = build(tmp_path, [random_docs(Random(17), 30), random_docs(Random(18), 30, first=30)], [])
    kept = sorted(key for key, _ in search(index, wq.Term("text", "ax")))
    with index.writer() as writer:
        writer.delete_by_query(wq.AndNot(wq.Every(), wq.Term("text", "ax")))
    assert sorted(keys(index)) == kept


@pytest.mark.parametrize(
    ("fields", "error"),
    [({"nope": "x"}, UnknownFieldError), ({"_text_boost": 2}, ValueError), ({"key": "x", "text": object()}, Exception)],
)
def test_a_document_that_raises_leaves_no_trace(tmp_path: Path, fields: dict[str, object], error: type) -> None:
    """In stock Whoosh, it stays, and its terms point to the next document."""
    index = build(tmp_path, [], [])
    with index.writer() as writer:
        writer.add_document(key="a", text="ax")
        with pytest.raises(error):
            writer.add_document(title="ax", **fields)
        writer.add_document(key="b", text="ay")
    assert keys(index) == ["a", "b"]
    assert search(index, wq.Term("title", "ax")) == []


def test_cancel_leaves_the_index_as_it_was(tmp_path: Path) -> None:
    index = build(tmp_path, [random_docs(Random(9), 30)], [])
    before = files(tmp_path)
    writer = index.writer(memory=0)
    for doc in random_docs(Random(9), 1200):
        writer.update_document(**doc.fields())
    writer.cancel()
    with pytest.raises(ZeroDivisionError), index.writer() as failing:
        failing.add_document(key="x", text="ax")
        raise ZeroDivisionError
    with index.writer():
        pass
    assert files(tmp_path) == before


def test_there_is_only_one_writer(tmp_path: Path) -> None:
    index = build(tmp_path, [], [])
    with index.writer(), pytest.raises(IndexBusy, match="being written to"):
        index.writer(wait=0)
    index.writer().cancel()

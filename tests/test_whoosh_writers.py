"""Whoosh's own writers over an index, and what a writer can do as Whoosh's can."""

import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from whoosh import fields, query, writing
from whoosh.analysis import StemmingAnalyzer
from whoosh.columns import VarBytesColumn
from whoosh.filedb.filestore import RamStorage
from whoosh.index import LockError
from whoosh.writing import AsyncWriter, BufferedWriter, IndexingError

from jooya.indexer import IndexBusy
from jooya.indexer.codec.snapshot import Snapshot
from jooya.indexer.codec.toc import MAX_FIELDS
from jooya.indexer.whoosh.column_index import ColumnIndex
from jooya.indexer.whoosh.column_writer import ColumnWriter


def new_schema() -> fields.Schema:
    return fields.Schema(
        key=fields.ID(stored=True, unique=True, sortable=True),
        text=fields.TEXT(stored=True, sortable=True, vector=True),
        when=fields.DATETIME(stored=True, sortable=True),
        count=fields.COLUMN(fields.columns.NumericColumn("q")),
    )


@pytest.fixture
def index(tmp_path: Path) -> ColumnIndex:
    return ColumnIndex.create(tmp_path / "index", new_schema())


def keys(index: ColumnIndex, text: str | None = None) -> list[str]:
    """Return the keys of all documents, or of those with a word, in order."""
    with index.searcher() as searcher:
        wanted = query.Every() if text is None else query.Term("text", text)
        return sorted(hit["key"] for hit in searcher.search(wanted, limit=None))


def segments(index: ColumnIndex) -> list[int]:
    return [leaf.segment.documents for leaf in Snapshot.open(index.path).leaves]


def add(index: ColumnIndex, *documents: str, **options: Any) -> None:
    writer = index.writer()
    for key in documents:
        writer.add_document(key=key, text=f"کتاب {key}")
    writer.commit(**options)


def test_a_second_writer_gets_the_error_that_whoosh_expects(index: ColumnIndex) -> None:
    with index.writer():
        for error in (IndexBusy, LockError):
            with pytest.raises(error, match="is being written to by"):
                index.writer()
            with pytest.raises(error, match="is being written to by"):
                index.writer(timeout=0.06)


def test_an_async_writer_waits_for_another_writer(index: ColumnIndex) -> None:
    first = index.writer()
    first.add_document(key="a", text="آب")
    waiting = AsyncWriter(index, delay=0.01)
    assert waiting.writer is None
    waiting.add_document(key="b", text="نان", when=datetime(2021, 3, 21))
    waiting.update_document(key="a", text="باد")
    waiting.delete_by_term("key", "nobody")
    waiting.commit()
    first.commit()
    waiting.join(10)
    assert keys(index) == ["a", "b"]
    assert keys(index, "آب") == []
    assert keys(index, "باد") == ["a"]


def test_an_async_writer_writes_at_once_where_it_can(index: ColumnIndex) -> None:
    writer = AsyncWriter(index)
    writer.add_document(key="a", text="آب")
    writer.commit()
    assert keys(index) == ["a"]


def test_a_buffered_writer_finds_what_it_holds_and_writes_it(index: ColumnIndex) -> None:
    add(index, "old", "changed")
    writer = BufferedWriter(index, period=None, limit=100)
    writer.add_document(key="new", text="نان تازه نان", when=datetime(1400, 1, 1), count=7)
    writer.update_document(key="changed", text="باد")
    writer.update_document(key="new", text="نان داغ نان", when=datetime(1400, 1, 2), count=8)
    with writer.searcher() as searcher:
        found = searcher.search(query.Or([query.Term("text", "نان"), query.Term("text", "باد")]))
        assert sorted(hit["key"] for hit in found) == ["changed", "new"]
        assert sorted(fields["key"] for fields in searcher.all_stored_fields()) == ["changed", "new", "old"]
    assert keys(index) == ["changed", "old"]
    writer.close()
    assert keys(index) == ["changed", "new", "old"]
    assert keys(index, "changed") == keys(index, "تازه") == []
    with index.searcher() as searcher:
        number = searcher.document_number(key="new")
        reader = searcher.reader()
        assert searcher.document(key="new") == {"key": "new", "text": "نان داغ نان", "when": datetime(1400, 1, 2)}
        assert reader.column_reader("when")[number] == datetime(1400, 1, 2)
        assert reader.column_reader("text")[number] == "نان داغ نان"
        assert reader.column_reader("count")[number] == 8
        assert list(reader.vector_as("weight", number, "text")) == [("داغ", 1.0), ("نان", 2.0)]
        assert [hit["key"] for hit in searcher.search(query.Phrase("text", ["داغ", "نان"]))] == ["new"]
        assert [hit["key"] for hit in searcher.search(query.Phrase("text", ["نان", "نان"]))] == []
        assert [hit["key"] for hit in searcher.search(query.Every(), sortedby="text")] == ["changed", "new", "old"]


def test_a_buffered_writer_writes_when_it_is_full(index: ColumnIndex) -> None:
    writer = BufferedWriter(index, period=None, limit=3)
    for number in range(7):
        writer.add_document(key=str(number), text="آب")
    assert keys(index) == ["0", "1", "2", "3", "4", "5"]
    writer.close()
    assert keys(index) == [str(number) for number in range(7)]


def test_a_searcher_of_a_buffered_writer_is_refreshed(index: ColumnIndex) -> None:
    """It keeps what waits in memory, but not a second time once that is on the disk."""
    with BufferedWriter(index, period=None, limit=100) as writer:
        writer.add_document(key="a", text="آب")
        searcher = writer.searcher().refresh()
        assert searcher.doc_count() == 1
        writer.commit()
        assert searcher.refresh().doc_count() == 1


def test_threads_share_a_buffered_writer(index: ColumnIndex) -> None:
    with BufferedWriter(index, period=None, limit=10) as writer:

        def work(number: int) -> None:
            for n in range(12):
                writer.update_document(key=str((number * 5 + n) % 20), text="آب")

        threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert keys(index) == sorted({str((a * 5 + b) % 20) for a in range(4) for b in range(12)})


@pytest.mark.parametrize(
    ("options", "attributes", "expected"),
    [
        ({"merge": False}, {}, [2, 1, 1]),
        ({}, {"merge": False}, [2, 1, 1]),
        ({"mergetype": writing.NO_MERGE}, {}, [2, 1, 1]),
        ({}, {}, [2, 1, 1]),  # these are too few for the merge policy
        ({"mergetype": writing.MERGE_SMALL}, {}, [2, 1, 1]),
        ({"optimize": True}, {}, [3]),
        ({}, {"optimize": True}, [3]),
        ({"mergetype": writing.OPTIMIZE}, {}, [3]),
        ({"mergetype": writing.CLEAR}, {}, [1]),
        ({}, {"mergetype": writing.CLEAR}, [1]),
    ],
)
def test_a_commit_merges_as_it_is_told(
    index: ColumnIndex, options: dict[str, Any], attributes: dict[str, Any], expected: list[int]
) -> None:
    add(index, "a", "b")
    add(index, "c")
    writer = index.writer()
    for name, value in attributes.items():
        setattr(writer, name, value)
    writer.delete_by_term("key", "b")
    writer.add_document(key="d", text="کتاب d")
    writer.commit(**options)
    assert segments(index) == expected
    assert keys(index) == (["d"] if expected == [1] else ["a", "c", "d"])


def test_segments_that_are_mostly_deleted_stay_without_merging(index: ColumnIndex) -> None:
    add(index, "a", "b", "c")
    writer = index.writer()
    writer.delete_by_query(query.Or([query.Term("key", "a"), query.Term("key", "b")]))
    writer.commit(merge=False)
    assert segments(index) == [3]
    index.optimize()
    assert segments(index) == [1]
    generation = index.latest_generation()
    index.optimize()
    assert segments(index) == [1]
    assert index.latest_generation() == generation + 1
    assert keys(index) == ["c"]


def test_a_merge_function_of_ones_own_is_refused(index: ColumnIndex) -> None:
    writer = index.writer()
    writer.add_document(key="a", text="آب")
    with pytest.raises(IndexingError, match="merge function"):
        writer.commit(mergetype=lambda writer, segments: segments)
    writer.commit()
    assert keys(index) == ["a"]
    with pytest.raises(IndexingError, match="merge function"), index.writer() as writer:
        writer.add_document(key="b", text="آب")
        writer.mergetype = len
    with index.writer():
        assert keys(index) == ["a"]


CLOSED: list[Callable[[ColumnWriter], object]] = [
    lambda writer: writer.add_document(key="a"),
    lambda writer: writer.update_document(key="a"),
    lambda writer: writer.delete_document(0),
    lambda writer: writer.delete_by_query(query.Every()),
    lambda writer: writer.add_reader(None),
    lambda writer: writer.add_field("more", fields.ID),
    lambda writer: writer.remove_field("text"),
    lambda writer: writer.searcher(),
    lambda writer: writer.reader(),
    lambda writer: writer.commit(),
]


@pytest.mark.parametrize("use", CLOSED)
def test_a_closed_writer_says_so(index: ColumnIndex, use: Callable[[ColumnWriter], object]) -> None:
    add(index, "a")
    writer = index.writer()
    writer.commit()
    with pytest.raises(IndexingError, match="this writer is closed"):
        use(writer)


def test_an_unknown_argument_is_refused(index: ColumnIndex) -> None:
    with pytest.raises(TypeError, match="no argument 'limit'"):
        index.writer(limit=3)
    with index.writer(procs=3, limitmb=1, delay=0.5, multisegment=True, codec=None) as writer:
        writer.add_document(key="a", text="آب")
    assert keys(index) == ["a"]


def test_a_field_is_added_and_removed(index: ColumnIndex) -> None:
    add(index, "a")
    with index.writer() as writer:
        writer.add_document(key="b", text="آب")
        writer.add_field("author", fields.ID(stored=True, sortable=True))
        writer.add_field("*_n", fields.NUMERIC(sortable=True, stored=True), glob=True)
        writer.add_document(key="c", text="آب", author="سعدی", pages_n=12)
    assert "author" in index.schema
    for _ in range(2):
        with index.searcher() as searcher:
            found = searcher.search(query.Term("author", "سعدی"))
            assert [dict(hit) for hit in found] == [{"key": "c", "text": "آب", "author": "سعدی", "pages_n": 12}]
            assert len(searcher.search(query.Every("author"))) == 1
            assert len(searcher.search(query.NumericRange("pages_n", 10, 13))) == 1
            ordered = [hit["key"] for hit in searcher.search(query.Every(), sortedby=["author", "key"])]
            assert ordered == ["a", "b", "c"]
            numbers = list(searcher.reader().column_reader("pages_n"))
            assert numbers[-1] == 12
        index.optimize()
    with index.writer() as writer:
        writer.remove_field("author")
    assert "author" not in index.schema
    with index.searcher() as searcher:
        assert searcher.document(key="c") == {"key": "c", "text": "آب", "pages_n": 12}
        assert list(searcher.search(query.Term("author", "سعدی"))) == []
        assert "author" not in {name for name, _ in searcher.reader().all_terms()}
    with pytest.raises(fields.UnknownFieldError), index.writer() as writer:
        writer.add_document(key="d", author="حافظ")


def test_a_cancelled_writer_leaves_the_schema_as_it_was(index: ColumnIndex) -> None:
    writer = index.writer()
    writer.add_field("author", fields.ID)
    assert "author" in writer.schema
    writer.cancel()
    assert "author" not in index.schema


def test_a_dynamic_field_has_a_column_of_its_own(tmp_path: Path) -> None:
    schema = fields.Schema(key=fields.ID(stored=True))
    schema.add("*_c", fields.COLUMN(VarBytesColumn()), glob=True)
    schema.add("*_q", fields.COLUMN(fields.columns.NumericColumn("q")), glob=True)
    index = ColumnIndex.create(tmp_path, schema)
    for name, other in (("a", "b"), ("b", "c")):
        with index.writer() as writer:
            writer.add_document(key=name, **{f"{name}_c": b"first", f"{name}_q": 4})
            writer.add_document(key=f"{name}2", **{f"{other}_c": b"second"})
    for _ in range(2):
        with index.reader() as reader:
            by_key = {reader.stored_fields(number)["key"]: number for number in reader.all_doc_ids()}
            values = [leaf.column_reader("b_c") for leaf, _ in reader.leaf_readers()]
            assert [value for column in values for value in column] == [b"", b"second", b"first", b""]
            assert by_key == {"a": 0, "a2": 1, "b": 2, "b2": 3}
        index.optimize()


def test_no_index_gets_more_fields_than_it_can_have(tmp_path: Path) -> None:
    schema = fields.Schema(key=fields.ID(stored=True))
    schema.add("*_s", fields.NUMERIC(sortable=True), glob=True)  # a field and one for its column
    index = ColumnIndex.create(tmp_path, schema)
    most = (MAX_FIELDS - 1) // 2
    for first in (0, most // 2):
        with index.writer() as writer:
            for number in range(first, most if first else most // 2):
                writer.add_document(key=str(number), **{f"n{number}_s": number})
            if first:
                with pytest.raises(IndexingError, match="is one too many"):
                    writer.add_document(key="x", more_s=1)
    index.optimize()
    assert index.doc_count() == most


@pytest.mark.parametrize("source", ["memory", "columns", "two segments"])
def test_documents_of_a_reader_are_taken_over(tmp_path: Path, index: ColumnIndex, source: str) -> None:
    other = (
        RamStorage().create_index(new_schema())
        if source == "memory"
        else ColumnIndex.create(tmp_path / "other", new_schema())
    )
    writer = other.writer()
    writer.add_document(key="a", text="آب و نان و آب", when=datetime(1400, 1, 1), count=3)
    if source == "two segments":
        writer.commit(merge=False)
        writer = other.writer()
    writer.add_document(key="gone", text="آب")
    writer.add_document(key="b", text="نان", _stored_text="نوشته", count=-1)
    writer.commit(merge=False)
    other.delete_by_term("key", "gone")
    add(index, "own")
    with index.writer() as writer, other.reader() as reader:
        writer.add_reader(reader)
    assert keys(index) == ["a", "b", "own"]
    with index.searcher() as searcher, other.searcher() as before:
        for key in ("a", "b"):
            old, new = before.document_number(key=key), searcher.document_number(key=key)
            assert searcher.stored_fields(new) == before.stored_fields(old)
            for name in ("text", "count", "key"):
                assert searcher.reader().column_reader(name)[new] == before.reader().column_reader(name)[old]
            assert searcher.doc_field_length(new, "text") == before.doc_field_length(old, "text")
            vectors = [list(s.vector_as("weight", n, "text")) for s, n in ((searcher, new), (before, old))]
            assert vectors[0] == vectors[1]
        assert [hit["key"] for hit in searcher.search(query.Phrase("text", ["نان", "آب"]))] == ["a"]


def test_words_are_kept_for_spelling(tmp_path: Path) -> None:
    """A field with stems has its words in a field of their own, as in stock Whoosh."""
    schema = fields.Schema(text=fields.TEXT(analyzer=StemmingAnalyzer(), spelling=True))
    index = ColumnIndex.create(tmp_path, schema)
    with index.writer() as writer:
        writer.add_document(text="rendering shading modeling")
    with index.searcher() as searcher:
        assert searcher.suggest("text", "rendring") == ["rendering"]
        assert sorted(searcher.lexicon("text")) == [b"model", b"render", b"shade"]


@pytest.mark.parametrize(
    "document",
    [{"text": "آب", "_boost": 2.0}, {"text": "آب", "_text_boost": 2.0}, {"key": object()}, {"nope": "آب"}],
)
def test_what_is_refused_costs_no_other_document(index: ColumnIndex, document: dict[str, Any]) -> None:
    with index.writer() as writer:
        writer.add_document(key="a", text="آب")
        with pytest.raises(IndexingError):
            writer.add_document(**document)
        writer.add_document(key="b", text="آب")
    assert keys(index) == ["a", "b"]


def test_an_error_has_the_type_that_whoosh_gives_it(tmp_path: Path) -> None:
    index = ColumnIndex.create(tmp_path, fields.Schema(number=fields.NUMERIC, text=fields.TEXT))
    with index.writer() as writer:
        with pytest.raises(TypeError, match="int"):
            writer.add_document(number={})
        with pytest.raises(ValueError, match="invalid literal for int"):
            writer.add_document(number="آب")


def test_a_field_that_is_added_later_is_sorted_by(index: ColumnIndex) -> None:
    """The documents before it have no value, in segments of their own as well as merged ones."""
    add(index, "a", "b")
    for number, key in enumerate("cd"):
        with index.writer() as writer:
            if not number:
                writer.add_field("title", fields.TEXT(sortable=True))
                writer.add_field("pages", fields.NUMERIC(sortable=True))
            writer.add_document(key=key, title=f"خانه {9 - number}", pages=9 - number)
    for _ in range(2):
        with index.searcher() as searcher:
            for field, expected in (("title", "abdc"), ("pages", "dcab")):
                hits = searcher.search(query.Every(), sortedby=[field, "key"], limit=None)
                assert "".join(hit["key"] for hit in hits) == expected
        index.optimize()


def test_an_index_tells_when_it_was_written(index: ColumnIndex) -> None:
    before = index.last_modified()
    assert before > 1_600_000_000
    add(index, "a")
    assert index.last_modified() >= before


def test_a_schema_with_too_many_fields_is_refused(tmp_path: Path, index: ColumnIndex) -> None:
    many = fields.Schema(**{f"f{number}": fields.ID(sortable=True) for number in range(MAX_FIELDS // 2 + 1)})
    with pytest.raises(IndexingError, match="is one too many"):
        ColumnIndex.create(tmp_path / "many", many).writer()
    with index.writer() as writer:
        for number in range(500):
            try:
                writer.add_field(f"f{number}", fields.NUMERIC(sortable=True))
            except IndexingError:
                break
        writer.add_document(key="a", **{f"f{number - 1}": 7})
    with index.searcher() as searcher:
        assert [hit["key"] for hit in searcher.search(query.Term(f"f{number - 1}", 7))] == ["a"]
    assert f"f{number}" not in index.schema

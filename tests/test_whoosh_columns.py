"""Whoosh's fields, columns and stored values: each gives here what it gives in an index of Whoosh's own."""

import os
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from math import isnan
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from whoosh import columns
from whoosh import query as wq
from whoosh.fields import COLUMN, DATETIME, ID, KEYWORD, NGRAMWORDS, NUMERIC, STORED, TEXT, FieldType, Schema
from whoosh.filedb.filestore import RamStorage
from whoosh.index import Index
from whoosh.searching import Searcher
from whoosh.sorting import FieldFacet
from whoosh.writing import IndexingError

from jooya.indexer import IndexDamaged
from jooya.indexer.whoosh.column_index import ColumnIndex
from jooya.indexer.whoosh.stored_values import UnstorableValue, decode, encode

NOON = datetime(2021, 3, 21, 12, 30, 0, 250_000)

SORTABLE: dict[str, tuple[Callable[[], FieldType], list[Any]]] = {
    "ID": (lambda: ID(stored=True, sortable=True), ["تهران", "اصفهان", "تبریز", "آبادان"]),
    "IDs": (lambda: ID(stored=True, sortable=True), [["تهران", "آبادان"], "اصفهان", ["تبریز"], "بم"]),
    "TEXT": (lambda: TEXT(stored=True, sortable=True), ["سیب و گلابی", "آب خنک", "انار سرخ ساوه", "آب"]),
    "KEYWORD": (lambda: KEYWORD(stored=True, sortable=True), ["ورزش خبر", "خبر", "ادب ورزش", "هنر"]),
    "NGRAMWORDS": (lambda: NGRAMWORDS(stored=True, sortable=True), ["کتاب", "آواز", "درخت", "باران"]),
    "int": (lambda: NUMERIC(stored=True, sortable=True), [12, -7, 0, 2**31 - 2]),
    "int of 8 bits": (lambda: NUMERIC(bits=8, sortable=True), [-128, 126, 5, 0]),
    "int of 16 bits": (lambda: NUMERIC(bits=16, signed=False, sortable=True), [1, 65_534, 5, 0]),
    "int of 64 bits": (lambda: NUMERIC(bits=64, sortable=True), [-(2**63), 2**63 - 2, 0, 2**40]),
    "unsigned int of 64 bits": (
        lambda: NUMERIC(bits=64, signed=False, stored=True, sortable=True),
        [2**64 - 2, 0, 2**63, 7],
    ),
    "default": (lambda: NUMERIC(sortable=True, default=3), [12, 3, 1, 4]),
    "Decimal": (
        lambda: NUMERIC(Decimal, decimal_places=2, stored=True, sortable=True),
        [Decimal("12.50"), Decimal("99.25"), Decimal("12.05"), Decimal("10.00")],
    ),
    "DATETIME": (
        lambda: DATETIME(stored=True, sortable=True),
        [NOON, datetime(1399, 1, 1), NOON + timedelta(microseconds=1), datetime(2021, 3, 20)],
    ),
    "numbers": (lambda: COLUMN(columns.NumericColumn("q")), [5, -(2**63), 2**63 - 1, 0]),
    "unsigned numbers": (lambda: COLUMN(columns.NumericColumn("Q")), [5, 2**64 - 1, 1, 0]),
    "numbers with a default": (lambda: COLUMN(columns.NumericColumn("i", default=4)), [5, 4, 1, 0]),
    "fractions": (lambda: COLUMN(columns.NumericColumn("d")), [5.5, -4.25, 1e300, 0.0]),
    "bytes": (lambda: COLUMN(columns.VarBytesColumn()), [b"b", b"", b"\xff\x00", b"a"]),
    "few bytes": (lambda: COLUMN(columns.RefBytesColumn()), [b"b", b"b", b"a", b"c"]),
    "as many bytes": (lambda: COLUMN(columns.FixedBytesColumn(2)), [b"bb", b"bc", b"\xff\x00", b"az"]),
    "packed bytes": (lambda: COLUMN(columns.CompressedBytesColumn()), [b"b" * 50, b"c", b"d", b"a"]),
    "bits": (lambda: COLUMN(columns.BitColumn()), [True, False, True, True]),
    "structs": (lambda: COLUMN(columns.StructColumn("!if", (0, 0.0))), [(5, 1.5), (2, 1.0), (9, 0.5), (1, 0.0)]),
    "objects": (lambda: COLUMN(columns.PickleColumn(columns.VarBytesColumn())), [{"a": 1}, ("ب", 2), None, [3.5]]),
    "lists": (lambda: COLUMN(columns.VarBytesListColumn()), [[b"b", b"a"], [b"c"], [b"d"], [b"a"]]),
}

UNSORTED = {"objects", "lists", "packed bytes"}
"""Columns that stock Whoosh cannot sort by where a document has no value."""


def stock_index(_path: Path, schema: Schema) -> Index:
    return RamStorage().create_index(schema)


def fill(index: Index, values: list[Any]) -> None:
    """Add the values in two commits, then a document without one, and delete the second."""
    for number, value in enumerate(values):
        if number % 2 == 0:
            writer = index.writer()
        writer.add_document(key=f"k{number}", word="آب", value=value)
        if number % 2 or number == len(values) - 1:
            writer.commit(merge=False)
    with index.writer() as writer:
        writer.add_document(key="none", word="آب")
        writer.add_document(key="gone", word="آب", value=values[0])
        writer.merge = False
    with index.writer() as writer:
        writer.delete_by_term("key", "gone")
        writer.merge = False


def answers(index: Index, *, ordered: bool) -> dict[str, Any]:
    """Return everything that sorting, grouping and reading of the field `value` gives."""
    found: dict[str, Any] = {}
    with index.searcher() as searcher:
        found["stored"] = {fields["key"]: fields.get("value") for fields in searcher.all_stored_fields()}
        reader = searcher.reader()
        column = reader.column_reader("value")
        found["column"] = {
            reader.stored_fields(number)["key"]: value_or_error(column, number) for number in reader.all_doc_ids()
        }
        if ordered:
            word = wq.Term("word", "آب")
            for reverse in (False, True):
                facet = FieldFacet("value", reverse=reverse)
                hits = searcher.search(word, sortedby=[facet, "key"], limit=None)
                found[f"sorted {reverse}"] = [hit["key"] for hit in hits]
            found["groups"] = groups(searcher, wq.AndNot(word, wq.Term("key", "none")))
    return found


def groups(searcher: Searcher, query: wq.Query) -> list[list[str]]:
    """Return the keys of the documents in each group. Whoosh has no group for a document without a datetime."""
    found = searcher.search(query, groupedby="value", limit=None).groups("value")
    return sorted(sorted(searcher.stored_fields(number)["key"] for number in group) for group in found.values())


def value_or_error(column: columns.ColumnReader, number: int) -> str:
    """Return a value of a column; Whoosh has no datetime for a document without one, and raises."""
    try:
        return repr(column[number])
    except OverflowError:
        return "no value"


@pytest.mark.parametrize("kind", SORTABLE)
def test_a_column_is_as_in_stock_whoosh(tmp_path: Path, kind: str) -> None:
    make, values = SORTABLE[kind]
    given = []
    for create in (stock_index, ColumnIndex.create):
        schema = Schema(key=ID(stored=True, sortable=True), word=KEYWORD, value=make())
        index = create(tmp_path / "index", schema)
        fill(index, values)
        before = answers(index, ordered=kind not in UNSORTED)
        index.optimize()
        given.append((before, answers(index, ordered=kind not in UNSORTED)))
    assert given[1] == given[0]


@pytest.mark.parametrize(
    ("default", "expected"),
    [(None, ["k1", "k3", "k0", "k2", "none"]), (1.0, ["k1", "k3", "none", "k0", "k2"])],
)
def test_fractions_are_sorted(tmp_path: Path, default: float | None, expected: list[str]) -> None:
    """Stock Whoosh cannot have a sortable NUMERIC(float): its default is no value of its column."""
    schema = Schema(
        key=ID(stored=True, sortable=True), word=KEYWORD, value=NUMERIC(float, sortable=True, default=default)
    )
    index = ColumnIndex.create(tmp_path / "index", schema)
    fill(index, [2.5, -1e300, 3.25, 1e-9])
    with index.searcher() as searcher:
        hits = searcher.search(wq.Term("word", "آب"), sortedby="value")
        assert [hit["key"] for hit in hits] == expected
        hits = searcher.search(wq.Term("word", "آب"), sortedby="value", reverse=True)
        assert [hit["key"] for hit in hits] == expected[::-1]
        assert searcher.reader().column_reader("value")[1] == -1e300


STORED_VALUES: list[Any] = [
    NOON,
    NOON.replace(tzinfo=timezone(timedelta(hours=3, minutes=30))),
    date(2021, 3, 21),
    time(12, 30, 0, 5),
    timedelta(days=-1, seconds=5, microseconds=7),
    Decimal("12.50"),
    Decimal("1E+3"),
    UUID(int=7),
    b"\x00\xff",
    bytearray(b"ab"),
    ("تهران", 20, (NOON,)),
    {"سیب", "انار"},
    frozenset({1, 2}),
    {"سال": 1400, "تاریخ": date(2021, 3, 21)},
    {1: "یک", None: ["هیچ"]},
    {"whoosh:type": "date", "value": "2021-03-21"},
    [True, None, 2**70, -1.5, "\u200c"],
]


@pytest.mark.parametrize("value", STORED_VALUES)
def test_stored_values_come_back(tmp_path: Path, value: Any) -> None:
    index = ColumnIndex.create(tmp_path, stored_schema())
    with index.writer() as writer:
        writer.add_document(key="a", value=value)
        writer.add_document(key="b", value="ب", _stored_value=value)
    with index.searcher() as searcher:
        for key in "ab":
            kept = searcher.document(key=key)["value"]
            assert kept == value
            assert type(kept) is type(value)


def test_processes_exchange_any_value(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")]))
    ColumnIndex.create(tmp_path, stored_schema())
    index = ColumnIndex(tmp_path, stored_schema(), source=f"{Path(__file__).stem}:stored_schema")
    with index.writer(jobs=2) as writer:
        for number, value in enumerate(STORED_VALUES):
            writer.add_document(key=str(number), value=value)
    with index.searcher() as searcher:
        assert [fields["value"] for fields in searcher.all_stored_fields()] == STORED_VALUES


def stored_schema() -> Schema:
    """Return a schema, also for the processes of a writer."""
    return Schema(key=ID(stored=True, sortable=True), value=STORED)


PLAIN = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
VALUES = st.recursive(
    PLAIN
    | st.dates()
    | st.datetimes()
    | st.times()
    | st.timedeltas()
    | st.decimals(allow_nan=False)
    | st.binary()
    | st.uuids(),
    lambda parts: (
        st.lists(parts, max_size=3)
        | st.lists(parts, max_size=3).map(tuple)
        | st.dictionaries(st.text() | st.integers() | st.just("whoosh:type"), parts, max_size=3)
        | st.frozensets(PLAIN, max_size=3)
    ),
    max_leaves=8,
)


@given(value=VALUES)
def test_any_value_comes_back(value: Any) -> None:
    kept = decode(encode(value))
    assert kept == value
    assert repr(kept) == repr(value) or isinstance(value, frozenset | dict | tuple | list)


@given(value=st.recursive(PLAIN, lambda p: st.lists(p) | st.dictionaries(st.text() | st.just("whoosh:type"), p)))
def test_what_others_wrote_is_read_or_refused(value: Any) -> None:
    with suppress(ValueError):
        decode(value)


@pytest.mark.parametrize("value", [object(), range(3), [object()], {"a": 1j}])
def test_other_values_are_refused_and_cost_no_other_document(tmp_path: Path, value: Any) -> None:
    index = ColumnIndex.create(tmp_path, stored_schema())
    with index.writer() as writer:
        writer.add_document(key="a", value=1)
        with pytest.raises(IndexingError, match=r"'bad' can't be indexed: UnstorableValue: .* can't be stored: give"):
            writer.add_document(key="bad", value=value)
        writer.add_document(key="b", value=2)
    with index.searcher() as searcher:
        assert [fields["key"] for fields in searcher.all_stored_fields()] == ["a", "b"]


def test_a_value_within_itself_is_refused() -> None:
    value: list[Any] = []
    value.append(value)
    with pytest.raises(UnstorableValue, match="deep"):
        encode(value)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        (columns.NumericColumn("i"), 2**40),
        (columns.NumericColumn("q"), 2**63),
        (columns.NumericColumn("B"), -1),
        (columns.NumericColumn("d"), "آب"),
        (columns.VarBytesColumn(), "آب"),
        (columns.FixedBytesColumn(2), b"abc"),
        (columns.StructColumn("!i", (0,)), (1, 2)),
        (columns.VarBytesListColumn(), ["آب"]),
    ],
)
def test_a_value_that_its_column_cannot_hold_costs_no_other_document(
    tmp_path: Path, column: columns.Column, value: Any
) -> None:
    index = ColumnIndex.create(tmp_path, Schema(key=ID(stored=True), value=COLUMN(column)))
    with index.writer() as writer:
        writer.add_document(key="a")
        with pytest.raises(IndexingError, match="'bad' can't be indexed"):
            writer.add_document(key="bad", value=value)
    with index.searcher() as searcher:
        assert [fields["key"] for fields in searcher.all_stored_fields()] == ["a"]


def test_numbers_that_are_not_numbers_come_back(tmp_path: Path) -> None:
    index = ColumnIndex.create(tmp_path, stored_schema())
    with index.writer() as writer:
        writer.add_document(key="a", value=float("nan"))
    with index.searcher() as searcher:
        assert isnan(searcher.document(key="a")["value"])


@pytest.mark.parametrize("text", ["2021-13-45", 5, None, ["a"], {}, "\u0664"])
@pytest.mark.parametrize(
    "kind", ["datetime", "date", "time", "timedelta", "decimal", "uuid", "bytes", "bytearray", "dict", "tuple", "set"]
)
def test_a_damaged_stored_value_is_damage(tmp_path: Path, kind: str, text: Any) -> None:
    """Either the value is read, or IndexDamaged is raised, whoever wrote it."""
    index = ColumnIndex.create(tmp_path, stored_schema())
    with index.writer() as writer, pytest.MonkeyPatch.context() as patch:
        patch.setattr("jooya.indexer.whoosh.document_buffer.encode", lambda value: value)
        writer.add_document(key="a", value={"whoosh:type": kind, "value": text})
    with index.searcher() as searcher, suppress(IndexDamaged):
        searcher.document(key="a")


def test_segments_without_a_column_are_sorted_with_the_others(tmp_path: Path) -> None:
    """An index has segments from before the field was sortable: all are sorted by terms until all have the column."""
    for sortable in (False, True):
        schema = Schema(key=ID(stored=True), pages=NUMERIC(sortable=sortable))
        index = ColumnIndex(tmp_path, schema) if sortable else ColumnIndex.create(tmp_path, schema)
        with index.writer() as writer:
            for number in (5, 3) if sortable else (6, 2):
                writer.add_document(key=str(number), pages=number)
        with index.searcher() as searcher:
            assert not searcher.reader().has_column("pages")
            keys = [hit["key"] for hit in searcher.search(wq.Every(), sortedby="pages")]
            assert keys == (["2", "3", "5", "6"] if sortable else ["2", "6"])


def test_the_column_has_the_value_that_is_stored(tmp_path: Path) -> None:
    """As in stock Whoosh, `_stored_NAME` is also sorted by; None is neither stored nor sorted by."""
    found = []
    for create in (stock_index, ColumnIndex.create):
        schema = Schema(
            key=ID(stored=True, sortable=True),
            text=TEXT(stored=True, sortable=True),
            count=NUMERIC(stored=True, sortable=True),
        )
        index = create(tmp_path / "index", schema)
        for number in range(2):
            with index.writer() as writer:
                writer.add_document(
                    key=f"{number}", _stored_key=f"{9 - number}", text="الف", _stored_text="ب", count=number
                )
                writer.add_document(key=f"{number}x", text="پ", count=5, _stored_count=number - 9)
                writer.add_document(key=f"{number}y", text="ت", _stored_text=None, count=6, _stored_count=None)
                writer.merge = False
        for _ in range(2):
            with index.searcher() as searcher:
                reader = searcher.reader()
                columns_of = {name: list(reader.column_reader(name)) for name in ("key", "text", "count")}
                orders = [
                    [hit["key"] for hit in searcher.search(wq.Every(), sortedby=name, limit=None)]
                    for name in ("key", "text", "count")
                ]
                found.append((columns_of, orders, list(searcher.all_stored_fields())))
            index.optimize()
    assert found[2] == found[0]
    assert sorted(found[3][0]["key"]) == sorted(found[1][0]["key"])


@pytest.mark.parametrize(
    "text", [b"", b"[", b"=", b"5", b"[1]", b'"a"', b"null", b"{}", b'{"whoosh:type":"date","value":5}']
)
@pytest.mark.parametrize("kind", ["TEXT", "unsigned numbers", "fractions", "bits", "structs", "lists", "DATETIME"])
def test_a_damaged_column_is_damage(tmp_path: Path, kind: str, text: bytes) -> None:
    """Either there is a value of the column, or IndexDamaged is raised, whoever wrote it."""
    make, values = SORTABLE[kind]
    index = ColumnIndex.create(tmp_path, Schema(key=ID(stored=True), value=make()))
    with index.writer() as writer, pytest.MonkeyPatch.context() as patch:
        patch.setattr("jooya.indexer.whoosh.document_buffer.value_term", lambda field, value: text)
        writer.add_document(key="a", value=values[0])
    with index.searcher() as searcher, suppress(IndexDamaged):
        searcher.search(wq.Every(), sortedby="value")

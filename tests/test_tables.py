"""Tables of pandas, polars and `datasets`: rows in, passages and answers out, and both in a circle."""

import datetime
import logging
import math
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import pytest

from jooya import BadArgument, Document, Index, MissingPackage
from jooya.indexer.integrations import tables
from jooya.indexer.integrations.tables import add_table, passages_table, results_table

LIBRARIES = [
    pytest.param(
        name,
        marks=[
            pytest.mark.skipif(find_spec(name) is None, reason=f"{name} is not installed: pip install {name}"),
            pytest.mark.filterwarnings("ignore::DeprecationWarning"),
            pytest.mark.filterwarnings("ignore::FutureWarning"),
        ],
    )
    for name in ("pandas", "polars", "datasets")
]

COLUMNS: dict[str, list[Any]] = {
    "شناسه": ["a", "b", "c"],
    "text": ["کتاب‌های تازه", "باران", "كتابهاي كهنه"],
    "تاریخ": [datetime.datetime(2023, 10, 12), None, datetime.datetime(2020, 1, 1, 8, 30)],
    "pages": [1.5, None, 3.0],
    "tags": [["آب"], ["آب", "خاک"], []],
}
RENAMED = {"تاریخ": "date"}


def made(library: str, columns: dict[str, list[Any]]) -> Any:
    """Return a table of a library."""
    module = import_module(library)
    return module.Dataset.from_dict(columns) if library == "datasets" else module.DataFrame(columns)


def rows_of(table: Any) -> list[dict[str, Any]]:
    """Return the rows of a table of any library."""
    if hasattr(table, "to_dicts"):
        found = table.to_dicts()
    else:
        found = table.to_dict("records") if hasattr(table, "itertuples") else list(table)
    return [dict(row) for row in found]


@pytest.mark.parametrize("library", LIBRARIES)
def test_rows_go_in(index: Index, library: str) -> None:
    report = add_table(index, made(library, COLUMNS), key="شناسه", columns=RENAMED, whole=True)
    assert (report.new, report.skipped) == (3, [])
    assert add_table(index, made(library, COLUMNS), key="شناسه", columns=RENAMED, whole=True).unchanged == 3
    first, second, third = (index.passage(key) for key in "abc")
    assert (first.date and first.date.gregorian, dict(first.meta)) == ("2023-10-12", {"pages": 1.5, "tags": ("آب",)})
    assert (second.date, dict(second.meta)) == (None, {"tags": ("آب", "خاک")})
    assert third.date is not None
    assert third.date.gregorian == "2020-01-01"
    assert str(third.meta["date"]).startswith("2020-01-01T08:30")


@pytest.mark.parametrize("library", LIBRARIES)
def test_answers_and_passages_come_out(index: Index, library: Any) -> None:
    add_table(index, made(library, COLUMNS), key="شناسه", columns=RENAMED, whole=True)
    found = rows_of(results_table(index.search_many(["کتاب تازه", "باران", "؟"]), library))
    assert [(row["query"], row["rank"], row["id"]) for row in found] == [
        ("کتاب تازه", 1, "a"),
        ("کتاب تازه", 2, "c"),
        ("باران", 1, "b"),
    ]
    assert [row["id"] for row in rows_of(results_table(index.search("باران"), library))] == ["b"]
    passages = rows_of(passages_table(index, library=library))
    assert [(row["id"], row["text"]) for row in passages] == list(zip("abc", COLUMNS["text"], strict=True))
    assert list(passages[1]["tags"]) == ["آب", "خاک"]
    assert passages[0]["pages"] == 1.5
    assert passages[1]["pages"] is None or math.isnan(passages[1]["pages"])
    assert "score" not in passages[0]
    assert len(rows_of(passages_table(index, "b*", library))) == 1


@pytest.mark.parametrize("library", LIBRARIES)
def test_passages_go_in_again(index: Index, library: Any, tmp_path: Any) -> None:
    index.add(Document("a", "باران آمد.", title="هوا", date="1402-07-20", collection="water", meta={"n": 3, "id": "x"}))
    table = passages_table(index, library=library)
    with Index.create(tmp_path / "again") as again:
        assert add_table(again, table, key="document").new == 1
        found = again.search("باران")[0]
    assert (found.document, found.title, found.collection, found.text) == ("a", "هوا", "water", "باران آمد.")
    assert found.date is not None
    assert found.date.jalali == "1402-07-20"
    assert found.meta["n"] == 3
    assert found.meta["meta.id"] == "x"


@pytest.mark.parametrize("library", LIBRARIES)
def test_columns_of_several_types_are_text(index: Index, library: Any) -> None:
    index.add(Document("a", "یک", meta={"x": 1}), Document("b", "دو", meta={"x": "پنج"}), Document("c", "سه"))
    assert [row["x"] for row in rows_of(passages_table(index, library=library))] == ["1", "پنج", None]


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_table_without_rows(index: Index, library: Any) -> None:
    assert rows_of(passages_table(index, library=library)) == []
    assert rows_of(results_table(index.search("باران"), library)) == []


def test_mappings_are_a_table_and_a_bad_row_costs_no_other(index: Index, caplog: pytest.LogCaptureFixture) -> None:
    rows: list[dict[str, Any]] = [
        {"text": "باران", "id": 1, "n": math.nan},
        {"text": None, "id": 2},
        {"id": 3},
        {"text": "برف", "id": None},
        {"text": 5, "id": 5},
        {"text": "تگرگ", "id": "6"},
    ]
    with caplog.at_level(logging.WARNING, "jooya.integrations"):
        report = add_table(index, iter(rows), key="id", whole=True)
    assert (report.new, len(report.skipped), len(caplog.records)) == (2, 4, 4)
    assert report.skipped[0] == "item 2: the column 'text' has no text: give a string"
    assert dict(index.passage("1").meta) == {}


@pytest.mark.parametrize(
    ("table", "message"),
    [("text", "the table is a str"), (3, "the table is a int"), ({"text": ["a"]}, "the table is a dict")],
)
def test_what_is_no_table(index: Index, table: Any, message: str) -> None:
    with pytest.raises(BadArgument, match=message):
        add_table(index, table)


def test_a_column_that_is_missing_is_told_at_once(index: Index) -> None:
    pytest.importorskip("pandas")
    with pytest.raises(BadArgument, match="the table has no column 'متن': it has شناسه, text"):
        add_table(index, made("pandas", COLUMNS), text="متن")


def test_missing_values_of_pandas_are_left_out(index: Index) -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"text": ["باران"], "a": [pandas.NA], "b": [pandas.NaT], "c": [None], "d": [math.nan]})
    add_table(index, frame, whole=True)
    assert dict(index.search("باران")[0].meta) == {}


def test_a_library_that_is_missing(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "find_spec", lambda _: None)
    with pytest.raises(MissingPackage, match="a table of polars needs polars, which is not installed"):
        passages_table(index, library="polars")
    with pytest.raises(BadArgument, match="library cannot be 'nope'"):
        passages_table(index, library="nope")  # type: ignore[arg-type]

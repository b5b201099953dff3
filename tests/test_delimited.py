"""Comma- and tab-separated values, and the names of the fields of records."""

import json
from pathlib import Path

import pytest
from command import run
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jooya.indexer import BadInput, Date, Document, ReadOptions
from jooya.indexer.readers import delimited
from jooya.indexer.readers.dispatch import read
from jooya.indexer.readers.source import Item, Source

PERSIAN = ReadOptions(fields=(("id", "شناسه"), ("text", "متن"), ("title", "عنوان"), ("date", "تاریخ")))


def items(path: Path, how: ReadOptions = PERSIAN) -> list[Item]:
    return list(read(Source(path, path.name), how, lambda _: None))


def write(folder: Path, name: str, text: str, encoding: str = "utf-8") -> Path:
    (folder / name).write_bytes(text.encode(encoding))
    return folder / name


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_columns_by_their_names(tmp_path: Path, delimiter: str) -> None:
    rows = ["شناسه,عنوان,متن,تاریخ,دیگر", 'k1,"یک ""نام""","خط نخست\nخط دوم",1384/9/22,x', "k2,,باران,,", ",,,,"]
    path = write(tmp_path, "a.csv", "\r\n".join(row.replace(",", delimiter) for row in rows))
    assert items(path) == [
        Document(
            "k1",
            "خط نخست\nخط دوم",
            'یک "نام"',
            Date("2005-12-13", "1384-09-22"),
            source=path,
            encoding="utf-8",
            meta={"دیگر": "x"},
        ),
        Document("k2", "باران", source=path, encoding="utf-8"),
    ]


def test_rows_without_an_id_have_their_number_as_key(tmp_path: Path) -> None:
    path = write(tmp_path, "a.tsv", "text\nباران, تند\nبرف\n")
    assert [(item.key, item.text) for item in items(path, ReadOptions()) if isinstance(item, Document)] == [
        ("a.tsv:1", "باران, تند"),
        ("a.tsv:2", "برف"),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1256"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    text = "text,title\n" + "باران بر سرزمين ما مي بارد و مردم شاد هستند,سلام\n" * 500
    found = items(write(tmp_path, "a.csv", text, encoding), ReadOptions())
    assert len(found) == 500
    assert {(item.text, item.title) for item in found if isinstance(item, Document)} == {
        ("باران بر سرزمين ما مي بارد و مردم شاد هستند", "سلام")
    }


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "a.csv: empty file"),
        (
            "a,b\n1,2\n",
            "a.csv: no column 'text' (the columns are a, b); name the one with the text with the field option",
        ),
        ("id,text\n1,\n", "a.csv: record '1' has no \"text\""),
        ('text\n"never closed', None),
        ("text\n\0", "a.csv: binary file"),
        ("id,text\n,\n", "a.csv: no rows under the names"),  # nothing was reported
        # A name of two lines made a message of two lines.
        ('"a\nb"', "a.csv: no column 'text' (the columns are a b); name the one with the text with the field option"),
    ],
)
def test_files_that_are_no_tables(tmp_path: Path, text: str, reason: str | None) -> None:
    found = items(write(tmp_path, "a.csv", text), ReadOptions())
    assert [str(item) for item in found if isinstance(item, BadInput)] == ([reason] if reason else [])


def test_a_wrong_encoding_is_reported(tmp_path: Path) -> None:
    (item,) = items(write(tmp_path, "a.csv", "text\nباران\n"), ReadOptions(encoding="utf-16"))  # no byte order mark
    assert str(item) == "a.csv: not utf-16; name its encoding with the encoding option"


def test_a_long_cell_or_line_is_not_held_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "MAX_CELL", 1000)
    for text in ("text\n" + "x" * 5000, 'text\n"' + "x\n" * 5000):
        (reason,) = items(write(tmp_path, "a.csv", text), ReadOptions())
        assert isinstance(reason, BadInput)
        assert "\n" not in str(reason)


@given(st.text())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_read_or_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(("text,id\n" + text).encode("utf-8", "surrogatepass"))
    for item in items(path, ReadOptions()):
        assert isinstance(item, Document) or "\n" not in str(item)


def test_a_hit_with_its_fields(tmp_path: Path) -> None:
    write(tmp_path, "a.csv", "شناسه;متن;تاریخ\nk1;باران در کوه;1384-09-22\nk2;برف در دشت;1390-01-01\n")
    write(tmp_path, "b.jsonl", json.dumps({"شناسه": "k1", "متن": "تگرگ در شهر"}) + "\n")
    fields = ["--field", "id=شناسه", "--field", "text=متن", "--field", "date=تاریخ"]
    assert run("index", "--collection", "weather", *fields, "a.csv", cwd=tmp_path)[:2] == (
        0,
        "new 2, updated 0, unchanged 0, removed 0\n",
    )
    # The same id in another collection is another document.
    assert run("index", "--collection", "towns", *fields, "b.jsonl", cwd=tmp_path)[1].startswith("new 1,")
    answer = json.loads(run("search", "--format", "json", "date:1384 باران", cwd=tmp_path)[1])
    (hit,) = answer["hits"]
    assert (hit["id"], hit["collection"], hit["date"]["gregorian"], hit["start"], hit["end"]) == (
        "weather/k1#1", "weather", "2005-12-13", 0, 12,
    )  # fmt: skip
    found = json.loads(run("search", "--format", "json", "collection:towns در", cwd=tmp_path)[1])["hits"]
    assert [hit["id"] for hit in found] == ["towns/k1#1"]
    assert json.loads(run("status", "--json", cwd=tmp_path)[1])["collections"] == {"weather": 2, "towns": 1}
    assert "collection:sea: no such collection" in run("search", "collection:sea در", cwd=tmp_path)[2]
    code, out, err = run("index", "--field", "author=x", "a.csv", cwd=tmp_path)
    assert (code, out) == (2, "")
    assert err == "jooya: a record has no field 'author': there are id, text, title, date\n"
    assert run("index", "--field", "text", "a.csv", cwd=tmp_path)[2].startswith("jooya: --field text: say NAME=COLUMN")
    assert run("index", "--collection", "a b", "a.csv", cwd=tmp_path)[0] == 2

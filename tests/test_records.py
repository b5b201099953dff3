"""Records of tables and of JSON: the names of their fields, what else they hold, and the keys of their documents."""

import json
from pathlib import Path

import pytest
from command import run
from reader_helpers import items

from jooya.indexer import Document, Index, ReadOptions
from jooya.indexer.readers.dispatch import read
from jooya.indexer.readers.record_columns import columns_of
from jooya.indexer.readers.source import Source

CASES = Path(__file__).parent / "data" / "formats" / "records"


@pytest.mark.parametrize(
    ("names", "given", "found"),
    [
        ("id,text,title,date", (), {"id": "id", "text": "text", "title": "title", "date": "date"}),
        ("شناسه,عنوان,تاریخ,متن", (), {"id": "شناسه", "text": "متن", "title": "عنوان", "date": "تاریخ"}),
        ("ID,Text,Title", (), {"id": "ID", "text": "Text", "title": "Title"}),
        ("news_id,full text,Publish-Date", (), {"id": "news_id", "text": "full text", "date": "Publish-Date"}),
        ("متن خبر,تاريخ انتشار", (), {"text": "متن خبر", "date": "تاريخ انتشار"}),  # an Arabic ي
        ("content,text", (), {"text": "text"}),  # the first of the table
        ("چکیده,متن", (("text", "چکیده"),), {"text": "چکیده"}),
        ("متن", (("text", "چکیده"),), {"text": "متن"}),  # an alias that a file lacks is not for it
        ("b", (("text", "a"), ("text", "b")), {"text": "b"}),
        ("متن,text", (("title", "text"),), {"text": "متن", "title": "text"}),
        ("نام,شهر", (), {}),
    ],
)
def test_the_names_of_fields(names: str, given: tuple[tuple[str, str], ...], found: dict[str, str]) -> None:
    assert columns_of(names.split(","), ReadOptions(fields=given)) == found


def test_files_with_names_in_two_languages(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,text,title\ne1,گزارش سیل گلستان,سیل\n", encoding="utf-8")
    (tmp_path / "b.csv").write_bytes((CASES / "fa_headers.csv").read_bytes())
    code, out, _ = run("index", "--field", "text=چکیده", "a.csv", "b.csv", cwd=tmp_path)
    assert (code, out) == (0, "new 4, updated 0, unchanged 0, removed 0\n")
    hits = json.loads(run("search", "--format", "json", "سیل", cwd=tmp_path)[1])["hits"]
    assert {(hit["document"], hit["title"]) for hit in hits} == {("e1", "سیل"), ("r3", "سیل گلستان")}
    assert {hit["date"] and hit["date"]["jalali"] for hit in hits} == {None, "1398-01-03"}


def test_other_columns_are_metadata(tmp_path: Path) -> None:
    (document,) = items(tmp_path, "a.csv", (CASES / "custom_fields.csv").read_bytes())
    assert isinstance(document, Document)
    assert document.meta == {"author": "مهدی رضایی", "url": "https://x.ir/1"}
    record = {
        "id": 1, "text": ["بند یک", "بند دو"], "title": 7, "tags": ["آب", "سیل"], "author": {"name": "رضایی", "age": 4},
        "n": 1.5, "ok": True, "none": None, "deep": {"a": {"b": 1}}, "blank": " ",
    }  # fmt: skip
    (document,) = items(tmp_path, "a.jsonl", json.dumps(record))
    assert isinstance(document, Document)
    assert (document.text, document.title) == ("بند یک\n\nبند دو", "7")
    assert document.meta == {
        "tags": ("آب", "سیل"), "author": '{"name": "رضایی", "age": 4}', "n": 1.5, "ok": True,
        "deep": '{"a": {"b": 1}}',
    }  # fmt: skip


@pytest.mark.parametrize(
    ("date", "gregorian"),
    [
        ("1398/01/03", "2019-03-23"),
        (1672650012, "2023-01-02"),
        (1672650012.5, "2023-01-02"),
        (1672650012000, "2023-01-02"),
        (14011012, "2023-01-02"),
        (20230102, "2023-01-02"),
        (1401, None),
        ("دیروز", None),
    ],
)
def test_dates(tmp_path: Path, date: object, gregorian: str | None) -> None:
    (document,) = items(tmp_path, "a.jsonl", json.dumps({"text": "باران", "date": date}))
    assert isinstance(document, Document)
    assert (document.date and document.date.gregorian) == gregorian


RAIN, SNOW = {"id": "r", "text": "باران"}, {"text": "برف", "author": "رضایی"}


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ([RAIN, SNOW], [("r", "باران"), ("a.json:2", "برف")]),
        ({"data": [RAIN, SNOW], "n": 2}, [("r", "باران"), ("a.json:2", "برف")]),
        ({"result": {"items": [SNOW]}}, [("a.json:1", "برف")]),
        ({"hits": {"hits": [{"_id": "7", "_source": SNOW}]}}, [("7", "برف")]),
        (SNOW, [("a.json", "برف")]),
        (RAIN, [("r", "باران")]),
        ({"segments": [{"start": 0, "end": 2.5, "text": " باران"}], "text": " باران"}, [("a.json", "باران")]),
    ],
)
def test_json_files(tmp_path: Path, value: object, found: list[tuple[str, str]]) -> None:
    read_items = items(tmp_path, "a.json", json.dumps(value))
    assert [(item.key, item.text) for item in read_items if isinstance(item, Document)] == found
    assert len(read_items) == len(found)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "a.json: empty file"),
        ("{", "a.json: broken JSON: Expecting property name enclosed in double quotes at line 1, column 2"),
        ("[" * 100_000, "a.json: JSON that is nested too deeply"),
        ("1" * 10_000, "a.json: JSON with a number that is too long"),
        (
            '{"name": "x", "version": 1}',
            'a.json: no records in it; a record is {"text": …}; name its field with the field option',
        ),
        ("[1, 2]", 'a.json: no records in it; a record is {"text": …}; name its field with the field option'),
    ],
)
def test_bad_json(tmp_path: Path, content: str, why: str) -> None:
    assert [str(item) for item in items(tmp_path, "a.json", content)] == [why]


def test_json_lines_under_other_names(tmp_path: Path) -> None:
    lines = f"{json.dumps(RAIN)}\n{json.dumps(SNOW)}\n"
    for name in ("a.ndjson", "a.json"):
        found = items(tmp_path, name, lines)
        assert [item.text for item in found if isinstance(item, Document)] == ["باران", "برف"]


def test_ids_that_two_files_share(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,text\n1,باران تند\n2,توفان\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text("id,text\n1,برف سنگین\n3,تگرگ\n", encoding="utf-8")
    with Index.create(tmp_path / "index") as index:
        report = index.add(tmp_path / "a.csv", tmp_path / "b.csv")
        assert (report.new, report.skipped) == (4, [])
        name = f"{tmp_path / 'b.csv'}:1"
        assert [hit.document for hit in index.search("برف")] == [name]
        assert [hit.document for hit in index.search("باران")] == ["1"]
        # The same keys again, changed or not
        assert index.add(tmp_path / "a.csv", tmp_path / "b.csv").unchanged == 4
        (tmp_path / "b.csv").write_text("id,text\n1,برف سبک\n3,تگرگ\n", encoding="utf-8")
        report = index.add(tmp_path / "b.csv")
        assert (report.new, report.updated, report.unchanged, report.removed) == (0, 1, 1, 0)
        assert [hit.document for hit in index.search("سبک")] == [name]
        # A file that is gone takes its own alone
        (tmp_path / "b.csv").unlink()
        assert index.add(tmp_path / "b.csv").removed == 2
        assert index.search("باران").total == 1


def test_ids_that_move_to_another_file(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,text\n1,باران\n2,توفان\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text("id,text\n3,تگرگ\n", encoding="utf-8")
    with Index.create(tmp_path / "index") as index:
        index.add(tmp_path)
        (tmp_path / "a.csv").write_text("id,text\n1,باران\n", encoding="utf-8")
        (tmp_path / "b.csv").write_text("id,text\n2,توفان\n3,تگرگ\n", encoding="utf-8")
        index.add(tmp_path)
        assert [hit.document for hit in index.search("توفان")] == ["2"]


def test_names_are_found_for_each_object(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"متن": "باران"}\n{"body": "برف", "عنوان": "هوا"}\n', encoding="utf-8")
    found = [*read(Source(path, path.name), ReadOptions(fields=(("text", "x"),)), lambda _: None)]
    assert [(item.key, item.text, item.title) for item in found if isinstance(item, Document)] == [
        ("a.jsonl:1", "باران", None),
        ("a.jsonl:2", "برف", "هوا"),
    ]

"""Declared fields: searched, filtered and sorted by, in queries and by values, whenever they are declared."""

import datetime
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from command import run
from hypothesis import given
from hypothesis import strategies as st
from index_maker import MakeIndex

from jooya import BadArgument, Date, Document, Index, IndexDamaged
from jooya.indexer import schema
from jooya.indexer.codec import toc
from jooya.indexer.ingest import sync
from jooya.indexer.own_fields import fields_of, number_code, number_of_code, own_values
from jooya.indexer.whoosh import passage_schema

FIELDS = {"author": "text", "tags": "keyword", "pages": "number", "published": "date", "ناشر": "keyword"}

DOCUMENTS = [
    Document(
        "a", "متن نخست درباره آب و خاک", date="1399-08-05", collection="news",
        meta={"author": "احمدي، علی", "tags": ["ورزش", "علوم انسانی"], "pages": 12, "published": "آبان ۱۳۹۹"},
    ),
    Document(
        "b", "متن دوم درباره آب", date="1400-01-05", collection="news",
        meta={"author": "محمد رضا پارسا", "tags": ["ورزش"], "pages": "۷", "published": 1401, "ناشر": "نشرِ مركز"},
    ),
    Document(
        "c", "متن سوم درباره آب", title="پایان",
        meta={"author": ["بهار", "زهرا"], "tags": "هنر*", "pages": -2.5, "url": "http://x", "published": "1384-09-22"},
    ),
]  # fmt: skip


@pytest.fixture(scope="module", params=["before", "after", "jobs", "replaced"])
def index(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """Make an index whose fields were declared before or after its documents came in."""
    path = tmp_path_factory.mktemp(request.param) / "index"
    first: Any = {"before": FIELDS, "jobs": FIELDS, "after": None, "replaced": {"tags": "text", "url": "keyword"}}
    with Index.create(path, fields=first[request.param]) as made:
        made.add(*DOCUMENTS, jobs=2 if request.param == "jobs" else 1)
        made.declare(FIELDS)  # type: ignore[arg-type]
        assert made.fields == dict(sorted(FIELDS.items()))
        yield made
    assert Index.check(path).problems == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("author:احمدی", "a"),
        ("آب author:احمدی", "a"),
        ("AUTHOR:علي", "a"),
        ("author:محمدرضا", "b"),
        ("author:(احمدی OR بهار)", "ac"),
        ('author:"محمد رضا"', "b"),
        ("author:پار*", "b"),
        ("tags:ورزش", "ab"),
        ("-tags:ورزش آب", "c"),
        ('tags:"علوم\u200cانسانی"', "a"),
        ('tags:"علوم انسانی"', "a"),
        ("tags:علوم", ""),
        ("tags:علو*", "a"),
        ("tags:ورزش،", "ab"),
        ("ناشر:«نشر مرکز»", "b"),
        ("ناشر:نشر\u200cمرکز", "b"),
        ("pages:12", "a"),
        ("pages:۱۲", "a"),
        ("pages:>7", "a"),
        ("pages:>=7", "ab"),
        ("pages:≥۷", "ab"),
        ("pages:<7", "c"),
        ("pages:<=7", "bc"),
        ("pages:5..20", "ab"),
        ("pages:..7", "bc"),
        ("pages:7..", "ab"),
        ("pages:-2.5", "c"),
        ("pages:-3..0", "c"),
        ("pages:0", ""),
        ("published:1399", "a"),
        ("published:1399..1401", "ab"),
        ("published:>1399", "b"),
        ("published:آبان ۱۳۹۹", "a"),
        ("published:۲۲ آذر ۱۳۸۴ آب", "c"),
        ("published:>=آبان ماه ۱۳۹۹", "ab"),
        ("published:2005-12", "c"),
        ("date:>1399", "b"),
        ("date:<1400", "a"),
        ("date:آبان ۱۳۹۹", "a"),
        ("date:آبان ۱۳۹۹ دوم", ""),
        ('date:"آبان ۱۳۹۹..1400"', "ab"),
        ("date:مارس 2021", "b"),
    ],
)
def test_queries(index: Index, query: str, found: str) -> None:
    results = index.search(query)
    assert "".join(sorted(hit.document for hit in results)) == found
    assert not [note for note in results.notes if "no document has" not in note]


@pytest.mark.parametrize(
    ("query", "note"),
    [
        (
            "foo:bar",
            "foo:bar: no field 'foo' (there are title, heading, speaker, doc, collection, date, author, pages, ",
        ),
        ("url:x", "url:x: no field 'url' (there are "),
        ("نویسنده:احمدی", "نویسنده:احمدی: no field 'نویسنده' (there are "),
        ('foo:"bar baz"', "foo:: no field 'foo' (there are "),
        ("foo:>3", "foo:>3: no field 'foo' (there are "),
        ("pages:many", "pages:many: a value is a NUMBER, >NUMBER, <NUMBER or NUMBER..NUMBER; read as words"),
        ("pages:7..3", "pages:7..3: the range ends before it begins; read as words"),
        ("published:x", "published:x: a date is YEAR, YEAR-MONTH or YEAR-MONTH-DAY; read as words"),
        ("tags:نیست", "tags:نیست: no document has this value"),
        ("tags:(a b)", "read as plain words: tags: takes one value, no parentheses"),
        ("author:کسی", "author:کسی: this word is in no author"),
    ],
)
def test_what_is_no_field_or_value_is_said(index: Index, query: str, note: str) -> None:
    (found,) = index.search(f"{query} آب").notes
    assert found.startswith(note)


@pytest.mark.parametrize(
    "query", ["http://example.ir/a", "12:30", "۱۲:۳۰", "سعدی: گفت", "std::sort", 'گفت:"برو"', "C:"]
)
def test_other_colons_are_of_words(index: Index, query: str) -> None:
    assert index.search(f"{query} آب").notes == []


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ({}, "abc"),
        ({"author": "احمدی"}, "a"),
        ({"author": "پارسا محمدرضا"}, "b"),
        ({"author": ["احمدی", "زهرا"]}, "ac"),
        ({"author": "احمدی OR بهار"}, ""),
        ({"tags": "ورزش"}, "ab"),
        ({"tags": "هنر*"}, "c"),
        ({"tags": "هن*"}, ""),
        ({"tags": ["هنر*", "علوم\u200cانسانی"]}, "ac"),
        ({"tags": {"ورزش"}}, "ab"),
        ({"pages": 12}, "a"),
        ({"pages": [7, -2.5]}, "bc"),
        ({"pages": (7, None)}, "ab"),
        ({"pages": (None, 7)}, "bc"),
        ({"published": "1401"}, "b"),
        ({"published": 1399}, "a"),
        ({"published": ("آبان ۱۳۹۹", "1400")}, "a"),
        ({"published": datetime.date(2005, 12, 13)}, "c"),
        ({"date": ("1399", None)}, "ab"),
        ({"date": (None, datetime.date(2020, 12, 1))}, "a"),
        ({"date": Date("2021-03-25", "1400-01-05")}, "b"),
        ({"collection": "news", "pages": (10, 20)}, "a"),
        ({"doc": ["a", "c"]}, "ac"),
        ({"document": "*"}, ""),
        ({"title": "پایان"}, "c"),
    ],
)
def test_conditions_by_values(index: Index, where: Any, found: str) -> None:
    for by in ("passage", "document"):
        results = index.search("آب", where=where, by=by)
        assert "".join(sorted(hit.document for hit in results)) == found
        assert results.total == len(found)
    assert "".join(sorted(key[0] for key, _ in index.rank("آب", where=where))) == found


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ([], "where cannot be []: give a mapping of fields to values"),
        (
            {"foo": 1},
            "the index has no field 'foo': there are title, heading, speaker, doc, collection, date, author, ",
        ),
        ({"tags": ("a", "b")}, "where['tags'] cannot be ('a', 'b'): give a value, or a list of values"),
        ({"tags": []}, "where['tags'] has 0 values: give 1 to 1,000"),
        ({"tags": None}, "where['tags'] cannot be None: give a string or a number"),
        ({"title": 3}, "where['title'] cannot be 3: give a string"),
        ({"pages": "x"}, "where['pages'] cannot be 'x': give a number"),
        ({"pages": (3, 1)}, "where['pages'] cannot be (3, 1): give (first, last), with the first not above the last"),
        ({"pages": (None, None)}, "where['pages'] cannot be (None, None): give (first, last)"),
        ({"date": "x"}, "where['date'] cannot be 'x': give a year, a month or a day"),
    ],
)
def test_conditions_that_cannot_be(index: Index, where: Any, message: str) -> None:
    for method in (index.search, index.rank):
        with pytest.raises(BadArgument) as caught:
            method("آب", where=where)
        assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("sort", "found"),
    [
        ("pages", "cba"), ("-pages", "abc"), ("published", "cab"), ("-published", "bac"), ("author", "acb"),
        ("-author", "bca"), ("ناشر", "bac"), ("-ناشر", "bac"),
    ],
)  # fmt: skip
def test_sorting(index: Index, sort: str, found: str) -> None:
    """Documents without a value come last, in the order of their keys."""
    for by in ("passage", "document"):
        assert "".join(hit.document for hit in index.search("آب", sort=sort, by=by)) == found
    assert [hit.document for hit in index.search("آب", 1, first=2, sort=sort)] == [found[1]]


@pytest.mark.parametrize(
    ("sort", "found"),
    [("n", "cbadef"), ("-n", "dabcef"), ("t", "dcabef"), ("-t", "bacdef"), ("d", "adbcef"), ("-d", "cbdaef")],
)
def test_what_has_no_value_comes_last(tmp_path: Path, sort: str, found: str) -> None:
    """Whatever the values are: a number of 0 is one."""
    values: dict[str, dict[str, Any]] = {
        "e": {}, "a": {"n": 1, "t": "م", "d": 1399}, "b": {"n": 0, "t": "ن", "d": 1401}, "f": {},
        "c": {"n": -1, "t": "گ", "d": 1402}, "d": {"n": 2.5, "t": "پ", "d": 1400},
    }  # fmt: skip
    with Index.create(tmp_path / "index", fields={"n": "number", "t": "keyword", "d": "date"}) as index:
        for part in ("eab", "fcd"):
            index.add(*(Document(key, "آب", meta=values[key]) for key in part))
        hits = index.search("آب", sort=sort, collapse=False).hits
    assert "".join(hit.document for hit in hits) == found


def test_texts_are_sorted_by_the_persian_alphabet(tmp_path: Path, make_index: MakeIndex) -> None:
    """In Unicode, پ, چ, ژ, ک and گ come after most other letters."""
    names = ["آذر", "ابر", "باد", "پارسا", "جهان", "چمن", "زهرا", "ژاله", "کاوه", "گلی", "لاله", "هما", "یاس"]
    with make_index(tmp_path / "index", fields={"name": "keyword"}) as index:
        for name in reversed(names):  # a segment each
            index.add(Document(name, "آب", meta={"name": name}))
        found = [hit.document for hit in index.search("آب", 20, sort="name", collapse=False)]
    assert found == names


def test_metadata_is_returned_with_every_passage(tmp_path: Path, make_index: MakeIndex) -> None:
    with make_index(tmp_path / "index") as index:
        index.add(Document("a", "آب و خاک بود. " * 300, meta={"n": 1, "tags": ["x"]}), Document("b", "آب"))
        metas = {hit.document: hit.meta for hit in index.search("آب", 100, collapse=False)}
        assert metas == {"a": {"n": 1, "tags": ("x",)}, "b": {}}
        assert len(index.search("doc:a", 100, collapse=False)) > 5
        changed = index.add(Document("a", "آب و خاک بود. " * 300, meta={"n": 2, "tags": ["x"]}))
        assert (changed.updated, changed.unchanged) == (1, 0)
        assert {hit.meta["n"] for hit in index.search("خاک", 100, collapse=False)} == {2}
        assert index.add(Document("a", "آب و خاک بود. " * 300, meta={"tags": ["x"], "n": 2})).unchanged == 1


def test_values_of_another_kind_are_said(tmp_path: Path, make_index: MakeIndex) -> None:
    documents = [Document(f"{n}", "آب", meta={"pages": "زیاد", "day": "دیروز"}) for n in range(3)]
    lines = [
        "pages is declared as a number, which 'زیاد' is not; it is stored and returned alone (2 more like this)",
        "day is declared as a date, which 'دیروز' is not; it is stored and returned alone (2 more like this)",
    ]
    with make_index(tmp_path / "index", fields={"pages": "number", "day": "date"}) as index:
        report = index.add(*documents)
        assert (report.new, sorted(report.notes)) == (3, sorted(lines))
        assert index.search("pages:>0 آب").total == 0
        assert index.search("آب").hits[0].meta["pages"] == "زیاد"
        index.declare({})
        assert sorted(index.declare({"pages": "number", "day": "date"})) == sorted(lines)


def test_a_value_too_long_for_its_many_passages_is_left_out() -> None:
    meta: Any = {"about": "آ" * 30_000, "tags": ("ب",)}
    values, problems = own_values(meta, {"about": "text", "tags": "keyword"}, 10_000)
    assert values == {"value.tags": ["ب\0ب"]}
    assert list(map(str, problems)) == [
        "about is too long for the 10,000 passages of its document; it is stored and returned alone"
    ]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ([], "fields cannot be []: give a mapping of names to kinds"),
        ({"a b": "text"}, "the name of a field cannot be 'a b': give letters, digits, '-' and '_' alone"),
        ({"1": "text"}, "the name of a field cannot be '1'"),
        ({"text": "text"}, "a field cannot be called 'text', which Jooya has itself: give it another name"),
        ({"Year": "text"}, "a field cannot be called 'Year'"),
        ({"a": "words"}, "the field 'a' cannot be of the kind 'words': give one of text, keyword, number, date"),
        ({"كار": "text", "کار": "text"}, "the fields 'كار' and 'کار' are the same in a query: rename one of them"),
        ({f"a{n}": "text" for n in range(101)}, "101 fields are declared: declare at most 100"),
    ],
)
def test_declarations_that_cannot_be(tmp_path: Path, fields: Any, message: str) -> None:
    with pytest.raises(BadArgument) as caught:
        Index.create(tmp_path / "index", fields=fields)
    assert str(caught.value).startswith(message)
    assert not (tmp_path / "index").exists()
    with Index.create(tmp_path / "index") as index, pytest.raises(BadArgument):
        index.declare(fields)


def test_opening_with_other_fields_declares_them(tmp_path: Path) -> None:
    path = tmp_path / "index"
    with Index.open_or_create(path, fields={"pages": "number"}) as index:
        index.add(*DOCUMENTS)
    with Index.open_or_create(path) as index:
        assert index.fields == {"pages": "number"}
    with Index.open_or_create(path, fields={"tags": "keyword"}) as index:
        assert index.fields == {"tags": "keyword"}
        assert index.search("tags:ورزش").total == 2
        index.remove("a")
        assert index.search("tags:ورزش").total == 1
        index.declare({"tags": "keyword", "pages": "number"})
        assert [hit.document for hit in index.search("pages:>5 آب")] == ["b"]
    assert Index.check(path).problems == []


def test_a_declaration_writes_the_live_documents_alone(tmp_path: Path) -> None:
    """A segment without any is left out. If it fails, what it has written is removed."""
    path = tmp_path / "index"
    with Index.create(path) as index:
        for number in range(3):
            index.add(*(Document(f"{number}{one}", "آب", meta={"pages": number}) for one in "xyz"))
        with index._writer() as writer:
            writer.merge = False
            for key in ("0x", "1x", "1y", "1z"):
                writer.delete_by_term("document", key)
        state = toc.read(path)
        assert [entry.documents for entry in state.segments] == [2, 0, 3]
        before = sorted(one.name for one in path.iterdir())
        with pytest.MonkeyPatch.context() as patch, pytest.raises(OSError, match="No space"):
            patch.setattr(toc, "write", _full)
            index.declare({"pages": "number"})
        assert sorted(one.name for one in path.iterdir()) == before
        assert index.declare({"pages": "number"}) == []
        after = toc.read(path)
        generation = state.generation + 1
        assert after.generation == generation
        assert [(entry.file.name, entry.documents, entry.deleted) for entry in after.segments] == [
            (f"{generation}-0.segment", 2, 0), (f"{generation}-2.segment", 3, 0),
        ]  # fmt: skip
        assert {one.name for one in path.iterdir()} == {*after.files, toc.NAME, "write.lock"}
        assert sorted(hit.id for hit in index.search("pages:2", collapse=False)) == ["2x#1", "2y#1", "2z#1"]
    assert Index.check(path).problems == []


def _full(*_arguments: object) -> None:
    raise OSError(28, "No space left on device")


def test_an_open_index_follows_a_declaration_of_another(tmp_path: Path) -> None:
    with Index.create(tmp_path / "index") as index, Index.open(tmp_path / "index") as other:
        index.add(DOCUMENTS[0])
        other.declare({"pages": "number"})
        assert index.search("pages:12").total == 1
        index.add(DOCUMENTS[1])
        assert other.search("pages:>1").total == 2


def test_an_index_of_format_6_gets_fields(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its segments have no column of speakers, which are counted by what is stored of them until a declaration."""
    path = tmp_path / "index"
    text = "احمدی: آب را باید نگه داشت و کم مصرف کرد.\n\nپارسا: آب بسیار هست و کسی کم ندارد.\n\n" * 3
    with Index.create(path) as index:
        with monkeypatch.context() as patch:
            patch.setattr(passage_schema, "SPEAKERS", "value.other")
            patch.setattr(schema, "SPEAKERS", "value.other")
            index.add(Document("t", text))
        before = index.search("آب", facets=["speaker"]).facets["speaker"]
        assert sum(one.count for one in before) == index.search("آب").total > 0
    with monkeypatch.context() as patch:
        patch.setattr(toc, "FORMAT", 6)
        toc.write(path, toc.read(path))
    with Index.open(path) as index:
        assert index.status().format == 6
        assert index.fields == {}
        assert index.search("آب", facets=["speaker"]).facets["speaker"] == before
        index.add(Document("u", text))
        index.add(Document("v", text))
        assert [one.count for one in index.search("آب", facets=["speaker"]).facets["speaker"]] == [
            3 * one.count for one in before
        ]
        index.declare({"pages": "number"})
        assert index.status().format == toc.FORMAT
        index.add(DOCUMENTS[0])
        assert index.search("pages:12").total == 1


def test_backups_and_repairs_keep_fields(tmp_path: Path) -> None:
    path, copy = tmp_path / "index", tmp_path / "copy"
    with Index.create(path, fields=FIELDS) as index:  # type: ignore[arg-type]
        index.add(*DOCUMENTS)
        index.backup(copy, paths=False)
    with Index.open(copy) as index:
        assert index.search("tags:ورزش pages:>10").total == 1
        expected = index.search("آب", facets=["tags", "author"]).facets
    segment = next(copy.glob("*.segment"))
    content = bytearray(segment.read_bytes())
    content[100] ^= 1
    segment.write_bytes(content)
    for table in (True, False):
        if not table:
            (copy / "toc.json").unlink()
        repaired = Index.repair(copy)
        assert repaired.lost == []
        assert repaired.report.problems == []
        with Index.open(copy) as index:
            assert index.fields == dict(sorted(FIELDS.items()))
            assert index.search("آب", facets=["tags", "author"]).facets == expected
            assert {hit.meta.get("url") for hit in index.search("آب")} == {None, "http://x"}


@pytest.mark.parametrize(
    "fields", [(("pages", "nonsense"),), (("text", "text"),), (("a b", "text"),), (("other", "number"),)]
)
def test_a_declaration_that_the_segments_do_not_have_is_damage(tmp_path: Path, fields: Any) -> None:
    path = tmp_path / "index"
    with Index.create(path) as index:
        index.add(*DOCUMENTS)
    toc.write(path, toc.read(path)._replace(fields=fields))
    with Index.open(path) as index, pytest.raises(IndexDamaged):
        index.search("آب other:>3", sort="other", facets=["other"])
    wrong = "the table of contents declares fields that there cannot be"
    if fields[0][0] == "other":
        wrong = f"{path / '1.segment'} lacks the field number.other, which is declared"
    assert wrong in Index.check(path).problems


@pytest.mark.crafted_index
@pytest.mark.parametrize(
    ("meta", "problem"),
    [
        ({" ": 1}, "its metadata is none, or is not stored with its first passage alone"),
        ({"a": [1]}, "its metadata is none, or is not stored with its first passage alone"),
        ({"pages": 13}, "the fields of passage a#1 are not those of its metadata"),
        ({"pages": 12, "tags": ["x", "ورزش"]}, "the fields of passage a#1 are not those of its metadata"),
    ],
)
def test_a_check_compares_columns_with_the_metadata(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, meta: dict[str, object], problem: str
) -> None:
    """Whoever crafts an index may store anything beside the columns."""
    path = tmp_path / "index"
    crafted = Document("a", "متن", meta={"pages": 12, "tags": ["ورزش"]})
    values = own_values(crafted.meta, {"pages": "number", "tags": "keyword"}, 1)

    monkeypatch.setattr(sync, "own_values", lambda *_: values)
    monkeypatch.setattr(sync, "json_form", lambda _: meta)
    with Index.create(path, fields={"pages": "number", "tags": "keyword"}) as index:
        index.add(crafted)
        assert Index.check(path).problems == [f"document a: {problem}"]
        if "none" in problem:
            with pytest.raises(IndexDamaged):
                index.search("متن")
            with pytest.raises(IndexDamaged):
                index.declare({"pages": "text"})


def test_fields_are_known_by_their_names_on_disk() -> None:
    names = ["text", "value.speaker", "text.a", "value.a", "value.b", "number.c", "day.d", "text.e", "other.f"]
    assert fields_of(names) == {"a": "text", "b": "keyword", "c": "number", "d": "date"}


NUMBERS = st.floats(allow_nan=False, allow_infinity=False)


@given(st.lists(NUMBERS | st.integers(-(1 << 53), 1 << 53), min_size=2, max_size=20))
def test_codes_of_numbers_have_their_order(numbers: list[float]) -> None:
    codes = [number_code(number) for number in numbers]
    assert [number_of_code(code) for code in codes] == numbers
    assert 0 not in codes
    pairs = sorted(zip(numbers, codes, strict=True))
    assert [code for _, code in pairs] == sorted(codes)


VALUES = st.one_of(st.text(), st.integers(-(1 << 63) + 1, (1 << 63) - 1), NUMBERS, st.booleans(), st.lists(st.text()))
KINDS = st.sampled_from(["text", "keyword", "number", "date"])


@given(
    st.lists(st.dictionaries(st.sampled_from("abcd"), VALUES), max_size=4),
    st.dictionaries(st.sampled_from("abcd"), KINDS),
)
def test_any_metadata_is_kept_in_any_fields(
    tmp_path_factory: pytest.TempPathFactory, metas: list[Any], fields: Any
) -> None:
    path = tmp_path_factory.mktemp("any") / "index"
    documents = [Document(f"{n}", "آب", meta=meta) for n, meta in enumerate(metas)]
    with Index.create(path, fields=fields) as index:
        index.add(*documents)
        found = {hit.document: hit.meta for hit in index.search("آب", collapse=False, facets=list(fields))}
        assert found == {document.key: document.meta for document in documents}
    assert Index.check(path).problems == []


def test_the_configuration_file_declares_fields(tmp_path: Path) -> None:
    records = [{"id": d.key, "text": d.text, **d.meta} for d in DOCUMENTS]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    assert run("index", "a.jsonl", cwd=tmp_path)[::2] == (0, "")
    assert "no field 'tags'" in run("search", "tags:ورزش", cwd=tmp_path)[2]
    (tmp_path / "jooya.toml").write_text('[fields]\ntags = "keyword"\npages = "number"\n', encoding="utf-8")
    code, _, said = run("index", "a.jsonl", cwd=tmp_path)
    assert (code, said) == (
        0, "declared fields: pages (number), tags (keyword); what is in the index has them now, too\n",
    )  # fmt: skip
    assert run("index", "a.jsonl", cwd=tmp_path)[2] == ""
    code, out, _ = run("search", "--format", "json", "--sort", "-pages", "آب tags:ورزش", cwd=tmp_path)
    hits = json.loads(out)["hits"]
    assert [(hit["document"], hit["meta"]["pages"]) for hit in hits] == [("a", 12), ("b", "۷")]
    code, _, said = run("search", "--sort", "author", "آب", cwd=tmp_path)
    assert (code, said) == (
        2, "jooya: sort cannot be 'author': give one of 'score', 'date', 'document', 'pages', 'tags'\n",
    )  # fmt: skip
    assert json.loads(run("status", "--json", cwd=tmp_path)[1])["fields"] == {"pages": "number", "tags": "keyword"}


def test_documents_by_conditions(tmp_path: Path, make_index: MakeIndex) -> None:
    with make_index(tmp_path / "index", fields={"author": "text", "pages": "number"}) as index:
        index.add(
            Document("a", "باران آمد.", meta={"author": "نیما یوشیج", "pages": 10}),
            Document("b", "برف آمد.\n\nتگرگ آمد.", meta={"author": "پروین اعتصامی", "pages": 20}),
        )
        assert [one.key for one in index.documents(where={"author": "پروین"})] == ["b"]
        assert [one.key for one in index.documents(where={"pages": (5, 15)})] == ["a"]
        assert [one.key for one in index.documents(first=2)] == [one.key for one in index.documents()][1:]
        assert list(index.documents(first=9)) == []
        assert [(one.key, dict(one.meta)) for one in index.documents("b", where={"pages": (5, None)})] == [
            ("b", {"author": "پروین اعتصامی", "pages": 20})
        ]
        assert list(index.documents(where={"author": "حافظ"})) == []
        found = index.get("a")
        assert found is not None
        assert found.to_dict()["meta"] == {"author": "نیما یوشیج", "pages": 10}
        with pytest.raises(BadArgument):
            index.documents(where={"editor": "نیما"})


def test_declaring_fields_is_a_commit_of_its_own(tmp_path: Path) -> None:
    with Index.create(tmp_path / "index") as index:
        index.add(Document("a", "آب", meta={"tags": "ورزش"}), Document("b", "آب"))
        index.add(Document("c", "آب", meta={"tags": "هنر"}))
        index.remove("b")
        before = toc.read(index.path)
        (index.path / "9.spill").write_bytes(b"of an interrupted writer")
        assert index.declare({"tags": "keyword"}) == []
        after = toc.read(index.path)
        assert after.generation == before.generation + 1
        assert [entry.file.name for entry in after.segments] == [
            f"{after.generation}-{number}.segment" for number in range(2)
        ]
        assert [(entry.documents, entry.deleted) for entry in after.segments] == [(1, 0), (1, 0)]
        assert (after.fields, after.index_id) == ((("tags", "keyword"),), before.index_id)
        assert after.time >= before.time
        assert {path.name for path in index.path.iterdir()} == {*after.files, toc.NAME, "write.lock"}
        assert [index.search(f"tags:{value}").total for value in ("ورزش", "هنر", "موسیقی")] == [1, 1, 0]

"""Calls of embedding programs beside the search: documents, passages, many queries, marked text, tables, asyncio."""

import asyncio
import html
import json
import pickle
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jooya import BadArgument, BadInput, Document, Index, IndexUnusable, MissingPackage, Progress, Results, WorkProgress
from jooya.indexer import frames
from jooya.indexer.search.markup import marked, pieces

POEM = "توانا بود هر که دانا بود\nز دانش دل پیر برنا بود"


@pytest.fixture
def library(index: Index) -> Index:
    index.add(
        Document("notes/a", "قنات آب را از کوه به دشت می‌آورد.", title="قنات", date="1402-07-20", collection="water"),
        Document("notes/b", "کتابخانهٔ سیار به روستا می‌رود. " * 40, title="کتابخانه"),
        Document("poems/c", POEM),
    )
    return index


def test_a_document_by_its_key(library: Index) -> None:
    found = library.get("notes/a")
    assert found is not None
    assert (found.key, found.title, found.collection, found.size, found.source) == ("notes/a", "قنات", "water", 1, None)
    assert found.date is not None
    assert found.date.jalali == "1402-07-20"
    assert [hit.text for hit in found.passages] == ["قنات آب را از کوه به دشت می‌آورد."]
    assert library.get("notes/z") is None
    assert library.get("notes/*") is None
    assert ("notes/a" in library, "notes/*" in library, 7 in library) == (True, False, False)


def test_the_text_of_a_document_has_each_passage_at_its_offset(library: Index, transcript: Path) -> None:
    library.add(transcript)
    for document in library.documents():
        whole = library.get(document.key)
        assert whole is not None
        assert whole.size == len(whole.passages)
        assert all(whole.text[hit.start : hit.end] == hit.text for hit in whole.passages)


def test_a_file_s_document_knows_its_file(library: Index, transcript: Path) -> None:
    library.add(transcript)
    (document,) = library.documents(prefix=str(transcript))
    assert (document.source, document.encoding) == (str(transcript), "utf-8")


@pytest.mark.parametrize(
    ("pattern", "prefix", "keys"),
    [
        ("*", "", ["notes/a", "notes/b", "poems/c"]),
        ("*", "notes/", ["notes/a", "notes/b"]),
        ("notes/*", "", ["notes/a", "notes/b"]),
        ("notes/*", "notes/b", ["notes/b"]),
        ("notes/b*", "not", ["notes/b"]),
        ("*c", "", ["poems/c"]),
        ("notes/a", "", ["notes/a"]),
        ("notes/*", "poems/", []),
        ("notes/", "", []),
        ("", "", []),
        ("*", "\udc80", []),
    ],
)
def test_documents_by_pattern_and_prefix(library: Index, pattern: str, prefix: str, keys: list[str]) -> None:
    library.add(Document("removed", "متن"))
    library.remove("removed")
    found = list(library.documents(pattern, prefix=prefix))
    assert [document.key for document in found] == keys
    assert all(document.passages == () for document in found)


@pytest.mark.parametrize("passages", [False, True])
def test_documents_are_those_of_one_commit(library: Index, passages: bool) -> None:
    before = [library.get(document.key) for document in library.documents()]
    iterator = library.documents(passages=passages)
    first = next(iterator)
    library.remove("*")
    found = [first, *iterator]
    assert len(found) == 3
    assert found == (before if passages else [replace(document, passages=()) for document in before if document])
    assert list(library.documents(passages=passages)) == []


def test_a_passage_by_its_id(library: Index) -> None:
    found = library.passage("notes/b#2", context=1)
    assert (found.rank, found.score, found.document, found.highlights) == (0, 0.0, "notes/b", [])
    assert [one.id for one in (*found.before, *found.after)] == ["notes/b#1", "notes/b#3"]
    assert library.passage("notes/b#2").before == ()
    with pytest.raises(BadInput, match=r"no passage 'notes/b#99'"):
        library.passage("notes/b#99")
    with pytest.raises(BadArgument):
        library.passage("notes/b#2", context=-1)


def test_results_are_a_sequence(library: Index) -> None:
    results = library.search("روستا", collapse=False)
    assert results[0] is results.hits[0]
    assert results[-1] is results.hits[-1]
    assert results[:2] == results.hits[:2]
    assert [hit.rank for hit in results] == list(range(1, len(results) + 1))
    with pytest.raises(IndexError):
        results[1000]


def test_a_dictionary_of_results_is_what_json_holds(library: Index) -> None:
    answer = library.search("قنات", context=1, explain=True).to_dict()
    assert json.loads(json.dumps(answer)) == answer
    assert list(answer) == ["query", "total", "notes", "did_you_mean", "corrected_query", "corrections", "hits"]
    (hit,) = answer["hits"]
    assert hit == library.search("قنات", context=1, explain=True)[0].to_dict()
    assert (hit["id"], hit["highlights"], hit["date"]["gregorian"]) == ("notes/a#1", [[0, 4]], "2023-10-12")


def test_did_you_mean_is_looked_for_when_it_is_read(library: Index) -> None:
    library.add(*[Document(f"d{number}", "کتابخانه بزرگ شهر") for number in range(5)])
    results, unread = library.search("کتابخانخ"), library.search("کتابخانخ")
    expected = library.did_you_mean("کتابخانخ")
    assert expected == results.did_you_mean
    library.close()
    with pytest.raises(IndexUnusable):
        assert unread.did_you_mean
    answer = unread.to_dict()
    assert answer["did_you_mean"] == []
    assert answer["notes"] == [
        f"other spellings of the query were not looked for: the index at {library.path} is closed"
    ]
    assert unread.notes == []
    assert pickle.loads(pickle.dumps(unread)).did_you_mean == []
    assert results.did_you_mean == expected == results.to_dict()["did_you_mean"]
    assert pickle.loads(pickle.dumps(results)).did_you_mean == expected
    assert Results("a", 0, []).did_you_mean == []


@pytest.mark.parametrize(
    ("text", "spans", "part", "expected"),
    [
        ("آب و خاک", [(0, 2)], None, "[آب] و خاک"),
        ("<b>آب</b> & خاک", [(3, 5)], None, "&lt;b&gt;[آب]&lt;/b&gt; &amp; خاک"),
        ("a<b>c", [(1, 4)], None, "a[&lt;b&gt;]c"),
        ("abcdef", [(0, 3), (2, 5)], None, "[abcde]f"),
        ("abcdef", [(2, 5), (0, 2)], None, "[abcde]f"),
        ("abcdef", [(3, 3), (5, 9), (-4, 1)], None, "[a]bcde[f]"),
        ("abcdef", [(0, 3), (5, 6)], (2, 5), "… [c]de …"),
        ("", [], None, ""),
        ("کتاب\u200cها", [(0, 7)], None, "[کتاب\u200cها]"),
    ],
)
def test_marked_text(text: str, spans: list[tuple[int, int]], part: tuple[int, int] | None, expected: str) -> None:
    assert marked(pieces(text, spans, part), "[", "]", html.escape) == expected


def test_the_kinds_of_pieces() -> None:
    found = pieces("abcdefgh", [(0, 3), (5, 6)], (2, 7))
    assert list(found) == [
        ("cut", "… "), ("found", "c"), ("text", "de"), ("found", "f"), ("text", "g"), ("cut", " …"),
    ]  # fmt: skip


_SPANS = st.lists(st.tuples(st.integers(-3, 40), st.integers(-3, 40)).map(lambda span: (min(span), max(span))))


@given(st.text(max_size=30), _SPANS)
def test_without_its_marks_a_marked_text_is_the_text(text: str, spans: list[tuple[int, int]]) -> None:
    shown = marked(pieces(text, spans), "<mark>", "</mark>", html.escape)
    assert html.unescape(re.sub("</?mark>", "", shown)) == text
    assert re.fullmatch("(?:[^<]*<mark>[^<]+</mark>)*[^<]*", shown, re.DOTALL)


@pytest.mark.parametrize("query", ["کتابخانه", "می رود", "کتابخانه سیار"])
def test_highlighted_hits(library: Index, query: str) -> None:
    hit = library.search(query)[0]
    assert html.unescape(re.sub("</?mark>", "", hit.highlighted())) == hit.text
    starts = [match.start() - 13 * place for place, match in enumerate(re.finditer("<mark>", hit.highlighted()))]
    assert starts == [start for start, _ in hit.highlights]
    assert hit.highlighted("*", "*", str).count("*") == 2 * len(hit.highlights)


def test_the_snippet_of_a_long_hit(index: Index) -> None:
    index.add(Document("long", "باران " * 300 + "قنات" + " برف" * 300, whole=True))
    hit = index.search("قنات")[0]
    shown = hit.highlighted(part="snippet")
    assert shown.startswith("…")
    assert shown.endswith("…")
    assert "<mark>قنات</mark>" in shown
    assert len(shown) < 800


def test_many_queries(library: Index) -> None:
    first, second, third = library.search_many(["قنات", "؟", "دانش"], limit=1)
    assert (first[0].id, second.total, third[0].id) == ("notes/a#1", 0, "poems/c#1")
    assert second.notes[0].startswith("nothing to search for in '؟'")
    assert library.search_many([]) == []
    with pytest.raises(BadArgument):
        library.search_many("قنات")
    with pytest.raises(BadArgument):
        library.search_many(["قنات", 3])  # type: ignore[list-item]


def test_twins_for_asyncio(library: Index) -> None:
    async def ask() -> None:
        async with library as opened:
            results, many, document, passage, words = await asyncio.gather(
                opened.asearch("قنات", limit=1),
                opened.asearch_many(["قنات", "دانش"]),
                opened.aget("poems/c"),
                opened.apassage("notes/b#2", 1),
                opened.asuggest("کتابخا"),
            )
        assert results == library_search
        assert [len(one) for one in many] == [1, 1]
        assert document is not None
        assert document.text == POEM
        assert passage.before
        assert words == ["کتابخانهٔ"]

    library_search = library.search("قنات", limit=1)
    asyncio.run(ask())
    with pytest.raises(IndexUnusable):
        library.search("قنات")


def test_a_frame_of_results(library: Index) -> None:
    pandas = pytest.importorskip("pandas")
    frame = library.search("قنات OR دانش").to_frame()
    assert isinstance(frame, pandas.DataFrame)
    assert sorted(frame["document"]) == ["notes/a", "poems/c"]
    assert list(library.search("نیست").to_frame().columns) == list(frame.columns)
    assert library.to_frame(library.search("قنات"))["jalali"][0] == "1402-07-20"


def test_a_frame_without_a_library(library: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frames, "find_spec", lambda _: None)
    with pytest.raises(MissingPackage, match=r"needs pandas or polars, which is not installed: pip install pandas"):
        library.search("قنات").to_frame()
    with pytest.raises(ImportError, match="polars"):
        library.search("قنات").to_frame("polars")
    with pytest.raises(BadArgument):
        library.search("قنات").to_frame("numpy")  # type: ignore[arg-type]


def test_any_iterable_is_added(index: Index, tmp_path: Path) -> None:
    (tmp_path / "file.txt").write_text("برف", encoding="utf-8")
    known: list[Progress] = []
    seen: list[int] = []

    def documents() -> Iterator[Document]:
        for number in range(3):
            seen.append(len(known))
            yield Document(f"d{number}", "باران")

    report = index.add([Document("a", "آب"), tmp_path / "file.txt"], documents(), on_progress=known.append)
    assert (report.new, report.skipped) == (5, [])
    assert seen == [1, 2, 3]
    assert known[-1].documents == 4
    assert index.add(iter([])).new == 0


@pytest.mark.parametrize("wrong", [7, b"path", {"id": "a"}, [7], ["a", [b"b"]]])
def test_what_cannot_be_added(index: Index, wrong: object) -> None:
    with pytest.raises(BadArgument):
        index.add(wrong)  # type: ignore[arg-type]


def test_an_iterable_that_fails_leaves_the_index_as_it_was(library: Index) -> None:
    def documents() -> Iterator[Document]:
        yield Document("x", "باران")
        raise RuntimeError("stop")

    with pytest.raises(RuntimeError):
        library.add(documents())
    with pytest.raises(BadArgument, match="Document objects"):
        library.add(iter([Document("x", "باران"), "path"]))  # type: ignore[arg-type]
    assert "x" not in library


def test_update_replaces_what_is_there(library: Index) -> None:
    assert library.update(Document("poems/c", "متن تازه"), [Document("notes/a", "باران")]).updated == 2
    assert library.search("تازه")[0].document == "poems/c"
    with pytest.raises(BadInput, match="no document 'new'"):
        library.update(Document("notes/b", "باران"), Document("new", "برف"))
    assert library.search("روستا").total > 0


def test_remove_by_pattern(library: Index) -> None:
    assert library.remove("*/a", "poems/*") == ["notes/a", "poems/c"]


def test_progress_of_check_repair_and_backup(library: Index, tmp_path: Path) -> None:
    known: list[WorkProgress] = []
    assert Index.check(library.path, on_progress=known.append).problems == []
    assert {one.work for one in known} == {"checking files", "checking documents"}
    assert (known[-1].done, known[-1].total, known[-1].unit) == (known[-1].total, known[-1].total, "passages")
    files = [one for one in known if one.unit == "bytes"]
    assert files[-1].done == files[-1].total
    known.clear()
    library.backup(tmp_path / "copy", on_progress=known.append)
    assert known[-1].done > 0
    known.clear()
    assert Index.repair(library.path, on_progress=known.append).complete
    assert known
    with pytest.raises(BadArgument):
        Index.check(library.path, on_progress=3)  # type: ignore[arg-type]


def test_what_objects_show_of_themselves(library: Index) -> None:
    library.add(Document("<x>", "<b>آب & خاک</b>\nسطر دوم", title="</bdi><script>"))
    results = library.search("خاک")
    assert repr(library) == f"<Index {str(library.path)!r}: 6 passages>"
    assert repr(results) == "<Results of 'خاک': 1 of 1>"
    assert repr(results[0]).startswith("<Hit 1 '<x>#1' ")
    assert repr(library.get("<x>")) == "<StoredDocument '<x>' '</bdi><script>': 1 passages>"
    shown = results._repr_html_()
    assert 'dir="rtl"' in shown
    assert "&lt;b&gt;آب &amp; <mark>خاک</mark>&lt;/b&gt;<br>سطر دوم" in shown
    for page in (shown, results[0]._repr_html_(), library.get("<x>")._repr_html_()):  # type: ignore[union-attr]
        assert "<script>" not in page
        assert page.count("<bdi") == page.count("</bdi>") > 0
    library.close()
    assert repr(library) == f"<Index {str(library.path)!r}, closed>"

"""Facets: counts of all hits by the values of fields."""

import json
from collections import Counter
from pathlib import Path

import pytest
from command import run
from hypothesis import given
from hypothesis import strategies as st
from index_maker import MakeIndex

from jooya import BadArgument, Document, FacetCount, Index
from jooya.indexer.own_fields import END_OF_KEY
from jooya.indexer.search import facets as module

TALK = "احمدی: باران آمد و رفت.\n\nپارسا: باران نیامد و دیگر نمی‌آید.\n\nاحمدي: باران خواهد آمد فردا.\n"
FIELDS = {"tags": "keyword", "pages": "number", "published": "date", "author": "text"}


@pytest.fixture
def index(tmp_path: Path, make_index: MakeIndex) -> Index:
    """Make an index of several segments, with deleted documents, and documents of several passages."""
    made = make_index(tmp_path / "index", fields=FIELDS)
    made.add(Document("gone", "باران", date="1370-01-01", meta={"tags": ["رفته"]}))
    made.add(
        Document("talk", TALK, date="1384-09-22", collection="talks", meta={"tags": ["آب", "هوا"], "pages": 3}),
        Document("d1", "باران و برف", date="2005-12-13", meta={"tags": "آب", "pages": 3.0, "author": "علی رضا"}),
    )
    made.add(
        Document("d2", "باران و تگرگ", date="1400-12-29", meta={"tags": ["آب"], "pages": 2.5, "published": "1399"}),
        Document("d3", "باران و باد", date="1401-01-01", meta={"author": "علي\u200cرضا", "published": "آبان ۱۳۹۹"}),
        Document("d4", "آفتاب", date="1402-01-01", collection="talks"),
    )
    made.remove("gone")
    return made


def counts(index: Index, name: str, **options: object) -> dict[object, int]:
    results = index.search("باران", 1, facets=[name], **options)  # type: ignore[arg-type]
    return {one.value: one.count for one in results.facets[name]}


@pytest.mark.parametrize(
    ("name", "passages", "documents"),
    [
        ("collection", {"talks": 3}, {"talks": 1}),
        ("year", {1384: 4, 1400: 1, 1401: 1}, {1384: 2, 1400: 1, 1401: 1}),
        ("speaker", {"احمدی": 2, "پارسا": 1}, {"احمدی": 1, "پارسا": 1}),
        ("document", {"talk": 3, "d1": 1, "d2": 1, "d3": 1}, {"d1": 1, "d2": 1, "d3": 1, "talk": 1}),
        ("tags", {"آب": 5, "هوا": 3}, {"آب": 3, "هوا": 1}),
        ("pages", {3: 4, 2.5: 1}, {3: 2, 2.5: 1}),
        ("published", {1399: 2}, {1399: 2}),
        ("author", {"علی رضا": 2}, {"علی رضا": 2}),
    ],
)
def test_all_hits_are_counted(
    index: Index, name: str, passages: dict[object, int], documents: dict[object, int]
) -> None:
    """Spellings of a value are counted together, under the most frequent of them."""
    found = counts(index, name)
    assert found == passages
    assert counts(index, name, by="document") == documents
    assert counts(index, name, where={"doc": "d4"}) == {}
    assert index.search("باران", 2, facets=[name]).total == index.search("باران", 2).total == 6


def test_years_ascend_and_other_values_descend(index: Index) -> None:
    found = index.search("باران", 0, facets=["year", "tags"]).facets
    assert found["year"] == (FacetCount(1384, 4), FacetCount(1400, 1), FacetCount(1401, 1))
    assert found["tags"] == (FacetCount("آب", 5), FacetCount("هوا", 3))
    assert index.search("باران").facets == {}


def test_values_beyond_the_limit_are_left_out_with_a_note(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_VALUES", 1)
    results = index.search("باران", facets=["tags"])
    assert results.facets["tags"] == (FacetCount("آب", 5),)
    assert results.notes == ["tags has 2 different values; only the 1 most frequent are counted"]


def test_a_name_that_is_no_facet(index: Index) -> None:
    with pytest.raises(BadArgument) as caught:
        index.search("باران", facets=["url"])
    assert str(caught.value) == (
        "hits cannot be counted by 'url': there are collection, year, speaker, document, author, pages, published, "
        "tags; Index.declare adds others"
    )
    with pytest.raises(BadArgument, match="facets cannot be 'year': give a list of strings"):
        index.search("باران", facets="year")


DOCUMENTS = st.lists(
    st.tuples(st.sampled_from(["باران", "برف", "باران و برف"]), st.lists(st.sampled_from("آبپ"), max_size=3),
              st.integers(1380, 1390)),
    max_size=12,
)  # fmt: skip


@given(DOCUMENTS, st.sampled_from(["باران", "باران برف", "+برف باران", "-برف باران", "برف tags:آ"]))
def test_counts_are_those_of_all_hits(
    tmp_path_factory: pytest.TempPathFactory, documents: list[tuple[str, list[str], int]], query: str
) -> None:
    with Index.create(tmp_path_factory.mktemp("any") / "index", fields={"tags": "keyword"}) as index:
        made = [
            Document(f"{number}", text, date=f"{year}-02-03", meta={"tags": tags})
            for number, (text, tags, year) in enumerate(documents)
        ]
        index.add(*made[:5])
        index.add(*made[5:])
        results = index.search(query, 100, collapse=False, facets=["tags", "year"])
        tags = Counter(tag for hit in results for tag in set(hit.meta["tags"]))  # type: ignore[arg-type]
        years = Counter(int(hit.date.jalali[:4]) for hit in results if hit.date)
        assert {one.value: one.count for one in results.facets["tags"]} == tags
        assert {one.value: one.count for one in results.facets["year"]} == years


def test_the_command_line(index: Index, tmp_path: Path) -> None:
    index.close()
    code, out, _ = run(
        "search",
        "-i",
        index.where,
        "باران",
        "-k",
        "1",
        "--facet",
        "year",
        "--facet",
        "tags",
        "--format",
        "json",
        cwd=tmp_path,
    )
    assert (code, json.loads(out)["facets"]) == (
        0,
        {
            "year": [{"value": 1384, "count": 4}, {"value": 1400, "count": 1}, {"value": 1401, "count": 1}],
            "tags": [{"value": "آب", "count": 5}, {"value": "هوا", "count": 3}],
        },
    )
    _, out, _ = run("search", "-i", index.where, "باران", "-k", "1", "--facet", "year", "--facet", "tags", cwd=tmp_path)
    lines = out.split("\n\n")[1].splitlines()
    assert lines[:3] == ["year", f"  1384  4  {'█' * 40}", "  1385  0"]
    assert lines[17:] == [f"  1400  1  {'█' * 10}", f"  1401  1  {'█' * 10}", "tags", "  5  آب", "  3  هوا"]
    _, out, _ = run("status", "-i", index.where, cwd=tmp_path)
    assert "fields      author (text), pages (number), published (date), tags (keyword)" in out
    assert f"year\n  1384  2  {'█' * 40}\n" in out
    assert "tags\n  3  آب\n  1  هوا\n" in out
    status = json.loads(run("status", "-i", index.where, "--json", cwd=tmp_path)[1])
    assert status["years"] == {"1384": 2, "1400": 1, "1401": 1, "1402": 1}
    assert status["facets"]["tags"] == {"آب": 3, "هوا": 1}
    code, _, said = run("search", "-i", index.where, "باران", "--facet", "url", cwd=tmp_path)
    assert (code, said.startswith("jooya: hits cannot be counted by 'url': there are collection, year,")) == (2, True)


def test_many_years_are_shown_by_decades(tmp_path: Path) -> None:
    with Index.create(tmp_path / "index") as index:
        index.add(*[Document(f"{year}", "باران", date=f"{year}-02-03") for year in (1300, 1305, 1399)])
    _, out, _ = run("search", "باران", "-k", "1", "--facet", "year", cwd=tmp_path)
    assert f"  1300–1309  2  {'█' * 40}\n  1310–1319  0\n" in out


@pytest.mark.parametrize(("by", "expected"), [("passage", [2, 1]), ("document", [1, 1])])
def test_speakers_of_segments_without_a_column_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by: str, expected: list[int]
) -> None:
    with Index.create(tmp_path / "index") as index:
        index.add(Document("talk", TALK), Document("none", "باران"))
        assert list(counts(index, "speaker", by=by).values()) == expected
        others = counts(index, "document", by=by)
        monkeypatch.setattr(module, "_lacks_speakers", lambda _leaf: True)
        assert list(counts(index, "speaker", by=by).values()) == expected
        assert counts(index, "document", by=by) == others


def test_a_value_of_wrong_bytes_is_shown_as_far_as_it_can_be() -> None:
    totals = module.FacetTotals("tags", {"tags": "keyword"})
    totals.terms[b"\xff"] = 2
    totals.terms["آب".encode()] = 3
    assert totals.result([]) == (FacetCount("آب", 3), FacetCount("\ufffd", 2))


def test_counts_of_values_are_in_order() -> None:
    """The most frequent first, equal ones by value, each as it is most often written, or with Persian letters."""
    end = END_OF_KEY
    totals = module.FacetTotals("tags", {"tags": "keyword"})
    for term, count in (
        (f"علی{end}علي", 2), (f"علی{end}علی", 2), (f"کار{end}كار", 3), (f"کار{end}کار", 2), ("باد", 5), ("آب", 5),
    ):  # fmt: skip
        totals.terms[term.encode()] = count
    assert totals.result([]) == tuple(FacetCount(*one) for one in (("آب", 5), ("باد", 5), ("كار", 5), ("علی", 4)))
    numbers = module.FacetTotals("pages", {"pages": "number"})
    assert (numbers.is_number, numbers.by_years) == (True, False)
    numbers.numbers.update({3: 1, 2.5: 1, 7: 2})
    assert numbers.result([]) == (FacetCount(7, 2), FacetCount(2.5, 1), FacetCount(3, 1))
    years = module.FacetTotals("year", {})
    assert (years.is_number, years.by_years, years.field) == (False, True, "day")
    years.numbers.update({1400: 1, 1384: 5})
    assert years.result([]) == (FacetCount(1384, 5), FacetCount(1400, 1))
    assert module.FacetTotals("d", {"d": "date"}).by_years


@pytest.mark.parametrize(("values", "has_more"), [(1_000, False), (1_001, False), (1_001, True)])
def test_more_than_a_thousand_values_are_noted(values: int, *, has_more: bool) -> None:
    totals = module.FacetTotals("tags", {"tags": "keyword"})
    totals.has_more = has_more
    totals.terms.update({f"{number:04}".encode(): 1 for number in range(values)})
    notes: list[str] = []
    assert totals.result(notes) == tuple(FacetCount(f"{number:04}", 1) for number in range(1_000))
    more = "more than " if has_more else ""
    told = f"tags has {more}1,001 different values; only the 1,000 most frequent are counted"
    assert notes == ([told] if values > 1_000 else [])


def test_years_are_those_of_the_calendar() -> None:
    """A year begins with its first day; there is no year before the first, nor after the last."""
    starts = module.first_jalali_days()
    counter = module._Counter("year", {})
    counter._add_years(starts[[0, 1382, 1383]])
    counter._add_years(starts[[0, 1383, -2, -1]] - 1)
    counter._add_years(starts[[-1]])
    assert counter.numbers == {1: 1, 1383: 2, 1384: 1, len(starts) - 2: 1, len(starts) - 1: 1}

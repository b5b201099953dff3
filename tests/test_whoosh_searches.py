"""Searches of Whoosh's that `ranking` does not have, which Whoosh's own code runs over the index."""

from pathlib import Path
from typing import Any

import pytest
from whoosh import collectors, fields, query, scoring, sorting
from whoosh.filedb.filestore import RamStorage
from whoosh.index import Index
from whoosh.matching import Matcher
from whoosh.query.spans import SpanFirst, SpanNear, SpanOr
from whoosh.searching import Searcher

from jooya.indexer.whoosh.column_index import ColumnIndex

TEXTS = [
    "آب و هوا در کوهستان سرد است",
    "هوا گرم و آب خنک بود",
    "در کوهستان آب آب آب بود",
    "کوهستان بلند و هوا و کوهستان",
    "نان و پنیر و آب",
]


def schema() -> fields.Schema:
    return fields.Schema(
        kind=fields.ID,
        key=fields.ID(stored=True, sortable=True),
        text=fields.TEXT(stored=True, vector=True),
        tags=fields.KEYWORD(vector=True),
        price=fields.NUMERIC(sortable=True),
    )


def fill(index: Index) -> Index:
    """Add the texts as the chapters of two books, each a segment, and delete one of another book."""
    for first, last in ((0, 2), (2, 5)):
        writer = index.writer()
        with writer.group():
            writer.add_document(kind="book", key=f"book{first}")
            for number in range(first, last):
                tags = " ".join("abcdef"[number : number + 2])
                writer.add_document(
                    kind="chapter", key=str(number), text=TEXTS[number], tags=tags, price=number * 7 % 5
                )
        writer.add_document(kind="chapter", key="gone", text=TEXTS[0])
        writer.commit(merge=False)
    index.delete_by_term("key", "gone")
    return index


@pytest.fixture(scope="module")
def indexes(tmp_path_factory: pytest.TempPathFactory) -> tuple[Index, Index]:
    """Return an index of Whoosh's own, and one of ours."""
    path = tmp_path_factory.mktemp("searches") / "index"
    return fill(RamStorage().create_index(schema())), fill(ColumnIndex.create(path, schema()))


def term(word: str) -> query.Term:
    return query.Term("text", word)


QUERIES: dict[str, query.Query] = {
    "parents": query.NestedParent(query.Term("kind", "book"), term("کوهستان")),
    "children": query.NestedChildren(query.Term("kind", "book"), query.Term("key", "book2")),
    "parents within a conjunction": query.And(
        [query.NestedParent(query.Term("kind", "book"), term("پنیر")), query.Term("key", "book2")]
    ),
    "near": SpanNear(term("آب"), term("هوا"), slop=3, ordered=False),
    "near in order": SpanNear(term("هوا"), term("آب"), slop=3),
    "near with phrases": SpanNear(query.Phrase("text", ["آب", "آب"]), term("بود"), slop=2),
    "first": SpanFirst(term("آب")),
    "either": SpanOr([term("پنیر"), SpanNear(term("در"), term("کوهستان"))]),
    "sequence": query.Sequence([term("کوهستان"), query.Or([term("آب"), term("سرد")])]),
    "ordered": query.Ordered([term("هوا"), term("کوهستان")]),
    "otherwise": query.Otherwise(term("نیست"), term("پنیر")),
    "at least two": query.Or([term("آب"), term("هوا"), term("سرد")], minmatch=2),
    "variations": query.Variations("text", "آب"),
    "column": query.ConstantScoreQuery(query.ColumnQuery("price", 4)),
    "regular expression": query.Regex("text", "ک.*ن"),
}


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_finds_what_it_finds_in_stock_whoosh(indexes: tuple[Index, Index], name: str) -> None:
    found = []
    for index in indexes:
        with index.searcher() as searcher:
            hits = searcher.search(QUERIES[name], limit=None)
            ids = {fields["key"] for fields in map(searcher.stored_fields, searcher.docs_for_query(QUERIES[name]))}
            assert ids == {hit["key"] for hit in hits}
            assert len(hits) == len(ids)
            found.append(ids)
    assert found[1] == found[0] != set()


SEARCHES: dict[str, dict[str, Any]] = {
    "reverse": {"sortedby": "key", "reverse": True},
    "two fields": {"sortedby": [sorting.FieldFacet("price", reverse=True), "key"]},
    "terms": {"sortedby": "key", "terms": True},
    "collapse": {"sortedby": "key", "collapse": "kind"},
    "groups": {"sortedby": "key", "groupedby": "price"},
    "groups that overlap": {"sortedby": "key", "groupedby": sorting.FieldFacet("tags", allow_overlap=True)},
    "ranges": {"sortedby": "key", "groupedby": sorting.RangeFacet("price", 0, 6, 2)},
    "best of each": {"sortedby": "key", "groupedby": sorting.FieldFacet("price", maptype=sorting.Count)},
    "filter": {"sortedby": "key", "filter": query.NumericRange("price", 1, 3)},
    "mask": {"sortedby": "key", "mask": query.Prefix("text", "پن")},
}


@pytest.mark.parametrize("name", SEARCHES)
def test_an_option_does_what_it_does_in_stock_whoosh(indexes: tuple[Index, Index], name: str) -> None:
    found = []
    for index in indexes:
        with index.searcher() as searcher:
            hits = searcher.search(query.Or([term("آب"), term("کوهستان")]), limit=None, **SEARCHES[name])
            groups = {name: hits.groups(name) for name in hits.facet_names()}
            terms = sorted(hits.matched_terms()) if "terms" in SEARCHES[name] else []
            found.append(([hit["key"] for hit in hits], groups, terms))
    assert found[1] == found[0]
    assert found[0][0]


def longest_first(searcher: Searcher, fieldname: str, _text: str, matcher: Matcher) -> float:
    length: int = searcher.doc_field_length(matcher.id(), fieldname)
    weight: float = matcher.weight()
    return length + weight / 2


@pytest.mark.parametrize("weighting", [scoring.Frequency(), scoring.TF_IDF(), scoring.FunctionWeighting(longest_first)])
def test_a_weighting_of_ones_own_scores(indexes: tuple[Index, Index], weighting: scoring.WeightingModel) -> None:
    found = []
    for index in indexes:
        with index.searcher(weighting=weighting) as searcher:
            found.append({hit["key"]: pytest.approx(hit.score) for hit in searcher.search(term("آب"))})
    assert found[1] == found[0]
    assert len(found[0]) == 4


def test_results_know_their_length_when_they_have_counted(indexes: tuple[Index, Index]) -> None:
    with indexes[1].searcher() as searcher:
        hits = searcher.search(term("آب"), limit=2)
        assert not hits.has_exact_length()
        assert (hits.scored_length(), len(hits)) == (2, 4)
        assert hits.has_exact_length()
        assert {searcher.stored_fields(number)["key"] for number in hits.docs()} == {"0", "1", "2", "4"}


def test_results_are_combined_and_filter(indexes: tuple[Index, Index]) -> None:
    with indexes[1].searcher() as searcher:
        first, second = searcher.search(term("هوا")), searcher.search(term("کوهستان"))
        filtered = searcher.search(term("هوا"), filter=second)
        assert {hit["key"] for hit in filtered} == {"0", "3"}
        assert (filtered.allowed, filtered.filtered_count) == (second, 1)
        masked = searcher.search(term("هوا"), mask={first.docnum(0)})
        assert (masked.restricted, len(masked), masked.filtered_count) == ({first.docnum(0)}, 2, 1)
        first.filter(second)
        assert {hit["key"] for hit in first} == {"0", "3"}
        first.extend(searcher.search(term("پنیر")))
        assert {hit["key"] for hit in first} == {"0", "3", "4"}


def test_a_collector_of_ones_own_collects(indexes: tuple[Index, Index]) -> None:
    with indexes[1].searcher() as searcher:
        collector = collectors.FilterCollector(searcher.collector(limit=None), query.Term("key", "3"))
        searcher.search_with_collector(term("هوا"), collector)
        assert [hit["key"] for hit in collector.results()] == ["3"]


def test_a_vector_has_the_words_of_a_document(indexes: tuple[Index, Index]) -> None:
    found = []
    for index in indexes:
        with index.searcher() as searcher:
            vectors = {}
            for number in searcher.reader().all_doc_ids():
                if searcher.has_vector(number, "text"):
                    vector = searcher.vector(number, "text")
                    words = []
                    while vector.is_active():
                        words.append((vector.id(), vector.weight(), vector.value_as("positions")))
                        vector.next()
                    key = searcher.stored_fields(number)["key"]
                    vectors[key] = words, list(searcher.vector_as("positions", number, "text"))
            like = searcher.more_like(searcher.document_number(key="0"), "text")
            found.append((vectors, [hit["key"] for hit in like][:1]))
    assert found[1] == found[0]
    assert sorted(found[0][0]) == ["0", "1", "2", "3", "4"]
    with indexes[1].searcher() as searcher:
        book = searcher.document_number(key="book0")
        assert not searcher.has_vector(book, "text")
        with pytest.raises(KeyError, match="no words in the field 'text'"):
            searcher.vector(book, "text")


@pytest.mark.parametrize(
    "wanted", [term("آب"), query.Phrase("text", ["آب", "خنک"]), query.Prefix("text", "کوه", constantscore=False)]
)
def test_the_boost_of_a_field_multiplies_its_scores(tmp_path: Path, wanted: query.Query) -> None:
    scores = []
    for number, boost in enumerate((1.0, 2.5)):
        boosted = fields.Schema(key=fields.ID(stored=True), text=fields.TEXT(field_boost=boost))
        index = ColumnIndex.create(tmp_path / str(number), boosted)
        with index.writer() as writer:
            for key, text in enumerate(TEXTS):
                writer.add_document(key=str(key), text=text)
        with index.searcher() as searcher:
            scores.append({hit["key"]: hit.score for hit in searcher.search(wanted)})
    assert scores[1] == {key: pytest.approx(2.5 * score) for key, score in scores[0].items()}
    assert scores[0]


def test_lengths_and_statistics_are_exact(tmp_path: Path) -> None:
    index = ColumnIndex.create(tmp_path, fields.Schema(key=fields.ID, text=fields.TEXT))
    with index.writer() as writer:
        writer.add_document(key="none")
        for length in (3, 300, 70_000):
            writer.add_document(text="آب " * length)
    with index.reader() as reader:
        assert (reader.min_field_length("text"), reader.max_field_length("text")) == (3, 70_000)
        cursor = reader.cursor("text")
        assert (cursor.term_info().weight(), cursor.term_info().min_length()) == (70_303, 3)


def test_a_field_with_ranges_of_characters_keeps_positions(tmp_path: Path) -> None:
    index = ColumnIndex.create(tmp_path, fields.Schema(text=fields.TEXT(chars=True, vector=True, stored=True)))
    with index.writer() as writer:
        writer.add_document(text="آب و نان")
    with index.searcher() as searcher:
        hits = searcher.search(query.Phrase("text", ["آب", "نان"]), terms=True)
        assert hits[0].highlights("text") == '<b class="match term0">آب</b> و <b class="match term1">نان</b>'
        assert list(searcher.vector_as("weight", 0, "text")) == [("آب", 1.0), ("نان", 1.0)]
        with pytest.raises(ValueError, match="keeps less than the format Characters"):
            list(searcher.vector_as("characters", 0, "text"))
        with pytest.raises(ValueError, match="keeps no characters"):
            searcher.postings("text", "آب").value_as("characters")

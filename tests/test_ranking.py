"""Ranking, compared with a slow reference that is correct by construction."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ranking_twin import twin
from reference_ranker import SCHEMA, Doc, Reference, build, random_docs, random_query
from whoosh import query as wq
from whoosh.searching import Searcher

from jooya.indexer.codec.arrays import Array
from jooya.indexer.codec.packing import delta_decode, delta_encode, pack, unpack, unpack_one
from jooya.indexer.codec.recent_values import RecentValues
from jooya.indexer.codec.snapshot import Snapshot
from jooya.indexer.defaults import CACHE_MEMORY
from jooya.indexer.ranking import collector, mixed_disjunction, topk
from jooya.indexer.ranking.clauses import And, Clause, Near, Or, Phrase, Term
from jooya.indexer.ranking.collector import count, rank
from jooya.indexer.ranking.other_spelling import FieldTerm, OtherSpelling
from jooya.indexer.ranking.rescorers import _distance_to_nearest
from jooya.indexer.ranking.searcher import IndexSearcher
from jooya.indexer.whoosh.column_index import ColumnIndex
from jooya.indexer.whoosh.query_translator import QueryTranslator, UnsupportedQuery

Hits = list[tuple[str, float]]


def ranked(index: ColumnIndex, query: wq.Query, limit: int | None = 10) -> Hits:
    with index.searcher() as searcher:
        results = searcher.search(query, limit=limit)
        return [(hit["key"], hit.score) for hit in results]


def assert_same(found: Hits, expected: Hits, query: wq.Query) -> None:
    assert [key for key, _ in found] == [key for key, _ in expected], query
    assert [score for _, score in found] == pytest.approx([score for _, score in expected], rel=1e-5, abs=1e-5), query


@pytest.fixture(scope="module", params=[1, 2, 3, 5])
def corpus(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[ColumnIndex, Reference]:
    """Build an index of 300 documents in 1, 2, 3 or 5 segments, a tenth of them deleted."""
    random = Random(request.param)
    docs = random_docs(random, 300)
    size = -(-len(docs) // request.param)
    batches = [docs[place : place + size] for place in range(0, len(docs), size)]
    deleted = random.sample([doc.key for doc in docs], 30)
    index = build(tmp_path_factory.mktemp("corpus"), batches, deleted)
    assert len(Snapshot.open(index.path).leaves) == request.param
    return index, Reference([doc for doc in docs if doc.key not in deleted])


@pytest.mark.parametrize("seed", range(150))
def test_random_queries(corpus: tuple[ColumnIndex, Reference], seed: int) -> None:
    """Queries of every kind, nested at random, find the same ten documents, in the same order, with the same scores."""
    index, reference = corpus
    query = random_query(Random(seed))
    expected = reference.rank(query)
    assert_same(ranked(index, query), expected[:10], query)
    with index.searcher() as searcher:
        assert len(searcher.search(query)) == len(expected)


a, b, c, d = (wq.Term("text", word) for word in ("ax", "ay", "bx", "cx"))
t, u = wq.Term("title", "ax"), wq.Term("title", "ay")

WRONG_IN_WHOOSH = {
    "And of Ors over two fields": wq.And([wq.Or([a, t]), wq.Or([b, u])]),
    "And of a term and an Or": wq.And([c, wq.Or([a, b])]),
    "AndMaybe": wq.AndMaybe(wq.Or([a, d]), b),
    "AndNot of an Or and a term": wq.AndNot(wq.Or([a, b]), c),
    "AndNot that excludes the first document": wq.AndNot(wq.Every(), a),
    "DisjunctionMax": wq.DisjunctionMax([a, t, b]),
    "DisjunctionMax with tiebreak": wq.DisjunctionMax([a, t, b], tiebreak=0.5),
    "Require": wq.Require(wq.Or([a, b]), wq.Or([c, d])),
    "Or in an And in an Or": wq.Or([wq.And([a, wq.Or([b, c])]), d]),
}


@pytest.mark.parametrize("shape", WRONG_IN_WHOOSH)
def test_shapes_that_whoosh_ranks_wrongly(corpus: tuple[ColumnIndex, Reference], shape: str) -> None:
    index, reference = corpus
    query = WRONG_IN_WHOOSH[shape]
    assert_same(ranked(index, query, None), reference.rank(query), query)


@pytest.mark.parametrize("seed", range(60))
def test_skipping_blocks_loses_no_document(
    large: tuple[ColumnIndex, Reference], monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """With many blocks, few of which are scored first, the bounds decide which other blocks are scored."""
    monkeypatch.setattr(topk, "_FEW_POSTINGS", 0)
    monkeypatch.setattr(topk, "_FIRST_BLOCKS", 2)
    index, reference = large
    random = Random(seed)
    words = random.choices([*"pqrs"], k=random.choice([1, 2, 3]))
    terms = [wq.Term(random.choice(["text", "title"]), word, boost=random.choice([1, 2])) for word in words]
    for query in (wq.Or(terms), wq.And(terms), wq.Phrase("text", words, slop=random.choice([1, 3]))):
        assert_same(ranked(index, query), reference.rank(query)[:10], query)


@pytest.mark.parametrize("few_postings", [0, 3000])
@pytest.mark.parametrize("seed", range(60))
def test_optional_terms_add_to_scores_and_find_nothing(
    large: tuple[ColumnIndex, Reference], monkeypatch: pytest.MonkeyPatch, seed: int, few_postings: int
) -> None:
    """The best documents are the same whether blocks are skipped by their bounds or few postings are all scored."""
    monkeypatch.setattr(topk, "_FEW_POSTINGS", few_postings)
    monkeypatch.setattr(topk, "_FIRST_BLOCKS", 2)
    index, reference = large
    random = Random(seed)

    def some_terms(words: str) -> list[wq.Query]:
        chosen = random.choices(words, k=random.choice([1, 2, 3]))
        return [wq.Term(random.choice(["text", "title"]), word, boost=random.choice([0.2, 1, 2])) for word in chosen]

    for words, optional_words in (("rs", "pqx"), ("pqrs", "pqrs"), ("pq", "rs"), ("s!", "p!")):
        query = wq.AndMaybe(wq.Or(some_terms(words)), wq.Or(some_terms(optional_words)))
        expected = reference.rank(query)
        assert_same(ranked(index, query), expected[:10], query)
        with index.searcher() as searcher:
            assert len(searcher.search(query)) == len(expected)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> tuple[ColumnIndex, Reference]:
    """Build an index of two segments of many blocks, with terms from very common (with a frequency table) to rare."""
    random = Random(0)
    docs = [
        Doc(
            f"d{number:05}",
            random.choices("pqrsxyz", [8, 4, 1, 0.1, 9, 9, 9], k=random.choice([2, 5, 30])),
            title,
            None,
        )
        for number in range(1200)
        for title in [random.choices("pqrs", k=2) if random.random() < 0.02 else []]
    ]
    deleted = [doc.key for doc in random.sample(docs[:700], 100)]
    index = build(tmp_path_factory.mktemp("large"), [docs[:700], docs[700:]], deleted)
    return index, Reference([doc for doc in docs if doc.key not in deleted])


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 20, 100])
def test_each_number_of_hits_is_the_beginning_of_all(
    large: tuple[ColumnIndex, Reference], monkeypatch: pytest.MonkeyPatch, limit: int
) -> None:
    """The block with the greatest bound is scored alone first, so that the next hits are in others."""
    monkeypatch.setattr(topk, "_FEW_POSTINGS", 0)
    monkeypatch.setattr(topk, "_FIRST_BLOCKS", 1)
    index, reference = large
    either = wq.Or([wq.Term("text", "p"), wq.Term("title", "r")])
    for query in (wq.Term("text", "q"), either, wq.Phrase("text", ["p", "q"])):
        assert_same(ranked(index, query, limit), reference.rank(query)[:limit], query)


def test_a_segment_with_too_few_hits_sets_no_floor(tmp_path: Path) -> None:
    batches = [
        [Doc(f"d{number:05}", ["ax"] * (1 if number >= 9 else 3), [], None) for number in numbers]
        for numbers in (range(9), range(9, 30))
    ]
    index, reference = build(tmp_path, batches, []), Reference([doc for batch in batches for doc in batch])
    query = wq.Or([wq.Term("text", "ax"), wq.Term("text", "by")])
    for limit in (9, 10, 11):
        assert_same(ranked(index, query, limit), reference.rank(query)[:limit], query)


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 20])
def test_phrases_are_looked_for_until_no_better_one_is_left(
    corpus: tuple[ColumnIndex, Reference], monkeypatch: pytest.MonkeyPatch, limit: int
) -> None:
    monkeypatch.setattr(collector, "_FIRST_PHRASE_CHECKS", 1)
    index, reference = corpus
    for words in (["ax", "ay"], ["ax", "by"], ["ay", "az"], ["az", "ax"]):
        query = wq.Phrase("text", words)
        assert_same(ranked(index, query, limit), reference.rank(query)[:limit], query)


@pytest.mark.parametrize(
    ("scores", "having", "k", "sizes", "found"),
    [
        # As many documents as are wanted, and the next one is worse.
        (range(2000, 0, -1), range(0, 2000), 5, [256], 256),
        (range(2000, 0, -1), range(0, 2000), 256, [256], 256),
        (range(2000, 0, -1), range(0, 2000), 257, [256, 1024], 1280),
        (range(2000, 0, -1), [255], 1, [256], 1),
        (range(2000, 0, -1), [256], 1, [256, 1024], 1),
        (range(2000, 0, -1), [], 1, [256, 1024, 720], 0),
        # The next one is as good, or all have been looked at.
        ([7] * 300, range(0, 300), 5, [256, 44], 300),
        ([7] * 256 + [7 * (1 - 1e-9)] * 9, range(0, 265), 5, [256, 9], 265),
        ([7] * 256 + [6.9] * 9, range(0, 265), 5, [256], 256),
        (range(256, 0, -1), range(0, 256), 5, [256], 256),
        ([], [], 5, [], 0),
    ],
)
def test_positions_of_no_more_documents_are_read_than_may_be_among_the_best(
    monkeypatch: pytest.MonkeyPatch, scores: list[float], having: list[int], k: int, sizes: list[int], found: int
) -> None:
    """Documents are in the order of their numbers where they are asked for, however they are ranked."""
    asked: list[int] = []
    numbers = Random(1).sample(range(10_000), len(scores))

    def in_sequence(_words: object, docs: Array, slop: int) -> Array:
        asked.append(len(docs))
        assert docs.tolist() == sorted(docs.tolist())
        assert slop == 3
        return np.isin(docs, [numbers[place] for place in having])

    monkeypatch.setattr(collector, "in_sequence", in_sequence)
    order = np.argsort(numbers)
    given = np.array(numbers, np.intp)[order], np.array(scores, np.float64)[order]
    docs, best = collector._best_in_sequence([], 3, k, given)
    assert asked == sizes
    chosen = [place for place in having if place < sum(sizes)]
    assert len(chosen) == found
    assert sorted(docs.tolist()) == sorted(numbers[place] for place in chosen)
    assert best.tolist() == [scores[place] for place in chosen]


@pytest.mark.parametrize("k", [0, 1, 2, 3, 4, 5, 9])
@pytest.mark.parametrize("pure", [False, True])
def test_the_first_documents_are_those_of_the_greatest_scores(*, k: int, pure: bool) -> None:
    """Scores that are equal in single precision are, and order is by the column, and then by number."""
    docs = np.array([2, 3, 5, 7, 8], np.intp)
    scores = np.array([1.0, 2.0, 1.0 + 1e-9, 3.0, 1.0])
    column = np.array([0, 0, 9, 5, 0, 4, 0, 1, 4], np.uint32)
    for of, order in ((None, [7, 3, 2, 5, 8]), (column, [7, 3, 5, 8, 2])):
        with twin() if pure else nullcontext():
            found, best = collector.first_documents(docs, scores, k, of)
        assert found.tolist() == order[:k]
        assert best.tolist() == [3.0, 2.0, 1.0, 1.0, 1.0][:k]


def test_postings_and_counts_are_kept_as_far_as_there_is_room(
    large: tuple[ColumnIndex, Reference], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last used ones stay. However little room there is, the last one stays in any case."""
    snapshot = Snapshot.open(large[0].path)
    searcher = IndexSearcher(snapshot, order="key")
    leaf = searcher.leaves[1]
    found = {word: leaf.postings("text", word) for word in (b"x", b"y", b"z", b"s")}
    sizes = {word: postings.size for word, postings in found.items() if postings}
    assert len(sizes) == 4
    assert leaf.postings("text", b"x") is found[b"x"]
    assert (leaf.postings("text", b"absent"), leaf.postings("none", b"x")) == (None, None)
    for room, kept in (
        (sizes[b"x"] + sizes[b"z"], [b"z", b"x"]), (sizes[b"x"] + sizes[b"z"] - 1, [b"x"]), (0, [b"x"]),
    ):  # fmt: skip
        small = IndexSearcher(snapshot, order="key", cache_bytes=room)
        leaf = small.leaves[1]
        for word in (b"x", b"y", b"z", b"x"):
            leaf.postings("text", word)
        assert [key for _base, _field, key in small._postings] == kept
        assert small._cached_bytes == sum(sizes[word] for word in kept)
    monkeypatch.setattr("jooya.indexer.ranking.searcher._MAX_CACHED_COUNTS", 2)
    fresh = IndexSearcher(snapshot, order="key")
    expected = {word: (searcher.count("text", word), searcher.idf("text", word)) for word in sizes}
    for word in (b"x", b"y", b"z", b"x"):
        assert (fresh.count("text", word), fresh.idf("text", word)) == expected[word]
    assert list(fresh._counts) == list(fresh._idf) == [("text", b"z"), ("text", b"x")]


def test_stored_values_have_a_quarter_of_the_room_by_the_sizes_of_segments(
    large: tuple[ColumnIndex, Reference], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits: list[int] = []
    monkeypatch.setattr(RecentValues, "limit", lambda _values, most: limits.append(most))
    IndexSearcher(Snapshot.open(large[0].path), cache_bytes=48_000)
    assert limits == [7_000, 5_000]  # of 700 and 500 documents
    IndexSearcher(Snapshot.open(large[0].path))
    assert limits[2:] == [(CACHE_MEMORY << 20) * 7 // 48, (CACHE_MEMORY << 20) * 5 // 48]


@given(st.sets(st.integers(0, 100), min_size=1), st.lists(st.integers(-20, 120)))
def test_the_nearest_place_is_before_or_after(places: set[int], targets: list[int]) -> None:
    found = _distance_to_nearest(np.array(sorted(places)), np.array(targets, np.int64))
    assert found.tolist() == [min(abs(place - target) for place in places) for target in targets]


def test_ties_in_blocks_that_are_scored_later_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bounds of these blocks equal the score that the last hit has so far."""
    monkeypatch.setattr(topk, "_FEW_POSTINGS", 0)
    monkeypatch.setattr(topk, "_FIRST_BLOCKS", 1)
    docs = [Doc(f"d{(number + 250) % 500:05}", ["ax"], [], None) for number in range(500)]  # the first in the middle
    index = build(tmp_path, [docs], [])
    for query in (wq.Term("text", "ax"), wq.Or([wq.Term("text", "ax"), wq.Term("text", "by")])):
        assert [key for key, _ in ranked(index, query)] == [f"d{number:05}" for number in range(10)]


def test_hits_of_different_scores_in_blocks_that_are_scored_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each document has a score of its own, and the next best is in another block."""
    monkeypatch.setattr(topk, "_FEW_POSTINGS", 0)
    monkeypatch.setattr(topk, "_FIRST_BLOCKS", 1)
    docs = [Doc(f"d{number:05}", ["ax", *["by"] * number], [], None) for number in range(319)]
    docs.sort(key=lambda doc: len(doc.text) * 67 % 319)
    index, reference = build(tmp_path, [docs], []), Reference(docs)
    query = wq.Or([wq.Term("text", "ax"), wq.Term("text", "cz")])
    for limit in range(1, 12):
        assert_same(ranked(index, query, limit), reference.rank(query)[:limit], query)


@pytest.mark.parametrize("gap", [0, 1, 3])
def test_words_close_together(corpus: tuple[ColumnIndex, Reference], gap: int) -> None:
    """The shortest stretch with both words has at most `gap` others between them, and not one more."""
    index, reference = corpus
    pairs = [("ax", "by"), ("ay", "bz"), ("cx", "ax")]
    for first, second in pairs:
        expected = {
            doc.key
            for doc in reference.docs
            if any(
                abs(one - other) <= gap + 1
                for one, word in enumerate(doc.text)
                for other, following in enumerate(doc.text)
                if (word, following) == (first, second)
            )
        }
        with index.searcher() as searcher:
            found = rank(searcher.index_searcher, Near("text", (first.encode(), second.encode()), gap), 1000)
            assert {searcher.stored_fields(hit.number)["key"] for hit in found} == expected


def test_ties_are_ordered_by_key(tmp_path: Path) -> None:
    docs = [Doc(f"d{number:05}", ["ax"], [], None) for number in range(500)]
    Random(1).shuffle(docs)
    index = build(tmp_path, [docs[:200], docs[200:450], docs[450:]], [])
    assert [key for key, _ in ranked(index, a)] == [f"d{number:05}" for number in range(10)]


def test_filter_and_mask(corpus: tuple[ColumnIndex, Reference]) -> None:
    index, reference = corpus
    expected = [key for key, _ in reference.rank(wq.AndNot(wq.Require(a, b), c))][:10]
    with index.searcher() as searcher:
        assert [hit["key"] for hit in searcher.search(a, filter=b, mask=c)] == expected
        numbers = set(searcher.docs_for_query(b))
        assert [hit["key"] for hit in searcher.search(a, filter=numbers, mask=c)] == expected


@pytest.mark.parametrize("query", [wq.Or([a], scale=0.5), wq.Or([a, b], minmatch=2), wq.NestedParent(a, b)])
def test_queries_that_ranking_does_not_have_are_left_to_whoosh(
    corpus: tuple[ColumnIndex, Reference], query: wq.Query
) -> None:
    with corpus[0].searcher() as searcher:
        translator = QueryTranslator(searcher.index_searcher, SCHEMA)
        with pytest.raises(UnsupportedQuery, match="not supported"):
            translator.clause(query)


def test_a_phrase_needs_positions(corpus: tuple[ColumnIndex, Reference]) -> None:
    with pytest.raises(wq.QueryError, match="the field 'key' has no positions"):
        ranked(corpus[0], wq.Phrase("key", ["x", "y"]))


def test_unknown_fields_and_words_find_nothing(corpus: tuple[ColumnIndex, Reference]) -> None:
    words = [wq.Term("nope", "ax"), wq.Term("text", "absent"), wq.Term("year", "x"), wq.Phrase("nope", ["ax"])]
    for query in [*words, wq.NullQuery, wq.And([]), wq.Or([]), wq.Phrase("text", []), wq.Prefix("nope", "a")]:
        assert ranked(corpus[0], query) == []


def test_an_empty_index(tmp_path: Path) -> None:
    assert ranked(build(tmp_path, [], []), wq.Or([a, wq.Every(), wq.Not(b)])) == []


@pytest.mark.parametrize(
    "query",
    [
        a,
        wq.Or([a, b, t]),
        wq.And([a, b, t]),
        wq.And([a, wq.Or([b, c])]),
        wq.Not(a),
        wq.AndMaybe(a, b),
        wq.Require(a, b),
        wq.DisjunctionMax([a, t]),
        wq.Phrase("text", ["ax", "ay"]),
        wq.Phrase("text", ["ax", "ay"], slop=3),
        wq.Prefix("text", "a"),
        wq.Wildcard("text", "?x"),
        wq.FuzzyTerm("text", "axy"),
        wq.TermRange("text", "ay", "bz", True, False),
        wq.NumericRange("year", 1383, 1390),
        wq.Every(),
        wq.Every("title"),
        wq.ConstantScoreQuery(a),
    ],
    ids=str,
)
def test_whooshs_own_matchers_find_the_same(corpus: tuple[ColumnIndex, Reference], query: wq.Query) -> None:
    """The codec also serves Whoosh's own matchers, which sorted searches use.

    `AndNot` is left out, since Whoosh's matcher can begin with an excluded document.
    """
    index, _ = corpus
    with index.searcher() as searcher:
        clause = QueryTranslator(searcher.index_searcher, SCHEMA).clause(query)
        numbers = sorted(hit.number for hit in rank(searcher.index_searcher, clause, searcher.snapshot.doc_count_all))
        assert list(searcher.docs_for_query(query)) == numbers
        assert sorted(set(Searcher.docs_for_query(searcher, query))) == numbers
        assert count(searcher.index_searcher, clause) == len(numbers)


def test_a_searcher_sees_one_commit(tmp_path: Path) -> None:
    index = build(tmp_path, [[Doc("a", ["ax"], [], None)]], [])
    searcher = IndexSearcher(Snapshot.open(tmp_path))
    with index.writer() as writer:
        writer.delete_by_term("key", "a")
    assert len(rank(searcher, QueryTranslator(searcher, SCHEMA).clause(a), 10)) == 1
    assert ranked(index, a) == []


@given(st.lists(st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=20), min_size=1))
def test_unpacking_reverses_packing(lists: list[list[int]]) -> None:
    counts = np.array([len(numbers) for numbers in lists])
    packed, sizes = pack(np.array([number for numbers in lists for number in numbers]), counts)
    assert unpack(packed, sizes, counts).tolist() == [number for numbers in lists for number in numbers]
    start = 0
    for numbers, size in zip(lists, sizes.tolist(), strict=True):
        one = unpack_one(packed[start : start + size], len(numbers))
        assert (one.tolist() if one is not None else [0] * len(numbers)) == numbers
        start += size


@given(st.lists(st.sets(st.integers(0, 2**31), min_size=1, max_size=20), min_size=1))
def test_sums_reverse_gaps(sets: list[set[int]]) -> None:
    values = np.array([number for numbers in sets for number in sorted(numbers)])
    counts = np.array([len(numbers) for numbers in sets])
    starts = np.cumsum(counts) - counts
    assert delta_decode(delta_encode(values, starts).astype(np.uint32), starts, counts).tolist() == values.tolist()


def test_threads_may_share_a_searcher(large: tuple[ColumnIndex, Reference], monkeypatch: pytest.MonkeyPatch) -> None:
    """This holds even if the cache is too small for their queries. A searcher of stock Whoosh fails."""
    searcher = IndexSearcher(Snapshot.open(large[0].path), order="key", cache_bytes=20_000)
    translator = QueryTranslator(searcher, SCHEMA)
    words = [wq.Term("text", word) for word in "pqrsxyz"]
    clauses = [translator.clause(kind([one, other])) for kind in (wq.Or, wq.And) for one in words for other in words]
    expected = [rank(searcher, clause, 10) for clause in clauses]
    with ThreadPoolExecutor(8) as pool:
        for found in pool.map(lambda _: [rank(searcher, clause, 10) for clause in clauses], range(16)):
            assert found == expected
    assert searcher._cached_bytes == sum(postings.size for postings in searcher._postings.values())


@pytest.mark.parametrize("seed", range(60))
@pytest.mark.parametrize("many", [0, 2000])
def test_terms_with_other_clauses_rank_as_all_their_matches(
    large: tuple[ColumnIndex, Reference], monkeypatch: pytest.MonkeyPatch, seed: int, many: int
) -> None:
    """The shorter way by bounds finds the best of what the clauses match one by one, ties included."""
    monkeypatch.setattr(topk, "_FEW_POSTINGS", 0)
    monkeypatch.setattr(topk, "_FIRST_BLOCKS", 2)
    monkeypatch.setattr(mixed_disjunction, "_MANY", many)
    random = Random(seed)
    words = [word.encode() for word in random.choices([*"pqrs"], k=4)]
    terms = [Term(random.choice(["text", "title"]), word, random.choice([1, 2])) for word in words[:2]]
    spelling = OtherSpelling(
        tuple(FieldTerm("text", word) for word in words[: random.choice([1, 2, 3])]),
        tuple(FieldTerm("text", word) for word in words[4 - random.choice([0, 1, 2]) :]),
        random.choice([0.5, 3.0]),
    )
    others: list[Clause] = random.sample(
        [spelling, Phrase("text", tuple(words[2:])), And((terms[0], terms[1]))], k=random.choice([1, 2])
    )
    query = Or((*terms, *others))
    searcher = IndexSearcher(Snapshot.open(large[0].path), order="key")
    scored = [
        (-float(np.float32(score)), leaf.keys("key", np.array([doc]))[0], leaf.base + doc)
        for leaf in searcher.leaves
        for doc, score in zip(*(column.tolist() for column in query.matches(leaf)), strict=True)
    ]
    for limit in (1, 10, 50):
        expected = sorted(scored)[:limit]
        found = rank(searcher, query, limit)
        assert [number for number, _ in found] == [number for *_, number in expected]
        assert [score for _, score in found] == pytest.approx([-score for score, *_ in expected])
    assert count(searcher, query) == len(scored)


def test_another_spelling_leaves_out_what_has_the_typed_one(large: tuple[ColumnIndex, Reference]) -> None:
    searcher = IndexSearcher(Snapshot.open(large[0].path), order="key")
    r, s, z = (FieldTerm("text", word) for word in (b"r", b"s", b"z"))
    for leaf in searcher.leaves:
        has = {term: set(Term(*term).matches(leaf).docs.tolist()) for term in (r, s, z)}
        beside = set(Phrase("text", (b"r", b"z")).matches(leaf).docs.tolist())
        assert set(OtherSpelling((r,), (s, z), 1.0).matches(leaf).docs.tolist()) == has[r] - (has[s] & has[z])
        assert set(OtherSpelling((r, z), (s,), 1.0).matches(leaf).docs.tolist()) == beside - has[s]
        assert set(OtherSpelling((r, z), (), 1.0).matches(leaf).docs.tolist()) == beside
        assert not len(OtherSpelling((r, FieldTerm("text", b"absent")), (), 1.0).matches(leaf).docs)

"""Explanations of single documents, compared with the evaluation of whole segments."""

from collections.abc import Iterator
from random import Random

import pytest
from reference_ranker import SCHEMA, build, random_docs, random_query

from jooya.indexer import Date, Document, Index
from jooya.indexer.codec.snapshot import Snapshot
from jooya.indexer.query.parser import parse
from jooya.indexer.query.planner import plan
from jooya.indexer.ranking import clauses, expansion, filters, operators
from jooya.indexer.ranking.clauses import And, Clause, MatchNone, Near, Or, Phrase, Term
from jooya.indexer.ranking.collector import rank
from jooya.indexer.ranking.expansion import prefix_terms, wildcard_terms
from jooya.indexer.ranking.explanation import explain
from jooya.indexer.ranking.filters import DocumentSet, MatchAll, NumberRange, TermSet
from jooya.indexer.ranking.operators import AndMaybe, DisjunctionMax, Exclude, Filter, Not
from jooya.indexer.ranking.other_spelling import FieldTerm, OtherSpelling
from jooya.indexer.ranking.score_parts import ScorePart, readable, rounded
from jooya.indexer.ranking.searcher import IndexSearcher, SegmentSearcher
from jooya.indexer.whoosh.query_translator import QueryTranslator


def parts_by_matching(leaf: SegmentSearcher, doc: int, query: Clause) -> Iterator[ScorePart]:
    """Explain a document by the slow way: look for it among all matches of each clause."""
    found = query.matches(leaf)
    if doc not in found.docs:
        return
    score = float(found.scores[found.docs.searchsorted(doc)])
    match query:
        case Or(inner) | And(inner):
            for clause in inner:
                yield from parts_by_matching(leaf, doc, clause)
        case Phrase(field, words, _, boost) | Near(field, words, _, boost):
            for word in words:
                yield from parts_by_matching(leaf, doc, Term(field, word, boost))
        case Filter(clause, _) | Exclude(clause, _):
            yield from parts_by_matching(leaf, doc, clause)
        case AndMaybe(clause, optional):
            yield from parts_by_matching(leaf, doc, clause)
            yield from parts_by_matching(leaf, doc, optional)
        case Term(field, term, boost):
            idf = leaf.searcher.idf(field, term)
            factors = {"boost": boost, "idf": idf, "frequency": score / (boost * idf)} if score else {}
            yield ScorePart(f"{field}:{readable(term)}", score, factors)
        case OtherSpelling(words, _, _):
            yield ScorePart(f"text:{' '.join(readable(word.term) for word in words)}", score, {})
        case TermSet(field, terms, _):
            named = ", ".join(map(readable, terms[:3])) + (" …" if len(terms) > 3 else "")
            yield ScorePart(f"{field}:{named}", score, {})
        case DisjunctionMax(inner, 0.0):
            lists = [[*parts_by_matching(leaf, doc, clause)] for clause in inner if doc in clause.matches(leaf).docs]
            yield from max(lists, key=lambda parts: sum(part.score for part in parts))
        case _:
            yield ScorePart(str(query), score, {})


def assert_explained(searcher: IndexSearcher, query: Clause) -> None:
    """Check the explanation of every document, deleted ones included."""
    for leaf in searcher.leaves:
        found = query.matches(leaf)
        scores = dict(zip(found.docs.tolist(), found.scores.tolist(), strict=True))
        for doc in range(leaf.size):
            explained = query.explain(leaf, doc)
            assert (explained.score if explained else None) == scores.get(doc), (query, doc)
            assert (explained.parts if explained else []) == list(parts_by_matching(leaf, doc, query)), (query, doc)


@pytest.fixture(scope="module", params=[0, 20])
def searcher(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> IndexSearcher:
    """Open a searcher of two segments of 60 and 40 documents, none or 20 of which are deleted."""
    random = Random(request.param)
    docs = random_docs(random, 100)
    deleted = random.sample([doc.key for doc in docs], request.param)
    index = build(tmp_path_factory.mktemp("explained"), [docs[:60], docs[60:]], deleted)
    return IndexSearcher(Snapshot.open(index.path), order="key")


@pytest.mark.parametrize("seed", range(100))
def test_random_queries_are_explained_as_they_match(searcher: IndexSearcher, seed: int) -> None:
    """One document alone has the same score and the same parts, to the last digit, as among all that match."""
    assert_explained(searcher, QueryTranslator(searcher, SCHEMA).clause(random_query(Random(seed))))


ax, ay, bx = (Term("text", word) for word in (b"ax", b"ay", b"bx"))


@pytest.mark.parametrize(
    "query",
    [
        Near("text", (b"ax", b"ay"), 2),
        Near("text", (b"ax", b"absent"), 2),
        Phrase("text", ()),
        And(()),
        Or(()),
        DisjunctionMax(()),
        DisjunctionMax((MatchNone(), ax, bx), 0.5),
        MatchNone(),
        MatchAll(None, 2.0),
        MatchAll("key"),
        MatchAll("year"),
        MatchAll("absent"),
        Not(ax),
        TermSet("absent", (b"ax",)),
        TermSet("text", ()),
        TermSet("text", (b"ax", b"absent", b"bx", b"cx"), 0.5),
        # Many terms of a field with one term for each document are looked up in its column.
        TermSet("key", tuple(f"d{number:05}".encode() for number in range(0, 90, 2)), 0.5),
        DocumentSet([0, 3, 59, 60, 61, 99]),
        Filter(ax, Or((ay, bx))),
        Exclude(Or((ax, ay)), bx),
        Term("text", b"ax", 0.0),
        OtherSpelling((FieldTerm("text", b"ax"),), (FieldTerm("text", b"ay"), FieldTerm("text", b"bx")), 0.7),
        OtherSpelling((FieldTerm("text", b"ax"), FieldTerm("text", b"ay")), (FieldTerm("text", b"bx"),), 0.7),
        OtherSpelling((FieldTerm("text", b"absent"),), (), 0.7),
    ],
    ids=str,
)
def test_every_clause_is_explained_as_it_matches(searcher: IndexSearcher, query: Clause) -> None:
    assert_explained(searcher, query)


def test_a_number_range_is_explained_as_it_matches(index: Index) -> None:
    first, second = Date("2005-12-13", "1384-09-22"), Date("2006-04-01", "1385-01-12")
    index.add(Document("a", "باران", date=first), Document("b", "باران"), Document("c", "برف", date=second))
    index.remove("c")
    assert_explained(index._searcher(), NumberRange("day", 1, 10**6))


def test_explaining_evaluates_no_whole_segment(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    """One hit costs a look-up in the postings of each term, however large the segment is."""
    index.add(
        Document("a", "باران آمد و برف رفت", title="باران", date=Date("2005-12-13", "1384-09-22")),
        Document("b", "باران و برف و باد", date=Date("2006-04-01", "1385-01-12")),
    )
    kinds = [
        kind
        for module in (clauses, filters, operators)
        for name, kind in vars(module).items()
        if getattr(kind, "__module__", "") == module.__name__ and hasattr(kind, "matches") and name != "Clause"
    ]
    assert len(kinds) == 17

    def fail(*_: object) -> None:
        raise AssertionError("a whole segment was evaluated")

    searcher = index._searcher()
    for text in ("باران برف", '"باران آمد" برف', '"باران برف"~3', "+باران -باد", "بار* برق~1 doc:a", "باران date:1384"):
        planned = plan(searcher, parse(text))
        assert planned
        best = rank(searcher, planned.clause, 1, planned.rescorers)[0]
        with monkeypatch.context() as patch:
            for kind in kinds:
                patch.setattr(kind, "matches", fail)
            parts = explain(*searcher.locate(best.number), best.score, planned.clause, planned.rescorers)
        assert parts and sum(part.score for part in parts) == pytest.approx(best.score, abs=1e-5), text


@pytest.mark.parametrize(
    ("parts", "score", "expected"),
    [
        ([], 0.0, []),
        ([1.5], 1.5, [1.5]),
        ([1.0000004, 2.0000004], 3.0000008, [1.000001, 2.0]),  # of equal remainders, the first is rounded up
        ([1.0000002, 2.0000007], 3.0000009, [1.0, 2.000001]),
        ([1.0000007, 2.0000002, 0.0000006], 3.0000015, [1.000001, 2.0, 0.000001]),
        ([1.0000004, 2.0], 3.0000004, [1.0, 2.0]),
        ([1.0, 2.0], 2.999999, [1.0, 1.999999]),  # what single precision takes, the greatest loses
        ([2.0, 1.0], 2.999998, [1.999998, 1.0]),
        ([1.0, 2.0], 3.000005, [1.000001, 2.000004]),
    ],
)
def test_parts_are_rounded_so_that_they_add_up(parts: list[float], score: float, expected: list[float]) -> None:
    given = [ScorePart(f"{number}", part, {"idf": part}) for number, part in enumerate(parts)]
    found = list(rounded(given, score))
    assert [part.score for part in found] == expected
    assert [part._replace(score=0) for part in found] == [part._replace(score=0) for part in given]


@pytest.mark.parametrize("ratio", [0, 16, 1 << 20])
def test_sets_of_terms_find_what_their_terms_find(
    searcher: IndexSearcher, monkeypatch: pytest.MonkeyPatch, ratio: int
) -> None:
    """The terms are looked up one by one, or a range of them is read in parts."""
    monkeypatch.setattr(filters, "_LOOKUP_RATIO", ratio)
    monkeypatch.setattr(filters, "_TERMS_AT_ONCE", 3)
    random = Random(ratio)
    for leaf in searcher.leaves:
        for name in ("text", "title", "key"):
            field = leaf.segment.fields[name]
            known = [*field.terms_between(0, field.terms), b"", b"absent", b"\xff"]
            for size in (0, 1, 2, 5, 20, len(known)):
                terms = tuple(random.sample(known, min(size, len(known))))
                expected = sorted({doc for term in terms for doc in Term(name, term).matches(leaf).docs.tolist()})
                found = TermSet(name, terms, 0.5).matches(leaf)
                assert (found.docs.tolist(), set(found.scores.tolist())) == (expected, {0.5} if expected else set())
    assert_explained(searcher, TermSet("key", tuple(f"d{number:05}".encode() for number in range(0, 90, 2)), 0.5))


def test_terms_are_the_same_however_few_are_looked_at_together(
    searcher: IndexSearcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    fields = [*searcher.segment_fields("key"), *searcher.segment_fields("text")]
    asked = ((prefix_terms, ""), (prefix_terms, "d0000"), (wildcard_terms, "*1*"), (wildcard_terms, "a?"))
    whole = [act(fields, text) for act, text in asked]
    monkeypatch.setattr(expansion, "_TERMS_AT_ONCE", 3)
    assert [act(fields, text) for act, text in asked] == whole
    assert all(whole)
    for field in fields:
        for term, count in prefix_terms([field], "").items():
            ordinal = field.find(term)
            assert ordinal is not None
            assert field.doc_frequency(ordinal) == count


def test_expansions_are_found_once_and_counted(searcher: IndexSearcher, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = expansion.ExpansionCache(searcher)
    found = {key: cache.find(*key) for key in (("text", "a*", 0), ("text", "*x", 0), ("text", "ax", 1))}
    assert len(cache) == 3
    assert ("text", "a*", 0) in cache
    assert ("text", "a*", 1) not in cache
    assert {term[:1] for term in found["text", "a*", 0]} == {b"a"}
    assert {term[-1:] for term in found["text", "*x", 0]} == {b"x"}
    assert b"ax" in found["text", "ax", 1]
    monkeypatch.setattr(expansion, "prefix_terms", None)  # nothing is read again
    assert all(cache.find(*key) is terms for key, terms in found.items())
    assert cache.find("text", "ay", 1)

"""Explanations of single documents, compared with the evaluation of whole segments."""

from collections.abc import Iterator
from random import Random

import pytest
from reference_ranker import SCHEMA, build, random_docs, random_query

from jooya.indexer import Date, Document, Index
from jooya.indexer.codec.snapshot import Snapshot
from jooya.indexer.query.parser import parse
from jooya.indexer.query.planner import plan
from jooya.indexer.ranking import clauses, filters, operators
from jooya.indexer.ranking.clauses import And, Clause, MatchNone, Near, Or, Phrase, Term
from jooya.indexer.ranking.collector import rank
from jooya.indexer.ranking.explanation import explain
from jooya.indexer.ranking.filters import DocumentSet, MatchAll, NumberRange, TermSet
from jooya.indexer.ranking.operators import AndMaybe, DisjunctionMax, Exclude, Filter, Not
from jooya.indexer.ranking.other_spelling import FieldTerm, OtherSpelling
from jooya.indexer.ranking.score_parts import ScorePart, readable
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

"""Tests that the compiled core finds and scores documents to the last digit as its twin in Python does."""

from random import Random

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ranking_twin import twin
from whoosh.fields import ID, TEXT, Schema

from jooya.core import compiled
from jooya.indexer.codec.snapshot import Snapshot
from jooya.indexer.ranking import collector
from jooya.indexer.ranking.bm25 import BM25
from jooya.indexer.ranking.clauses import And, Clause, Or, Phrase, Term
from jooya.indexer.ranking.collector import RankedDocument, best, rank
from jooya.indexer.ranking.kept_matches import KeptMatches
from jooya.indexer.ranking.operators import AndMaybe, Exclude, Filter
from jooya.indexer.ranking.other_spelling import FieldTerm, OtherSpelling
from jooya.indexer.ranking.rescorers import ProximityRescorer, Rescorer, SurfaceFormRescorer, TermPair
from jooya.indexer.ranking.searcher import IndexSearcher
from jooya.indexer.whoosh.column_index import ColumnIndex

pytestmark = pytest.mark.skipif(compiled is None, reason="the compiled core was not built, or JOOYA_PURE is set")

WORDS = [f"واژه{number}" for number in range(40)]  # the first are in most documents, the last in hardly any
DOCUMENTS = 1500


class Spaces:
    """An analyzer: the words between spaces."""

    def terms(self, value: str) -> tuple[list[str], range]:
        words = value.split()
        return words, range(len(words))


@pytest.fixture(scope="module", params=["one segment", "three segments", "deleted documents"])
def searcher(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> IndexSearcher:
    """Build an index of documents whose words are spread as those of a language are."""
    random = Random(5)
    schema = Schema(id=ID(stored=True, unique=True), text=TEXT(analyzer=Spaces()))
    folder = tmp_path_factory.mktemp("index")
    index = ColumnIndex.create(folder, schema)
    parts = 3 if request.param == "three segments" else 1
    for part in range(parts):
        with index.writer(merge=False) as writer:
            for number in range(part, DOCUMENTS, parts):
                size = random.choice([1, 3, 8, 30, 300 if number % 50 == 0 else 12])
                words = random.choices(WORDS, [1 / (place + 1) ** 1.5 for place in range(len(WORDS))], k=size)
                writer.add_document(id=str(number), text=" ".join(words))
    if request.param == "deleted documents":
        with index.writer(merge=False) as writer:
            for number in range(0, DOCUMENTS, 7):
                writer.delete_by_term("id", str(number))
    found = IndexSearcher(Snapshot.open(folder), bm25=BM25(presence=20.0))
    assert len(found.leaves) == parts
    return found


def terms() -> st.SearchStrategy[Term]:
    boosts = st.sampled_from([0.05, 0.3, 1.0, 2.5])
    return st.builds(Term, st.just("text"), st.sampled_from([word.encode() for word in [*WORDS, "نیست"]]), boosts)


WORD = st.sampled_from([word.encode() for word in WORDS])
LISTS = st.lists(terms(), min_size=1, max_size=7).map(tuple)
PHRASES = st.builds(
    Phrase,
    st.just("text"),
    st.lists(WORD, min_size=1, max_size=3).map(tuple),
    st.integers(1, 3),
    st.sampled_from([0.5, 1.0]),
)
FIELD_TERM = st.builds(FieldTerm, st.just("text"), WORD)
SPELLINGS = st.builds(
    OtherSpelling,
    st.lists(FIELD_TERM, min_size=1, max_size=2).map(tuple),
    st.lists(FIELD_TERM, max_size=1).map(tuple),
    st.sampled_from([0.7, 2.0]),
)
ORS = st.builds(lambda words, others: Or((*words, *others)), LISTS, st.lists(st.one_of(PHRASES, SPELLINGS), max_size=2))
FINDING = st.one_of(terms(), ORS, st.builds(And, LISTS), PHRASES, SPELLINGS)
OPTIONAL = st.builds(AndMaybe, st.one_of(ORS, terms()), st.one_of(st.builds(Or, LISTS), terms()))
CLAUSES = st.one_of(
    FINDING, OPTIONAL, st.builds(Filter, st.one_of(FINDING, OPTIONAL), FINDING), st.builds(Exclude, FINDING, FINDING)
)
PAIRS = st.builds(TermPair, WORD, WORD, st.integers(1, 4), st.sampled_from([0.4, 1.0]), st.booleans())
RESCORERS = st.one_of(
    st.builds(SurfaceFormRescorer, LISTS),
    st.builds(ProximityRescorer, st.just("text"), st.lists(PAIRS, min_size=1, max_size=4).map(tuple)),
)


def answer(
    searcher: IndexSearcher, clause: Clause, given: list[Rescorer], k: int
) -> tuple[list[RankedDocument], list[RankedDocument], int, list[list[int]]]:
    """Return all that a search asks of a clause."""
    kept = KeptMatches()
    return (
        rank(searcher, clause, k, given),
        best(searcher, clause, k, kept),
        collector.count(searcher, clause, kept),
        [kept.docs(leaf, clause).tolist() for leaf in searcher.leaves],
    )


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(CLAUSES, st.lists(RESCORERS, max_size=2), st.sampled_from([1, 3, 10, 100, 2000]))
def test_every_clause_is_ranked_as_by_the_twin(
    searcher: IndexSearcher, clause: Clause, given: list[Rescorer], k: int
) -> None:
    found = answer(searcher, clause, given, k)
    with twin():
        assert found == answer(searcher, clause, given, k)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from([1.0, 1.0000000001, 2.5, -1.0, 3e38, 0.0]), st.integers(0, 3)), max_size=30),
    st.integers(0, 12),
    st.sampled_from([None, np.uint8, np.uint16, np.uint32]),
)
def test_the_first_documents_are_those_of_the_twin(
    rows: list[tuple[float, int]], k: int, kind: type[np.uint8 | np.uint16 | np.uint32] | None
) -> None:
    docs = np.arange(len(rows), dtype=np.int64)
    scores = np.array([score for score, _ in rows], np.float64)
    column = None if kind is None else np.array([ordinal for _, ordinal in rows], kind)
    found = collector.first_documents(docs, scores, k, column)
    with twin():
        expected = collector.first_documents(docs, scores, k, column)
    assert [part.tolist() for part in found] == [part.tolist() for part in expected]

"""Filters by numbers and by documents, at their bounds."""

from pathlib import Path

import pytest

from jooya.indexer import Document, Index
from jooya.indexer.codec.snapshot import Snapshot
from jooya.indexer.own_fields import number_code
from jooya.indexer.ranking import collector
from jooya.indexer.ranking.clauses import And, Clause, Or, Phrase, Term
from jooya.indexer.ranking.filters import DocumentSet, NumberRange
from jooya.indexer.ranking.operators import AndMaybe
from jooya.indexer.ranking.searcher import IndexSearcher

VALUES = [None, -3, -1, 0, 1, 2, 7, None, 2]


@pytest.fixture(params=["live", "deleted"])
def searcher(request: pytest.FixtureRequest, tmp_path: Path) -> IndexSearcher:
    with Index.create(tmp_path / "index", fields={"n": "number"}) as index:
        index.add(
            *(
                Document(f"d{number}", "باران برف", meta={} if value is None else {"n": value})
                for number, value in enumerate(VALUES)
            )
        )
        if request.param == "deleted":
            index.remove("d4")
    return IndexSearcher(Snapshot.open(tmp_path / "index"))


def test_documents_without_a_number_are_in_no_range(searcher: IndexSearcher) -> None:
    (leaf,) = searcher.leaves
    codes = leaf.segment.fields["number.n"].numbers.tolist()
    assert codes == [0 if value is None else number_code(value) for value in VALUES]
    bounds = sorted({0, 1, -1, *codes, *(code + 1 for code in codes), *(code - 1 for code in codes)})
    for low in bounds:
        for high in bounds:
            expected = [
                doc
                for doc, code in enumerate(codes)
                if code and low <= code <= high and (leaf.live is None or leaf.live[doc])
            ]
            one = NumberRange("number.n", low, high)
            found = one.matches(leaf)
            assert (found.docs.tolist(), found.scores.tolist()) == (expected, [0.0] * len(expected))
            explained = [doc for doc in range(len(codes)) if one.explain(leaf, doc) is not None]
            assert explained == expected


def test_a_set_of_documents_has_those_that_are_there(searcher: IndexSearcher) -> None:
    (leaf,) = searcher.leaves
    for numbers in ([], [0], [0, 4, 8], [8], [8, 9, 100], [4]):
        expected = [number for number in numbers if number < 9 and (leaf.live is None or leaf.live[number])]
        found = DocumentSet(numbers).matches(leaf)
        assert (found.docs.tolist(), found.scores.tolist()) == (expected, [1.0] * len(expected))


ONE, OTHER, LIGHT, NONE = (
    Term("text", "باران".encode()), Term("text", "برف".encode()), Term("text", "برف".encode(), 0.25),
    Term("text", "برف".encode(), 0.0),
)  # fmt: skip
EVERY = NumberRange("number.n", 1, 5)


@pytest.mark.parametrize(
    ("clause", "weights"),
    [
        (ONE, 1), (LIGHT, 1), (NONE, None), (Or((ONE, OTHER, LIGHT)), 3), (And((ONE, OTHER)), 2),
        (Or((ONE, NONE)), None),
        (Or((ONE, And((ONE, OTHER)))), None), (And(()), None), (Or(()), None), (EVERY, None),
        (Phrase("text", (b"a", b"b"), 1, 0.5), 2), (Phrase("text", (), 1, 1.0), None),
        (AndMaybe(ONE, Or((OTHER, LIGHT))), 3), (AndMaybe(ONE, And((OTHER, LIGHT))), None),
        (AndMaybe(EVERY, ONE), None),
        (AndMaybe(Or((ONE, OTHER)), NONE), None),
    ],
)  # fmt: skip
def test_the_best_documents_of_terms_are_found_by_bounds(
    searcher: IndexSearcher, clause: Clause, weights: int | None
) -> None:
    found = collector._weights(searcher, clause)
    assert (None if found is None else len(found)) == weights


def test_other_clauses_are_apart_from_the_terms_before_them() -> None:
    both = And((ONE, OTHER))
    for clause, divided in (
        (ONE, (ONE, ())),
        (Or((ONE, OTHER)), (Or((ONE, OTHER)), ())),
        (Or((ONE, OTHER, both)), (Or((ONE, OTHER)), (both,))),
        (Or((both, ONE)), (Or((both, ONE)), ())),
        (Or((ONE, both, OTHER)), (Or((ONE, both, OTHER)), ())),
        (Or((both,)), (Or((both,)), ())),
        (AndMaybe(Or((ONE, both)), OTHER), (AndMaybe(Or((ONE,)), OTHER), (both,))),
        (AndMaybe(ONE, OTHER), (AndMaybe(ONE, OTHER), ())),
    ):
        assert collector._divided(clause) == divided

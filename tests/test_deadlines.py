"""The places where a search looks at the clock, so that no step between two of them takes long."""

import importlib
import pkgutil
import sys
from collections import defaultdict
from pathlib import Path

import pytest
from ranking_twin import twin

from jooya.core import compiled
from jooya.indexer import Document, Index, limits, ranking, search
from jooya.indexer.codec.snapshot import Snapshot
from jooya.indexer.ranking import edit_distance, topk
from jooya.indexer.ranking.clauses import And, Or, Term
from jooya.indexer.ranking.collector import rank
from jooya.indexer.ranking.operators import AndMaybe
from jooya.indexer.ranking.searcher import IndexSearcher

QUERIES = (
    "باران برف", '"باران برف"', '"باران برف"~3', "+باران +برف", "باران -باد", "بار*", "*را*", "بارن~1",
    'باران "برف سیل"', "گل باران", "doc:d1* باران", "کتاب ها باران", "بارران", "باران -topic:a*",
)  # fmt: skip

PLACES = {
    "chunked_analysis": {"analyze_in_chunks": 1},
    "clauses": {"_with_all": 2},
    "collector": {"_rescored": 1, "best": 1, "count": 1},
    "document_ranking": {"DocumentRanking._ordered": 3, "_Found.__init__": 1, "_Statistics._idf": 1},
    "edit_distance": {"_by_columns": 1, "edit_distances": 1},
    "equal_numbers": {"EqualNumbers._having": 1, "EqualNumbers._several": 1},
    "expansion": {"TermMatcher.wildcard": 1, "_collect": 1},
    "explanation": {"explain": 1},
    "facets": {"facets": 2},
    "highlight": {"_occurrences": 1},
    "hits": {"_neighbours.<locals>.passages": 1, "results_of": 1},
    "mixed_disjunction": {"_scores": 2, "with_other_clauses": 1},
    "pages": {"_copies": 1, "_count_documents": 1, "_distinct": 1, "_sorted_leaf": 2, "search_page": 1},
    "phrase_matching": {"close_together": 2, "in_sequence": 1},
    "rescorers": {"ProximityRescorer.add": 1, "ProximityRescorer.rescore": 1, "SurfaceFormRescorer.add": 1},
    "searcher": {"IndexSearcher.cached_postings": 1},
    "sorting": {"SortField._rank_terms": 1},
    "topk": {"_score_docs": 1, "_sums": 1, "_with_optional": 1, "block_bounds": 1},
}
"""How many lines of each function look at the clock, by module; with the compiled core or without it."""

OTHERS = ("romanization_table", "vocabulary", "word_changes")
"""Modules beside those of ranking and search, which suggestions use."""


@pytest.mark.skipif(compiled is None, reason="both ways of ranking are compared")
def test_each_part_of_a_search_looks_at_the_clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found: defaultdict[str, defaultdict[str, set[int]]] = defaultdict(lambda: defaultdict(set))

    def look() -> None:
        frame = sys._getframe(1)
        found[Path(frame.f_code.co_filename).stem][frame.f_code.co_qualname].add(frame.f_lineno)

    with Index.create(tmp_path / "index", fields={"topic": "keyword", "n": "number"}) as index:
        for part in range(3):
            index.add(*(_document(part, number) for number in range(40)))
        index.remove("d01")
    for package in (ranking, search):
        for name in pkgutil.iter_modules(package.__path__):
            module = importlib.import_module(f"{package.__name__}.{name.name}")
            if getattr(module, "check", None) is limits.check:
                monkeypatch.setattr(module, "check", look)
    with Index.open(tmp_path / "index") as index:
        _search(index)
    monkeypatch.setattr(edit_distance, "compiled", None)
    monkeypatch.setattr(limits, "check", look)
    with twin(), Index.open(tmp_path / "index") as index:
        _search(index)
        _rank(IndexSearcher(Snapshot.open(tmp_path / "index")))
        monkeypatch.setattr(topk, "_FEW_POSTINGS", 0)
        _rank(IndexSearcher(Snapshot.open(tmp_path / "index")))
    assert {
        module: {name: len(lines) for name, lines in of.items()} for module, of in found.items() if module not in OTHERS
    } == PLACES


def _document(part: int, number: int) -> Document:
    text = f"باران برف {'باد ' * (number % 3)} سیل باران کتاب\u200cها {number}"
    meta = {"topic": ["a", "b"] if number % 2 else "پ", "n": number}
    return Document(f"d{part}{number}", text, title="گل", date=f"1400/01/0{number % 9 + 1}", meta=meta)


def _search(index: Index) -> None:
    for query in QUERIES:
        assert index.search(query).notes is not None  # without facets, hits are counted by themselves
        for by in ("passage", "document"):
            for sort in ("score", "date", "topic"):
                results = index.search(query, sort=sort, by=by, explain=True, facets=["year", "topic"], context=1)
                assert all(hit.highlights is not None for hit in results)


def _rank(searcher: IndexSearcher) -> None:
    """Rank by terms alone, whose best documents are found by bounds."""
    one, other, third = (Term("text", word.encode()) for word in ("باران", "برف", "سیل"))
    for clause in (Or((one, other)), And((one, other)), AndMaybe(Or((one, other)), Or((third,)))):
        assert rank(searcher, clause, 5)

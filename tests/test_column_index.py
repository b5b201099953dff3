"""The Whoosh index and its searcher."""

import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from random import Random

import pytest
from reference_ranker import SCHEMA, build, random_docs, random_query, search
from whoosh import query as wq
from whoosh.qparser import QueryParser
from whoosh.searching import Searcher

from jooya.indexer.codec import segment
from jooya.indexer.ranking import searcher as searcher_module


def test_the_parser_and_the_sorting_of_whoosh_work(tmp_path: Path) -> None:
    index = build(tmp_path, [random_docs(Random(11), 80)], [])
    with index.searcher() as searcher:
        query = QueryParser("text", SCHEMA).parse('ax AND (by OR "ax ay") NOT cz')
        expected = wq.And(
            [
                wq.Term("text", "ax"),
                wq.Or([wq.Term("text", "by"), wq.Phrase("text", ["ax", "ay"])]),
                wq.Not(wq.Term("text", "cz")),
            ]
        )
        assert [hit["key"] for hit in searcher.search(query)] == [key for key, _ in search(index, expected)][:10]
        keys = [hit["key"] for hit in searcher.search(wq.Term("text", "ax"), sortedby="key", limit=5)]
        assert keys == sorted(key for key, _ in search(index, wq.Term("text", "ax")))[:5]


def test_threads_share_a_searcher(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Caches overflow all the time here, and threads take turns often."""
    index = build(tmp_path, [random_docs(Random(19), 300), random_docs(Random(20), 40, first=300)], ["d00005"])
    queries = [random_query(Random(number)) for number in range(20)]
    for module, name, size in (
        (segment, "_MAX_CACHED_TERMS", 2),
        (searcher_module, "_MAX_CACHED_COUNTS", 2),
        (searcher_module, "CACHE_MEMORY", 0),
    ):
        monkeypatch.setattr(module, name, size)

    def answers(searcher: Searcher, number: int) -> list[tuple[list[tuple[str, float]], list[str]]]:
        """Return all answers, ranked and sorted by Whoosh; `number` determines the order of the questions."""
        found: dict[int, tuple[list[tuple[str, float]], list[str]]] = {}
        for chosen in Random(number).sample(range(len(queries)), len(queries)):
            ranked = [(hit["key"], hit.score) for hit in searcher.search(queries[chosen], limit=None)]
            found[chosen] = ranked, [hit["key"] for hit in searcher.search(queries[chosen], sortedby="key", limit=5)]
        return [found[n] for n in range(len(queries))]

    with index.searcher() as searcher:
        expected = answers(searcher, 0)
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        with index.searcher() as searcher, ThreadPoolExecutor(4) as threads:
            assert list(threads.map(partial(answers, searcher), range(4))) == [expected] * 4
    finally:
        sys.setswitchinterval(interval)


def test_a_searcher_sees_the_next_commit_when_refreshed(tmp_path: Path) -> None:
    """In stock Whoosh, `refresh` returns documents twice and brings back deleted ones."""
    index = build(tmp_path, [random_docs(Random(12), 30)], [])
    searcher = index.searcher()
    with index.writer() as writer:
        writer.add_document(key="new", text="ax")
    assert not searcher.up_to_date()
    again = searcher.refresh()
    assert (searcher.doc_count(), again.doc_count()) == (30, 31)
    assert again.refresh() is again

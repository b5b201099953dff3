"""Streams of terms: the engine finds in them the terms, positions and lengths that a local segment has."""

import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jooya import Document, Passage
from jooya.analyzers import PersianAnalyzer
from jooya.indexer.query.planner import PASSAGE_BM25
from jooya.indexer.remote.connection import Connection, path
from jooya.indexer.remote.layout import LONGEST_TERM, Placement, engine_term, index_body
from jooya.indexer.remote.stream_workers import maker
from jooya.indexer.remote.streams import PlacedPassage, StreamMaker, stream
from jooya.indexer.schema import passage_fields

_CHUNKS = (
    "کتاب‌های محمدرضا غیرقانونی می_خواند نمی‌توانسته‌اند ه._ش. ۱۲٬۳۴۵ <b> a<b info@example.ir https://jooya.ir/a?b=1 "
    "کِتاب ﻛﺘﺎﺐ الله ﷺ خوانده_ام گفت‌وگو ۰۹۱۲_۰۰۰_۱۱۱۱"
)
WORDS = [chunk.replace("_", space) for chunk in _CHUNKS.split(" ") for space in (" ", "\u00a0", "\u2003", "\n")]


@pytest.fixture
def found(remote_url: str) -> Callable[[str, list[str]], list[dict[str, list[int]]]]:
    """Return a function that returns what the engine finds in some streams: the positions of each term."""
    connection = Connection.open(remote_url)
    connection.request("PUT", path(connection.index), index_body({}, Placement(replicas=0), PASSAGE_BM25))

    def find(field: str, streams: list[str]) -> list[dict[str, list[int]]]:
        options: dict[str, Any] = {"_index": connection.index, "fields": [field], "offsets": False}
        body = {"docs": [{**options, "doc": {field: text}} for text in streams]}
        answer = connection.request("POST", "/_mtermvectors", body)["docs"]
        terms = [one["term_vectors"].get(field, {}).get("terms", {}) for one in answer]
        return [
            {term: [token["position"] for token in known["tokens"]] for term, known in one.items()} for one in terms
        ]

    return find


def of_terms(terms: list[str], positions: list[int]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for term, position in zip(terms, positions, strict=True):
        found.setdefault(engine_term(term), []).append(position)
    return found


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(st.lists(st.sampled_from(WORDS) | st.text(max_size=12), max_size=20).map(" ".join), max_size=20))
def test_the_engine_finds_the_terms_of_any_text(found: Any, texts: list[str]) -> None:
    texts = [text.encode("utf-8", "replace").decode() for text in texts] or ["آب"]
    for exact, field in ((False, "text"), (True, "exact")):
        analyzed = [PersianAnalyzer(exact=exact).terms(text) for text in texts]
        assert all(sorted({*positions}) == [*range(len({*positions}))] for _, positions in analyzed)
        streams = [stream(list(terms), positions) for terms, positions in analyzed]
        assert found(field, streams) == [of_terms(*one) for one in analyzed]


def test_the_engine_finds_the_terms_of_persian_prose(found: Any, repository_texts: list[str]) -> None:
    analyzed = [PersianAnalyzer().terms(text) for text in repository_texts]
    assert any(len({*positions}) < len(positions) for _, positions in analyzed)  # compounds with their parts
    assert found("text", [stream(list(terms), positions) for terms, positions in analyzed]) == [
        of_terms(*one) for one in analyzed
    ]


@pytest.fixture
def repository_texts() -> list[str]:
    random.seed(1)
    return [" ".join(random.choices(WORDS, k=200)) for _ in range(20)]


@pytest.mark.parametrize("length", [LONGEST_TERM // 2, 40_000])
def test_a_word_may_be_longer_than_the_engine_takes(found: Any, length: int) -> None:
    terms, positions = PersianAnalyzer().terms(f"آب {'ب' * length} خاک")
    assert found("text", [stream(list(terms), positions)]) == [of_terms(terms, positions)]
    assert len(engine_term("ب" * 40_000).encode()) < LONGEST_TERM
    assert engine_term("ب" * 40_000) != engine_term("ب" * 40_001)


def test_counts_are_those_of_the_passages() -> None:
    streams: StreamMaker = maker({"author": "text"})
    texts = ["کتاب‌های آب و آب", "آب", "خاک <b>"]
    for place, text in enumerate(texts):
        fields = passage_fields(Document(f"d{place}", text), Passage(f"d{place}#1", 0, len(text), text))
        streams.action("talks-1", 1, PlacedPassage({**fields, "text.author": "حافظ"}, 1, place))
    analyzed = [PersianAnalyzer().terms(text)[0] for text in texts]
    counted = streams.counts.terms()
    assert counted["text"] == Counter(term for terms in analyzed for term in {*terms})
    assert counted["text.author"] == {"حافظ": 3}
    assert streams.counts.lengths["text"] == (3, sum(map(len, analyzed)))
    assert type(streams.counts).from_json(streams.counts.to_json()).terms() == counted

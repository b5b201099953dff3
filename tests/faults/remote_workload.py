"""Judging an index on OpenSearch: what it has is read by plain requests, which depend on nothing that is tested."""

import json
import urllib.parse
import urllib.request
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from workload import WORDS, Contents, Step, Workload

from jooya.indexer import Index
from jooya.indexer.remote.remote_index import RemoteIndex


def ask(url: str, body: object = None) -> dict[str, Any]:
    """Return the answer of OpenSearch to a GET, or to a POST of a body."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        content: dict[str, Any] = json.load(answer)
        return content


def contents(url: str) -> Contents:
    """Return the texts of the last commit by key, of the index at a URL."""
    origin, _, name = url.rpartition("/")
    state = ask(f"{origin}/{name}-meta/_doc/commit")["_source"]["state"]
    index = urllib.parse.quote(state["engine_index"])
    ask(f"{origin}/{index}/_refresh", {})
    must_not = [
        {"range": {"since": {"gt": state["number"]}}},
        {"terms": {"since": state["dead"]}},
        {
            "bool": {
                "filter": [{"terms": {"document": state["pending"]}}, {"range": {"since": {"lt": state["number"]}}}]
            }
        },
    ]
    body = {
        "size": 10_000,
        "query": {"bool": {"must_not": must_not}},
        "sort": ["document", "number"],
        "_source": ["stored"],
    }
    answer = ask(f"{origin}/{index}/_search", body)
    assert answer["hits"]["total"]["value"] < 10_000, "the workload is too large to be read in one request"
    assert not answer["_shards"]["failed"]
    found: dict[str, list[str]] = {}
    for hit in answer["hits"]["hits"]:
        stored = hit["_source"]["stored"]
        found.setdefault(stored["document"], []).append(stored["text"])
    return {key: " ".join(texts) for key, texts in found.items()}


def judge(url: str, workload: Workload, allowed: range) -> int:
    """Assert that an index is intact, and return the number of the step that was the last.

    It must have the content after one of the steps `allowed`, count it right, and find it.
    """
    found = contents(url)
    steps = [number for number in allowed if workload.state(number) == found]
    assert steps, f"the content is that of no step of {allowed}"
    origin, _, name = url.rpartition("/")
    state = ask(f"{origin}/{name}-meta/_doc/commit")["_source"]["state"]
    assert state["documents"] == len(found), f"{state['documents']} documents are counted, and {len(found)} are there"
    with RemoteIndex.open_url(url) as index:
        assert sorted(document.key for document in index.documents()) == sorted(found)
        for key in Random(steps[0]).sample(sorted(found), min(3, len(found))):
            assert [hit.document for hit in index.search(found[key].split()[0])] == [key]
    return steps[-1]


def compare_with_local(url: str, contents_: Contents, folder: Path) -> int:
    """Assert that an index answers as a local one that was made of the same documents in one go.

    Returns:
        How many queries there were.
    """
    queries = [*WORDS, *(" ".join(pair) for pair in pairwise(WORDS)), *(f'"{a} {b}"' for a, b in pairwise(WORDS))]
    with Index.create(folder) as local, RemoteIndex.open_url(url) as remote:
        Step(contents_, []).run(local)
        for query in queries:
            one, other = (index.search(query, limit=20) for index in (local, remote))
            assert [(hit.id, hit.text) for hit in one] == [(hit.id, hit.text) for hit in other], query
            here, there = ([hit.score for hit in hits] for hits in (one, other))
            assert np.allclose(here, there, rtol=1e-6, atol=0), (query, here, there)
            assert one.total == other.total, query
    return len(queries)

"""Tests of the addresses of the API: their answers, parameters, tags, compression and problems."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from index_maker import MakeIndex
from server_client import BEARER, TOKEN, client_of, served_index
from starlette.testclient import TestClient

from jooya import Document, Hit, Index, Limits, StoredDocument
from jooya.indexer import result_dicts
from jooya.indexer.errors import IndexDamaged

Pairs = list[tuple[str, str | int | float | bool | None]]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory, make_index: MakeIndex) -> Iterator[Index]:
    with served_index(tmp_path_factory.mktemp("served"), make_index) as opened:
        yield opened


@pytest.fixture(scope="module")
def client(index: Index) -> TestClient:
    return client_of(index)


@pytest.fixture(scope="module")
def fields(tmp_path_factory: pytest.TempPathFactory, make_index: MakeIndex) -> Iterator[TestClient]:
    """Give a client of an index with declared fields."""
    with served_index(tmp_path_factory.mktemp("fields"), make_index) as opened:
        opened.declare({"author": "keyword", "pages": "number"})
        opened.add(Document("سیب", "میوه‌ی سیب", whole=True, meta={"author": "احمدی", "pages": 12}))
        opened.add(Document("به", "میوه‌ی به", whole=True, meta={"author": "رضایی", "pages": 5}))
        yield client_of(opened)


def pairs(*names_and_values: str) -> Pairs:
    """Return names and values, in turn, as pairs of a query string."""
    return list(zip(names_and_values[::2], names_and_values[1::2], strict=True))


def ids(answer: dict[str, Any]) -> list[str]:
    return [hit["id"] for hit in answer["hits"]]


@pytest.mark.parametrize(
    ("parameters", "arguments"),
    [
        ({}, {}),
        ({"limit": "1"}, {"limit": 1}),
        ({"limit": "0"}, {"limit": 0}),
        ({"limit": "۲", "from": "2"}, {"limit": 2, "first": 2}),
        ({"sort": "date"}, {"sort": "date"}),
        ({"by": "document"}, {"by": "document"}),
        ({"within": "خاک"}, {"within": "خاک"}),
        ({"context": "1", "explain": "true"}, {"context": 1, "explain": True}),
        ({"correct": "false"}, {"correct": False}),
        ({"copies": "true"}, {"collapse": False}),
        ({"where": "collection:talks"}, {"where": {"collection": "talks"}}),
        ({"facet": "year"}, {"facets": ["year"]}),
    ],
)
def test_a_search_is_the_search_of_the_library(
    index: Index, client: TestClient, parameters: dict[str, str], arguments: dict[str, Any]
) -> None:
    answer = client.get("/api/search", params={"q": "سرزمین آب", **parameters})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == json.loads(json.dumps(index.search("سرزمین آب", **arguments).to_dict()))


@pytest.mark.parametrize(
    ("address", "status", "kind", "word"),
    [
        ("/api/search", 400, "bad-argument", "q is missing"),
        ("/api/search?q=", 400, "bad-query", "nothing to search for"),
        ("/api/search?q=آب&limit=x", 400, "bad-argument", "limit has 'x'"),
        ("/api/search?q=آب&limit=-1", 400, "bad-argument", "limit has '-1'"),
        ("/api/search?q=آب&limit=1001", 400, "bad-argument", "limit has '1001'"),
        ("/api/search?q=آب&from=0", 400, "bad-argument", "from has '0'"),
        ("/api/search?q=آب&from=20000", 400, "beyond-limit", "hit 20,009"),
        ("/api/search?q=آب&sort=size", 400, "bad-argument", "size"),
        ("/api/search?q=آب&by=page", 400, "bad-argument", "by has 'page'"),
        ("/api/search?q=آب&explain=maybe", 400, "bad-argument", "explain has 'maybe'"),
        ("/api/search?q=آب&q=خاک", 400, "bad-argument", "q has several values"),
        ("/api/search?q=آب&kk=3", 400, "bad-argument", "no parameter 'kk'"),
        ("/api/similar?id=none", 404, "not-found", "no passage 'none'"),
        ("/api/documents/none", 404, "not-found", "no document 'none'"),
        ("/api/passages/none", 404, "not-found", "no passage 'none'"),
        ("/api/nothing", 404, "not-found", "nothing at this address"),
        ("/source/none", 404, "not-found", "no file for 'none'"),
        ("/metrics", 404, "not-found", "nothing at this address"),
    ],
)
def test_an_error_is_a_problem_that_names_the_thing_and_the_fix(
    index: Index, client: TestClient, address: str, status: int, kind: str, word: str
) -> None:
    answer = client.get(address)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert problem["type"].endswith(f"#{kind}")
    assert word in problem["detail"]
    assert problem["fix"] and problem["title"]
    assert str(index.path) not in answer.text


def test_a_method_that_an_address_does_not_take_is_a_problem(client: TestClient) -> None:
    answer = client.post("/api/search?q=آب")
    assert answer.status_code == 405
    assert answer.json()["type"].endswith("#method")
    assert "GET" in answer.headers["allow"]


def test_damage_is_told_without_the_paths_of_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def damaged(*_arguments: object, **_named: object) -> None:
        raise IndexDamaged.at(tmp_path / "5.segment")

    with served_index(tmp_path) as index:
        monkeypatch.setattr(Index, "search", damaged)
        answer = client_of(index).get("/api/search?q=آب")
    assert answer.status_code == 503
    assert answer.json()["type"].endswith("#index")
    assert str(tmp_path) not in answer.text


def test_a_fault_is_told_without_its_text(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    def fault(*_arguments: object, **_named: object) -> None:
        raise ZeroDivisionError("secret")

    monkeypatch.setattr(type(index), "suggest", fault)
    answer = client_of(index).get("/api/suggest?q=آب")
    assert answer.status_code == 500
    assert answer.json()["type"].endswith("#fault")
    assert "secret" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_context_is_that_of_the_library(index: Index, client: TestClient) -> None:
    found = client.get("/api/context", params={"q": "سرزمين «آب»؟", "budget": 60, "where": "year:1385"}).json()
    assert found == index.context("سرزمين «آب»؟", 60, where={"date": "1385"}).to_dict()
    assert [one["document"] for one in found["excerpts"]] == ["آب/دو.txt"]
    assert client.get("/api/context?q=آب&budget=0").status_code == 400
    assert client.get("/api/context?q=؟").status_code == 400


def test_suggestions_are_a_list(client: TestClient) -> None:
    assert client.get("/api/suggest?q=کوه").json() == ["کوهستان"]
    assert client.get("/api/suggest").json() == []


def test_similar_passages(index: Index, client: TestClient) -> None:
    known = index.search("خاک").hits[0].id
    assert ids(client.get("/api/similar", params={"id": known}).json()) == [hit.id for hit in index.similar(known)]


@pytest.mark.parametrize("key", ["آب/یک.txt", "برف", "../up"])
def test_documents_by_key(index: Index, client: TestClient, key: str) -> None:
    stored = index.get(key)
    assert stored is not None
    answers = [client.get("/api/document", params={"key": key}).json()]
    if not key.startswith(".."):  # clients take dots out of paths
        answers.append(client.get(f"/api/documents/{quote(key, safe='')}").json())
        answers.append(client.get(f"/api/documents/{quote(key)}").json())
    for answer in answers:
        assert answer["key"] == key
        assert answer["title"] == stored.title
        assert answer["size"] == len(answer["passages"]) == stored.size
        assert "source" not in answer
        assert [one["text"] for one in answer["passages"]] == [one.text for one in stored.passages]


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ([("where", "collection:talks")], {"آب/یک.txt", "آب/دو.txt"}),
        ([("where", "collection:talks"), ("where", "doc:آب/دو.txt")], {"آب/دو.txt"}),
        ([("where", "doc:برف"), ("where", "doc:../up")], {"برف", "../up"}),
        ([("where", "author:احمدی")], {"سیب"}),
        ([("where", "pages:10..20")], {"سیب"}),
        ([("where", "pages:..20")], {"سیب", "به"}),
        ([("where", "pages:30..")], set()),
        ([("where", "pages:5")], {"به"}),
        ([("where", "year:1384")], {"آب/یک.txt"}),
        ([("where", "date:1384..1385")], {"آب/یک.txt", "آب/دو.txt"}),
        ([("since", "1385")], {"آب/دو.txt"}),
        ([("until", "1384-09-22")], {"آب/یک.txt"}),
        ([("since", "1384"), ("until", "1384")], {"آب/یک.txt"}),
        ([("since", ""), ("until", "")], {"آب/یک.txt", "آب/دو.txt", "برف", "../up", "سیب", "به"}),
    ],
)
def test_conditions_and_facets(fields: TestClient, given: Pairs, found: set[str]) -> None:
    answer = fields.get(
        "/api/search", params=pairs("q", "آب OR باران OR میوه") + given + pairs("facet", "document", "by", "document")
    )
    assert answer.status_code == 200
    assert {hit["document"] for hit in answer.json()["hits"]} == found
    assert {count["value"] for count in answer.json()["facets"]["document"]} == found
    lines_found = fields.get("/api/export", params=pairs("q", "آب OR باران OR میوه") + given).text.splitlines()
    assert {json.loads(line)["document"] for line in lines_found} == found


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ([("where", "collection")], "FIELD:VALUE"),
        ([("where", ":x")], "FIELD:VALUE"),
        ([("where", "none:x")], "no field 'none'"),
        ([("where", "date:..")], "FIRST..LAST"),
        ([("where", "date:yesterday")], "yesterday"),
        ([("where", "date:1385..1384")], "first"),
        ([("where", "date:1384..1385"), ("where", "date:1390..1391")], "one range"),
        ([("where", "date:1384"), ("since", "1384")], "since and until"),
        ([("where", "pages:x")], "a number"),
        ([("facet", "none")], "'none'"),
        ([("facet", "year")] * 21, "21 values"),
        ([("sort", "none")], "'none'"),
    ],
)
def test_conditions_that_cannot_be_are_named(fields: TestClient, given: Pairs, word: str) -> None:
    answer = fields.get("/api/search", params=pairs("q", "آب") + given)
    assert answer.status_code == 400
    assert word in answer.json()["detail"] + answer.json()["fix"]


def test_hits_are_sorted_by_declared_fields(fields: TestClient) -> None:
    for order, found in (("pages", ["به", "سیب"]), ("-pages", ["سیب", "به"])):
        answer = fields.get("/api/search", params={"q": "میوه", "sort": order}).json()
        assert ids(answer) == found
    assert answer["hits"][0]["meta"] == {"author": "احمدی", "pages": 12}
    listed = fields.get("/api/documents?where=author:احمدی").json()["documents"]
    assert [(one["key"], one["meta"]["pages"]) for one in listed] == [("سیب", 12)]
    exported = fields.get("/api/export?where=pages:..5").text.splitlines()
    assert [json.loads(line)["id"] for line in exported] == ["به"]
    assert fields.get("/api/status").json()["fields"] == {"author": "keyword", "pages": "number"}


def test_a_document_is_paged_and_its_hits_are_marked(index: Index, client: TestClient) -> None:
    stored = index.get("آب/یک.txt")
    assert stored is not None and stored.size > 1
    answer = client.get("/api/documents/آب/یک.txt?from=2&limit=1&q=سرزمین").json()
    assert (answer["first"], answer["size"], len(answer["passages"])) == (2, stored.size, 1)
    assert answer["found"] == [one.id for one in stored.passages]
    shown = answer["passages"][0]
    assert shown["id"] == stored.passages[1].id
    assert {shown["text"][start:end] for start, end in shown["highlights"]} == {"سرزمین‌های"}


def test_a_passage_with_its_neighbours(index: Index, client: TestClient) -> None:
    stored = index.get("آب/یک.txt")
    assert stored is not None
    one = stored.passages[0]
    answer = client.get(f"/api/passages/{quote(one.id, safe='')}?context=1").json()
    assert answer["text"] == one.text
    assert [after["id"] for after in answer["after"]] == [stored.passages[1].id]
    assert client.get("/api/passage", params={"id": "../up"}).json()["text"] == "باران می‌بارد"


def test_the_list_of_documents(client: TestClient) -> None:
    answer = client.get("/api/documents").json()
    assert [one["key"] for one in answer["documents"]] == ["../up", "آب/دو.txt", "آب/یک.txt", "برف"]
    assert answer["is_last"] is True
    answer = client.get("/api/documents", params={"pattern": "آب/*", "limit": 1}).json()
    assert [one["key"] for one in answer["documents"]] == ["آب/دو.txt"]
    assert answer["is_last"] is False
    answer = client.get("/api/documents", params={"pattern": "آب/*", "from": 2}).json()
    assert [one["key"] for one in answer["documents"]] == ["آب/یک.txt"]


def test_the_status_has_no_paths(index: Index, client: TestClient) -> None:
    answer = client.get("/api/status").json()
    assert (answer["documents"], answer["collections"]) == (4, {"talks": 2})
    assert answer["commit"] == index.commit
    assert "path" not in answer


def test_health_and_readiness(index: Index, client: TestClient, tmp_path: Path) -> None:
    assert client.get("/health").text == "ok\n"
    assert client.get("/ready").text == "ready\n"
    closed = served_index(tmp_path)
    closed.close()
    gone = client_of(closed)
    assert gone.get("/health").status_code == 200
    assert gone.get("/ready").status_code == 503


def test_an_answer_is_not_sent_again_until_the_next_commit(tmp_path: Path) -> None:
    with served_index(tmp_path) as index:
        client = client_of(index)
        first = client.get("/api/search?q=باران")
        tag = first.headers["etag"]
        for known in (tag, f'"other", {tag}'):
            again = client.get("/api/search?q=باران", headers={"If-None-Match": known})
            assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        index.add(Document("new", "باران تازه"))
        later = client.get("/api/search?q=باران", headers={"If-None-Match": tag})
        assert later.status_code == 200
        assert later.headers["etag"] != tag
        assert later.json()["total"] == first.json()["total"] + 1


@pytest.mark.parametrize(
    ("accepted", "zipped"),
    [("gzip", True), ("br, GZIP;q=0.5", True), ("br", False), ("", False), ("gzip;q=0", False), ("xgzip", False)],
)
@pytest.mark.parametrize("address", ["/api/search?q=سرزمین", "/api/export?q=سرزمین"])
def test_answers_are_compressed_for_those_who_can_read_it(
    client: TestClient, accepted: str, zipped: bool, address: str
) -> None:
    with client.stream("GET", address, headers={"Accept-Encoding": accepted}) as answer:
        raw = b"".join(answer.iter_raw())
    assert (answer.headers.get("content-encoding") == "gzip") is zipped
    assert (gzip.decompress(raw) if zipped else raw) == client.get(address).content
    assert "Accept-Encoding" in answer.headers["vary"]


def test_head_is_get_without_the_body(client: TestClient) -> None:
    got, head = (client.request(method, "/api/search?q=سرزمین") for method in ("GET", "HEAD"))
    assert head.status_code == 200
    assert (head.headers["etag"], head.headers["content-length"]) == (
        got.headers["etag"],
        got.headers["content-length"],
    )


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_an_export_has_all_hits_or_all_passages(index: Index, client: TestClient) -> None:
    answer = client.get("/api/export?q=سرزمین&copies=true")
    assert answer.headers["content-type"] == "application/x-ndjson"
    assert lines(answer.text) == [hit.to_dict() for hit in index.search("سرزمین", 1_000, collapse=False)]
    every = lines(client.get("/api/export").text)
    assert {one["id"] for one in every} == index.ids()
    some = lines(client.get("/api/export", params={"pattern": "آب/*"}).text)
    assert {one["document"] for one in some} == {"آب/یک.txt", "آب/دو.txt"}
    for wrong in ("q=", "where=x", "q=آب&where=x", "where=none:x", "q=آب&sort=none"):
        assert client.get(f"/api/export?{wrong}").status_code == 400


def test_an_export_of_many_lines_comes_in_parts(tmp_path: Path) -> None:
    with Index.create(tmp_path / "index") as index:
        index.add([Document(f"d{number:03}", f"برف شماره {number}", whole=True) for number in range(250)])
        every = lines(client_of(index).get("/api/export").text)
    assert [one["id"] for one in every] == [f"d{number:03}" for number in range(250)]


def test_an_export_of_all_passages_is_of_one_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Index.create(tmp_path / "index") as index:
        index.add([Document(f"d{number}", f"برف شماره {number}", whole=True) for number in range(3)])
        read = result_dicts.passage_dict

        def committing(hit: Hit) -> dict[str, Any]:
            index.add(Document("d1", "باران"), Document("d3", "باران"))
            index.remove("d2")
            return read(hit)

        monkeypatch.setattr(result_dicts, "passage_dict", committing)
        every = lines(client_of(index).get("/api/export").text)
    assert [one["text"] for one in every] == ["برف شماره 0", "برف شماره 1", "برف شماره 2"]


@pytest.mark.parametrize("address", ["/api/documents/d?q=برف", "/document?key=d&q=برف"])
def test_a_document_and_its_marks_are_of_one_commit(
    tmp_path: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Index.create(tmp_path / "index") as index:
        index.add(Document("d", "باران و برف"))
        texts = ["برف و باران و تگرگ"]  # where the mark is elsewhere
        get = Index.get

        def committing(index: Index, key: str) -> StoredDocument | None:
            found = get(index, key)
            if texts:
                index.add(Document("d", texts.pop()))
            return found

        monkeypatch.setattr(Index, "get", committing)
        answer = client_of(index).get(address)
        assert answer.status_code == 200
        assert not texts
        if address.startswith("/api"):
            [shown] = answer.json()["passages"]
            assert (shown["text"], shown["highlights"]) == ("برف و باران و تگرگ", [[0, 3]])
        else:
            assert "<mark>برف</mark> و باران و تگرگ" in answer.text
        texts = [f"برف {number}" for number in range(100)]  # a commit in each try
        assert client_of(index).get(address).status_code == 503


def test_so_many_exports_at_a_time(index: Index) -> None:
    client = client_of(index, exports=1)
    for _ in range(3):  # each gives its place back, also if it fails
        assert client.get("/api/export").status_code == 200
        assert client.get("/api/export?where=x").status_code == 400
    assert client_of(index, exports=0).get("/api/export").json()["type"].endswith("#busy")


def test_a_long_list_ends_with_the_time_of_a_query(index: Index) -> None:
    client = client_of(index, limits=Limits(seconds=0))
    for address in ("/api/documents", "/api/search?q=آب", "/api/export", "/api/export?q=آب"):
        answer = client.get(address)
        assert (answer.status_code, answer.json()["type"].rpartition("#")[2]) == (503, "time")
        assert int(answer.headers["retry-after"]) > 0


@pytest.fixture
def writable(tmp_path: Path) -> Iterator[tuple[Index, TestClient]]:
    with served_index(tmp_path) as index:
        yield index, client_of(index, writable=True, token=TOKEN, public_read=True)


def test_documents_are_put_and_deleted(writable: tuple[Index, TestClient]) -> None:
    index, client = writable
    address = "/api/documents/نو/یک"
    body = {"text": "بنفشه در باغ", "title": "گل", "date": "1384-09-22", "collection": "gol"}
    for text, status, outcome in (("بنفشه در باغ", 201, "new"), ("بنفشه", 200, "updated"), ("بنفشه", 200, "unchanged")):
        answer = client.put(address, json=body | {"text": text}, headers=BEARER)
        assert (answer.status_code, answer.json()["outcome"]) == (status, outcome)
        assert answer.json()["commit"] == index.commit
    found = client.get("/api/search?q=بنفشه").json()["hits"]
    assert [(hit["document"], hit["collection"], hit["date"]["jalali"]) for hit in found] == [
        ("نو/یک", "gol", "1384-09-22")
    ]
    answer = client.delete(address, headers=BEARER)
    assert (answer.status_code, answer.json()["removed"]) == (200, ["نو/یک"])
    assert client.get("/api/search?q=بنفشه").json()["total"] == 0
    assert client.delete(address, headers=BEARER).status_code == 404


def test_a_star_in_a_key_deletes_no_other_document(writable: tuple[Index, TestClient]) -> None:
    index, client = writable
    assert client.delete("/api/documents/*", headers=BEARER).status_code == 404
    assert index.status().documents == 4


@pytest.mark.parametrize(
    ("body", "media_type", "status", "word"),
    [
        (b'{"text": "x"}', "text/plain", 415, "no JSON"),
        (b'{"text": "x"}', "", 415, "no JSON"),
        (b"{", "application/json", 400, "no JSON"),
        (b"\xff", "application/json", 400, "no JSON"),
        (b"[" * 100_000, "application/json", 400, "no JSON"),
        (b"[]", "application/json", 400, "no JSON object"),
        (b"{}", "application/json", 400, "no text"),
        (b'{"text": 5}', "application/json", 400, "no text"),
        (b'{"text": "x", "size": 5}', "application/json", 400, "no member 'size'"),
        (b'{"text": "x", "source": "/etc/passwd"}', "application/json", 400, "no member 'source'"),
        (b'{"text": "x", "title": 5}', "application/json", 400, "title"),
        (b'{"text": "x", "date": "yesterday"}', "application/json", 400, "yesterday"),
        (b'{"text": "x", "collection": "a b"}', "application/json", 400, "collection"),
    ],
)
def test_bad_documents_leave_the_index_as_it_was(
    writable: tuple[Index, TestClient], body: bytes, media_type: str, status: int, word: str
) -> None:
    index, client = writable
    before = index.commit
    answer = client.put("/api/documents/bad", content=body, headers=BEARER | {"Content-Type": media_type})
    assert answer.status_code == status
    assert word in answer.json()["detail"]
    assert index.commit == before


def test_nothing_is_written_where_the_server_is_for_reading(tmp_path: Path) -> None:
    with served_index(tmp_path) as index:
        client = client_of(index, token=TOKEN)
        assert client.put("/api/documents/x", json={"text": "x"}, headers=BEARER).status_code == 403
        assert client.delete("/api/documents/برف", headers=BEARER).status_code == 403
        assert index.status().documents == 4


def test_the_numbers_for_prometheus(index: Index) -> None:
    client = client_of(index, metrics=True)
    client.get("/api/search?q=آب")
    client.get("/api/search?q=")
    client.get("/api/passages/x")
    client.get("/nothing/at/all")
    text = client.get("/metrics").text
    assert 'jooya_requests_total{address="/api/search",status="200"} 1' in text
    assert 'jooya_requests_total{address="/api/search",status="400"} 1' in text
    assert 'jooya_requests_total{address="/api/passages/{id}",status="404"} 1' in text
    assert 'jooya_requests_total{address="other",status="404"} 1' in text
    assert 'jooya_request_seconds_count{address="/api/search"} 2' in text
    assert "\njooya_documents 4\n" in text

"""Tests of who may ask a server, from where, how often, how much, and for which files."""

import asyncio
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from server_client import BEARER, TOKEN, client_of, served_index
from starlette.testclient import TestClient

from jooya import Index
from jooya.indexer.errors import BadArgument
from jooya.indexer.server.app import create_app
from jooya.indexer.server.problems import Problem
from jooya.indexer.server.request_rate import RequestRate
from jooya.indexer.server.server_settings import ServerSettings

SEARCH = "/api/search?q=آب"


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    with served_index(tmp_path_factory.mktemp("served")) as opened:
        yield opened


@pytest.fixture(scope="module")
def client(index: Index) -> TestClient:
    return client_of(index)


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({"host": "0.0.0.0"}, "token"),
        ({"host": "::"}, "token"),
        ({"host": "192.168.1.5"}, "public_read"),
        ({"host": "example.org"}, "token"),
        ({"host": "0.0.0.0", "token": ""}, "token"),
        ({"writable": True}, "token"),
        ({"writable": True, "public_read": True}, "token"),
        ({"metrics": True, "processes": 2}, "one process"),
    ],
)
def test_nothing_is_open_to_others_by_accident(settings: dict[str, Any], word: str) -> None:
    with pytest.raises(BadArgument, match=word):
        ServerSettings(**settings)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "::1", "[::1]", "localhost"])
def test_loopback_needs_no_token(host: str) -> None:
    assert ServerSettings(host=host).is_loopback


@pytest.mark.parametrize(
    ("settings", "host", "status"),
    [
        ({}, "localhost:8765", 200),
        ({}, "LOCALHOST", 200),
        ({}, "127.0.0.1:8765", 200),
        ({}, "[::1]:8765", 200),
        ({}, "evil.example", 421),
        ({}, "evil.example:8765", 421),
        ({}, "localhost.evil.example", 421),
        ({}, "localhost@evil.example", 421),
        ({}, "evil.example/localhost", 421),
        ({}, "127.0.0.1.nip.io", 421),
        ({}, "192.168.1.5", 421),
        ({}, "localhost:x", 421),
        ({}, "", 421),
        ({"hosts": ("search.example",)}, "search.example", 200),
        ({"hosts": ("search.example",)}, "search.example:443", 200),
        ({"hosts": ("search.example",)}, "other.example", 421),
        ({"host": "0.0.0.0", "public_read": True}, "192.168.1.5:8765", 200),
        ({"host": "0.0.0.0", "public_read": True}, "[fe80::1]:8765", 200),
        ({"host": "0.0.0.0", "public_read": True}, "localhost", 200),
        ({"host": "0.0.0.0", "public_read": True}, "evil.example", 421),
        ({"host": "192.168.1.5", "public_read": True}, "192.168.1.5:8765", 200),
        ({"host": "192.168.1.5", "public_read": True}, "localhost", 421),
    ],
)
@pytest.mark.parametrize("address", [SEARCH, "/", "/health", "/nothing"])
def test_a_server_answers_to_its_names_alone(
    index: Index, settings: dict[str, Any], host: str, status: int, address: str
) -> None:
    answer = client_of(index, **settings).get(address, headers={"Host": host})
    assert (answer.status_code == 421) is (status == 421)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "http://localhost"}, 200),
        ({"Origin": "https://localhost"}, 200),
        ({"Origin": "http://localhost:3000"}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": ""}, 403),
        ({"Origin": "file://"}, 403),
        ({"Origin": "chrome-extension://localhost"}, 403),
        ({"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors"}, 200),
        ({"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate"}, 200),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}, 200),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}, 403),
        ({"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "no-cors"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors"}, 403),
    ],
)
def test_pages_of_other_servers_get_nothing(client: TestClient, headers: dict[str, str], status: int) -> None:
    answer = client.get(SEARCH, headers=headers)
    assert answer.status_code == status
    assert "access-control-allow-origin" not in answer.headers


def test_a_page_that_was_allowed_may_call_the_api(index: Index) -> None:
    client = client_of(index, origins=("https://page.example",), token=TOKEN)
    asked = {"Origin": "https://page.example", "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors"}
    before = client.options(SEARCH, headers=asked | {"Access-Control-Request-Method": "GET"})
    assert before.status_code == 204
    assert "authorization" in before.headers["access-control-allow-headers"]
    answer = client.get(SEARCH, headers=asked | BEARER)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "https://page.example"
    assert "Origin" in answer.headers["vary"]
    assert client.get(SEARCH, headers=asked).status_code == 401
    assert client.get(SEARCH, headers=asked | {"Origin": "https://other.example"}).status_code == 403


@pytest.mark.parametrize("address", [SEARCH, "/", "/nothing", "/health", "/api/search", "/login"])
def test_each_answer_says_what_a_browser_may_do_with_it(client: TestClient, address: str) -> None:
    headers = client.get(address).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"


READS = [
    SEARCH,
    "/api/status",
    "/api/export",
    "/api/openapi.json",
    "/source/x",
    "/",
    "/index.html",
    "/nothing",
    "/metrics",
]


@pytest.mark.parametrize("address", READS)
@pytest.mark.parametrize(
    "given",
    [
        {},
        {"Authorization": "Bearer wrong"},
        {"Authorization": "Bearer"},
        {"Authorization": f"Basic {TOKEN}"},
        {"Authorization": b"Bearer \xff\xfe"},
        {"Cookie": "jooya_access=x"},
        {"Cookie": 'jooya_access="'},
        {"Cookie": "\x01=;;,"},
    ],
)
def test_nothing_is_read_without_the_token(index: Index, address: str, given: dict[str, Any]) -> None:
    client = client_of(index, token=TOKEN, metrics=True)
    answer = client.get(address, headers=given)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert "Authorization: Bearer" in answer.json()["fix"]
    assert client.get(address, headers=BEARER).status_code != 401
    assert client.get("/health").status_code == 200


def test_a_person_gives_the_token_once(index: Index) -> None:
    client = client_of(index, token=TOKEN, writable=True)
    asked = client.get("/", headers={"Accept": "text/html"})
    assert asked.status_code == 401
    assert "<form" in asked.text
    assert client.post("/login", data={"token": "wrong"}, follow_redirects=False).status_code == 401
    assert client.get(SEARCH).status_code == 401
    done = client.post("/login", data={"token": TOKEN}, follow_redirects=False)
    assert (done.status_code, done.headers["location"]) == (303, "/")
    cookie = done.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=strict" in cookie
    assert TOKEN not in cookie
    assert client.get(SEARCH).status_code == 200
    # A cookie comes by itself, so it is not enough to change anything.
    assert client.put("/api/documents/x", json={"text": "x"}).status_code == 401
    assert client.delete("/api/documents/برف").status_code == 401


def test_a_token_may_be_of_any_letters(index: Index) -> None:
    client = client_of(index, token="راز ۱۲۳")
    assert client.get(SEARCH, headers={b"Authorization": "Bearer راز ۱۲۳".encode()}).status_code == 200
    assert client.get(SEARCH, headers={b"Authorization": "Bearer راز ۱۲".encode()}).status_code == 401
    client.post("/login", data={"token": "راز ۱۲۳"}, follow_redirects=False)
    assert client.get(SEARCH).status_code == 200


def test_reading_may_be_free_where_writing_is_not(index: Index) -> None:
    client = client_of(index, token=TOKEN, public_read=True, writable=True)
    assert client.get(SEARCH).status_code == 200
    assert client.put("/api/documents/x", json={"text": "x"}).status_code == 401
    assert client.request("POST", SEARCH).status_code == 401


def test_bodies_have_a_limit(index: Index) -> None:
    client = client_of(index, token=TOKEN, writable=True, body=1_000)
    large = b'{"text": "' + b"x" * 2_000 + b'"}'
    headers = BEARER | {"Content-Type": "application/json"}
    told = client.put("/api/documents/x", content=large, headers=headers)
    untold = client.put("/api/documents/x", content=itertools.repeat(large[:500], 100), headers=headers)
    for answer in (told, untold):
        assert answer.status_code == 413
        assert answer.json()["type"].endswith("#too-large")
    for length in ("-1", "x", "9" * 30):
        assert client.put("/api/documents/x", headers=headers | {"Content-Length": length}).status_code == 413
    assert client.post("/login", content=large).status_code == 413


def test_an_address_may_send_so_many_requests(index: Index) -> None:
    client = client_of(index, rate=1)
    answers = [client.get(SEARCH) for _ in range(12)]
    assert [one.status_code for one in answers].count(429) in (1, 2)
    assert int(answers[-1].headers["retry-after"]) >= 1
    assert client.get("/health").status_code == 200
    assert client_of(index, rate=1).get(SEARCH).status_code == 200


def test_the_allowance_of_an_address_fills_again() -> None:
    now = 0.0
    rate = RequestRate(2, lambda: now)
    for _ in range(20):
        rate.take("a")
    for address in ("a", "a"):
        with pytest.raises(Problem):
            rate.take(address)
    rate.take("b")
    now = 0.5
    rate.take("a")
    with pytest.raises(Problem):
        rate.take("a")
    now = 1_000.0
    for _ in range(20):
        rate.take("a")
    with pytest.raises(Problem):
        rate.take("a")


def test_addresses_of_one_network_share_an_allowance() -> None:
    rate = RequestRate(0.1, lambda: 0.0)
    rate.take("2001:db8::1")
    with pytest.raises(Problem):
        rate.take("2001:db8::2")
    rate.take("2001:db8:0:1::1")
    rate.take("10.0.0.1")
    rate.take("10.0.0.2")


def test_the_addresses_that_are_remembered_are_bounded() -> None:
    rate = RequestRate(1, lambda: 0.0)
    for number in range(20_000):
        rate.take(f"10.0.{number >> 8}.{number & 255}")
    assert len(rate._left) == 10_000


@pytest.mark.parametrize("settings", [{}, {"host": "0.0.0.0", "public_read": True}])
def test_the_rate_is_limited_for_others_by_default(settings: dict[str, Any]) -> None:
    assert ServerSettings(**settings).most_requests == (50 if settings else 0)
    assert ServerSettings(**settings, rate=0).most_requests == 0


TRAVERSALS = [
    "/../../etc/passwd",
    "/..%2f..%2fetc%2fpasswd",
    "/%2e%2e/%2e%2e/etc/passwd",
    "/....//etc/passwd",
    "/..\\..\\etc\\passwd",
    "//etc/passwd",
    "/%00",
    "/index.html%00.txt",
    "/source//etc/passwd",
    "/source/..%2f..%2fetc%2fpasswd",
    "/source/%2fetc%2fpasswd",
    "/source/file:%2f%2f%2fetc%2fpasswd",
    "/source/*",
    "/" + "a" * 5_000,
]


@pytest.mark.parametrize("address", TRAVERSALS)
def test_no_path_leads_to_a_file_of_the_machine(client: TestClient, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code in (404, 400)
    assert "root:" not in answer.text


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Index]:
    """Give an index of files, some of which lie elsewhere."""
    talks, elsewhere = tmp_path / "home" / "talks", tmp_path / "elsewhere"
    talks.mkdir(parents=True)
    elsewhere.mkdir()
    (talks / "آب.txt").write_text("کمبود آب", encoding="utf-8")
    (talks / "page.html").write_text("<script>alert(1)</script><p>برف بارید", encoding="utf-8")
    (talks / "say.fa.srt").write_text("1\n00:00:01,000 --> 00:00:02,000\nسلام بر همه\n", encoding="utf-8")
    (talks / "say.mp3").write_bytes(b"ID3" + bytes(range(100)))
    (talks / "secret.txt").write_text("راز", encoding="utf-8")
    (talks / ".hidden").mkdir()
    (talks / ".hidden" / "key.txt").write_text("پنهان", encoding="utf-8")
    (elsewhere / "far.txt").write_text("دور", encoding="utf-8")
    with Index.create(tmp_path / "home" / "index") as index:
        index.add(talks, elsewhere, talks / ".hidden" / "key.txt")
        (talks / "secret.txt").unlink()
        (talks / "secret.txt").symlink_to("/etc/passwd")
        yield index


def key(index: Index, name: str) -> str:
    return next(one.key for one in index.documents() if one.key.endswith(name))


def source(client: TestClient, index: Index, name: str, **options: Any) -> Any:
    return client.get(f"/source/{key(index, name)}", **options)


def test_files_are_handed_out_by_the_key_of_their_document(archive: Index) -> None:
    client = client_of(archive)
    text = source(client, archive, "آب.txt")
    assert (text.status_code, text.content.decode()) == (200, "کمبود آب")
    assert text.headers["content-type"] == "text/plain; charset=utf-8"
    part = source(client, archive, "say.fa.srt", params={"media": "true"}, headers={"Range": "bytes=0-2"})
    assert (part.status_code, part.content, part.headers["content-type"]) == (206, b"ID3", "audio/mpeg")
    assert source(client, archive, "آب.txt", params={"media": "true"}).status_code == 404


def test_pages_of_others_never_run_here(archive: Index) -> None:
    page = source(client_of(archive), archive, "page.html")
    assert page.headers["content-type"] == "application/octet-stream"
    assert page.headers["content-disposition"].startswith("attachment")
    assert "default-src 'none'" in page.headers["content-security-policy"]


def test_files_outside_of_the_folders_are_not_handed_out(archive: Index, tmp_path: Path) -> None:
    client = client_of(archive)
    assert source(client, archive, "far.txt").status_code == 404
    assert source(client, archive, "secret.txt").status_code == 404
    assert source(client, archive, "key.txt").status_code == 404
    named = client_of(archive, sources=(tmp_path / "elsewhere",))
    assert source(named, archive, "far.txt").text == "دور"
    assert source(named, archive, "آب.txt").status_code == 404
    opened = client_of(archive, host="0.0.0.0", public_read=True)
    assert source(opened, archive, "آب.txt").status_code == 404


@pytest.mark.parametrize("address", ["/", "/api/search", "/more", "/document/x", "/source/x", "/health", "/login"])
@pytest.mark.parametrize("query", ["q=آب".encode(), "q=آب".encode("cp1256"), b"q\xec=1", b"\xff", b"q=%ff&q=\x00"])
def test_query_strings_beyond_ascii_are_read(index: Index, address: str, query: bytes) -> None:
    """Servers that hand on what clients send give such bytes to the application; none of them may be a fault."""
    statuses = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        statuses.append(message.get("status", 0))

    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "http", "method": "GET",
        "path": address, "raw_path": address.encode(), "query_string": query, "headers": [(b"host", b"localhost")],
        "client": ("127.0.0.1", 50000), "server": ("localhost", 80),
    }  # fmt: skip

    async def answer() -> None:
        await create_app(index, ServerSettings())(scope, receive, send)

    asyncio.run(answer())
    assert statuses[0] < 500
    assert statuses[0] == 200 or address != "/health"
    assert statuses[0] == 200 or (address, query) != ("/api/search", "q=آب".encode())

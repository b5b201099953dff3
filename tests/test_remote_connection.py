"""Tests of the connection to OpenSearch, against the engine itself and a proxy in front of it that fails and lies."""

import base64
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from engine_proxy import Authority, EngineProxy, Fault, new_authority, proxied

from jooya import BadArgument, BeyondLimit, EngineError, IndexUnusable, JooyaError
from jooya.indexer import limits
from jooya.indexer.remote.address import VARIABLE, Address, ConnectionOptions, Host, Secrets
from jooya.indexer.remote.connection import Answer, Connection, action, path

NAME = "گفتارها"
EVERYTHING: dict[str, Any] = {"query": {"match_all": {}}}
PATIENT = ConnectionOptions(timeout=5, patience=20)
HASTY = ConnectionOptions(timeout=0.5, patience=0)


@pytest.fixture
def proxy(opensearch: str) -> Iterator[EngineProxy]:
    with proxied(opensearch) as running:
        yield running


@pytest.fixture
def connection(proxy: EngineProxy, remote_url: str) -> Connection:
    """Return a patient connection, through the proxy, to an index with three documents."""
    name = remote_url.rpartition("/")[2]
    opened = Connection.open(f"{proxy.url}/{name}", PATIENT)
    opened.request("PUT", path(name), {"settings": {"number_of_shards": 2, "number_of_replicas": 0}})
    documents = [action({"index": {"_index": name, "_id": f"سند/{i}"}}, {"number": i}) for i in range(3)]
    results = opened.bulk(documents, params={"refresh": "true"})
    assert [(result["_id"], result["status"]) for result in results] == [(f"سند/{i}", 201) for i in range(3)]
    return opened


def hasty(connection: Connection) -> Connection:
    return Connection(connection.address, HASTY, Secrets())


def count(connection: Connection) -> int:
    total: int = connection.search(connection.index, EVERYTHING)["hits"]["total"]["value"]
    return total


# What is asked for is done.


def test_documents_are_found(connection: Connection) -> None:
    assert count(connection) == 3
    assert connection.exists(path(connection.index))
    assert connection.exists(path(connection.index, "_doc", "سند/1"))
    assert not connection.exists(path(connection.index, "_doc", "سند/9"))
    assert not connection.exists(path("there-is-none"))


def test_long_bulks_are_cut_and_their_results_are_in_order(
    connection: Connection, proxy: EngineProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jooya.indexer.remote.connection.BULK_BYTES", 500)
    proxy.do()
    actions = [action({"index": {"_index": connection.index, "_id": str(i)}}, {"number": i}) for i in range(30)]
    assert [result["_id"] for result in connection.bulk(actions)] == [str(i) for i in range(30)]
    sizes = [int(headers["content-length"]) for _, _, headers in proxy.requests]
    assert len(sizes) > 3
    assert max(sizes) <= 500
    assert sum(sizes) == sum(map(len, actions))


# What fails is one of Jooya's errors, of one line, that names the thing.

REFUSALS: list[tuple[str, Callable[[Connection], object], type[JooyaError], int | None]] = [
    ("no query [foo]", lambda c: c.search(c.index, {"query": {"foo": {}}}), EngineError, 400),
    ("there is no index", lambda c: c.search("there-is-none", EVERYTHING), IndexUnusable, None),
    ("there is no index", lambda c: c.searches("there-is-none", [EVERYTHING]), IndexUnusable, None),
    ("already exists", lambda c: c.request("PUT", path(c.index), {}), EngineError, 400),
    (
        "version conflict",
        lambda c: c.bulk([action({"create": {"_index": c.index, "_id": "سند/1"}}, {"number": 1})]),
        EngineError,
        409,
    ),
    (
        "failed to parse",
        lambda c: c.bulk([action({"index": {"_index": c.index, "_id": "x"}}, {"number": "three"})]),
        EngineError,
        400,
    ),
]


@pytest.mark.parametrize(("what", "call", "kind", "status"), REFUSALS, ids=[row[0] for row in REFUSALS])
def test_what_the_engine_refuses_is_an_error(
    connection: Connection,
    proxy: EngineProxy,
    what: str,
    call: Callable[[Connection], object],
    kind: type[JooyaError],
    status: int | None,
) -> None:
    proxy.do()
    with pytest.raises(kind) as refused:
        call(connection)
    assert what.replace("no query", "unknown query") in str(refused.value)
    assert "\n" not in str(refused.value)
    assert connection.address.origin in str(refused.value)
    assert getattr(refused.value, "status", None) == status
    assert len(proxy.requests) == 1, "what is wrong is not sent again"


def test_a_status_that_may_come_is_returned(connection: Connection) -> None:
    answer = connection.request("GET", path(connection.index, "_doc", "no"), accept=(404,))
    assert answer["found"] is False
    conflict = action({"create": {"_index": connection.index, "_id": "سند/1"}}, {"number": 1})
    assert connection.bulk([conflict], accept=(409,))[0]["status"] == 409


# What passes is waited for.

PASSING = {
    "too many requests": Fault(status=429),
    "no manager": Fault(status=503),
    "a proxy without a node": Fault(status=502),
    "a proxy that waits no longer": Fault(status=504),
    "cut before": Fault(cut="before"),
    "cut after": Fault(cut="after"),
    "cut amid the answer": Fault(cut="amid"),
    "late": Fault(delay=6),
}


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
def test_a_request_is_repeated(connection: Connection, proxy: EngineProxy, fault: Fault) -> None:
    proxy.do(fault, fault) if not fault.delay else proxy.do(fault)
    sent = len(proxy.faults) + 1
    assert count(connection) == 3
    assert len(proxy.requests) == sent


@pytest.mark.parametrize("fault", [fault for fault in PASSING.values() if not fault.delay])
def test_patience_has_an_end(connection: Connection, proxy: EngineProxy, fault: Fault) -> None:
    proxy.always = fault
    started = time.monotonic()
    impatient = Connection(connection.address, ConnectionOptions(patience=0.3), Secrets())
    with pytest.raises(EngineError, match=r"does not answer|too busy"):
        count(impatient)
    assert 0.3 <= time.monotonic() - started < 3


def test_the_pauses_grow_and_differ(
    connection: Connection, monkeypatch: pytest.MonkeyPatch, proxy: EngineProxy
) -> None:
    pauses: list[float] = []
    clock = SimpleNamespace(sleep=pauses.append, monotonic=time.monotonic)
    monkeypatch.setattr("jooya.indexer.remote.patience.time", clock)
    for _ in range(2):
        proxy.do(*[Fault(status=503)] * 9)
        count(connection)
    first, second = pauses[:9], pauses[9:]
    assert len(second) == 9
    assert first != second
    assert all(0.025 * 2**i <= pause <= 0.05 * 2**i for i, pause in enumerate(first[:7]))
    assert all(2.5 <= pause <= 5 for pause in first[8:])


def test_a_conditional_write_is_not_sent_twice(connection: Connection, proxy: EngineProxy) -> None:
    place = path(connection.index, "_create", "new")
    proxy.do(Fault(cut="after"))
    with pytest.raises(EngineError) as lost:
        connection.request("PUT", place, {"number": 9}, repeat=False)
    assert lost.value.kind == "unreachable"
    assert len(proxy.requests) == 1
    # It may have been carried out, and it was.
    assert connection.exists(path(connection.index, "_doc", "new"))
    # What was refused as too much surely was not.
    proxy.do(Fault(status=429))
    connection.request("PUT", path(connection.index, "_create", "newer"), {"number": 10}, repeat=False)
    assert len(proxy.requests) == 2


def busy_item(answer: Answer) -> None:
    """Make a lie of an answer to a bulk: the cluster was too busy for the second action."""
    refusal = {"error": {"type": "rejected_execution_exception", "reason": "queue is full"}, "status": 429}
    answer["items"][1]["index"] = {"_id": "b"} | refusal
    answer["errors"] = True


def test_single_actions_of_a_bulk_are_repeated(connection: Connection, proxy: EngineProxy) -> None:
    actions = [action({"index": {"_index": connection.index, "_id": i}}, {"number": 1}) for i in "abc"]
    proxy.do(Fault(change=busy_item))
    assert [(result["_id"], "error" in result) for result in connection.bulk(actions)] == [
        ("a", False),
        ("b", False),
        ("c", False),
    ]
    assert [int(headers["content-length"]) for _, _, headers in proxy.requests] == [
        sum(map(len, actions)),
        len(actions[1]),
    ]
    proxy.do(Fault(change=busy_item))
    with pytest.raises(EngineError, match=r"does not take b .*queue is full") as refused:
        hasty(connection).bulk(actions)
    assert refused.value.status == 429


def test_another_node_is_asked_when_one_is_gone(connection: Connection, proxy: EngineProxy) -> None:
    (there,) = connection.address.hosts
    both = Address("http", (Host("127.0.0.1", 9), there), "", connection.index)
    opened = Connection(both, ConnectionOptions(timeout=5, patience=5), Secrets())
    for _ in range(4):
        assert count(opened) == 3
    with pytest.raises(EngineError, match=r"http://127.0.0.1:9 does not answer \(Connection refused\)"):
        count(Connection(Address("http", both.hosts[:1], "", connection.index), HASTY, Secrets()))


# Deadlines are kept, and the engine knows them.


@pytest.mark.parametrize("fault", [Fault(delay=3), Fault(status=503), Fault(cut="before"), Fault(cut="after")])
def test_a_search_ends_at_its_deadline(connection: Connection, proxy: EngineProxy, fault: Fault) -> None:
    proxy.always = fault
    started = time.monotonic()
    with pytest.raises(BeyondLimit) as late, limits.deadline(0.5):
        count(connection)
    assert late.value.limit == "seconds"
    assert 0.5 <= time.monotonic() - started < 1.5


def test_the_shards_know_the_deadline(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[dict[str, Any]] = []
    once = Connection._once

    def watched(self: Connection, method: str, asked: str, content: bytes, *rest: Any) -> Answer:
        sent.append(json.loads(content))
        return once(self, method, asked, content, *rest)

    monkeypatch.setattr(Connection, "_once", watched)
    with limits.deadline(5):
        count(connection)
    count(connection)
    assert 4000 < int(sent[0]["timeout"].removesuffix("ms")) <= 5000
    assert "timeout" not in sent[1]


# Answers that are not whole, or not OpenSearch's, are never taken for answers.


def without_a_shard(answer: Answer) -> None:
    answer["_shards"] |= {"successful": 1, "failed": 1}


def with_a_shard_that_has_no_copy(answer: Answer) -> None:
    """Tell of it as the engine does: it has not failed."""
    answer["_shards"] |= {"successful": 1, "failed": 0}


def out_of_time(answer: Answer) -> None:
    answer["timed_out"] = True


@pytest.mark.parametrize("lie", [without_a_shard, with_a_shard_that_has_no_copy, out_of_time])
def test_a_part_of_the_answer_is_an_error(
    connection: Connection, proxy: EngineProxy, lie: Callable[[Answer], None]
) -> None:
    proxy.do(Fault(change=lie))
    with pytest.raises(EngineError, match=r"of 2 shards of .* do not answer: .*PARTIAL=1") as partial:
        count(hasty(connection))
    assert partial.value.kind == "partial"
    # It may pass.
    proxy.do(Fault(change=lie))
    assert count(connection) == 3
    # It is taken if that was asked for.
    proxy.do(Fault(change=lie))
    assert connection.search(connection.index, EVERYTHING, partial=True)["hits"]["total"]["value"] == 3
    assert "allow_partial_search_results=true" in proxy.requests[0][1]
    # An index whose searches may do so is not asked so for anything else.
    proxy.do(Fault(change=lie))
    with pytest.raises(EngineError, match="do not answer"):
        count(Connection(connection.address, ConnectionOptions(partial=True, patience=0), Secrets()))
    assert "allow_partial_search_results=false" in proxy.requests[0][1]


def test_searches_are_answered_together(connection: Connection, proxy: EngineProxy) -> None:
    ones = [{"query": {"term": {"number": i}}} for i in range(3)]

    def numbers(opened: Connection) -> list[int]:
        return [answer["hits"]["hits"][0]["_source"]["number"] for answer in opened.searches(opened.index, ones)]

    def lie_of_the_second(lie: Callable[[Answer], None]) -> Fault:
        return Fault(change=lambda answer: lie(answer["responses"][1]))

    def busy(answer: Answer) -> None:
        answer |= {"error": {"type": "rejected_execution_exception", "reason": "queue is full"}, "status": 429}

    assert connection.searches(connection.index, []) == []
    # The second alone is asked again.
    for lie in (without_a_shard, out_of_time, busy):
        proxy.do(lie_of_the_second(lie))
        assert numbers(connection) == [0, 1, 2]
        assert len(proxy.requests) == 2
        assert int(proxy.requests[0][2]["content-length"]) > 2 * int(proxy.requests[1][2]["content-length"])
        proxy.do(lie_of_the_second(lie))
        with pytest.raises(EngineError, match=r"shards of .* do not answer"):
            numbers(hasty(connection))
    ones[2] = {"query": {"foo": {}}}
    with pytest.raises(EngineError, match=r"unknown query \[foo\]") as refused:
        numbers(connection)
    assert refused.value.status == 400
    ones.pop()
    proxy.do(Fault(change=lambda answer: (answer["responses"].pop(), None)[1]))
    with pytest.raises(EngineError, match="does not answer as OpenSearch does"):
        numbers(connection)


def test_a_shard_that_is_gone_is_missed(connection: Connection, opensearch: str) -> None:
    """Have the engine itself lose a shard: one that no node may take."""
    name = connection.index
    settings = {"number_of_shards": 2, "number_of_replicas": 0, "index.routing.allocation.require.box": "none"}
    connection.request("PUT", path(f"{name}-lost"), {"settings": settings}, params={"wait_for_active_shards": "0"})
    with pytest.raises(EngineError, match=r"too busy or not whole .*: try again later") as lost:
        hasty(connection).search(f"{name}-lost", EVERYTHING)
    assert lost.value.status == 503


FOREIGN = {
    "a page": "<html><body>Welcome</body></html>",
    "nothing": "",
    "a list": "[]",
    "half of it": '{"took": 1, "hits": {"tot',
}


@pytest.mark.parametrize("body", FOREIGN.values(), ids=FOREIGN)
def test_what_is_not_opensearch_is_told(connection: Connection, proxy: EngineProxy, body: str) -> None:
    proxy.always = Fault(body=body)
    with pytest.raises(EngineError, match="does not answer as OpenSearch does: look at the address") as foreign:
        count(hasty(connection))
    assert foreign.value.kind == "foreign"


@pytest.mark.parametrize("change", [lambda answer: answer.pop("items"), lambda answer: answer["items"].pop()])
def test_a_bulk_without_all_results_is_an_error(connection: Connection, proxy: EngineProxy, change: Any) -> None:
    actions = [action({"index": {"_index": connection.index, "_id": i}}, {"number": 1}) for i in "ab"]
    proxy.do(Fault(change=lambda answer: (change(answer), None)[1]))
    with pytest.raises(EngineError, match="does not answer as OpenSearch does"):
        connection.bulk(actions)


def test_nothing_leads_elsewhere(connection: Connection, proxy: EngineProxy) -> None:
    proxy.do(Fault(status=301))
    with pytest.raises(EngineError, match="sends elsewhere"):
        count(connection)


# TLS and secrets.


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return new_authority(tmp_path_factory.mktemp("authority"))


def test_a_certificate_is_trusted_by_its_authority_alone(opensearch: str, authority: Authority) -> None:
    with proxied(opensearch, authority=authority) as proxy:
        place = Address.parse(f"{proxy.url}/talks")
        trusting = Connection(place, ConnectionOptions(authorities=authority.certificate), Secrets())
        assert "version" in trusting.request("GET", "/")
        trusting.close()
        with pytest.raises(EngineError, match="cannot be trusted") as refused:
            Connection(place, PATIENT, Secrets()).request("GET", "/")
        assert refused.value.kind == "tls"
        assert refused.value.fix == "name the file of its authority in JOOYA_OPENSEARCH_AUTHORITIES"
        assert len(proxy.requests) == 1
    with pytest.raises(BadArgument, match=r"server.txt can't be used as a certificate"):
        Connection(place, ConnectionOptions(authorities=Path("server.txt")), Secrets())


SECRETS = {
    "key": ({"API_KEY": "c2VjcmV0"}, "ApiKey c2VjcmV0"),
    "password": (
        {"USER": "احمد", "PASSWORD": "گذر:واژه"},
        "Basic " + base64.b64encode("احمد:گذر:واژه".encode()).decode(),
    ),
}


@pytest.mark.parametrize("in_file", [False, True])
@pytest.mark.parametrize(("secrets", "header"), SECRETS.values(), ids=SECRETS)
def test_secrets_come_from_the_environment_and_are_not_shown(
    opensearch: str,
    authority: Authority,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    secrets: dict[str, str],
    header: str,
    in_file: bool,
) -> None:
    for name, secret in secrets.items():
        if in_file and name != "USER":
            (tmp_path / name).write_text(f"{secret}\n", encoding="utf-8")
            monkeypatch.setenv(f"{VARIABLE}{name}_FILE", str(tmp_path / name))
        else:
            monkeypatch.setenv(VARIABLE + name, secret)
    monkeypatch.setenv(f"{VARIABLE}AUTHORITIES", str(authority.certificate))
    monkeypatch.setenv(f"{VARIABLE}PATIENCE", "0")
    hidden = [secret for name, secret in secrets.items() if name != "USER"]
    with proxied(opensearch, authority=authority, authorization=header) as proxy:
        opened = Connection.open(f"{proxy.url}/talks")
        assert "version" in opened.request("GET", "/")
        # Even where the engine repeats it.
        proxy.do(Fault(status=400), Fault(status=500))
        for _ in range(2):
            with pytest.raises(EngineError) as refused:
                opened.request("GET", path("talks", "_doc", hidden[0]))
        shown = f"{refused.value} {refused.value!r} {opened.address!r} {opened.options!r} {opened._secrets!r}"
        assert not any(secret in shown for secret in hidden)
        opened.close()
        monkeypatch.setenv(f"{VARIABLE}{next(iter(secrets))}", "another")
        for name in ("API_KEY_FILE", "PASSWORD_FILE"):
            if next(iter(secrets)) in name:
                monkeypatch.delenv(VARIABLE + name, raising=False)
        with pytest.raises(EngineError, match="does not know this client: set JOOYA_OPENSEARCH_API_KEY") as unknown:
            Connection.open(f"{proxy.url}/talks").request("GET", "/")
        assert unknown.value.status == 401


def test_requests_are_signed_for_amazon(opensearch: str, authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("botocore", reason="NOT TESTED: signed requests need botocore: pip install botocore")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hidden")
    monkeypatch.setenv(f"{VARIABLE}AWS_REGION", "eu-central-1")
    monkeypatch.setenv(f"{VARIABLE}AUTHORITIES", str(authority.certificate))
    with proxied(opensearch, authority=authority) as proxy:
        opened = Connection.open(f"{proxy.url}/talks")
        opened.request("GET", "/")
        ((_, _, headers),) = proxy.requests
        sent = headers["authorization"]
        assert sent.startswith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/")
        assert "/eu-central-1/es/aws4_request" in sent
        assert "hidden" not in repr(opened._secrets)
        opened.close()


# Addresses and the environment. These need no engine.


def test_addresses_are_read() -> None:
    address = Address.parse("https://ahmad@a.example,b.example:9201,[::1]:9202/search/%DA%AF%D9%81%D8%AA")
    assert address == Address(
        "https", (Host("a.example", 443), Host("b.example", 9201), Host("::1", 9202)), "/search", "گفت", "ahmad"
    )
    assert address.url == "https://a.example:443,b.example:9201,[::1]:9202/search/%DA%AF%D9%81%D8%AA"
    assert Address.parse("http://localhost/talks/").hosts == (Host("localhost", 9200),)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "talks",
        "ftp://host/talks",
        "https:///talks",
        "https://host:9200",
        "https://host:9200/",
        "https://host:port/talks",
        "https://host:99999/talks",
        "https://host,/talks",
        "https://host/Talks",
        "https://host/_all",
        "https://host/a*",
        "https://host/a%2Cb",
        "https://host/a%2Fb",
        "https://host/talks?refresh=true",
        "https://host/" + "ن" * 120,
    ],
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(BadArgument, match="give an address such as https://host:9200/talks"):
        Address.parse(url)


def test_a_password_in_an_address_is_refused_and_not_shown() -> None:
    with pytest.raises(BadArgument, match=r"holds a password: .*JOOYA_OPENSEARCH_PASSWORD") as refused:
        Address.parse("https://ahmad:verysecret@host/talks")
    assert "verysecret" not in f"{refused.value!r} {refused.value.value!r}"


def test_secrets_are_not_sent_in_the_clear() -> None:
    key = {f"{VARIABLE}API_KEY": "abc"}
    with pytest.raises(BadArgument, match="could read the secret that is sent there: use https"):
        Secrets.from_environment(Address.parse("http://host:9200/talks"), key)
    for url in ("https://host/talks", "http://localhost/talks", "http://127.0.0.1/talks", "http://[::1]/talks"):
        assert Secrets.from_environment(Address.parse(url), key).api_key == "abc"


@pytest.mark.parametrize(
    ("names", "problem"),
    [
        (("PASSWORD",), "no user: set JOOYA_OPENSEARCH_USER"),
        (("USER",), "no password: set JOOYA_OPENSEARCH_PASSWORD"),
        (("API_KEY", "USER", "PASSWORD"), "several secrets"),
        (("API_KEY", "AWS_REGION"), "several secrets"),
        (("API_KEY", "API_KEY_FILE"), "both JOOYA_OPENSEARCH_API_KEY and"),
        (("API_KEY_FILE",), "can't be read"),
    ],
)
def test_secrets_that_do_not_fit_are_refused(names: tuple[str, ...], problem: str) -> None:
    environment = {VARIABLE + name: "no-such-file" for name in names}
    with pytest.raises(BadArgument, match=problem):
        Secrets.from_environment(Address.parse("https://host/talks"), environment)


def test_options_come_from_the_environment() -> None:
    options = ConnectionOptions.from_environment(
        {f"{VARIABLE}TIMEOUT": "2.5", f"{VARIABLE}PARTIAL": "1", f"{VARIABLE}AUTHORITIES": "/ca.pem"}
    )
    assert options == ConnectionOptions(timeout=2.5, partial=True, authorities=Path("/ca.pem"))
    assert ConnectionOptions.from_environment({f"{VARIABLE}PARTIAL": "0"}) == ConnectionOptions()
    for text in ("soon", "-1", "nan"):
        with pytest.raises(BadArgument, match=r"seconds|a number of 0 or more"):
            ConnectionOptions.from_environment({f"{VARIABLE}TIMEOUT": text})

"""Searches on a real OpenSearch give what a local index of the same documents gives, or say that they do not."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import opensearch_nodes
import pytest
from command import run
from engine_proxy import Fault, proxied

import jooya
from jooya import (
    BadInput,
    BeyondLimit,
    Document,
    EngineError,
    Index,
    IndexDamaged,
    IndexUnusable,
    Limits,
    RemoteIndex,
    Results,
    Searcher,
)
from jooya.indexer.remote import (
    document_head,
    exact_head,
    passage_terms,
    remote_documents,
    remote_search,
    vocabularies,
)
from jooya.indexer.remote.address import ConnectionOptions
from jooya.indexer.remote.commit_state import COMMIT, META
from jooya.indexer.remote.connection import Connection, path
from jooya.indexer.remote.search_engine import SearchEngine

FIELDS: Any = {"author": "text", "tags": "keyword", "pages": "number", "published": "date"}

WORDS = re.findall(
    r"\S+",
    "کتاب کتاب‌ها کتابخانه خانه دریا دریاچه کوه کوهستان باران بارانی سخن سخنان گفتن می‌گوید گفته شهر شهرها راه راهی "
    "محمدرضا محمد رضا جستجو جست و جو زیبا زیباتر رفتن می‌رفت خواهد رفت در از به که این آن علی حسن ایران ایرانی",
)


def corpus(seed: int = 3, count: int = 250) -> list[Document]:
    """Return documents of one or more passages, with titles, dates and metadata, some of them copies of others."""
    random = Random(seed)
    documents: list[Document] = []
    for number in range(count):
        text = ". ".join(
            " ".join(random.choice(WORDS) for _ in range(random.randrange(3, 60)))
            for _ in range(random.randrange(1, 9))
        )
        if documents and number % 17 == 0:
            text = documents[-1].text
        documents.append(
            Document(
                f"d{number * 7919 % 1000:03}",
                text,
                title=" ".join(random.sample(WORDS, 2)) if number % 3 else None,
                date=f"{1380 + number % 20}-05-{1 + number % 28:02}" if number % 4 else None,
                collection=f"part{number % 3}",
                meta={
                    "author": random.choice(["علی رضا", "علیرضا", "حسن", "محمد"]),
                    "tags": random.sample(["آب", "خاک", "باد", "آتش"], 2),
                    "pages": number % 60,
                    "published": f"{1370 + number % 25}",
                },
            )
        )
    return documents


@pytest.fixture(scope="module", params=[1, 3])
def pair(
    request: pytest.FixtureRequest, opensearch: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Index, RemoteIndex]]:
    """Give a local index and one on OpenSearch, with one or three shards, of the same documents."""
    address = f"{opensearch}/made-pair-{tmp_path_factory.getbasetemp().name}-{request.param}".lower()
    with (
        Index.create(tmp_path_factory.mktemp("pair") / "index", fields=FIELDS) as local,
        RemoteIndex.open_or_create_url(address, fields=FIELDS, shards=request.param) as remote,
    ):
        local.add(corpus())
        remote.add(corpus())
        yield local, remote
    connection = Connection.open(address)
    for name in (f"{connection.index}-1", f"{connection.index}{META}"):
        connection.request("DELETE", path(name), accept=(404,))


def shown(results: Results) -> dict[str, Any]:
    """Return all of an answer but how words are spelled in suggestions, which depends on the passage they are from."""
    return {name: value for name, value in results.to_dict().items() if name not in ("did_you_mean", "corrected_query")}


@pytest.mark.parametrize(
    "query",
    [
        "کتاب",
        "می‌گویم",
        "کتاب دریا",
        "باران در کوهستان زیبا از شهر",
        '"کتاب دریا"',
        '"خواهد رفت"',
        'سخن "شهر راه"',
        '"کتاب باران"~6',
        "+کتاب +دریا سخن",
        "کتاب -دریا",
        "-کتاب",
        "(کتاب AND دریا) OR سخن NOT شهر",
        "کتا*",
        "ک?اب در*چه",
        "باران~1",
        "بارنا~2",
        "title:کتاب دریا",
        "title:کتاب*",
        "date:1385..1390 سخن",
        "date:1385",
        "collection:part1 شهر",
        "doc:d1* شهر",
        "author:علیرضا شهر",
        "tags:آب",
        "pages:10..20 کتاب",
        "محمد رضا",
        "جستجو",
        "کتاب خانه",
        "داشنگاه کتاب",
        "کتباخانه",
        "lhgd",
        "کتاب^3 دریا",
        '"کتاب خانه"^2 سخن',
    ],
)
def test_answers_are_those_of_a_local_index(pair: tuple[Index, RemoteIndex], query: str) -> None:
    local, remote = pair
    assert shown(remote.search(query)) == shown(local.search(query))
    assert remote.rank(query, 300) == local.rank(query, 300)


@pytest.mark.parametrize(
    "options",
    [
        {"limit": 0},
        {"limit": 0, "by": "document"},
        {"limit": 7, "first": 12},
        {"limit": 30, "collapse": False},
        {"sort": "date"},
        {"sort": "document", "first": 5},
        {"sort": "pages"},
        {"sort": "-published"},
        {"sort": "author"},
        {"sort": "-tags"},
        {"by": "document"},
        {"by": "document", "explain": True, "context": 1},
        {"by": "document", "sort": "date", "first": 3},
        {"explain": True, "context": 2},
        {"within": "شهر -راه"},
        {"where": {"pages": (10, 40), "tags": ["آب", "خاک"]}},
        {"where": {"author": "حسن", "date": ("1385", None)}},
        {"facets": ["year", "collection", "author", "tags", "pages", "published", "document"]},
        {"facets": ["year", "author", "tags", "pages", "document"], "by": "document"},
        {"plain": True},
        {"correct": False},
    ],
)
def test_options_do_what_they_do_locally(pair: tuple[Index, RemoteIndex], options: dict[str, Any]) -> None:
    local, remote = pair
    for query in ("کتاب دریا", "سخن"):
        found, expected = remote.search(query, **options), local.search(query, **options)
        assert shown(found) == shown(expected)
        assert found.facets == expected.facets


def test_documents_and_passages_are_those_of_a_local_index(pair: tuple[Index, RemoteIndex]) -> None:
    local, remote = pair
    assert remote.ids() == local.ids()
    assert remote.collections() == local.collections()
    assert remote.fields == local.fields
    every: list[dict[str, Any]] = [{}, {"pattern": "d1*3"}, {"prefix": "d2", "first": 4}, {"where": {"pages": (5, 9)}}]
    for options in every:
        ours, theirs = remote.documents(**options), local.documents(**options)
        assert [one.to_dict() for one in ours] == [one.to_dict() for one in theirs]
    keys = [one.key for one in local.documents()]
    for key in keys[::60]:
        ours_, theirs_ = remote.get(key), local.get(key)
        assert ours_ is not None
        assert theirs_ is not None
        assert ours_.to_dict() == theirs_.to_dict()
        assert ours_.text == theirs_.text
        assert key in remote
    assert remote.get("nothing") is None
    assert "nothing" not in remote
    ids = sorted(local.ids())
    for name in ids[::150]:
        assert remote.passage(name, 2) == local.passage(name, 2)
        assert shown(remote.similar(name)) == shown(local.similar(name))
    # Of copies, the local index gives the one that was indexed first, and the other that of the first document.
    known = Counter(local.passage(name).text for name in ids)
    texts = [text for text, copies in known.items() if copies == 1][::100]
    assert remote.passages([*ids[:5], *texts, "هیچ"], context=1) == local.passages([*ids[:5], *texts, "هیچ"], context=1)
    where: Any = {"pages": (0, 20)}
    assert remote.passages(ids[:40], where=where) == local.passages(ids[:40], where=where)
    for index in (local, remote):
        with pytest.raises(BadInput, match="no passage"):
            index.passage("nothing#1")


def test_facets_of_many_values_are_those_of_a_local_index(
    remote_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Together, the fields have more values than the engine gives in one request."""
    fields: Any = {"first": "keyword", "second": "keyword"}
    with (
        Index.create(tmp_path / "index", fields=fields) as local,
        RemoteIndex.open_or_create_url(remote_url, fields=fields) as remote,
    ):
        for index in (local, remote):
            index.add(
                Document(
                    f"d{number}",
                    "باران",
                    date=f"{1300 + number}-01-01",
                    meta={name: [f"{name[0]}{number * 1_000 + i}" for i in range(1_000)] for name in fields},
                )
                for number in range(34)
            )
        facets = ["first", "second", "year"]
        found, expected = remote.search("باران", facets=facets), local.search("باران", facets=facets)
        assert found.facets == expected.facets
        assert found.notes == expected.notes
        # A field of which the engine gives only the most frequent values says so; of dates, all are asked for.
        monkeypatch.setattr(vocabularies, "_BUCKETS", 5)
        monkeypatch.setitem(vocabularies.ALL_VALUES, "size", 5)
        monkeypatch.setattr("jooya.indexer.search.facets.MOST_VALUES", 3)
        found = remote.search("باران", facets=facets)
        assert found.facets["year"] == expected.facets["year"]
        assert "first has more than 5 different values; only the 3 most frequent are counted" in found.notes


def test_documents_that_are_replaced_while_they_are_listed_are_listed(
    remote_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = [f"d{number}" for number in range(6)]
    monkeypatch.setattr(remote_documents, "_PAGE", 2)
    with RemoteIndex.open_or_create_url(remote_url) as remote:
        remote.add(*[Document(key, "باران", title="کهنه") for key in keys])
        listed = remote.documents()
        found = [next(listed), next(listed)]
        with RemoteIndex.open_url(remote_url) as other:
            other.add(*[Document(key, "برف", title="تازه") for key in keys])
            other.remove("d4")
        found += listed
        assert [one.key for one in found] == ["d0", "d1", "d2", "d3", "d5"]
        assert [one.title for one in found] == ["کهنه"] * 2 + ["تازه"] * 3


def test_documents_with_too_many_passages_are_ranked_by_their_promise(
    remote_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with RemoteIndex.open_or_create_url(remote_url) as remote:
        remote.add(
            *[Document(f"a{number}", ("باران بارید. " + "سیل آمد و خانه را برد. " * 30) * 5) for number in range(8)],
            Document("z", "باران باران باران", date="1400-01-01"),
        )
        monkeypatch.setattr(document_head, "_FIRST", 5)
        monkeypatch.setattr(document_head, "_ALL", 10)
        monkeypatch.setattr(document_head, "_MOST_PASSAGES", 12)
        found = remote.search("باران", 3, by="document")
        assert found.hits[0].document == "z"
        assert found.total == 9
        assert any("documents are ranked: they have too many" in note for note in found.notes)
        newest = remote.search("باران", 2, by="document", sort="date")
        assert [hit.document for hit in newest] == ["z", "a0"]
        later = remote.search("باران", 2, by="document", sort="date", first=3)
        assert [hit.document for hit in later] == ["a1", "a2"]


@pytest.mark.parametrize("context", [0, 1, 20_000, 2**31])
def test_many_neighbours_are_those_of_a_local_index(pair: tuple[Index, RemoteIndex], context: int) -> None:
    local, remote = pair
    names = sorted(local.ids())[::2]
    assert remote.passages(names, context=context) == local.passages(names, context=context)
    assert remote.passage(names[-1], context) == local.passage(names[-1], context)
    assert shown(remote.search("سخن", 300, context=context)) == shown(local.search("سخن", 300, context=context))


def test_what_is_typed_is_completed_as_locally(pair: tuple[Index, RemoteIndex]) -> None:
    local, remote = pair
    for text in ("کت", "کتاب در", "محمد ر", "با", "نیست‌چنین"):
        assert remote.suggest(text) == local.suggest(text)
    assert remote.did_you_mean("کتباخانه") == local.did_you_mean("کتباخانه")
    context = remote.context("کتاب دریا", 200, neighbours=1).to_dict()
    assert context == local.context("کتاب دریا", 200, neighbours=1).to_dict()


def test_passages_of_nearly_the_same_length_are_in_their_exact_order(remote_url: str, tmp_path: Path) -> None:
    """Lucene rounds all lengths from 88 to 95 to one number. So the first candidates of the engine are not the best."""
    random = Random(5)
    documents = []
    for number in range(700):
        words = ["باران", *(f"واژه{random.randrange(5000)}" for _ in range(87 + (number * 31 % 700) * 8 // 700))]
        random.shuffle(words)
        documents.append(Document(f"{number:03}", " ".join(words), whole=True))
    with Index.create(tmp_path / "index") as local, RemoteIndex.open_or_create_url(remote_url) as remote:
        local.add(documents)
        remote.add(documents)
        assert [(hit.id, hit.score) for hit in remote.search("باران", 30)] == [
            (hit.id, hit.score) for hit in local.search("باران", 30)
        ]
        assert remote.rank("باران", 100) == local.rank("باران", 100)


def test_an_order_that_is_not_proven_is_said_to_be_approximate(
    pair: tuple[Index, RemoteIndex], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, remote = pair
    monkeypatch.setattr(remote_search, "MOST_CANDIDATES", 0)
    monkeypatch.setattr(remote_search, "_FIRST", 1)
    monkeypatch.setattr(remote_search, "_SPARE", 0)
    assert any("approximate" in note for note in remote.search("کتاب دریا سخن", 2).notes)


def test_the_best_are_proven_from_few_candidates(
    pair: tuple[Index, RemoteIndex], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the number of candidates that is asked for first, the answer is the same."""
    local, remote = pair
    monkeypatch.setattr(remote_search, "_FIRST", 1)
    monkeypatch.setattr(remote_search, "_SPARE", 0)
    monkeypatch.setattr(exact_head, "PAGE", 7)
    read: list[str] = []

    class Watched(passage_terms.TextTerms):
        def __init__(self, text: str) -> None:
            read.append(text)
            super().__init__(text)

    with monkeypatch.context() as patched:
        patched.setattr("jooya.indexer.remote.candidates.TextTerms", Watched)
        remote.rank("کتاب", 3)
    # No passage is analyzed twice, as more and more are asked for.
    assert Counter(read) <= Counter(local.passage(name).text for name in local.ids())
    for query in ("کتاب", "کتاب دریا سخن", '"کتاب دریا"', "کتا*", "author:حسن شهر"):
        assert shown(remote.search(query, 5)) == shown(local.search(query, 5))
        for limit in (1, 3, 12):
            assert remote.rank(query, limit) == local.rank(query, limit)


def test_a_long_query_is_answered(pair: tuple[Index, RemoteIndex]) -> None:
    local, remote = pair
    text = " ".join(f"{word} ناشناس{number}" for number, word in enumerate(WORDS * 6))
    found, expected = remote.search(text, correct=False), local.search(text, correct=False)
    assert [(hit.id, hit.score) for hit in found] == [(hit.id, hit.score) for hit in expected]
    assert found.total == expected.total


def test_a_query_of_more_parts_than_the_engine_takes_is_refused(pair: tuple[Index, RemoteIndex]) -> None:
    _, remote = pair
    text = " ".join(f'+"{one} {other}"' for one in WORDS for other in WORDS[:14])
    with pytest.raises(BeyondLimit, match="parts, and the search engine takes"):
        remote.search(text, limits=Limits(words=2_000))


def test_an_answer_is_from_one_commit(remote_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A commit that is made between the requests of a search lets it begin anew."""
    with RemoteIndex.open_or_create_url(remote_url) as remote:
        remote.add(Document("first", "باران بهاری", whole=True), Document("second", "باران و برف", whole=True))
        search = SearchEngine.search
        changed: list[bool] = []

        def changing(engine: SearchEngine, index: str, body: dict[str, Any], **options: Any) -> dict[str, Any]:
            answer = search(engine, index, body, **options)
            if not changed:
                changed.append(True)
                with RemoteIndex.open_url(remote_url) as other:
                    other.add(Document("third", "باران و باد", whole=True))
                    other.remove("first")
            return answer

        monkeypatch.setattr(SearchEngine, "search", changing)
        found = remote.search("باران", limits=Limits(seconds=60))
        assert {hit.document for hit in found} == {"second", "third"}
        assert changed


@pytest.mark.parametrize("method", ["search", "msearch"])
def test_a_rebuilding_between_the_requests_of_a_search_lets_it_begin_anew(
    remote_url: str, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    with RemoteIndex.open_or_create_url(remote_url) as remote:
        remote.add(Document("first", "باران بهاری", whole=True))
        send = getattr(SearchEngine, method)
        changed: list[bool] = []

        def rebuilding(*arguments: Any, **options: Any) -> Any:
            if not changed:
                changed.append(True)
                with RemoteIndex.open_url(remote_url) as other:
                    other.rebuild(Document("second", "باران و برف", whole=True))
            return send(*arguments, **options)

        monkeypatch.setattr(SearchEngine, method, rebuilding)
        found = remote.search("باران برف", limits=Limits(seconds=60))
        assert [hit.document for hit in found] == ["second"]
        assert changed


def without_a_shard(answer: dict[str, Any]) -> None:
    """Make a lie of the answer to a request: one of the shards, with all that is found, does not answer."""
    for one in answer.get("responses", [answer]):
        if "_shards" in one and "hits" in one:
            one["_shards"] |= {"total": 2, "successful": 1, "failed": 1}
            one["hits"]["hits"].clear()
            one["hits"].get("total", {})["value"] = 0


def test_a_search_may_do_with_some_shards(opensearch: str, remote_url: str, tmp_path: Path) -> None:
    note = "some shards of the index do not answer; hits and counts are those of the others"
    local = Index.create(tmp_path / "index")
    with RemoteIndex.open_or_create_url(remote_url) as remote:
        for index in (remote, local):
            index.add(corpus(count=30))
    name = remote_url.rpartition("/")[2]
    options = ConnectionOptions(partial=True, patience=0)
    with proxied(opensearch) as proxy, RemoteIndex.open_url(f"{proxy.url}/{name}", options) as remote:
        proxy.always = Fault(change=without_a_shard)
        found = remote.search("کتاب دریا")
        assert (found.total, found.hits) == (0, [])
        assert note in found.notes
        assert note in remote.search("کتاب دریا", limit=0, by="document", facets=["year"]).notes
        assert isinstance(remote.did_you_mean("کتاب دریا"), list)
        # What has no notes needs all shards, and so do all that write.
        for call in (remote.ids, lambda: remote.rank("کتاب"), lambda: remote.add(*corpus(count=31))):
            with pytest.raises(EngineError, match="do not answer"):
                call()
        # Nothing that was counted then is remembered.
        proxy.always = None
        found, expected = remote.search("کتاب دریا"), local.search("کتاب دریا")
        assert shown(found) == shown(expected)
        assert remote.search("کتاب", 0, by="document").total == local.search("کتاب", 0, by="document").total


READERS: dict[str, Callable[[RemoteIndex], object]] = {
    "in": lambda index: "d000" in index,
    "ids": lambda index: index.ids(),
    "commit": lambda index: index.commit,
    "status": lambda index: index.status(),
    "open_url": lambda index: RemoteIndex.open_url(index.url),
    "search": lambda index: index.search("کتاب"),
    "get": lambda index: index.get("d000"),
    "documents": lambda index: list(index.documents()),
    "collections": lambda index: index.collections(),
    "add": lambda index: index.add(Document("d000", "باران")),
}


@pytest.mark.parametrize("read", READERS.values(), ids=READERS)
def test_answers_that_nobody_foresaw_are_damage(
    pair: tuple[Index, RemoteIndex], opensearch: str, read: Callable[[RemoteIndex], object]
) -> None:
    def lie(answer: dict[str, Any]) -> None:
        """Leave out what each answer of the engine has."""
        for one in answer.get("responses", [answer]):
            one.pop("_source", None)
            one.pop("hits", None)

    _, remote = pair
    with proxied(opensearch) as proxy, RemoteIndex.open_url(f"{proxy.url}/{remote.name}") as opened:
        proxy.always = Fault(change=lie)
        with pytest.raises(IndexDamaged):
            read(opened)


def test_the_last_commit_is_read_though_another_one_is_known(remote_url: str) -> None:
    """A call begins with the commit that it knows, and begins anew if that is not the last one."""
    with RemoteIndex.open_or_create_url(remote_url) as known, RemoteIndex.open_url(remote_url) as other:
        other.add(Document("a", "باران بهاری", meta={"pages": 3}))
        assert known.search("باران").total == 1
        other.add(Document("b", "برف و باران"))
        assert known.passage("b#1").text == "برف و باران"
        other.add(Document("b", "تگرگ"))
        assert "b" in known
        assert known.suggest("تگ") == ["تگرگ"]
        other.declare({"pages": "number"})
        assert known.search("باران", sort="pages").total == 1
        other.rebuild(Document("c", "مه", meta={"pages": 3}))
        assert known.ids() == {"c#1"}
        assert known.search("مه", facets=["pages"]).facets["pages"][0].count == 1
        other.remove("c")
        assert known.get("c") is None
        assert [one.key for one in known.documents()] == []
        with pytest.raises(BadInput, match="no passage"):
            known.similar("c#1")
        opensearch_nodes.delete_indexes(remote_url.rpartition("/")[0], f"{known.name}*")
        with pytest.raises(IndexUnusable, match="no index"):
            known.search("مه")


REQUESTS: dict[str, tuple[int, Callable[[RemoteIndex], object]]] = {
    # The candidates, with the hits what is shown beside them, and the state.
    "search": (3, lambda index: index.search("کتاب دریا")),
    "nothing that is found": (2, lambda index: index.search('"کتاب دریا باران"')),
    "neighbours": (3, lambda index: index.search("سخن", context=2)),
    "facets": (4, lambda index: index.search("سخن", facets=["year", "tags", "author"])),
    "sorted": (3, lambda index: index.search("سخن", sort="date")),
    "counted": (1, lambda index: index.search("سخن", 0)),
    "documents counted": (1, lambda index: index.search("سخن", 0, by="document")),
    "ranked": (2, lambda index: index.rank("کتاب دریا", 30)),
    "key": (1, lambda index: "d000" in index),
    "document": (2, lambda index: index.get("d000")),
}
"""The calls and the requests that they send when the counts of their words are known."""


@pytest.mark.parametrize(("count", "call"), REQUESTS.values(), ids=REQUESTS)
def test_few_requests_are_sent(
    pair: tuple[Index, RemoteIndex], opensearch: str, count: int, call: Callable[[RemoteIndex], object]
) -> None:
    _, remote = pair
    with proxied(opensearch) as proxy, RemoteIndex.open_url(f"{proxy.url}/{remote.name}") as opened:
        call(opened)
        proxy.do()
        call(opened)
        assert len(proxy.requests) == count, [asked for _, asked, _ in proxy.requests]


def test_an_index_is_opened_by_its_address_or_its_folder(remote_url: str, tmp_path: Path) -> None:
    with jooya.open_or_create(tmp_path / "index") as local, jooya.open_or_create(remote_url) as remote:
        assert isinstance(local, Index)
        assert isinstance(remote, RemoteIndex)
        assert isinstance(local, Searcher)
        assert isinstance(remote, Searcher)
        assert (local.where, remote.where) == (str(tmp_path / "index"), remote_url)
    with jooya.open(remote_url) as opened:
        assert repr(opened) == f"<RemoteIndex {remote_url!r}: 0 passages>"
    assert repr(opened) == f"<RemoteIndex {remote_url!r}, closed>"
    with pytest.raises(IndexUnusable, match="closed"):
        opened.search("باران")


def test_what_is_no_index_is_said(remote_url: str, tmp_path: Path) -> None:
    with pytest.raises(IndexUnusable, match=f"no index at {remote_url}") as raised:
        jooya.open(remote_url)
    assert raised.value.reason == "missing"
    code, out, said = run("search", "-i", remote_url, "باران", cwd=tmp_path)
    assert (code, out) == (2, "")
    assert said.startswith(f"jooya: no index at {remote_url}: ")
    with RemoteIndex.open_or_create_url(remote_url):
        pass
    for arguments in (("check",), ("backup", "copy")):
        code, out, said = run(arguments[0], "-i", remote_url, *arguments[1:], cwd=tmp_path)
        assert (code, out) == (2, "")
        assert said.startswith(f"jooya: 'jooya {arguments[0]}' is for an index in a folder, and {remote_url} is on")


def test_an_index_of_another_analysis_is_refused(remote_url: str) -> None:
    with RemoteIndex.open_or_create_url(remote_url):
        pass
    connection = Connection.open(remote_url)
    document = path(f"{connection.index}{META}", "_doc", COMMIT)
    source = connection.request("GET", document)["_source"]
    source["state"]["analysis"] = "1-00000000"
    connection.request("PUT", document, source)
    with pytest.raises(IndexUnusable, match="built with analysis 1-00000000") as raised:
        jooya.open(remote_url)
    assert raised.value.reason == "analysis"


def test_the_command_line_searches_an_address(pair: tuple[Index, RemoteIndex], tmp_path: Path) -> None:
    local, remote = pair
    for arguments in (("search", "کتاب دریا"), ("list", "d1*"), ("similar", "d000#1"), ("suggest", "کت")):
        name, *others = arguments
        answers = [run(name, "-i", index.where, *others, cwd=tmp_path) for index in (local, remote)]
        assert answers[0] == answers[1]

"""An index on a real OpenSearch, changed as a local one is: it has the same documents, counts and answers."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from engine_proxy import proxied

from jooya import BadInput, Document, Index, JooyaError
from jooya.indexer.codec.snapshot import Snapshot
from jooya.indexer.ingest.document_records import document_records
from jooya.indexer.remote import remote_documents
from jooya.indexer.remote.commit_state import COMMIT, META
from jooya.indexer.remote.connection import Connection, path
from jooya.indexer.remote.engine_index import EngineIndex
from jooya.indexer.remote.manifest_store import path_root
from jooya.indexer.remote.remote_index import RemoteIndex
from jooya.indexer.remote.remote_writer import RemoteWriter
from jooya.indexer.remote.state_store import StateStore, Stored, entries_of
from jooya.indexer.remote.vocabulary_store import vocabulary

FIELDS = ("text", "exact", "loose", "title", "heading", "speaker", "text.author")


@pytest.fixture
def remote(remote_url: str) -> Iterator[RemoteIndex]:
    with RemoteIndex.open_or_create_url(remote_url, fields={"author": "text", "pages": "number"}) as opened:
        yield opened


@pytest.fixture
def local(tmp_path: Path) -> Index:
    return Index.create(tmp_path / "local", fields={"author": "text", "pages": "number"})


def stored(index: RemoteIndex) -> Stored:
    found = StateStore(Connection.open(index.url)).read()
    assert found
    return found


def assert_same(remote: RemoteIndex, local: Index) -> None:
    """Compare the documents, the statistics, the vocabulary, and the answers to some queries."""
    assert list(remote.documents(passages=True)) == list(local.documents(passages=True))
    state = stored(remote).state
    snapshot = Snapshot.open(local.path)
    lengths: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    for entry in snapshot.toc.segments:
        for name, (passages, terms) in entry.lengths.items():
            counts[name] += passages
            lengths[name] += terms
    assert dict(state.lengths) == {name: (counts[name], lengths[name]) for name in counts if counts[name]}
    assert (state.passages, state.documents) == (snapshot.doc_count, local.status().documents)
    connection = Connection.open(remote.url)
    for name in FIELDS:
        known: Counter[str] = Counter()
        for leaf in snapshot.leaves:
            field = leaf.segment.fields.get(name)
            for ordinal, term in enumerate(field.terms_between(0, field.terms) if field else ()):
                assert field
                docs = field.docs(ordinal)
                known[term.decode()] += len(docs if leaf.live is None else docs[leaf.live[docs]])
        found, numbers = vocabulary(connection, state, name)
        assert dict(zip(found, numbers.tolist(), strict=True)) == +known, name
    query = {"query": {"bool": {"filter": state.visible()}}, "size": 10_000}
    hits = connection.search(state.engine_index, query)["hits"]["hits"]
    assert sorted(hit["_source"]["id"] for hit in hits) == sorted(local.ids())
    every = connection.search(state.engine_index, {"size": 0, "track_total_hits": True})["hits"]["total"]["value"]
    assert every == len(hits)  # what is replaced or removed does not stay
    of_local = [
        stored
        for leaf in snapshot.leaves
        for doc, stored in enumerate(leaf.segment.all_stored())
        if leaf.live is None or leaf.live[doc]
    ]
    assert {hit["_source"]["id"]: hit["_source"]["stored"] for hit in hits} == {one["id"]: one for one in of_local}
    records = EngineIndex(connection, state.engine_index).records(state, path_root())
    assert records == document_records(snapshot)
    for text in ("آب", "کتاب", '"کتاب تازه"', "رودخانه خشک", "author:حافظ"):
        ours, theirs = remote.search(text), local.search(text)
        assert [(hit.id, round(hit.score, 6)) for hit in ours.hits] == [
            (hit.id, round(hit.score, 6)) for hit in theirs.hits
        ]


def poems(number: int, word: str = "آب") -> list[Document]:
    return [
        Document(
            f"poem-{place:03}",
            f"{word} و خاک و رودخانه {place} کتاب‌های تازه. محمدرضا می‌خواند\n" * (1 + place % 7),
            title=f"شعر {place}" if place % 2 else None,
            collection="شعر" if place % 3 else None,
            date="1399-05-0" + str(1 + place % 9),
            meta={"author": "حافظ شیرازی", "pages": place} if place % 4 else {},
        )
        for place in range(number)
    ]


@pytest.mark.parametrize("jobs", [1, 2])
def test_documents_are_added_replaced_and_removed(remote: RemoteIndex, local: Index, jobs: int) -> None:
    for index in (remote, local):
        report = index.add(poems(40), jobs=jobs)
        assert (report.new, report.updated) == (40, 0)
    assert_same(remote, local)
    changed = [*poems(10, "باد"), *poems(45)[10:]]
    reports = [index.add(changed, jobs=jobs) for index in (remote, local)]
    assert reports[0] == reports[1]
    assert (reports[0].new, reports[0].updated, reports[0].unchanged) == (5, 10, 30)
    assert_same(remote, local)
    assert [index.remove("poem-00*", "nobody", "poem-044") for index in (remote, local)] == [
        [*(f"poem-00{n}" for n in range(10)), "poem-044"]
    ] * 2
    assert_same(remote, local)
    assert remote.add(poems(40)[10:]).unchanged == 30


def test_documents_are_updated_with_few_requests(
    opensearch: str, remote: RemoteIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    remote.add(poems(30))
    monkeypatch.setattr(remote_documents, "_NAMES", 7)
    sent: list[str] = []
    with proxied(opensearch) as proxy, RemoteIndex.open_url(f"{proxy.url}/{remote.name}") as opened:
        with pytest.raises(BadInput, match="no document 'poem-030'"):
            opened.update(poems(31, "باد"))
        proxy.do()
        with monkeypatch.context() as patched:
            patched.setattr(RemoteIndex, "add", lambda _, given: sent.extend(one.key for one in given))
            opened.update(poems(20, "باد"), poems(30, "باد")[20:])
        assert len(proxy.requests) == 2  # the keys, the state
    assert sent == [one.key for one in poems(30)]
    assert remote.update(poems(20, "باد")).updated == 20


def test_files_are_kept_up_to_date(remote: RemoteIndex, local: Index, tmp_path: Path) -> None:
    folder = tmp_path / "talks"
    folder.mkdir()
    (folder / "a.txt").write_text("آب و خاک\n\nکتاب تازه", "utf-8")
    (folder / "b.md").write_text("# رودخانه\n\nرودخانه خشک است.", "utf-8")
    (folder / "c.jsonl").write_text('{"id": "one", "text": "باد"}\n{"id": "two"}\n', "utf-8")

    def add() -> None:
        reports = [index.add(folder) for index in (remote, local)]
        assert reports[0] == reports[1]
        assert_same(remote, local)

    add()
    add()
    (folder / "a.txt").write_text("آب و باد", "utf-8")
    (folder / "b.md").unlink()
    (folder / "c.jsonl").write_text('{"id": "two", "text": "باد"}\n', "utf-8")
    add()
    assert remote.status().skipped == local.status().skipped
    for index in (remote, local):
        index.remove("two")
    add()  # a file whose document was removed is read again


def test_the_status_is_that_of_a_local_index(remote: RemoteIndex, local: Index) -> None:
    for index in (remote, local):
        index.add(poems(30))
    ours, theirs = remote.status(), local.status()
    for name in ("documents", "passages", "terms", "encodings", "collections", "years", "fields", "facets", "skipped"):
        assert getattr(ours, name) == getattr(theirs, name), name
    assert ours.size > 0


def test_other_fields_are_declared_from_what_is_stored(remote: RemoteIndex, local: Index) -> None:
    for index in (remote, local):
        index.add(poems(30))
        assert index.declare({"author": "keyword", "pages": "date", "tags": "text"}) == [
            "pages is declared as a date, which 1 is not; it is stored and returned alone (21 more like this)"
        ]
    assert_same(remote, local)
    assert remote.add(poems(30)).unchanged == 30


def test_a_rebuilt_index_takes_the_place_of_the_old_one(remote: RemoteIndex, local: Index) -> None:
    remote.add(poems(30))
    before = stored(remote).state
    assert remote.rebuild(poems(7, "باد")).new == 7
    local.add(poems(7, "باد"))
    assert_same(remote, local)
    after = stored(remote).state
    assert after.engine_index != before.engine_index and after.number > before.number
    connection = Connection.open(remote.url)
    assert not connection.exists(f"/{before.engine_index}")
    assert list(connection.request("GET", f"/_alias/{connection.index}")) == [after.engine_index]


def test_a_rebuilding_that_was_cut_off_is_resumed(
    remote: RemoteIndex, local: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.txt").write_text(f"آب و خاک {name}", "utf-8")
    remote.add(poems(5))
    before = stored(remote).state

    def cut_off(_: RemoteWriter) -> None:
        raise JooyaError("cut off")

    with monkeypatch.context() as patched:
        patched.setattr(RemoteWriter, "_end_rebuild", cut_off)
        with pytest.raises(JooyaError, match="cut off"):
            remote.rebuild(tmp_path / "a.txt", tmp_path / "b.txt")
    assert stored(remote).state == before  # the present index still answers
    assert remote.add(poems(6)).new == 1
    with monkeypatch.context() as patched:
        patched.setattr(EngineIndex, "drop", cut_off)  # after it has taken the place of the old one
        with pytest.raises(JooyaError, match="cut off"):
            remote.rebuild(tmp_path / "a.txt", tmp_path / "b.txt")
    local.add(tmp_path / "a.txt", tmp_path / "b.txt")
    assert stored(remote).writer["retired"] == before.engine_index
    assert remote.add(tmp_path / "a.txt", tmp_path / "b.txt").unchanged == 2
    local.add(poems(1))
    remote.add(poems(1))  # this one deletes the old one
    assert_same(remote, local)
    assert not Connection.open(remote.url).exists(f"/{before.engine_index}")


def assert_nothing_is_left_over(index: RemoteIndex) -> None:
    """Compare what is beside the state with what the state and the notes of the writers name.

    The notes also name what was removed last.
    """
    connection, known = Connection.open(index.url), stored(index)
    name = f"{connection.index}{META}"
    connection.request("POST", path(name, "_refresh"))
    there = {hit["_id"] for hit in connection.search(name, {"size": 1_000, "_source": False})["hits"]["hits"]}
    needed, named = (
        {f"{one['name']}-{number}" for one in entries_of(content) for number in range(one["chunks"])}
        for content in (known.state.to_json(), [known.state.to_json(), dict(known.writer)])
    )
    assert {COMMIT, *needed} <= there <= {COMMIT, *named}


def test_nothing_is_left_over_beside_the_state(
    remote: RemoteIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut_off(_: RemoteWriter) -> None:
        raise JooyaError("cut off")

    for number in (3, 5, 7):
        remote.add(poems(number))
        assert_nothing_is_left_over(remote)
    # A rebuilding of something else was begun.
    (tmp_path / "a.txt").write_text("آب و خاک", "utf-8")
    with monkeypatch.context() as patched:
        patched.setattr(RemoteWriter, "_end_rebuild", cut_off)
        with pytest.raises(JooyaError, match="cut off"):
            remote.rebuild(tmp_path / "a.txt")
    remote.add(poems(8))
    remote.rebuild(poems(4, "باد"))
    assert_nothing_is_left_over(remote)
    remote.add(poems(9))
    assert_nothing_is_left_over(remote)


def test_shards_and_copies_are_those_asked_for(remote_url: str) -> None:
    with RemoteIndex.open_or_create_url(remote_url, shards=3, replicas=0) as index:
        assert index.add(poems(20)).new == 20
        settings = index._connection.request("GET", f"/{stored(index).state.engine_index}/_settings")
        (known,) = settings.values()
        assert known["settings"]["index"]["number_of_shards"] == "3"
        assert known["settings"]["index"]["number_of_replicas"] == "0"

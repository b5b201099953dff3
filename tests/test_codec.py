"""Segments, commits and the table of contents."""

import json
import pickle
import shutil
import sys
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import pytest
from engine import SCHEMA, Doc, Spaces, build, random_docs, random_query
from whoosh import query as wq
from whoosh.analysis import RegexTokenizer
from whoosh.fields import ID, TEXT, Schema, UnknownFieldError
from whoosh.qparser import QueryParser
from whoosh.searching import Searcher

from jooya.indexer import IndexBusy, IndexUnusable
from jooya.indexer.codec import merge_policy, sections, segment, toc
from jooya.indexer.codec.section_writer import SectionWriter
from jooya.indexer.codec.sections import SectionFile
from jooya.indexer.codec.snapshot import Snapshot
from jooya.indexer.errors import IndexDamaged
from jooya.indexer.ranking import searcher as searcher_module
from jooya.indexer.whoosh.column_index import ColumnIndex

FROZEN = Path(__file__).parent / "data" / "index-format-5"

Hits = list[tuple[str, float]]
QUERY = wq.Or([wq.Term("text", "ax"), wq.Term("text", "by"), wq.Phrase("text", ["ax", "ay"])])


def _files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.name != "write.lock"}


def _search(index: ColumnIndex, query: wq.Query = QUERY) -> Hits:
    with index.searcher() as searcher:
        return [(hit["key"], hit.score) for hit in searcher.search(query, limit=None)]


def _keys(index: ColumnIndex) -> list[str]:
    with index.searcher() as searcher:
        return [fields["key"] for fields in searcher.documents()]


def _sizes(path: Path) -> list[int]:
    return [entry.documents for entry in toc.read(path).segments]


def test_results_do_not_depend_on_segments_or_the_order_of_commits(tmp_path: Path) -> None:
    """The very same scores: sums are taken in the order of the query, whatever the segments."""
    docs = random_docs(Random(1), 400)
    other = random_docs(Random(2), 40, first=400)
    expected = None
    for number, cuts in enumerate([[], [200], [10, 20, 300], [1, 2, 3, 4, 5]]):
        for order in (1, -1):
            batches = [docs[start:end] for start, end in zip([0, *cuts], [*cuts, 400], strict=True)][::order]
            index = build(tmp_path / f"{number}{order}", [*batches, other], [doc.key for doc in other])
            expected = expected or _search(index)
            assert _search(index) == expected


def test_spilled_runs_make_the_same_index(tmp_path: Path) -> None:
    """However little memory there is, all columns are the same byte for byte."""
    docs = random_docs(Random(3), 3000)
    written = []
    for memory in (0, 96):
        index = ColumnIndex.create(tmp_path / str(memory), SCHEMA, order="key")
        with index.writer(memory=memory) as writer:
            for doc in docs:
                writer.add_document(**doc.fields())
            assert len(writer._spills) == (6 if memory == 0 else 0)
        (leaf,) = Snapshot.open(index.path).leaves
        columns = {name: section.all().tobytes() for name, section in leaf.segment.file.sections.items()}
        blocks = [columns.pop(name) for name in ("stored", "stored_starts", "stored_docs")]
        assert len(blocks[0]) > 0
        written.append((columns, list(leaf.segment.all_stored()), _search(index)))
    assert written[0] == written[1]


def test_any_whoosh_analyzer_will_do(tmp_path: Path) -> None:
    """One that yields tokens gives the same index as one that gives a text's terms in one step."""
    found = []
    for number, analyzer in enumerate([Spaces(), RegexTokenizer(r"\S+")]):
        schema = Schema(key=ID(stored=True, sortable=True), text=TEXT(analyzer=analyzer))
        index = ColumnIndex.create(tmp_path / str(number), schema, order="key")
        with index.writer() as writer:
            for doc in random_docs(Random(16), 50):
                writer.add_document(key=doc.key, text=" ".join(doc.text))
        found.append(_search(index))
    assert found[0] == found[1]


def test_merging_leaves_out_what_is_deleted(tmp_path: Path) -> None:
    docs = random_docs(Random(4), 300)
    keys = [doc.key for doc in docs]
    gone = keys[:30] + keys[120:140]
    index = build(tmp_path / "a", [docs[:100], docs[100:250], docs[250:]], gone)
    fresh = build(tmp_path / "b", [[doc for doc in docs if doc.key not in gone]], [])
    before = _search(index)
    assert before == _search(fresh)
    for number in range(merge_policy.MERGE_FACTOR):  # enough for the tiers to be merged
        with index.writer() as writer:
            writer.add_document(key=f"z{number}", text="zz")
    with index.writer() as writer:
        for number in range(merge_policy.MERGE_FACTOR):
            writer.delete_by_term("key", f"z{number}")
    assert _search(index) == before
    assert len(_sizes(tmp_path / "a")) < merge_policy.MERGE_FACTOR


def test_tiers(tmp_path: Path) -> None:
    """Neighbours of about one size are merged, so that there are few segments and large ones are seldom rewritten."""
    place = merge_policy.first_to_merge
    assert place([1]) == 0
    assert place([100] * 7) == 6
    assert place([100] * 8) == 0
    assert place([50_000, *[100] * 7]) == 7
    assert place([50_000, *[100] * 8]) == 1
    assert place([*[50_000] * 7, *[100] * 8]) == 7
    assert place([*[50_000] * 7, *[9_000] * 7, *[900] * 8]) == 0
    assert place([merge_policy.MAX_MERGE_DOCS, *[1_000_000] * 7]) == 7


def test_many_commits_leave_few_segments(tmp_path: Path) -> None:
    docs = random_docs(Random(5), 60)
    index = build(tmp_path, [[doc] for doc in docs], [])
    assert len(_sizes(tmp_path)) <= merge_policy.MERGE_FACTOR
    assert _keys(index) == [doc.key for doc in docs]


def test_a_segment_mostly_deleted_is_rewritten(tmp_path: Path) -> None:
    docs = random_docs(Random(6), 100)
    build(tmp_path, [docs], [doc.key for doc in docs[:60]])
    (entry,) = toc.read(tmp_path).segments
    assert (entry.documents, entry.deleted, entry.deletions) == (40, 0, None)
    assert sorted(_files(tmp_path)) == ["2-0.segment", "toc.json"]


def test_deleting_everything(tmp_path: Path) -> None:
    docs = random_docs(Random(7), 20)
    index = build(tmp_path, [docs], [doc.key for doc in docs])
    assert index.is_empty()
    assert sorted(_files(tmp_path)) == ["toc.json"]


def test_update_replaces_also_what_the_writer_just_added(tmp_path: Path) -> None:
    """Stock Whoosh keeps both documents when one writer updates a key twice."""
    index = build(tmp_path, [[Doc("a", ["ax"], [], None), Doc("b", ["ax"], [], None)]], [])
    with index.writer() as writer:
        writer.update_document(key="a", text="ay")
        writer.update_document(key="a", text="az")
        writer.update_document(key="c", text="az")
        writer.delete_by_term("key", "c")
        writer.add_document(key="c", text="bx")
    assert sorted(_keys(index)) == ["a", "b", "c"]
    assert _search(index, wq.Term("text", "ay")) == []
    assert [key for key, _ in _search(index, wq.Term("text", "az"))] == ["a"]


def test_deleting_by_query(tmp_path: Path) -> None:
    index = build(tmp_path, [random_docs(Random(8), 50)], [])
    expected = len(_search(index, wq.Term("text", "ax")))
    with index.writer() as writer:
        assert writer.delete_by_query(wq.Term("text", "ax")) == expected
    assert _search(index, wq.Term("text", "ax")) == []


def test_deleting_by_query_spares_what_is_excluded(tmp_path: Path) -> None:
    """Whoosh's own matcher of `AndNot` can begin with an excluded document, which it would delete."""
    index = build(tmp_path, [random_docs(Random(17), 30), random_docs(Random(18), 30, first=30)], [])
    left = sorted(key for key, _ in _search(index, wq.Term("text", "ax")))
    with index.writer() as writer:
        writer.delete_by_query(wq.AndNot(wq.Every(), wq.Term("text", "ax")))
    assert sorted(_keys(index)) == left


@pytest.mark.parametrize(
    ("fields", "error"),
    [({"nope": "x"}, UnknownFieldError), ({"_text_boost": 2}, ValueError), ({"key": "x", "text": object()}, Exception)],
)
def test_a_document_that_raises_leaves_no_trace(tmp_path: Path, fields: dict[str, object], error: type) -> None:
    """In stock Whoosh it stays, and its terms point at the next document."""
    index = build(tmp_path, [], [])
    with index.writer() as writer:
        writer.add_document(key="a", text="ax")
        with pytest.raises(error):
            writer.add_document(title="ax", **fields)
        writer.add_document(key="b", text="ay")
    assert _keys(index) == ["a", "b"]
    assert _search(index, wq.Term("title", "ax")) == []


def test_cancel_leaves_the_index_as_it_was(tmp_path: Path) -> None:
    index = build(tmp_path, [random_docs(Random(9), 30)], [])
    before = _files(tmp_path)
    writer = index.writer(memory=0)
    for doc in random_docs(Random(9), 1200):
        writer.update_document(**doc.fields())
    writer.cancel()
    with pytest.raises(ZeroDivisionError), index.writer() as failing:
        failing.add_document(key="x", text="ax")
        raise ZeroDivisionError
    with index.writer():
        pass
    assert _files(tmp_path) == before


def test_leftovers_of_an_interrupted_writer_are_cleaned(tmp_path: Path) -> None:
    index = build(tmp_path, [random_docs(Random(10), 30)], [])
    (tmp_path / "0.spill").write_bytes(b"half")
    (tmp_path / "2.segment").write_bytes(b"half")
    with index.writer() as writer:
        writer.add_document(key="a", text="ax")
    assert sorted(_files(tmp_path)) == ["1.segment", "2.segment", "toc.json"]


def test_one_writer(tmp_path: Path) -> None:
    index = build(tmp_path, [], [])
    with index.writer(), pytest.raises(IndexBusy, match="being written to"):
        index.writer(wait=0)
    index.writer().cancel()


def test_whooshs_parser_and_sorting(tmp_path: Path) -> None:
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
        assert [hit["key"] for hit in searcher.search(query)] == [key for key, _ in _search(index, expected)][:10]
        keys = [hit["key"] for hit in searcher.search(wq.Term("text", "ax"), sortedby="key", limit=5)]
        assert keys == sorted(key for key, _ in _search(index, wq.Term("text", "ax")))[:5]


def test_threads_share_a_searcher(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is remembered between queries is forgotten here all the time, and threads take turns often."""
    index = build(tmp_path, [random_docs(Random(19), 300), random_docs(Random(20), 40, first=300)], ["d00005"])
    queries = [random_query(Random(number)) for number in range(20)]
    for module, name, least in (
        (segment, "_MAX_CACHED_TERMS", 2),
        (searcher_module, "_REMEMBERED", 2),
        (searcher_module, "CACHE_MEMORY", 0),
    ):
        monkeypatch.setattr(module, name, least)

    def search(searcher: Searcher, number: int) -> list[tuple[Hits, list[str]]]:
        """The answers to all queries, asked in another order for each number; ranked, and sorted by Whoosh's own."""
        found: dict[int, tuple[Hits, list[str]]] = {}
        for place in Random(number).sample(range(len(queries)), len(queries)):
            ranked = [(hit["key"], hit.score) for hit in searcher.search(queries[place], limit=None)]
            found[place] = ranked, [hit["key"] for hit in searcher.search(queries[place], sortedby="key", limit=5)]
        return [found[place] for place in range(len(queries))]

    with index.searcher() as searcher:
        expected = search(searcher, 0)
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        with index.searcher() as searcher, ThreadPoolExecutor(4) as threads:
            assert list(threads.map(partial(search, searcher), range(4))) == [expected] * 4
    finally:
        sys.setswitchinterval(interval)


def test_a_searcher_sees_the_next_commit_when_refreshed(tmp_path: Path) -> None:
    """Stock Whoosh's `refresh` doubles documents and brings back deleted ones."""
    index = build(tmp_path, [random_docs(Random(12), 30)], [])
    searcher = index.searcher()
    with index.writer() as writer:
        writer.add_document(key="new", text="ax")
    assert not searcher.up_to_date()
    again = searcher.refresh()
    assert (searcher.doc_count(), again.doc_count()) == (30, 31)
    assert again.refresh() is again


def test_a_frozen_index_can_be_read(tmp_path: Path) -> None:
    """What a version wrote, later ones read. Made by `build` from the corpus below, with `TIER` as it was then."""
    shutil.copytree(FROZEN, tmp_path / "index")
    index = ColumnIndex(tmp_path / "index", SCHEMA, order="key")
    docs, gone = frozen_corpus()
    fresh = build(tmp_path / "fresh", [docs], gone)
    assert _search(index) == _search(fresh)
    assert [len(toc.read(FROZEN).segments), toc.read(FROZEN).segments[0].deleted] == [2, 3]
    with index.writer() as writer:
        writer.add_document(key="new", text="ax")
    assert len(_search(index)) == len(_search(fresh)) + 1


def frozen_corpus() -> tuple[list[Doc], list[str]]:
    docs = random_docs(Random(13), 40)
    return docs, [doc.key for doc in docs[:3]]


SMALL = 1 << 16


class Bomb:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return exec, ("raise SystemExit('executed')",)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index with deletions, and a segment of many pages."""
    folder = tmp_path_factory.mktemp("sound")
    docs = random_docs(Random(14), 4000)
    build(folder, [docs, random_docs(Random(15), 50, first=90_000)], [docs[5].key])
    assert max(path.stat().st_size for path in folder.iterdir()) > SMALL
    return folder


def _damaged(sound: Path, folder: Path, name: str, content: bytes) -> ColumnIndex:
    shutil.copytree(sound, folder)
    (folder / name).write_bytes(content)
    return ColumnIndex(folder, SCHEMA, order="key")


@pytest.mark.parametrize("seed", range(60))
def test_a_damaged_file_is_never_read_as_if_sound(
    sound: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """Cut, with a bit flipped, or exchanged for a pickle: an error that names the file, or the right answer where the
    damage is in a part that was not read."""
    monkeypatch.setattr(sections, "CHECKED_WHEN_OPENED", SMALL)
    random = Random(seed)
    files = _files(sound)
    name = sorted(files)[seed % len(files)]
    content = bytearray(files[name])
    kind = random.choice(["cut", "flip", "flip", "pickle", "gone"])
    if kind == "cut":
        content = content[: random.randrange(len(content))]
    elif kind == "flip":
        content[random.randrange(len(content))] ^= 1 << random.randrange(8)
    elif kind == "pickle":
        content = bytearray(pickle.dumps(Bomb()).ljust(len(content), b"."))
    index = _damaged(sound, tmp_path / "index", name, bytes(content))
    if kind == "gone":
        (tmp_path / "index" / name).unlink()
    small = len(files[name]) <= SMALL
    try:
        Snapshot.open(index.path)
    except IndexUnusable as error:
        assert str(tmp_path) in str(error)
    except FileNotFoundError:
        assert (kind, name) == ("gone", "toc.json")
    else:
        assert kind == "flip" and not small, "damage to a small file, a cut and an exchange show when opening"
        try:
            assert _search(index) == _search(ColumnIndex(sound, SCHEMA, order="key"))
        except IndexUnusable as error:
            assert name in str(error)
        with pytest.raises(IndexUnusable, match="damaged"):
            for leaf in Snapshot.open(index.path).leaves:
                leaf.segment.file.check_all()


@pytest.mark.parametrize(
    "name",
    ["../secret.segment", "/etc/passwd", "..", "a\0b", "a\n", "\ud800.segment"],  # the last raised UnicodeEncodeError
)
def test_no_file_outside_the_folder_is_opened(sound: Path, tmp_path: Path, name: str) -> None:
    state = json.loads((sound / "toc.json").read_bytes())
    state["segments"][0]["file"]["name"] = name
    del state["checksum"]
    state["checksum"] = zlib.crc32(json.dumps(state, sort_keys=True).encode())
    index = _damaged(sound, tmp_path / "index", "toc.json", json.dumps(state).encode())
    with pytest.raises(IndexUnusable, match="damaged"):
        index.searcher()


def _table(state: Any, **changes: Any) -> Any:
    state["segments"][0] |= changes
    return state


@pytest.mark.parametrize(
    "alter",
    [
        lambda state: state | {"generation": -1},
        lambda state: state | {"analysis": []},
        lambda state: _table(state, documents="3"),
        lambda state: _table(state, lengths={"text": [1, None]}),
        lambda state: _table(state, file=state["segments"][0]["file"] | {"size": 0.5}),
        lambda state: _table(state, file=state["segments"][0]["file"] | {"name": "a\0"}),
    ],
)
def test_a_table_of_something_else_is_damaged(
    sound: Path, tmp_path: Path, alter: Callable[[dict[str, Any]], dict[str, Any]]
) -> None:
    """Its checksum is right: where it was used, other errors came of it."""
    state = json.loads((sound / "toc.json").read_bytes())
    del state["checksum"]
    state = alter(state)
    state["checksum"] = zlib.crc32(json.dumps(state, sort_keys=True).encode())
    index = _damaged(sound, tmp_path / "index", "toc.json", json.dumps(state).encode())
    with pytest.raises(IndexDamaged, match=r"toc\.json is damaged"):
        index.searcher()


def _about(directory: Any, **changes: Any) -> Any:
    directory["about"] |= changes
    return directory


def _of_text(directory: Any, **changes: Any) -> Any:
    directory["about"]["fields"]["text"] |= changes
    return directory


DIRECTORIES: dict[str, Callable[[dict[str, Any]], Any]] = {
    "no directory": lambda directory: [],
    "no end": lambda directory: {**directory, "end": None},
    "another end": lambda directory: {**directory, "end": directory["end"] - 9000},
    "an endless checksum": lambda directory: {**directory, "checksums": [1e999]},
    "no sections": lambda directory: {**directory, "sections": {}},
    "sections of something else": lambda directory: {**directory, "sections": {"stored": [0, 1]}},
    "a section beyond the end": lambda directory: {
        **directory,
        "sections": directory["sections"] | {"stored": [directory["end"], 1, "u1"]},
    },
    "a section before the beginning": lambda directory: {
        **directory,
        "sections": directory["sections"] | {"stored": [-1, 1, "u1"]},
    },
    "a section a byte off": lambda directory: {
        **directory,
        "sections": directory["sections"]
        | {"text.counts": [directory["sections"]["text.counts"][0] - 1, *directory["sections"]["text.counts"][1:]]},
    },
    "too many documents": lambda directory: _about(directory, documents=1 << 40),
    "no number of documents": lambda directory: _about(directory, documents="x"),
    "no fields": lambda directory: _about(directory, fields=None),
    "other terms": lambda directory: _of_text(directory, terms=1),
    "an endless layout": lambda directory: _of_text(directory, layout=[1 << 70, True, True, False, False]),
}


@pytest.mark.parametrize("what", DIRECTORIES)
def test_a_directory_of_something_else_is_damaged(sound: Path, tmp_path: Path, what: str) -> None:
    """All checksums are right: where it was used, other errors came of it."""
    content = (sound / "2.segment").read_bytes()
    begin, length, _, magic = sections.TRAILER.unpack(content[-sections.TRAILER.size :])
    directory = json.dumps(DIRECTORIES[what](json.loads(content[begin : begin + length]))).encode()
    checksum = zlib.crc32(directory)
    path = tmp_path / "2.segment"
    path.write_bytes(content[:begin] + directory + sections.TRAILER.pack(begin, len(directory), checksum, magic))
    with pytest.raises(IndexDamaged, match=r"2\.segment is damaged"):
        segment.Segment(path, path.stat().st_size, checksum)


def test_a_field_that_is_not_there_is_damage(sound: Path) -> None:
    entry = toc.read(sound).segments[0].file
    opened = segment.Segment(sound / entry.name, entry.size, entry.checksum)
    assert opened.fields.get("absent") is None
    with pytest.raises(IndexDamaged, match="damaged"):
        opened.fields["absent"]


def test_a_section_file_tells_which_page_is_damaged_when_it_is_read(tmp_path: Path) -> None:
    import numpy as np  # noqa: PLC0415

    path = tmp_path / "x"
    values = np.arange(1 << 20, dtype=np.uint32)
    with SectionWriter(path) as writer:
        writer.add("values", values)
        writer.append("more", values[:5])
        writer.append("more", values[5:10])
        size, checksum = writer.finish({"about": "this"})
    content = bytearray(path.read_bytes())
    content[1 << 21] ^= 1
    path.write_bytes(content)
    file = SectionFile(path, size, checksum)
    assert file.about == {"about": "this"}
    assert file.sections["more"].all().tolist() == list(range(10))
    assert file.sections["values"].read(0, 1000).tolist() == list(range(1000))
    for _ in range(2):
        with pytest.raises(IndexUnusable, match="damaged"):
            file.sections["values"].all()

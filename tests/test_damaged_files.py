"""The reading of damaged files of an index: the table of contents, segments, and the directories of segments."""

import json
import pickle
import shutil
import zlib
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from reference_ranker import SCHEMA, Doc, build, files, random_docs, search

from jooya.indexer import IndexUnusable
from jooya.indexer.codec import sections, toc
from jooya.indexer.codec.section_writer import SectionWriter
from jooya.indexer.codec.sections import SectionFile
from jooya.indexer.codec.segment import Segment
from jooya.indexer.codec.snapshot import Snapshot
from jooya.indexer.errors import IndexDamaged
from jooya.indexer.whoosh.column_index import ColumnIndex

DATA = Path(__file__).parent / "data"
FROZEN = DATA / "index-format-5"


SMALL = 1 << 16


@pytest.mark.parametrize("version", [5, 7])
def test_a_frozen_index_can_be_read(tmp_path: Path, version: int) -> None:
    """Later versions read an index that an earlier one wrote, which was `build` from the corpus below."""
    shutil.copytree(DATA / f"index-format-{version}", tmp_path / "index")
    index = ColumnIndex(tmp_path / "index", SCHEMA, order="key")
    docs, deleted = frozen_corpus()
    fresh = build(tmp_path / "fresh", [docs], deleted)
    assert search(index) == search(fresh)
    assert [len(toc.read(FROZEN).segments), toc.read(FROZEN).segments[0].deleted] == [2, 3]
    with index.writer() as writer:
        writer.add_document(key="new", text="ax")
    assert len(search(index)) == len(search(fresh)) + 1


def frozen_corpus() -> tuple[list[Doc], list[str]]:
    """Return the documents of the frozen index, and the keys of those that are deleted."""
    docs = random_docs(Random(13), 40)
    return docs, [doc.key for doc in docs[:3]]


class Bomb:
    """An object whose pickle ends the process when it is loaded."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return exec, ("raise SystemExit('executed')",)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an index with deletions and a segment of many pages."""
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
    """A file that is truncated, has a bit flipped, or is replaced by a pickle raises an error that names it.

    The answer may be right where the damage is in a part that was not read.
    """
    monkeypatch.setattr(sections, "CHECKED_WHEN_OPENED", SMALL)
    random = Random(seed)
    contents = files(sound)
    name = sorted(contents)[seed % len(contents)]
    content = bytearray(contents[name])
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
    small = len(contents[name]) <= SMALL
    try:
        Snapshot.open(index.path)
    except IndexUnusable as error:
        assert str(tmp_path) in str(error)
    except FileNotFoundError:
        assert (kind, name) == ("gone", "toc.json")
    else:
        assert kind == "flip" and not small, "all other damage is noticed when the file is opened"
        try:
            assert search(index) == search(ColumnIndex(sound, SCHEMA, order="key"))
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


def _with_entry(state: Any, **changes: Any) -> Any:
    state["segments"][0] |= changes
    return state


@pytest.mark.parametrize(
    "alter",
    [
        lambda state: state | {"generation": -1},
        lambda state: state | {"analysis": []},
        lambda state: _with_entry(state, documents="3"),
        lambda state: _with_entry(state, lengths={"text": [1, None]}),
        lambda state: _with_entry(state, file=state["segments"][0]["file"] | {"size": 0.5}),
        lambda state: _with_entry(state, file=state["segments"][0]["file"] | {"name": "a\0"}),
    ],
)
def test_an_invalid_table_of_contents_is_damage(
    sound: Path, tmp_path: Path, alter: Callable[[dict[str, Any]], dict[str, Any]]
) -> None:
    """Its checksum is right; using it raised errors of other kinds."""
    state = json.loads((sound / "toc.json").read_bytes())
    del state["checksum"]
    state = alter(state)
    state["checksum"] = zlib.crc32(json.dumps(state, sort_keys=True).encode())
    index = _damaged(sound, tmp_path / "index", "toc.json", json.dumps(state).encode())
    with pytest.raises(IndexDamaged, match=r"toc\.json is damaged"):
        index.searcher()


def _with_about(directory: Any, **changes: Any) -> Any:
    directory["about"] |= changes
    return directory


def _with_text_field(directory: Any, **changes: Any) -> Any:
    directory["about"]["fields"]["text"] |= changes
    return directory


DIRECTORIES: dict[str, Callable[[dict[str, Any]], Any]] = {
    "no directory": lambda directory: [],
    "no end": lambda directory: {**directory, "end": None},
    "another end": lambda directory: {**directory, "end": directory["end"] - 9000},
    "an infinite checksum": lambda directory: {**directory, "checksums": [1e999]},
    "no sections": lambda directory: {**directory, "sections": {}},
    "invalid sections": lambda directory: {**directory, "sections": {"stored": [0, 1]}},
    "a section beyond the end": lambda directory: {
        **directory,
        "sections": directory["sections"] | {"stored": [directory["end"], 1, "u1"]},
    },
    "a section before the beginning": lambda directory: {
        **directory,
        "sections": directory["sections"] | {"stored": [-1, 1, "u1"]},
    },
    "a section at the wrong byte": lambda directory: {
        **directory,
        "sections": directory["sections"]
        | {"text.counts": [directory["sections"]["text.counts"][0] - 1, *directory["sections"]["text.counts"][1:]]},
    },
    "too many documents": lambda directory: _with_about(directory, documents=1 << 40),
    "no number of documents": lambda directory: _with_about(directory, documents="x"),
    "no fields": lambda directory: _with_about(directory, fields=None),
    "a wrong number of terms": lambda directory: _with_text_field(directory, terms=1),
    "a layout out of range": lambda directory: _with_text_field(directory, layout=[1 << 70, True, True, False, False]),
}


@pytest.mark.parametrize("change", DIRECTORIES)
def test_an_invalid_directory_is_damage(sound: Path, tmp_path: Path, change: str) -> None:
    """All checksums are right; using it raised errors of other kinds."""
    content = (sound / "2.segment").read_bytes()
    begin, length, _, magic = sections.TRAILER.unpack(content[-sections.TRAILER.size :])
    directory = json.dumps(DIRECTORIES[change](json.loads(content[begin : begin + length]))).encode()
    checksum = zlib.crc32(directory)
    path = tmp_path / "2.segment"
    path.write_bytes(content[:begin] + directory + sections.TRAILER.pack(begin, len(directory), checksum, magic))
    with pytest.raises(IndexDamaged, match=r"2\.segment is damaged"):
        Segment(path, path.stat().st_size, checksum)


def test_a_missing_field_is_damage(sound: Path) -> None:
    entry = toc.read(sound).segments[0].file
    opened = Segment(sound / entry.name, entry.size, entry.checksum)
    assert opened.fields.get("absent") is None
    with pytest.raises(IndexDamaged, match="damaged"):
        opened.fields["absent"]


def test_a_damaged_page_is_reported_when_it_is_read(tmp_path: Path) -> None:
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


@pytest.mark.parametrize("also_checksum", [False, True])
def test_each_page_is_checked_when_it_is_read(tmp_path: Path, *, also_checksum: bool) -> None:
    """Also if the checksum of the page was made right: the checksums have checksums of their own."""
    path = tmp_path / "file"
    with SectionWriter(path) as writer:
        writer.add("numbers", np.arange(2 * sections.PAGE, dtype=np.uint32))
        size, checksum = writer.finish({})
    sound = path.read_bytes()
    begin, length, _, _ = sections.TRAILER.unpack(sound[-sections.TRAILER.size :])
    end = json.loads(sound[begin : begin + length])["end"]
    for page in range(-(-end // sections.PAGE)):
        content = bytearray(sound)
        first, stop = page * sections.PAGE, min((page + 1) * sections.PAGE, end)
        content[stop - 1] ^= 1
        if also_checksum:
            content[end + page * 4 : end + page * 4 + 4] = zlib.crc32(content[first:stop]).to_bytes(4, "little")
        path.write_bytes(content)
        with pytest.raises(IndexDamaged):
            sections.SectionFile(path, size, checksum)
        opened = sections.SectionFile(path, size, checksum, check=False)
        with pytest.raises(IndexDamaged):
            opened.check_all()

"""Opening a commit: what its table of contents and its files must have in common."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sealed_index import KEY, make

from jooya.indexer import Index, IndexDamaged, IndexUnusable
from jooya.indexer.codec import snapshot, toc
from jooya.indexer.codec.snapshot import Snapshot, live_documents, read_checked
from jooya.indexer.codec.toc import SegmentEntry, Toc


@pytest.fixture
def path(tmp_path: Path) -> Path:
    make(tmp_path / "index", key=None)
    return tmp_path / "index"


@pytest.mark.usual_settings
def test_documents_are_numbered_across_segments(path: Path) -> None:
    opened = Snapshot.open(path)
    assert [(leaf.base, leaf.segment.documents, leaf.live is None) for leaf in opened.leaves] == [
        (0, 20, False),
        (20, 1, True),
    ]
    assert (opened.doc_count, opened.doc_count_all) == (20, 21)
    assert [leaf.base for leaf in [opened.locate(number)[0] for number in (0, 19, 20)]] == [0, 0, 20]
    assert [opened.locate(number)[1] for number in (0, 19, 20)] == [0, 19, 0]
    assert (opened.stored(3)["id"], opened.stored(20)["id"]) == ("d3#1", "e#1")
    with pytest.raises(IndexError):
        opened.locate(-1)
    assert opened.is_current()
    Index.open(path).remove("e")
    assert not opened.is_current()


@pytest.mark.parametrize("content", [b"", b"x", b"data"])
def test_the_user_data_of_a_commit_are_read(path: Path, content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    with Index.open(path) as index, index._writer() as writer:
        writer.set_commit_user_data(content)
    assert Snapshot.open(path).commit_user_data() == content
    monkeypatch.setattr(snapshot, "_MAX_USER_DATA", len(content))
    assert Snapshot.open(path).commit_user_data() == content
    if content:
        monkeypatch.setattr(snapshot, "_MAX_USER_DATA", len(content) - 1)
        (name,) = [name for name in toc.read(path).files if name.endswith(".attachment")]
        with pytest.raises(IndexDamaged) as caught:
            Snapshot.open(path)
        assert caught.value.path == path / name


def test_a_commit_without_user_data_has_none(tmp_path: Path) -> None:
    Index.create(tmp_path / "index").close()
    assert Snapshot.open(tmp_path / "index").commit_user_data() == b""


def _lengths(documents: int, length: int, name: str = "text") -> Callable[[SegmentEntry], SegmentEntry]:
    def edit(entry: SegmentEntry) -> SegmentEntry:
        own = entry.lengths[name]
        return entry._replace(lengths=entry.lengths | {name: (own[0] + documents, own[1] + length)})

    return edit


def _without(entry: SegmentEntry) -> SegmentEntry:
    return entry._replace(lengths={name: own for name, own in entry.lengths.items() if name != "title"})


EDITS: dict[str, tuple[int, Callable[[SegmentEntry], SegmentEntry], bool]] = {
    "as it is": (0, lambda entry: entry, True),
    "more documents": (0, lambda entry: entry._replace(documents=entry.documents + 1), False),
    "more deleted ones": (0, lambda entry: entry._replace(deleted=entry.deleted + 1), False),
    "deleted ones without a list": (1, lambda entry: entry._replace(deleted=1), False),
    "other totals of all documents": (1, _lengths(0, 1), False),
    "fewer terms than all documents have": (1, _lengths(0, -1), False),
    "a field too few": (1, _without, False),
    "fewer terms, since some are deleted": (0, _lengths(0, -1), True),
    "as many terms as with the deleted ones": (0, _lengths(0, 2), True),
    "more terms than there are": (0, _lengths(0, 3), False),
    "as many documents with terms as there are": (0, _lengths(0, 0), True),
    "a field too few of some": (0, _without, False),
    "fewer terms than documents that have some": (0, _lengths(0, -20), False),
}


@pytest.mark.usual_settings
@pytest.mark.parametrize("kind", EDITS)
def test_the_table_must_agree_with_the_segments(path: Path, kind: str) -> None:
    number, edit, agrees = EDITS[kind]
    state = toc.read(path)
    assert state.segments[0].lengths["text"] == (19, 38)
    segments = list(state.segments)
    segments[number] = edit(segments[number])
    toc.write(path, state._replace(segments=tuple(segments)))
    if agrees:
        Snapshot.open(path)
        return
    with pytest.raises(IndexDamaged) as caught:
        Snapshot.open(path)
    assert caught.value.path == path / toc.NAME


def test_the_list_of_deleted_documents_has_a_bit_for_each(path: Path) -> None:
    entry = toc.read(path).segments[0]
    assert entry.deletions is not None
    assert entry.deletions.size == 3
    for documents in (17, 20, 24):
        live = live_documents(path, entry, documents)
        assert live is not None
        assert [number for number, one in enumerate(live.tolist()) if not one] == [3]
        assert len(live) == documents
    for documents in (16, 25):
        with pytest.raises(IndexDamaged) as caught:
            live_documents(path, entry, documents)
        assert caught.value.path == path / entry.deletions.name
    assert live_documents(path, entry._replace(deletions=None), 20) is None


def test_a_file_that_is_read_whole_is_checked(path: Path) -> None:
    file = toc.read(path).commit_user_data
    assert file is not None
    content = (path / file.name).read_bytes()
    assert read_checked(path, file) == read_checked(path, file, authenticate=True) == content
    for wrong in (file._replace(size=file.size - 1), file._replace(size=file.size + 1), file._replace(checksum=5)):
        with pytest.raises(IndexDamaged) as caught:
            read_checked(path, wrong)
        assert caught.value.path == path / file.name
    assert read_checked(path, file._replace(digest="00")) == content
    with pytest.raises(IndexDamaged):
        read_checked(path, file._replace(digest="00"), authenticate=True)


def test_user_data_are_authenticated_with_the_key_alone(tmp_path: Path) -> None:
    make(tmp_path / "index")
    state = toc.read(tmp_path / "index")
    assert state.commit_user_data is not None
    changed = state._replace(commit_user_data=state.commit_user_data._replace(digest="00"))
    toc.write(tmp_path / "index", changed, KEY)
    assert Snapshot.open(tmp_path / "index").commit_user_data().startswith(b"{")
    with pytest.raises(IndexDamaged):
        Snapshot.open(tmp_path / "index", key=KEY).commit_user_data()


def test_an_index_that_changes_at_each_look_is_given_up(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each commit removes a file before it is opened."""
    looks: list[int] = []
    state = toc.read(path)

    def read(_folder: Path, _key: bytes | None = None) -> Toc:
        looks.append(len(looks))
        return state._replace(generation=len(looks) + 10)

    def gone(*_arguments: object) -> object:
        raise FileNotFoundError(2, "gone", "name")

    with monkeypatch.context() as patch:
        patch.setattr(toc, "read", read)
        patch.setattr(snapshot, "_open_leaves", gone)
        with pytest.raises(IndexUnusable, match=r"changes faster than it can be opened: try again") as caught:
            Snapshot.open(path)
    assert caught.value.path == path
    assert len(looks) == 200
    (path / state.segments[1].file.name).unlink()
    with pytest.raises(IndexDamaged, match="is missing") as damaged:
        Snapshot.open(path)
    assert str(damaged.value.path) == str(path / state.segments[1].file.name)


@pytest.mark.parametrize("names", [(), ("of the system",)])
def test_an_error_that_names_no_file_names_the_index(
    path: Path, monkeypatch: pytest.MonkeyPatch, names: tuple[str, ...]
) -> None:
    def failing(*_arguments: object) -> object:
        raise OSError(5, "Input/output error", *names)

    for function in ("_open_leaves", "_map_user_data"):
        with monkeypatch.context() as patch, pytest.raises(OSError, match="Input/output error") as raised:
            patch.setattr(snapshot, function, failing)
            Snapshot.open(path)
        assert raised.value.filename == (names[0] if names else str(path))


def test_open_segments_are_shared_with_the_commit_before(path: Path) -> None:
    first = Snapshot.open(path)
    Index.open(path).remove("d5")
    second = Snapshot.open(path, first)
    assert [one.segment is other.segment for one, other in zip(first.leaves, second.leaves, strict=True)] == [True] * 2
    third = Snapshot.open(path)
    assert third.leaves[0].segment is not first.leaves[0].segment
    copy = path / "copy"
    copy.write_bytes((path / "1.segment").read_bytes())
    copy.replace(path / "1.segment")  # a sound copy of a damaged file
    assert Snapshot.open(path, first).leaves[0].segment is not first.leaves[0].segment

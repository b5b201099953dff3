"""The files that a repair replaces stay: each in its folder or in one within `damaged`, whatever fails."""

import errno
from pathlib import Path

import pytest
from sealed_index import make

from jooya.indexer import Index
from jooya.indexer.codec import toc
from jooya.indexer.codec.toc import Toc
from jooya.indexer.integrity.preserved import Preserved, new_folder


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """Make an index of two segments, the first with deletions, with user data, and files of nobody."""
    make(tmp_path / "index", key=None)
    for name in ("note.txt", "0.spill", "9.segment"):
        (tmp_path / "index" / name).write_bytes(b"x")
    return tmp_path / "index"


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


OF_INDEX = {"1.segment", "1.2.deleted", "3.segment", "4.attachment", "toc.json", "write.lock"}


def following(state: Toc) -> Toc:
    """Return the state after a repair that rebuilt the first segment and dropped the user data."""
    first, second = state.segments
    rebuilt = first._replace(file=first.file._replace(name="10.segment"))
    return state._replace(generation=10, segments=(second, rebuilt), commit_user_data=None)


def test_what_the_next_table_does_not_take_over_is_preserved(index: Path) -> None:
    state = toc.read(index)
    assert names(index) == {*OF_INDEX, "note.txt", "0.spill", "9.segment"}
    kept = Preserved(index, state)
    assert (kept.has_table, kept.folder, kept.files) == (True, None, [])
    after = following(state)
    (index / "10.segment").write_bytes(b"new")
    (index / "10.spill").write_bytes(b"new")
    kept.add(after)
    replaced = ["1.2.deleted", "1.segment", "4.attachment", "9.segment", "toc.json"]
    assert (kept.folder, kept.files) == (index / "damaged" / "1", replaced)
    assert names(index / "damaged" / "1") == set(replaced)
    assert all((index / "damaged" / "1" / name).samefile(index / name) for name in replaced)
    toc.write(index, after)
    kept.remove_unused(index)
    # What the table before it named as well, though with other deletions, has its first name still.
    assert names(index) == {
        "1.2.deleted",
        "3.segment",
        "10.segment",
        "toc.json",
        "write.lock",
        "note.txt",
        "0.spill",
        "damaged",
    }
    assert names(index / "damaged" / "1") == set(replaced)
    assert (kept.folder, kept.files) == (index / "damaged" / "1", replaced)


@pytest.mark.parametrize("there", [False, True])
@pytest.mark.parametrize("how", ["as it was", "damaged", "gone"])
def test_if_the_next_table_was_not_written_all_is_as_it_was(index: Path, there: bool, how: str) -> None:
    if there:
        (index / "damaged" / "7").mkdir(parents=True)
    state = toc.read(index)
    before = names(index)
    kept = Preserved(index, state)
    (index / "10.segment").write_bytes(b"new")
    (index / ".toc.json").write_bytes(b"new")
    kept.add(following(state))
    assert kept.folder == index / "damaged" / ("8" if there else "1")
    if how == "damaged":
        (index / toc.NAME).write_bytes(b"{")
    elif how == "gone":
        (index / toc.NAME).unlink()
        before -= {toc.NAME}
    kept.remove_unused(index)
    assert names(index) == before
    assert not kept.folder
    assert kept.files == []
    if there:
        assert names(index / "damaged") == {"7"}


def test_nothing_is_removed_while_it_is_not_known_which_table_is_there(
    index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = toc.read(index)
    kept = Preserved(index, state)
    kept.add(following(state))
    (index / "10.segment").write_bytes(b"new")
    before = names(index)

    def fail(*_arguments: object) -> object:
        raise OSError(errno.EIO, "planted")

    for name in ("read", "sync"):
        with monkeypatch.context() as patch:
            patch.setattr(toc, name, fail)
            kept.remove_unused(index)
        assert names(index) == before
        assert kept.folder == index / "damaged" / "1"
    with monkeypatch.context() as patch:
        patch.setattr(toc, "read", lambda _folder: (_ for _ in ()).throw(FileNotFoundError(2, "wrong")))
        kept.remove_unused(index)
    assert names(index) == before


def test_files_of_kept_commits_are_not_replaced(tmp_path: Path) -> None:
    make(tmp_path / "index", key=None)
    index = tmp_path / "index"
    Index.open(index).keep(3)
    Index.open(index).remove("e")
    state = toc.read(index)
    kept = Preserved(index, state)
    numbers = toc.kept_generations(index, state)
    assert numbers
    kept.add(state._replace(generation=20, segments=state.segments[:1], commit_user_data=None))
    needed = set().union(*(toc.read_kept(index, number).files for number in numbers))
    assert needed & set(kept.files) == set()
    assert not any(name.endswith(".commit") for name in kept.files)


def test_without_a_table_all_files_of_commits_are_replaced(index: Path) -> None:
    state = toc.read(index)
    (index / toc.NAME).unlink()
    (index / "folder.segment").mkdir()
    kept = Preserved(index, None)
    assert not kept.has_table
    kept.add(state._replace(segments=state.segments[1:], commit_user_data=None))
    assert kept.files == ["1.2.deleted", "1.segment", "4.attachment", "9.segment"]


def test_each_repair_has_a_folder_of_its_own(tmp_path: Path) -> None:
    assert new_folder(tmp_path) == tmp_path / "damaged" / "1"
    (tmp_path / "damaged" / "12").mkdir()
    (tmp_path / "damaged" / "x99").mkdir()
    assert new_folder(tmp_path) == tmp_path / "damaged" / "13"
    assert names(tmp_path / "damaged") == {"1", "12", "13", "x99"}


@pytest.mark.parametrize("there", [[], ["1"]])
def test_nothing_is_left_of_a_folder_whose_name_may_not_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: list[str]
) -> None:
    for name in there:
        (tmp_path / "damaged" / name).mkdir(parents=True)
    real = toc.sync

    def sync(path: Path) -> None:
        if path.name == "damaged":
            raise OSError(errno.EIO, "planted")
        real(path)

    monkeypatch.setattr(toc, "sync", sync)
    with pytest.raises(OSError, match="planted"):
        new_folder(tmp_path)
    assert names(tmp_path) == ({"damaged"} if there else set())
    assert not there or names(tmp_path / "damaged") == set(there)

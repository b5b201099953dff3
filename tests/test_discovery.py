"""Discovery: from the paths that are given to the files that are meant."""

import errno
import os
from pathlib import Path

import pytest

from jooya.indexer import BadInput
from jooya.indexer.ingest import manifest
from jooya.indexer.ingest.discovery import FoundFiles, find
from jooya.indexer.ingest.document_records import DocumentRecord
from jooya.indexer.ingest.intake import check_watched, matching_keys


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "folder"
    for name in (
        "b/2.txt", "b/1.jsonl", "a.txt", "c.jpg", ".hidden.txt", ".git/x.txt", "drafts/d.txt", "b/drafts/e.txt",
        "old.txt.gz", "packed.tar.gz", "picture.jpg.gz",
    ):  # fmt: skip
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("x")
    return folder


def names(found: FoundFiles, folder: Path) -> list[str]:
    return [os.path.relpath(file.location, folder) for file in found.files]


def test_folders_are_walked_in_order_and_each_file_is_taken_once(folder: Path) -> None:
    found = find([folder, folder / "a.txt", folder / "c.jpg"])
    assert names(found, folder) == [
        "a.txt", "old.txt.gz", "packed.tar.gz", "b/1.jsonl", "b/2.txt", "b/drafts/e.txt", "drafts/d.txt", "c.jpg",
    ]  # fmt: skip
    assert list(found.skipped.values()) == [
        f"{folder}/c.jpg: unknown format",
        f"{folder}/picture.jpg.gz: unknown format",
    ]


def test_names_are_as_given(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    named = [file.name for file in find(["b", "./a.txt", "."]).files]
    assert named[:4] == ["b/1.jsonl", "b/2.txt", "b/drafts/e.txt", "a.txt"]
    monkeypatch.chdir(folder / "b")
    assert [file.name for file in find(["../a.txt", "."]).files] == ["../a.txt", "1.jsonl", "2.txt", "drafts/e.txt"]


@pytest.mark.parametrize(
    ("patterns", "left"),
    [
        (["drafts/"], ["a.txt", "old.txt.gz", "packed.tar.gz", "b/1.jsonl", "b/2.txt"]),
        (["/drafts", "*.gz"], ["a.txt", "b/1.jsonl", "b/2.txt", "b/drafts/e.txt"]),
        (["*.txt", "!a.txt", "*.gz", "# a comment", ""], ["a.txt", "b/1.jsonl"]),
        (["b/**"], ["a.txt", "old.txt.gz", "packed.tar.gz", "drafts/d.txt"]),
    ],
)
def test_patterns_are_those_of_gitignore(folder: Path, patterns: list[str], left: list[str]) -> None:
    assert names(find([folder], patterns), folder) == left


def test_a_file_that_is_named_is_taken_whatever_the_patterns(folder: Path) -> None:
    assert names(find([folder / "a.txt"], ["*.txt"]), folder) == ["a.txt"]


def test_no_link_is_followed_out_of_the_folder(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "s.txt").write_text("x")
    (folder / "b" / "out.txt").symlink_to(tmp_path / "secret" / "s.txt")
    (folder / "b" / "in.txt").symlink_to("../a.txt")
    (folder / "elsewhere").symlink_to(tmp_path / "secret")
    (folder / "loop").symlink_to(folder)
    (folder / "broken.txt").symlink_to("nowhere.txt")
    found = find([folder])
    assert names(found, folder) == [
        "a.txt", "old.txt.gz", "packed.tar.gz", "b/1.jsonl", "b/2.txt", "b/in.txt", "b/drafts/e.txt", "drafts/d.txt",
    ]  # fmt: skip
    assert [reason for reason in found.skipped.values() if "a link" in reason] == [
        f"{folder}/elsewhere: a link out of the folder",
        f"{folder}/b/out.txt: a link out of the folder",
    ]
    # A path that is named is followed, even if it is a link.
    assert [Path(file.location).name for file in find([folder / "elsewhere"]).files] == ["s.txt"]


def test_the_index_itself_is_left_out(folder: Path) -> None:
    assert "b/2.txt" not in names(find([folder], not_below=folder / "b"), folder)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_cannot_be_read_is_reported(folder: Path) -> None:
    (folder / "b").chmod(0)
    assert f"{folder}/b: Permission denied" in find([folder]).skipped.values()
    (folder / "b").chmod(0o700)


def test_pipes_are_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    assert find([tmp_path]).files == []
    assert list(find([tmp_path / "pipe.txt"]).failed.values()) == [f"{tmp_path}/pipe.txt: neither a file nor a folder"]


def test_missing_paths_are_gone_or_an_error(tmp_path: Path) -> None:
    found = find([tmp_path / "old", tmp_path / "nope"])
    assert found.tell_gone(lambda location: location == f"{tmp_path}/old") == [f"{tmp_path}/old"]
    assert found.gone == [f"{tmp_path}/old"]
    assert list(found.failed.values()) == [f"{tmp_path}/nope: no such file or folder"]


@pytest.mark.parametrize("function", ["stat", "scandir"])
def test_what_is_said_once_not_to_be_there_is_not_gone(
    folder: Path, monkeypatch: pytest.MonkeyPatch, function: str
) -> None:
    """A removal is believed if the system says so twice, since it costs the documents."""

    def fails(path: object, *_args: object, **_options: object) -> object:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))

    with monkeypatch.context() as patch:
        patch.setattr(os, function, fails)
        found = find([folder])
    found.tell_gone(lambda _: True)
    assert not found.lacks(str(folder / "a.txt"))
    assert list((found.failed | found.skipped).values()) == [f"{folder}: No such file or directory"]
    monkeypatch.chdir(folder)
    with monkeypatch.context() as patch:
        patch.setattr(os, function, fails)
        found = find(["."])
    assert list((found.failed | found.skipped).values()) == [".: No such file or directory"]


def test_names_may_be_any_bytes(tmp_path: Path) -> None:
    weird = ["a\nb.txt", "\x1b[31m.txt", os.fsdecode(b"\xff.txt"), "..txt", "a..txt"]
    for name in weird:
        (tmp_path / name).write_text("x")
    assert sorted(file.name for file in find([tmp_path]).files) == sorted(
        f"{tmp_path}/{name}" for name in weird if not name.startswith(".")
    )


def test_a_key_with_a_star_may_be_that_of_a_document() -> None:
    keys = ["a*", "ab", "ac", "b"]
    for wanted, found in (
        (["a*"], ["a*"]), (["ab"], ["ab"]), (["x"], []), (["x*"], []), (["*b"], ["ab", "b"]),
        (["b", "ab", "*b"], ["b", "ab"]),
    ):  # fmt: skip
        assert matching_keys(wanted, keys) == found


def test_what_is_watched_must_be_there_or_have_been(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    record = DocumentRecord(1, str(tmp_path / "known" / "a.txt"), None, None)
    entry = manifest.Entry("b.txt", None, 0)
    files = manifest.Manifest({str(tmp_path / "read" / "b.txt"): entry}, {})
    asked: list[str] = []

    def records() -> dict[str, DocumentRecord]:
        asked.append("records")
        return {"a": record, "b": DocumentRecord(1, None, None, None)}

    def known() -> manifest.Manifest:
        asked.append("manifest")
        return files

    for names, expected in (
        (["there"], []),
        (["read"], ["manifest"]),
        (["read/b.txt", "read"], ["manifest"]),
        (["known"], ["manifest", "records"]),
        (["known/a.txt", "known", "there"], ["manifest", "records"]),
    ):
        asked.clear()
        check_watched([tmp_path / name for name in names], [], known, records)
        assert asked == expected
    for name in ("know", "known/a", "rea", "read/b.tx"):
        with pytest.raises(BadInput, match="no such file or folder"):
            check_watched([tmp_path / "known", tmp_path / name], [], known, records)

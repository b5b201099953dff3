"""Commits that are kept: what stays of them, returning to each, and what is done about damaged ones."""

import errno
import json
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from command import run
from durable_calls import Calls

from jooya.indexer import BadArgument, BadInput, Commit, Document, Index, IndexBusy, IndexDamaged, IndexUnusable
from jooya.indexer.codec import merge_policy, sections, toc
from jooya.indexer.codec.lock import WriteLock
from jooya.indexer.codec.snapshot import Snapshot
from jooya.indexer.integrity import commits

QUERIES = ("باران", "برف", "باران برف")


@pytest.fixture(autouse=True)
def merging(monkeypatch: pytest.MonkeyPatch) -> None:
    """Merge three segments, so that few commits have merges among them."""
    monkeypatch.setattr(merge_policy, "MERGE_FACTOR", 3)


def texts(index: Index) -> dict[str, str]:
    return {document.key: found.text for document in index.documents() if (found := index.get(document.key))}


def answers(index: Index) -> list[object]:
    return [[(hit.id, hit.score, hit.text) for hit in index.search(query, limit=50)] for query in QUERIES]


def change(index: Index, number: int) -> None:
    """Make the commit of this number: additions, changes, removals, and merges of everything."""
    if number % 7 == 6:
        with index._writer() as writer:
            writer.optimize = True
    elif number % 5 == 4:
        index.remove(f"d{number - 2}")
    else:
        index.add(Document(f"d{number}", f"باران {number}"), Document("changing", f"برف {number} " * (number % 3 + 1)))


def test_each_of_the_last_20_commits_can_be_restored_while_a_writer_goes_on(tmp_path: Path) -> None:
    """Each restored index has the documents, answers, manifest and name of its commit."""
    states: dict[str, tuple[dict[str, str], list[object]]] = {}
    with Index.create(tmp_path / "index", keep=20) as index:
        for number in range(30):
            change(index, number)
            states[index.commit] = texts(index), answers(index)
        kept = index.commits()
        assert [commit.name for commit in kept] == list(reversed(states))[:20]
        assert all(commit.problem is None for commit in kept)
        assert [commit.documents for commit in kept] == [len(states[commit.name][0]) for commit in kept]

        def write() -> None:
            for number in range(30, 36):
                change(index, number)

        writing = threading.Thread(target=write)
        writing.start()
        wrong = []
        for commit in reversed(kept[:14]):  # six more commits let go of six
            Index.restore(index.path, commit.number, to=tmp_path / commit.name)
            with Index.open(tmp_path / commit.name) as restored:
                if (texts(restored), answers(restored)) != states[commit.name] or restored.commit != commit.name:
                    wrong.append(commit)
            assert Index.check(tmp_path / commit.name).problems == []
        writing.join()
        assert wrong == []
        assert len(index.commits()) == 20
        assert Index.check(index.path).problems == []


def test_files_of_commits_that_are_no_longer_kept_are_removed(tmp_path: Path) -> None:
    with Index.create(tmp_path / "index", keep=4) as index:
        for number in range(20):
            change(index, number)
            state = toc.read(index.path)
            needed = toc.needed_files(index.path, state) | {toc.NAME, "write.lock"}
            assert {path.name for path in index.path.iterdir()} == needed
        assert len(index.commits()) == 4
        index.keep(1)
        assert {path.name for path in index.path.iterdir()} == toc.read(index.path).files | {toc.NAME, "write.lock"}
        assert len(index.commits()) == 1


def test_returning_within_the_index_can_be_undone(tmp_path: Path) -> None:
    with Index.create(tmp_path / "index", keep=10) as index:
        for number in range(3):
            index.add(Document(f"d{number}", "باران"))
        after, before = index.commits()[0], index.commits()[2]
        assert Index.restore(index.path, before.name).documents == 1
        assert set(texts(index)) == {"d0"}
        assert index.commits()[0].number == after.number + 1
        index.add(Document("other", "برف"))
        Index.restore(index.path, str(after.number))
        assert set(texts(index)) == {"d0", "d1", "d2"}
        assert Index.restore(index.path, index.commit).documents == 3
        assert index.commits()[0].number == after.number + 3
        assert Index.check(index.path).problems == []


def test_files_are_compared_with_the_list_of_the_commit_that_was_restored(tmp_path: Path) -> None:
    """A file that was indexed after that commit is indexed again."""
    talks = tmp_path / "talks"
    talks.mkdir()
    (talks / "a.txt").write_text("باران", encoding="utf-8")
    with Index.create(tmp_path / "index", keep=3) as index:
        index.add(talks)
        first = index.commits()[0]
        (talks / "b.txt").write_text("برف", encoding="utf-8")
        index.add(talks)
        Index.restore(index.path, first.number)
        assert index.search("برف").total == 0
        assert index.add(talks).new == 1


def test_a_damaged_table_of_contents_is_replaced_by_that_of_an_earlier_commit(tmp_path: Path) -> None:
    with Index.create(tmp_path / "index", keep=5) as index:
        index.add(Document("a", "باران"))
        index.add(Document("b", "باران"))
        first = index.commits()[1]
    (tmp_path / "index" / toc.NAME).write_text("{}")
    assert Index.restore(tmp_path / "index", first.number).documents == 1
    with Index.open(tmp_path / "index") as index:
        assert set(texts(index)) == {"a"}
        assert index.commits()[0].number == 3
        index.add(Document("c", "برف"))
    assert Index.check(tmp_path / "index").problems == []


@pytest.mark.parametrize("repair", [False, True])
def test_damage_in_an_earlier_commit_is_reported_and_set_aside(tmp_path: Path, *, repair: bool) -> None:
    with Index.create(tmp_path / "index", keep=5) as index:
        index.add(Document("a", "باران"))
        index.add(Document("b", "برف"))
        with index._writer() as writer:
            writer.optimize = True
        path = index.path / "1.segment"
        content = bytearray(path.read_bytes())
        content[200] ^= 1
        path.write_bytes(content)
        expected = [f"{path} is damaged, which commit {number} needs" for number in (2, 1)]
        assert Index.check(index.path).problems == expected
        assert [bool(commit.problem) for commit in index.commits()] == [False, True, True, False]
        with pytest.raises(IndexUnusable, match=r"1\.segment is damaged"):
            Index.restore(index.path, 2)
        if repair:
            done = Index.repair(index.path)
            assert (done.rebuilt, done.lost, done.report.problems) == (0, [], [])
            assert done.losses == [f"commit {number}, to which there is no return now" for number in (2, 1)]
            assert (done.folder, done.files) == (index.path / "damaged" / "1", ["2.commit", "1.commit"])
            assert Index.check(index.path).problems == []
            assert set(texts(index)) == {"a", "b"}


def test_a_repair_keeps_the_sound_commits(tmp_path: Path) -> None:
    with Index.create(tmp_path / "index", keep=9) as index:
        index.add(Document("a", "باران"))
        first = index.commits()[0]
        with index._writer() as writer:
            writer.optimize = True
        index.add(Document("b", "برف"))
        path = index.path / "3.segment"
        content = bytearray(path.read_bytes())
        content[200] ^= 1
        path.write_bytes(content)
    done = Index.repair(tmp_path / "index")
    assert done.report.problems == []
    assert "3.segment" in done.files
    assert Index.restore(tmp_path / "index", first.number).documents == 1


def test_a_damaged_table_of_an_earlier_commit_lets_go_of_nothing(tmp_path: Path) -> None:
    """The files that it names are not known, so none is removed as long as it is one of those that are kept."""
    with Index.create(tmp_path / "index", keep=3) as index:
        for number in range(3):
            change(index, number)
        (index.path / "2.commit").write_text("{}")
        change(index, 6)
        assert (index.path / "1.segment").exists()
        change(index, 7)
        change(index, 8)
        assert not (index.path / "1.segment").exists()
        assert not (index.path / "2.commit").exists()
        assert Index.check(index.path).problems == []


def test_the_commands(tmp_path: Path) -> None:
    (tmp_path / "talks").mkdir()
    for number in range(3):
        (tmp_path / "talks" / f"{number}.txt").write_text("باران", encoding="utf-8")
        assert run("index", "--keep", "3", "talks", cwd=tmp_path)[0] == 0
    code, out, _ = run("commits", "--json", cwd=tmp_path)
    found = json.loads(out)
    assert (code, [commit["documents"] for commit in found]) == (0, [3, 2, 1])
    lines = run("commits", cwd=tmp_path)[1].splitlines()
    assert [line.split()[0] for line in lines] == [commit["name"] for commit in found]
    assert "  2 documents, 2 passages  " in lines[1]
    name, before = found[2]["name"], str(found[1]["number"])
    assert run("restore", "--to", name, "old", cwd=tmp_path) == (0, "old has 1 documents, 1 passages now\n", "")
    assert run("restore", "--to", before, cwd=tmp_path) == (0, "index has 2 documents, 2 passages now\n", "")
    assert run("restore", "-i", "old", "copy", cwd=tmp_path) == (0, "copy has 1 documents, 1 passages now\n", "")
    refused: list[tuple[list[str], str]] = [
        (["--to", "99"], "index does not keep a commit '99': 'jooya commits' lists those that are kept"),
        (["--to", f"{before}-abc"], f"index does not keep a commit '{before}-abc': 'jooya commits' lists"),
        (["--to", before, "old"], "old is not an empty folder: choose an empty folder, or a new one"),
        ([], "give --to COMMIT, or the DIR of a new index, or both"),
    ]
    for arguments, problem in refused:
        code, _, err = run("restore", *arguments, cwd=tmp_path)
        assert code == 2
        assert err.startswith(f"jooya: {problem}")


def test_wrong_arguments_are_refused(index: Index) -> None:
    for count in (0, 1001, True, "3"):
        with pytest.raises(BadArgument, match="commits cannot be"):
            index.keep(count)  # type: ignore[arg-type]
    with pytest.raises(BadArgument, match="restore needs a commit or a new folder"):
        Index.restore(index.path)
    for wrong in (True, 1.5, b"1"):
        with pytest.raises(BadArgument, match="commit cannot be"):
            Index.restore(index.path, wrong)  # type: ignore[arg-type]
    for commit in ("", "x", "-1", "1" * 30, "٣", "0" * 17):
        with pytest.raises(BadInput, match="does not keep a commit"):
            Index.restore(index.path, commit)
    assert Index.restore(index.path, "0" * 16).documents == 0  # the longest that is taken for a number


def test_a_damaged_commit_is_listed_with_its_problem(tmp_path: Path) -> None:
    with Index.create(tmp_path / "index", keep=5) as index:
        index.add(Document("a", "باران"))
        index.add(Document("b", "برف"), Document("c", "برف"))
        index.remove("b")
        sizes = {number: toc.read_kept(index.path, number).size for number in (1, 2)}
        found = index.commits()
        assert [(one.number, one.documents, one.passages, one.size, one.problem) for one in found] == [
            (3, 2, 2, toc.read(index.path).size, None), (2, 3, 3, sizes[2], None), (1, 1, 1, sizes[1], None),
            (0, 0, 0, 0, None),
        ][: len(found)]  # fmt: skip
        assert all(one.time and abs(one.time - time.time()) < 60 for one in found[:3])
        segments = {number: {entry.file for entry in toc.read_kept(index.path, number).segments} for number in (1, 2)}
        assert segments[1] < segments[2]
        names = [toc.read(index.path).files, *(toc.read_kept(index.path, number).files for number in (2, 1, 0))]
        for one, own in zip(found, names, strict=True):  # the files that no other commit needs
            others = set[str]().union(*(other for other in names if other is not own))
            assert one.own == sum((index.path / name).stat().st_size for name in own - others)
        assert [bool(one.own) for one in found] == [True, False, False, False]
        (index.path / "1.commit").write_text("{}")
        damaged = next(one for one in index.commits() if one.number == 1)
        assert damaged == Commit(1, "1", None, 0, 0, 0, 0, f"{index.path / '1.commit'} is damaged")


@pytest.mark.parametrize("act", ["restore", "seal"])
def test_all_of_a_commit_is_checked_before_it_is_returned_to_or_sealed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, act: str
) -> None:
    """A page of a large segment is only read when it is needed."""
    monkeypatch.setattr(sections, "CHECKED_WHEN_OPENED", 0)
    with Index.create(tmp_path / "index", keep=5) as index:
        index.add(*(Document(f"d{number}", f"باران {number} " * 30) for number in range(200)))
        index.add(Document("a", "باران"))
        path = index.path / "1.segment"
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
    before = toc.read(tmp_path / "index")
    with pytest.raises(IndexDamaged, match=r"1\.segment is damaged"):
        if act == "restore":
            Index.restore(tmp_path / "index", 1)
        else:
            Index.seal(tmp_path / "index", b"0123456789abcdef")
    assert toc.read(tmp_path / "index") == before


def test_keeping_and_returning_are_commits_of_their_own(tmp_path: Path) -> None:
    with Index.create(tmp_path / "index") as index:
        index.add(Document("a", "باران"))
        first = toc.read(index.path)
        index.keep(4)
        second = toc.read(index.path)
        assert (second.generation, second.keep, second.segments) == (first.generation + 1, 4, first.segments)
        index.keep(4)
        assert toc.read(index.path) == second
        index.add(Document("b", "برف"))
        third = toc.read(index.path)
    Index.restore(tmp_path / "index", second.generation)
    fourth = toc.read(tmp_path / "index")
    assert (fourth.generation, fourth.keep, fourth.segments) == (third.generation + 1, 4, first.segments)
    Index.restore(tmp_path / "index", fourth.generation)
    assert toc.read(tmp_path / "index") == fourth
    kept = [first.generation, second.generation, third.generation]
    assert toc.kept_generations(tmp_path / "index", fourth) == kept
    Index.restore(tmp_path / "index", first.generation)
    fifth = toc.read(tmp_path / "index")
    assert (first.keep, fifth.keep, fifth.generation) == (1, 4, fourth.generation + 1)


def test_a_commit_that_becomes_an_earlier_one_meanwhile_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Index.create(tmp_path / "index", keep=2) as index:
        index.add(Document("a", "باران"))
        real = Snapshot.open

        def opened(folder: Path, key: bytes | None) -> Snapshot:
            monkeypatch.undo()
            index.add(Document("b", "برف"))
            return real(folder, key=key)

        monkeypatch.setattr(Snapshot, "open", opened)
        assert commits.open_commit(index.path, "1").toc.generation == 1
        assert toc.read(index.path).generation == 2
        index.add(Document("c", "تگرگ"))
        for commit in ("1", "4"):
            with pytest.raises(BadInput, match=f"does not keep a commit '{commit}'"):
                commits.open_commit(index.path, commit)
        (index.path / toc.NAME).write_text("{}")
        with pytest.raises(BadInput, match="does not keep a commit '3'"):
            commits.open_commit(index.path, "3")


def test_the_files_of_damaged_commits_have_one_name_or_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Index.create(tmp_path / "index", keep=5) as index:
        index.add(Document("a", "باران"))
    calls = Calls(tmp_path / "index", monkeypatch)
    to, names = commits.set_aside(tmp_path / "index", [0, 99], 1.0)
    assert (to, names) == (tmp_path / "index" / "damaged" / "1", ["0.commit"])
    assert calls[-4:] == ["sync damaged", "damaged/1/0.commit names 0.commit", "sync damaged/1", "sync ."]
    assert not (tmp_path / "index" / "0.commit").exists()
    (tmp_path / "index" / "0.commit").touch()
    with WriteLock(tmp_path / "index"), pytest.raises(IndexBusy):
        commits.set_aside(tmp_path / "index", [0], 0)


def test_the_list_of_files_of_a_commit_is_checked_as_well(tmp_path: Path) -> None:
    with Index.create(tmp_path / "index", keep=5) as index:
        for content in (b"first", b"second"):
            with index._writer() as writer:
                writer.set_commit_user_data(content)
    for path in (tmp_path / "index").glob("*.attachment"):
        path.write_bytes(path.read_bytes().swapcase())
    before = toc.read(tmp_path / "index")
    for act in (lambda: Index.restore(tmp_path / "index", 1), lambda: Index.seal(tmp_path / "index", b"k" * 16)):
        with pytest.raises(IndexDamaged, match="attachment is damaged"):
            act()
    assert toc.read(tmp_path / "index") == before


def test_an_error_names_the_table_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system names no file in an error of writing, and nothing else said which index it was."""

    def full(_path: Path, _content: bytes) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    path = tmp_path / "index"
    Index.create(path).close()
    monkeypatch.setattr(Path, "write_bytes", full)
    acts: tuple[Callable[[], None], ...] = (
        lambda: Index.open(path).keep(2),
        lambda: Index.seal(path, b"0123456789abcdef"),
    )
    for act in acts:
        with pytest.raises(OSError, match="No space left on device") as raised:
            act()
        assert raised.value.filename == str(path / toc.TEMPORARY)


def test_a_commit_whose_files_are_being_removed_is_not_damaged(tmp_path: Path) -> None:
    """A later commit removes files one after another, and the table of contents may be the last of them."""
    with Index.create(tmp_path / "index", keep=2) as index:
        own: list[str] = []  # files that only the commit before the last needs
        generation = number = 0
        while not own:
            change(index, number)
            (generation,) = toc.kept_generations(index.path, toc.read(index.path))
            own = sorted(toc.read_kept(index.path, generation).files - toc.read(index.path).files)
            number += 1
        table = index.path / toc.kept_name(generation)
        content = table.read_bytes()
        (index.path / own[0]).unlink()
        with pytest.raises(IndexDamaged, match="is missing"):
            Snapshot.open_kept(index.path, generation)
        change(index, number)
        table.write_bytes(content)
        with pytest.raises(FileNotFoundError):
            Snapshot.open_kept(index.path, generation)

"""`jooya check --repair` keeps everything that can still be read."""

import errno
import io
import itertools
import os
import re
import shutil
import subprocess
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from command import JOOYA, run, without_rights_of_root
from damaged_index import DOCUMENTS, FAULTS, PASSAGE, all_passages, build, flip_bit, section_span

from jooya.indexer import Document, Index, IndexBusy, IndexReport, IndexUnusable, ReadOptions, WorkProgress
from jooya.indexer.codec import toc
from jooya.indexer.codec.lock import NAME as LOCK
from jooya.indexer.codec.lock import WriteLock
from jooya.indexer.codec.snapshot import Snapshot
from jooya.indexer.integrity.preserved import Preserved
from jooya.indexer.integrity.segment_check import IndexCheck, check_segments


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("built"))


@pytest.fixture
def copy(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built, tmp_path / "index"))


def test_damaged_user_data_is_reported_and_removed(copy: Path) -> None:
    with Index.open(copy)._writer() as writer:
        writer.set_commit_user_data(b"beside the documents")
    flip_bit(copy / "4.attachment", 3)
    (problem,) = Index.check(copy).problems
    assert problem.startswith(f"{copy / '4.attachment'} is damaged")
    done = Index.repair(copy)
    assert (done.rebuilt, done.lost, done.losses) == (0, [], ["the list of indexed files"])
    assert Snapshot.open(copy).commit_user_data() == b""
    assert not (copy / "4.attachment").exists()


def test_an_index_of_another_analysis_is_refused(copy: Path) -> None:
    toc.write(copy, toc.read(copy)._replace(analysis="other"))
    assert Index.check(copy).problems == []
    flip_bit(copy / "1.segment", 5000)
    with pytest.raises(IndexUnusable, match="was built with analysis other"):
        Index.repair(copy)


def test_unreadable_postings_are_rebuilt(copy: Path) -> None:
    """Everything is as before, to the last digit of the scores."""
    before = all_passages(copy)
    with Index.open(copy) as index:
        ranked = index.rank("باران 12")
    flip_bit(copy / "1.segment", section_span(copy / "1.segment", "text.docs")[0])
    done = Index.repair(copy)
    assert (done.lost, done.losses, done.report.problems) == ([], [], [])
    assert done.rebuilt == len(before) - 3
    assert all_passages(copy) == before
    with Index.open(copy) as index:
        assert index.rank("باران 12") == ranked
        assert index.add(*DOCUMENTS[:5]).unchanged == 5


def test_documents_with_unreadable_stored_fields_are_lost(copy: Path) -> None:
    begin, end = section_span(copy / "1.segment", "stored")
    flip_bit(copy / "1.segment", (begin + end) // 2)
    code, out, err = run("check", "--repair", cwd=copy.parent)
    rebuilt, lost, moved, again, sound = out.splitlines()
    keys = lost.removeprefix(f"lost {len(lost.split(','))} documents: ").split(", ")
    assert (code, err) == (2, "")
    assert moved == "moved to index/damaged/1: 1.3.deleted, 1.segment, 2.attachment, toc.json"
    assert set(keys) < {document.key for document in DOCUMENTS}
    assert again == "run 'jooya index' on their sources again"
    assert sound.startswith(f"sound: {301 - len(keys)} documents, ")
    assert rebuilt.startswith("rebuilt ")
    with Index.open(copy) as index:
        live = {passage.partition("#")[0] for passage in index.ids()}
        assert live.isdisjoint(keys)
        lacking = [document for document in DOCUMENTS if document.key in keys]
        left = [document for document in DOCUMENTS if document.key in live]
        assert index.add(*lacking, *left) == IndexReport(new=len(lacking), unchanged=len(left))


@pytest.mark.parametrize("names", [["document.ordinals", "stored"], ["document.ordinals", "document.terms", "stored"]])
def test_if_columns_are_lost_too_only_whole_documents_are_kept(copy: Path, names: list[str]) -> None:
    """No part of a document stays of which a passage may be gone."""
    before = all_passages(copy)
    for name in names:
        begin, end = section_span(copy / "1.segment", name)
        flip_bit(copy / "1.segment", (begin + end) // 2)
    done = Index.repair(copy)
    (loss,) = done.losses
    assert re.fullmatch(r"1\.segment: the documents of \d+ passages, whose keys can't be read", loss)
    assert not done.complete
    assert not done.report.problems
    after = all_passages(copy)
    whole = {key for key, _ in groupby(sorted(passage.partition("#")[0] for passage in after))}
    assert all(after[passage][0] == before[passage][0] for passage in after)
    assert [passage for passage in before if passage.partition("#")[0] in whole and passage not in after] == []
    assert 0 < len(after) < len(before)


def test_a_document_without_a_record_is_indexed_again(copy: Path) -> None:
    flip_bit(copy / "2.segment", section_span(copy / "2.segment", "digest.numbers")[0])
    assert Index.repair(copy).lost == []
    with Index.open(copy) as index:
        assert index.add(Document("c", "تگرگ")) == IndexReport(updated=1)
        assert index.add(Document("c", "تگرگ")) == IndexReport(unchanged=1)


def test_a_truncated_segment_is_lost(copy: Path) -> None:
    file = copy / "1.segment"
    file.write_bytes(file.read_bytes()[:-1])
    passages = toc.read(copy).segments[0].documents
    code, out, err = run("check", "--repair", cwd=copy.parent)
    assert (code, err) == (2, "")
    assert out.splitlines() == [
        f"lost 1.segment: the whole segment, which had {passages} passages",
        "moved to index/damaged/1: 1.3.deleted, 1.segment, 2.attachment, toc.json",
        "run 'jooya index' on their sources again",
        "sound: 3 documents, 3 passages, 1 segments",
    ]
    assert sorted(path.name for path in copy.iterdir()) == ["2.segment", "damaged", "toc.json", "write.lock"]


def test_files_that_a_repair_lost_are_read_again(built: Path, copy: Path) -> None:
    """Otherwise, the lost documents of unchanged files, which are not read, would stay lost."""
    file = copy / "2.segment"
    file.write_bytes(file.read_bytes()[:-1])
    paths = [built.parent / "a.txt", built.parent / "b.jsonl"]
    with Index.open_or_create(copy.parent / "whole") as index:
        index.add(*paths, options=ReadOptions(encoding="cp1256"))
        whole = index.ids()
    Index.repair(copy)
    with Index.open(copy) as index:
        assert not whole & index.ids()
        assert index.add(*paths, options=ReadOptions(encoding="cp1256")) == IndexReport(new=2)
        assert whole <= index.ids()


@pytest.mark.parametrize("content", [None, b"", b"{}", b"nonsense"])
def test_a_lost_table_of_contents_is_reconstructed(copy: Path, content: bytes | None) -> None:
    """All live documents are indexed again from the segments.

    Documents that an interrupted writer left a second time are indexed once.
    """
    before = all_passages(copy)
    shutil.copy(copy / "2.segment", copy / "9.segment")
    if content is None:
        (copy / "toc.json").unlink()
    else:
        (copy / "toc.json").write_bytes(content)
    assert Index.check(copy).problems
    done = Index.repair(copy)
    assert done.losses == ["the table of contents; documents that were removed lately may be back"]
    assert (done.rebuilt, done.lost) == (len(before), [])
    assert all_passages(copy) == before
    assert sorted(path.name for path in copy.iterdir()) == ["10.segment", "damaged", "toc.json", "write.lock"]


def test_lost_deletions_bring_documents_back(copy: Path) -> None:
    """Removed documents come back; the last version of a replaced document stays."""
    with Index.open(copy) as index:
        index.add(Document("d1", "سیل"))
    assert toc.read(copy).segments[0].deletions
    (copy / "1.4.deleted").unlink()
    done = Index.repair(copy)
    assert done.losses == ["1.segment: the list of deleted passages; some of them may be back"]
    assert done.report.documents == 303
    with Index.open(copy) as index:
        assert [hit.document for hit in index.search("سیل")] == ["d1"]
        assert index.search("doc:d1").total == 1


def test_an_interrupted_repair_changes_nothing(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    flip_bit(copy / "1.segment", 5000)
    before = {path.name: path.read_bytes() for path in copy.iterdir()}
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(toc, "write", _interrupt)
        Index.repair(copy)
    assert {path.name: path.read_bytes() for path in copy.iterdir()} == before
    assert Index.repair(copy).report.problems == []


def _interrupt(*_arguments: Any) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("problem", FAULTS)
def test_errors_of_a_faulty_program_are_noticed_and_repaired(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, problem: str
) -> None:
    """The checksums are right."""
    with Index.create(tmp_path / "index") as index, monkeypatch.context() as patch:
        FAULTS[problem](patch)
        index.add(*DOCUMENTS[:5])
    found = Index.check(index.path).problems
    with monkeypatch.context() as patch:  # what is checked in parts agrees as well
        patch.setattr("jooya.indexer.integrity.segment_check._POSTINGS", 7)
        patch.setattr("jooya.indexer.integrity.segment_check._TERMS", 2)
        assert set(Index.check(index.path).problems) == set(found)
    assert problem in {line.removeprefix(f"{index.path / '1.segment'}: ") for line in found}, found
    done = Index.repair(index.path)
    assert not done.report.problems
    lost = [] if "document d" not in problem else done.lost
    assert (done.lost, done.losses) == (lost, [])
    assert done.report.documents == 5 - len(lost)


def test_invalid_stored_fields_are_lost(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stored fields that are not those of a passage raised errors of other kinds, even Whoosh's."""
    faulty: list[dict[str, Any]] = [
        {"_stored_text": 5},
        {"_stored_id": None},
        {"gregorian": "nonsense"},
        {"_stored_title": 5, "title": "x"},
    ]
    with monkeypatch.context() as patch, index._writer() as writer:
        FAULTS["the table of contents has a wrong number of documents"](patch)
        writer.add_document(**PASSAGE)
        for number, change in enumerate(faulty):
            writer.add_document(**PASSAGE | {"document": f"f{number}", "id": f"f{number}#1"} | change)
    done = Index.repair(index.path)
    assert (done.rebuilt, done.lost, done.report.problems) == (1, [f"f{n}" for n in range(len(faulty))], [])


def _files(folder: Path) -> dict[str, bytes]:
    paths = (path for path in folder.rglob("*") if path.is_file() and path.name != LOCK)
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def _fail_to_open(patch: pytest.MonkeyPatch, name: str, number: int) -> None:
    """Let the system fail to open a file for reading."""
    for module, function in ((io, "open"), (os, "open")):
        real = getattr(module, function)

        def opened(path: Any, *arguments: Any, real: Any = real, **options: Any) -> Any:
            if str(path).endswith(f"index/{name}"):
                raise OSError(number, os.strerror(number), str(path))
            return real(path, *arguments, **options)

        patch.setattr(module, function, opened)


@pytest.mark.parametrize("number", [errno.EACCES, errno.EIO, errno.EMFILE, errno.ENOENT])
@pytest.mark.parametrize("name", ["toc.json", "1.segment", "2.segment", "1.3.deleted", "2.attachment"])
def test_a_file_that_cannot_be_read_is_not_damaged(
    copy: Path, monkeypatch: pytest.MonkeyPatch, name: str, number: int
) -> None:
    """Its segment was dropped, and its file was removed. Not even "no such file" is believed if the file is there."""
    if name != "2.segment":
        flip_bit(copy / "2.segment", 300)
    before = _files(copy)
    with monkeypatch.context() as patch:
        _fail_to_open(patch, name, number)
        found = Index.check(copy)
        assert found.unreadable == [f"{copy / name} could not be read: {os.strerror(number)}"]
        assert set(found.unreadable) <= set(found.problems)
        with pytest.raises(OSError, match=os.strerror(number)) as raised:
            Index.repair(copy)
    assert raised.value.filename == str(copy / name)
    assert raised.value.__notes__ == [f"{copy} is as it was"]
    assert _files(copy) == before
    assert Index.repair(copy).lost == []
    assert Index.check(copy).documents == 301


@pytest.mark.parametrize("time", [1, 2])
def test_a_file_that_can_be_read_again_is_not_repaired(copy: Path, monkeypatch: pytest.MonkeyPatch, time: int) -> None:
    """The index is checked once before the repair has the lock, and once after that."""
    flip_bit(copy / "2.segment", 300)
    before = _files(copy)
    times = itertools.count(1)

    def checked(folder: Path, *arguments: Any) -> IndexCheck:
        with monkeypatch.context() as patch:
            if next(times) == time:
                _fail_to_open(patch, "1.segment", errno.EIO)
            return check_segments(folder, *arguments)

    with monkeypatch.context() as patch, pytest.raises(OSError, match="Input/output error") as raised:
        patch.setattr("jooya.indexer.integrity.repair.check_segments", checked)
        Index.repair(copy)
    assert raised.value.filename == str(copy / "1.segment")
    assert raised.value.__notes__ == [f"{copy} is as it was"]
    assert _files(copy) == before


def test_an_error_that_names_no_file_names_the_index(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_arguments: Any) -> Any:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr("jooya.indexer.integrity.repair.check_segments", failing)
    with pytest.raises(OSError, match="Input/output error") as raised:
        Index.repair(copy)
    assert (raised.value.filename, raised.value.__notes__) == (str(copy), [f"{copy} is as it was"])


def test_the_progress_of_a_repair(copy: Path) -> None:
    """The index is checked before and after it."""
    told: list[WorkProgress] = []
    flip_bit(copy / "1.segment", section_span(copy / "1.segment", "text.docs")[0])
    Index.check(copy, on_progress=told.append)
    before, told[:] = list(told), []
    Index.repair(copy, on_progress=told.append)
    assert told[: len(before)] == before
    after, told[:] = told[len(before) :], []
    Index.check(copy, on_progress=told.append)
    assert after == told


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """Make an index that keeps its commits, whose first segment only the commits before the last one need."""
    with Index.create(tmp_path / "index", keep=5) as index:
        index.add(Document("a", "باران"))
        index.add(Document("b", "برف"))
        with index._writer() as writer:
            writer.optimize = True
    return tmp_path / "index"


def test_damaged_commits_are_set_aside_with_what_the_repair_replaces(
    kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Commits are judged by what the repair has left, also one that a writer made an earlier one meanwhile."""
    for name in ("1.segment", "3.segment"):
        flip_bit(kept / name, 200)
    states = [toc.read(kept)]

    def checked(*arguments: Any) -> IndexCheck:
        found = check_segments(*arguments)
        if states:
            state = states.pop()
            toc.write(kept, state._replace(generation=state.generation + 1))
        return found

    monkeypatch.setattr("jooya.indexer.integrity.repair.check_segments", checked)
    done = Index.repair(kept)
    assert (done.losses[1:], done.report.problems) == (
        [f"commit {number}, to which there is no return now" for number in (3, 2, 1)],
        [],
    )
    assert done.folder == kept / "damaged" / "1"
    assert done.files == ["3.segment", "toc.json", "3.commit", "2.commit", "1.commit"]
    assert sorted(path.name for path in done.folder.iterdir()) == sorted(done.files)


@pytest.mark.parametrize("damaged", [False, True])
def test_a_commit_that_cannot_be_read_is_told(kept: Path, monkeypatch: pytest.MonkeyPatch, *, damaged: bool) -> None:
    """It may be sound, and so nothing is repaired."""
    if damaged:
        flip_bit(kept / "3.segment", 200)
    before = _files(kept)
    line = f"{kept / '2.commit'} could not be read: Input/output error"
    with monkeypatch.context() as patch:
        _fail_to_open(patch, "2.commit", errno.EIO)
        found = Index.check(kept)
        assert found.unreadable == [line]
        assert found.problems == [*[f"{kept / '3.segment'} is damaged"] * damaged, line]
        with pytest.raises(OSError, match="Input/output error") as raised:
            Index.repair(kept)
        assert raised.value.__notes__ == [f"{kept} is as it was"]
    assert _files(kept) == before


def test_a_commit_that_cannot_be_read_after_the_repair_does_not_hide_it(
    kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flip_bit(kept / "3.segment", 200)
    real = Preserved.remove_unused

    def remove_unused(preserved: Preserved, folder: Path) -> None:
        real(preserved, folder)
        _fail_to_open(monkeypatch, "2.commit", errno.EIO)

    monkeypatch.setattr(Preserved, "remove_unused", remove_unused)
    done = Index.repair(kept)
    line = f"{kept / '2.commit'} could not be read: Input/output error"
    assert (done.rebuilt, done.files, len(done.losses)) == (2, ["3.segment", "toc.json"], 1)
    assert (done.report.problems, done.report.unreadable) == ([line], [line])


def test_a_repair_waits_for_a_writer_as_long_as_it_is_told(kept: Path) -> None:
    flip_bit(kept / "1.segment", 200)
    for name in (None, "3.segment"):
        if name:
            flip_bit(kept / name, 200)
        before = _files(kept)
        with WriteLock(kept), pytest.raises(IndexBusy):
            Index.repair(kept, wait=0)
        assert _files(kept) == before


def test_the_command_stops_before_files_without_permission(copy: Path) -> None:
    (copy / "1.segment").chmod(0)
    before = _files(copy) if os.access(copy / "1.segment", os.R_OK) else {}
    results = []
    for options in ([], ["--repair"]):
        done = subprocess.run(
            [JOOYA, "check", *options], cwd=copy.parent, capture_output=True, text=True, check=False,
            preexec_fn=without_rights_of_root,
        )  # fmt: skip
        results.append((done.returncode, done.stdout, done.stderr))
    hint = "what can't be read may be sound: see to it that it can be read, and check again\n"
    assert results == [
        (2, "index/1.segment could not be read: Permission denied\n", hint),
        (2, "", "jooya: index/1.segment: permission denied: check its permissions; index is as it was\n"),
    ]
    (copy / "1.segment").chmod(0o644)
    assert not before or _files(copy) == before
    assert Index.check(copy).problems == []


@pytest.mark.parametrize("number", [None, errno.EPERM, errno.EOPNOTSUPP])
def test_replaced_files_are_kept(copy: Path, monkeypatch: pytest.MonkeyPatch, number: int | None) -> None:
    """Also where a file can't have two names, so that it is copied; and nothing touches them from then on."""

    def no_link(*_arguments: Any, **_options: Any) -> None:
        assert number is not None
        raise OSError(number, os.strerror(number))

    flip_bit(copy / "1.segment", section_span(copy / "1.segment", "text.docs")[0])
    before = _files(copy)
    with monkeypatch.context() as patch:
        if number is not None:
            patch.setattr(os, "link", no_link)
        done = Index.repair(copy)
    assert (done.complete, done.folder) == (True, copy / "damaged" / "1")
    assert done.files == ["1.3.deleted", "1.segment", "2.attachment", "toc.json"]
    kept = {f"damaged/1/{name}": before[name] for name in done.files}
    assert {name: data for name, data in _files(copy).items() if name.startswith("damaged")} == kept
    with Index.open(copy) as index:
        size = sum(path.stat().st_size for path in copy.iterdir() if path.suffix in (".segment", ".deleted"))
        assert index.status().size == size
        index.add(*DOCUMENTS[:3], Document("more", "باران"))
        index.remove("more")
        index.backup(copy.parent / "backup")
    assert "damaged" not in [path.name for path in (copy.parent / "backup").iterdir()]
    assert kept.items() <= _files(copy).items()
    flip_bit(copy / toc.NAME, 100)
    assert Index.repair(copy).folder == copy / "damaged" / "2"
    assert kept.items() <= _files(copy).items()
    for path in copy.iterdir():
        if path.name != "damaged":
            path.unlink()
    Index.create(copy).close()
    assert kept.items() <= _files(copy).items()


def test_a_complete_repair_ends_with_0(copy: Path) -> None:
    flip_bit(copy / "1.segment", section_span(copy / "1.segment", "text.docs")[0])
    code, out, err = run("check", "--repair", cwd=copy.parent)
    assert (code, err) == (0, "")
    assert [line.partition(" ")[0] for line in out.splitlines()] == ["rebuilt", "moved", "sound:"]


def test_a_document_that_occurs_twice_is_not_lost_without_a_word(index: Index) -> None:
    """It was removed and not reported."""
    with index._writer() as writer:
        for document in ("k", "l", "k"):
            writer.add_document(**PASSAGE | {"document": document, "id": f"{document}#1"})
    done = Index.repair(index.path)
    assert (done.lost, done.complete, done.report.documents) == (["k"], False, 1)
    assert done.files == ["1.segment", "toc.json"]


def test_lost_columns_of_documents_are_reported(copy: Path) -> None:
    flip_bit(copy / "2.segment", section_span(copy / "2.segment", "source.ordinals")[0])
    done = Index.repair(copy)
    assert (done.lost, done.losses) == ([], ["2.segment: the sources and collections of 3 documents"])


def test_an_error_of_the_last_check_does_not_hide_what_was_lost(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (copy / "1.segment").write_bytes((copy / "1.segment").read_bytes()[:-1])

    def failing(path: Path, _on_progress: object) -> Any:
        raise OSError(errno.EIO, os.strerror(errno.EIO), str(path))

    monkeypatch.setattr("jooya.indexer.integrity.repair.check", failing)
    done = Index.repair(copy)
    assert (len(done.losses), done.report.unreadable) == (1, [f"{copy} could not be read: Input/output error"])
    assert not done.complete


def test_files_of_a_writer_that_was_interrupted_are_not_overwritten(copy: Path) -> None:
    """The repair would make a file of the same name."""
    shutil.copy(copy / "2.segment", copy / "4.segment")
    flip_bit(copy / "1.segment", section_span(copy / "1.segment", "text.docs")[0])
    before = _files(copy)
    done = Index.repair(copy)
    assert done.folder is not None
    assert (done.folder / "4.segment").read_bytes() == before["4.segment"]
    assert not (copy / "4.segment").exists()


def test_memory_that_is_short_is_not_damage(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def short(*_arguments: Any, **_options: Any) -> Any:
        raise MemoryError

    before = _files(copy)
    with monkeypatch.context() as patch:
        patch.setattr("jooya.indexer.integrity.segment_check._postings_problem", short)
        assert len(Index.check(copy).unreadable) == 2
        with pytest.raises(OSError, match="Cannot allocate memory"):
            Index.repair(copy)
    assert _files(copy) == before

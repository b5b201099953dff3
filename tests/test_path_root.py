"""The paths in an index: relative, so that the index moves with its files, and shows no folders of the machine."""

import json
import os
import shutil
import zlib
from pathlib import Path

import pytest
from damaged_index import flip_bit, section_span

from jooya import Document, Index, IndexDamaged, IndexReport
from jooya.indexer.codec import sections, toc
from jooya.indexer.codec.snapshot import Snapshot
from jooya.indexer.ingest import manifest, sync
from jooya.indexer.ingest.document_records import document_records
from jooya.indexer.ingest.path_root import PathRoot

SECRETS = ("maryam", "khaneh")
"""Names of folders above the index, which nothing in it may have."""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a folder whose path has the secrets, with files of all kinds of fates."""
    home = tmp_path / SECRETS[0] / SECRETS[1]
    talks = home / "work" / "talks"
    talks.mkdir(parents=True)
    (talks / "a.txt").write_text("باران", encoding="utf-8")
    (talks / "empty.txt").write_text("", encoding="utf-8")
    (talks / "photo.jpg").write_text("x", encoding="utf-8")
    (talks / "loop.txt").symlink_to("loop.txt")
    (talks / "out.txt").symlink_to(home)
    (home / "docs").mkdir()
    (home / "docs" / "d.txt").write_text("تگرگ", encoding="utf-8")
    for number in (1, 2):
        record = json.dumps({"id": f"r{number}", "text": f"برف {number}"})
        (talks / f"{number}.jsonl").write_text(f"{record}\nbroken\n", encoding="utf-8")
    for path in home.rglob("*.*"):
        os.utime(path, (1e9, 1e9), follow_symlinks=False)
    return home


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Treat files that have just been written as old."""
    monkeypatch.setattr(sync, "_FRESH", -1 << 62)


def content(index: Path) -> bytes:
    """Return all bytes of the files of an index, and the stored fields unpacked."""
    parts = [path.read_bytes() for path in index.iterdir()]
    for leaf in Snapshot.open(index).leaves:
        parts += [zlib.decompress(leaf.segment.block(number)) for number in range(leaf.segment.blocks)]
    assert any("باران".encode() in part for part in parts)
    return b"\n".join(parts)


def test_no_folder_of_the_machine_is_in_an_index(home: Path, monkeypatch: pytest.MonkeyPatch, settled: None) -> None:
    monkeypatch.chdir(home / "work")
    with Index.create(home / "work" / "index") as index:
        report = index.add("talks", "../docs")
        assert (report.new, len(report.skipped)) == (4, 6)
        assert index.add("talks", "../docs").unchanged == 4
        monkeypatch.chdir(home / "docs")
        assert index.add("d.txt") == IndexReport(unchanged=1)
        (home / "docs" / "a.txt").write_text("مه", encoding="utf-8")
        (home / "docs" / "talks").mkdir()
        (home / "docs" / "talks" / "a.txt").write_text("مه", encoding="utf-8")
        assert index.add("talks/a.txt").new == 1  # the name belongs to another file
        assert index.search("مه").hits[0].document == "../docs/talks/a.txt"
        found = content(index.path)
    assert [name for name in SECRETS if name.encode() in found] == []


def test_absolute_paths_are_in_keys_alone(home: Path, settled: None) -> None:
    """The key of a document is its path as given, which hits show; records have keys of their own."""
    with Index.create(home / "work" / "index") as index:
        (home / "work" / "talks" / "a.txt").unlink()
        (home / "docs" / "d.txt").unlink()
        (home / "docs" / "d.jsonl").write_text(json.dumps({"id": "d", "text": "باران"}), encoding="utf-8")
        report = index.add(home / "work" / "talks", home / "docs")
        assert (report.new, len(report.skipped)) == (3, 6)
        found = content(index.path)
        assert [name for name in SECRETS if name.encode() in found] == []
        assert sorted(index.status().skipped) == sorted(report.skipped)
        assert index.add(home / "work" / "talks", home / "docs").unchanged == 3
        assert all(str(home) in reason for reason in report.skipped)


def test_an_index_moves_with_its_files(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settled: None
) -> None:
    monkeypatch.chdir(home / "work")
    (home / "work" / "talks" / "2.jsonl").unlink()  # a file with a key of another file is read each time
    with Index.create(home / "work" / "index") as index:
        index.add("talks", "../docs")
        index.add(home / "docs" / "d.txt")
        reasons = index.status().skipped
    (tmp_path / "elsewhere" / "deep").mkdir(parents=True)
    home.rename(tmp_path / "elsewhere" / "deep" / "home")
    moved = tmp_path / "elsewhere" / "deep" / "home" / "work"
    monkeypatch.chdir(moved)
    monkeypatch.setattr("jooya.indexer.readers.guard.Guard.read", None)  # nothing is read
    with Index.open(moved / "index") as index:
        before = {path.name: path.read_bytes() for path in index.path.iterdir()}
        assert index.add("talks", "../docs").unchanged == 3
        assert {path.name: path.read_bytes() for path in index.path.iterdir()} == before
        assert index.status().skipped == reasons
        (moved / "talks" / "a.txt").unlink()
        report = index.add("talks", "../docs")
        assert (report.new, report.updated, report.removed) == (0, 0, 1)


def test_a_linked_index_has_the_root_of_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real/index")
    assert PathRoot(tmp_path / "link").path == str(tmp_path / "real")
    monkeypatch.chdir(tmp_path)
    assert PathRoot(Path("index")).path == str(tmp_path)


@pytest.mark.parametrize("folder", ["/a/b/index", "/index"])
@pytest.mark.parametrize(
    "path", ["/a/b/c.txt", "/a/b", "/a/d/c.txt", "/x/y.txt", "/", "/a/b/..c", "/a/bc", "/a/b/\udcff.txt"]
)
def test_paths_survive(folder: str, path: str) -> None:
    root = PathRoot(Path(folder))
    stored = root.relative(path)
    assert not stored.startswith("/")
    assert root.resolve(stored) == path
    for text in (path, f"{path}: why", f"x: the key '1' already belongs to a document of {path}", "a/b.txt: and / or"):
        assert root.restored(root.shortened(text)) == text
    assert not root.shortened(f"{path}: why").startswith("/")


def test_absolute_paths_of_older_indexes_stay_valid(home: Path, monkeypatch: pytest.MonkeyPatch, settled: None) -> None:
    """They are made relative as they are written anew."""
    monkeypatch.chdir(home / "work")
    (home / "work" / "talks" / "2.jsonl").unlink()
    with monkeypatch.context() as patch:
        patch.setattr(PathRoot, "relative", lambda _self, path: path)
        patch.setattr(PathRoot, "shortened", lambda _self, text: text)
        with Index.create(home / "work" / "index") as index:
            index.add("talks")
    with monkeypatch.context() as patch:
        patch.setattr(toc, "FORMAT", 5)
        toc.write(index.path, toc.read(index.path))
    assert str(home).encode() in content(index.path)
    with Index.open(index.path) as index:
        assert index.status().format == 5
        assert index.add("talks").unchanged == 2
        assert index.status().format == 5  # nothing was written
        for name in ("a.txt", "1.jsonl"):
            with (home / "work" / "talks" / name).open("a", encoding="utf-8") as file:
                file.write("\n" + json.dumps({"id": "s", "text": "تازه"}))
        report = index.add("talks")
        assert (report.new, report.updated, report.unchanged, report.removed) == (1, 1, 1, 0)
        assert index.status().format == toc.FORMAT
        stored = json.loads(manifest.StoredManifest.of(Snapshot.open(index.path)).whole or b"")
        assert sorted(stored["files"]) == ["talks/1.jsonl", "talks/a.txt", "talks/empty.txt"]
        records = document_records(Snapshot.open(index.path))
        assert {record.source for record in records.values()} == {
            str(home / "work" / "talks" / name) for name in ("a.txt", "1.jsonl")
        }


def test_a_backup_without_paths(home: Path, monkeypatch: pytest.MonkeyPatch, settled: None) -> None:
    monkeypatch.chdir(home / "work")
    with Index.create(home / "work" / "index") as index:
        index.add("talks", "../docs")
        (home / "work" / "talks" / "b.txt").write_text("رنگین\u200cکمان", encoding="utf-8")
        index.add("talks")
        index.remove("talks/b.txt")
        status = index.backup(home / "copy", paths=False)
        ids, answers = index.ids(), index.rank("باران برف")
    assert (status.documents, status.skipped) == (4, [])
    assert Index.check(home / "copy").problems == []
    found = content(home / "copy")
    assert not [word for word in (*SECRETS, "1.jsonl", "photo", "کمان") if word.encode() in found]
    assert not [path for path in (home / "copy").iterdir() if path.suffix in (".attachment", ".deleted")]
    with Index.open(home / "copy") as copy:
        assert copy.ids() == ids
        assert [key for key, _ in copy.rank("باران برف")] == [key for key, _ in answers]
        assert {record.source for record in document_records(Snapshot.open(copy.path)).values()} == {None}
    shutil.move(home / "copy", home / "work" / "other")
    with Index.open(home / "work" / "other") as copy:  # it can be brought up to date
        report = copy.add("talks", "../docs")
        assert (report.new, report.updated, report.removed) == (1, 4, 0)


def test_a_backup_without_paths_checks_all_of_the_index(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also what it does not copy: damage is to be found as long as there is another copy."""
    with Index.create(home / "index") as index:
        name = "a" * 40
        index.add(*(Document(f"d{number}", "باران", source=f"{name}{number}.txt") for number in range(1000)))
    (segment,) = index.path.glob("*.segment")
    start, stop = section_span(segment, "source.terms")
    assert stop - start > 3 * sections.PAGE
    flip_bit(segment, (start + stop) // 2)
    monkeypatch.setattr(sections, "CHECKED_WHEN_OPENED", 0)
    with Index.open(home / "index") as index, pytest.raises(IndexDamaged):
        index.backup(home / "copy", paths=False)
    assert not (home / "copy").exists()


def test_a_backup_without_paths_is_synced(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Index.create(home / "index") as index:
        index.add(Document("d", "باران", source="d.txt"))
        synced: list[Path] = []
        real = toc.sync

        def sync(path: Path) -> None:
            synced.append(path)
            real(path)

        monkeypatch.setattr(toc, "sync", sync)
        index.backup(home / "copy", paths=False)
    files = [path for path in (home / "copy").iterdir() if path.suffix == ".segment"]
    table = synced.index(home / "copy" / toc.TEMPORARY)
    assert [files[0] in synced[:table], synced.count(home / "copy"), synced[-1]] == [True, 2, home / "copy"]

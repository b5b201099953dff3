"""The manifest on disk: a whole, and a journal of changes, which say the same as one whole would."""

import json
import zlib
from pathlib import Path
from random import Random

import pytest

from jooya import Index, IndexDamaged, IndexReport
from jooya.indexer.codec import toc
from jooya.indexer.codec.snapshot import Snapshot
from jooya.indexer.ingest import manifest, sync
from jooya.indexer.ingest.discovery import Stamp
from jooya.indexer.ingest.manifest import Entry, Manifest, ManifestWriter
from jooya.indexer.ingest.path_root import PathRoot


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Treat files that have just been written as old."""
    monkeypatch.setattr(sync, "_FRESH", -1 << 62)


def commit(index: Index, known: Manifest) -> Snapshot:
    with index._writer() as writer:
        ManifestWriter(Snapshot.open(index.path)).write(known, writer)
    return Snapshot.open(index.path)


def many(folder: Path, files: int) -> Manifest:
    stamp = Stamp(1234, 1_700_000_000_123_456_789, 1_700_000_000_123_456_789)
    names = [f"talks/{number % 100:02}/{number:05}_a_talk_of_some_length.txt" for number in range(files)]
    return Manifest({f"{folder}/{name}": Entry(name, stamp, 1 << 62, 1) for name in names}, {})


def written(folder: Path, before: dict[str, tuple[int, int]]) -> int:
    """Return the bytes of the files that are not as `before` has them."""
    return sum(size for name, (inode, size) in files(folder).items() if before.get(name) != (inode, size))


def files(folder: Path) -> dict[str, tuple[int, int]]:
    return {path.name: (path.stat().st_ino, path.stat().st_size) for path in folder.iterdir()}


def test_one_changed_file_of_8000_writes_little(index: Index, tmp_path: Path, settled: None) -> None:
    """A change of one file rewrote the list of all, of 1.2 MB."""
    snapshot = commit(index, many(tmp_path, 8000))
    assert snapshot.toc.commit_user_data
    assert snapshot.toc.commit_user_data.size > 1_000_000
    path = tmp_path / "new.txt"
    for number in range(20):
        path.write_text(f"باران {number}", encoding="utf-8")
        before = files(index.path)
        assert index.add(path).changed
        assert written(index.path, before) < 12_000  # the segment of one passage, its deletions and the table
    assert Snapshot.open(index.path).toc.commit_user_data == snapshot.toc.commit_user_data
    assert len(Snapshot.open(index.path).toc.journal) < 300
    assert len(manifest.load(Snapshot.open(index.path)).files) == 8001


def test_the_journal_is_folded_into_the_whole_when_it_is_long(index: Index, tmp_path: Path) -> None:
    """In the long run a changed entry writes some ten times its size, not that of the whole manifest."""
    known = many(tmp_path, 4000)
    state = commit(index, known).toc
    longest = wholes = 0
    for number, (location, entry) in enumerate(list(known.files.items())[:700]):
        known.files[location] = entry._replace(documents=number)
        if number % 10 == 9:
            snapshot = commit(index, known)
            wholes += snapshot.toc.commit_user_data != state.commit_user_data
            state = snapshot.toc
            longest = max(longest, len(state.journal))
            assert manifest.load(snapshot) == known
    assert wholes == 2
    assert state.commit_user_data
    assert 0.9 * state.commit_user_data.size / 16 < longest <= state.commit_user_data.size / 16


def test_a_short_journal_may_be_long_beside_a_small_manifest(index: Index, tmp_path: Path) -> None:
    known = many(tmp_path, 1)
    state = commit(index, known).toc
    known.files.update(many(tmp_path, 80).files)
    assert commit(index, known).toc.commit_user_data == state.commit_user_data
    known.files.update(many(tmp_path, 200).files)
    assert commit(index, known).toc.commit_user_data != state.commit_user_data


@pytest.mark.parametrize("seed", range(5))
def test_any_changes_are_read_as_they_were_written(
    index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """Write the same files in different ways, which make the same bytes of a whole manifest."""
    monkeypatch.setattr(manifest, "_JOURNAL", 600)
    random = Random(seed)
    known = Manifest({}, {})
    journals = 0
    for _ in range(60):
        for _ in range(random.randrange(4)):
            location = f"{tmp_path}/{random.choice(['', '../', 'x/'])}{random.randrange(9)}\udcff.txt"
            location = location.replace(f"{tmp_path}/..", str(tmp_path.parent))
            name = random.choice([location, "x.txt"])
            entry = Entry(name, None, random.randrange(5), 1, tuple([f"{name}: why"] * random.randrange(2)))
            if random.random() < 0.4:
                known.files.pop(location, None)
                known.left.pop(location, None)
            else:
                known.files[location] = entry
                if random.random() < 0.5:
                    known.left[location] = f"{name}: unknown format"
        snapshot = commit(index, known)
        journals += bool(snapshot.toc.journal)
        assert manifest.load(snapshot) == known
        assert list(manifest.load(snapshot).files) == sorted(known.files, key=PathRoot(index.path).relative)
        generation = snapshot.toc.generation
        assert commit(index, known).toc.generation == generation  # nothing is written without a change
    assert journals > 10


@pytest.mark.parametrize(
    "journal", ["x", "[]", "{}", '{"files": {"a": 1}, "left": {}}', '{"files": {}, "left": {"a": 1}}']
)
def test_a_journal_of_something_else_is_named(index: Index, tmp_path: Path, journal: str) -> None:
    commit(index, many(tmp_path, 3))
    with index._writer() as writer:
        writer.set_journal(journal)
    with pytest.raises(IndexDamaged, match="without a readable list of its files"):
        index.status()


def test_the_table_has_a_journal_of_text(index: Index) -> None:
    path = index.path / toc.NAME
    content = json.loads(path.read_text(encoding="utf-8"))
    content["journal"] = ["x"]
    del content["checksum"]
    content["checksum"] = zlib.crc32(json.dumps(content, sort_keys=True).encode())
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(IndexDamaged, match=r"toc\.json is damaged"):
        Index.open(index.path)


def test_backups_and_removals_keep_the_journal(index: Index, tmp_path: Path, settled: None) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / f"{name}.txt").write_text("باران", encoding="utf-8")
        index.add(tmp_path / f"{name}.txt")
    snapshot = Snapshot.open(index.path)
    assert snapshot.toc.journal
    index.backup(tmp_path / "copy")
    assert manifest.load(Snapshot.open(tmp_path / "copy")) == manifest.load(snapshot)
    index.remove(str(tmp_path / "b.txt"))
    assert [entry.stamp is None for entry in manifest.load(Snapshot.open(index.path)).files.values()] == [
        False, True, False,
    ]  # fmt: skip
    assert index.add(*(tmp_path / f"{name}.txt" for name in "abc")) == IndexReport(new=1, unchanged=2)


def test_a_repair_drops_a_journal_with_its_manifest(index: Index, tmp_path: Path, settled: None) -> None:
    paths = [tmp_path / name for name in ("a.txt", "b.txt")]
    for path in paths:
        path.write_text("باران", encoding="utf-8")
        index.add(path)
    (attachment,) = index.path.glob("*.attachment")
    attachment.write_bytes(b"x")
    assert "the list of indexed files" in Index.repair(index.path).losses
    state = toc.read(index.path)
    assert (state.commit_user_data, state.journal) == (None, "")
    with Index.open(index.path) as repaired:
        assert repaired.add(*paths) == IndexReport(unchanged=2)


@pytest.mark.parametrize(("age", "again"), [(0.0, True), (1.9, True), (2.1, False)])
def test_a_young_file_is_read_again_by_the_next_run(
    index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, age: float, again: bool
) -> None:
    """On some disks a file may change twice within two seconds and have the same times."""
    path = tmp_path / "a.txt"
    path.write_text("باران", encoding="utf-8")
    status = path.stat()
    changed = max(status.st_mtime_ns, status.st_ctime_ns)
    with monkeypatch.context() as patch:
        patch.setattr("time.time_ns", lambda: changed + int(age * 1e9))
        index.add(path)
    (entry,) = manifest.load(Snapshot.open(index.path)).files.values()
    assert (entry.stamp is None) == again
    reads = []
    with monkeypatch.context() as patch:
        patch.setattr(sync.Sync, "_take_file", lambda _self, file, _guard: reads.append(file.name))
        index.add(path)
    assert bool(reads) == again

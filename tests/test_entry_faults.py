"""The fault of an entry of a folder costs that entry, whatever it is; all others are indexed."""

import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from entry_faults import KEPT, LASTING, PASSING, listing, vanish_before_reading

from jooya import BadInput, Index, IndexReport


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "f"
    for name in ("a.txt", "bad.txt", "sub/s.txt", "z.txt"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"باران {name}", encoding="utf-8")
    return folder


def keys(index: Index) -> list[str]:
    return sorted(Path(key).name for key in index._records())


def test_there_are_faults_to_try() -> None:
    assert len(LASTING) >= 5
    assert len(PASSING) >= 12
    assert len(KEPT) == 7


@pytest.mark.parametrize("fault", LASTING)
def test_lasting_faults(index: Index, folder: Path, fault: str) -> None:
    (folder / "bad.txt").unlink()
    LASTING[fault](folder)
    for _ in range(2):
        report = index.add(folder)
        assert [key for key in keys(index) if not key.startswith("bad")] == ["a.txt", "s.txt", "z.txt"]
        assert all("bad" in reason for reason in report.skipped)
    assert bool(report.skipped) == (fault in ("a link to itself", "a broken link"))
    assert index.status().skipped == report.skipped
    (folder / "y.txt").write_text("برف", encoding="utf-8")
    assert index.add(folder).new == 1


@pytest.mark.parametrize("known", [False, True], ids=["new", "known"])
@pytest.mark.parametrize("fault", PASSING)
def test_passing_faults(index: Index, folder: Path, monkeypatch: pytest.MonkeyPatch, fault: str, known: bool) -> None:
    if known:
        assert index.add(folder).new == 4
    with listing(monkeypatch, PASSING[fault]):
        report = index.add(folder)
    assert {"a.txt", "z.txt"} <= set(keys(index))
    assert report.new == (0 if known else 3)
    assert len(report.skipped) == (0 if fault in ("a file becomes a folder", "a file becomes a pipe") else 1)
    if known:  # what may still be there stays, and what is gone goes
        assert (report.removed, len(keys(index))) == ((0, 4) if fault in KEPT else (1, 3))
    assert Index.check(index.path).problems == []
    report = index.add(folder)
    assert (report.skipped, len(keys(index))) == ([], 4 if fault in KEPT else 3)


@pytest.mark.parametrize("replace", [Path.unlink, lambda path: (path.unlink(), path.mkdir())], ids=["gone", "folder"])
def test_a_file_that_changes_before_it_is_read(
    index: Index, folder: Path, monkeypatch: pytest.MonkeyPatch, replace: object
) -> None:
    vanish_before_reading(monkeypatch, "bad.txt", replace)  # type: ignore[arg-type]
    report = index.add(folder)
    assert (report.new, len(report.skipped)) == (3, 1)
    assert index.add(folder).skipped == []
    assert keys(index) == ["a.txt", "s.txt", "z.txt"]


def test_a_missing_path_beside_others(index: Index, folder: Path) -> None:
    with pytest.raises(BadInput, match="nope: no such file or folder"):
        index.add(folder, folder / "nope")
    assert keys(index) == []
    report = index.add(folder, folder / "nope", ignore_missing=True)
    assert report == IndexReport(new=4, failed=[f"{folder}/nope: no such file or folder"])
    report = index.add(folder, folder / "nope", ignore_missing=True)
    assert report == IndexReport(unchanged=4, failed=[f"{folder}/nope: no such file or folder"])
    with pytest.raises(BadInput, match="nope: no such file or folder"):
        index.add(folder / "nope", ignore_missing=True)
    (folder / "a.txt").unlink()
    report = index.add(folder / "a.txt", folder / "nope", ignore_missing=True)  # the one that was there is gone
    assert (report.removed, report.failed) == (1, [f"{folder}/nope: no such file or folder"])


def test_a_path_that_cannot_be_looked_at_is_not_gone(
    index: Index, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`os.path.exists` says that it is not there."""
    index.add(folder)
    real = os.stat

    def stat(path: Any, **options: Any) -> os.stat_result:
        if path == folder:
            raise PermissionError(13, "Permission denied", str(path))
        return real(path, **options)

    with monkeypatch.context() as patch:
        patch.setattr(os, "stat", stat)
        with pytest.raises(BadInput, match="f: Permission denied"):
            index.add(folder)
        assert index.add(folder, folder / "a.txt", ignore_missing=True).removed == 0
    assert len(keys(index)) == 4


@pytest.mark.parametrize("with_manifest", [True, False])
def test_a_folder_that_is_gone_is_removed(index: Index, folder: Path, tmp_path: Path, with_manifest: bool) -> None:
    other = tmp_path / "other.txt"
    other.write_text("برف", encoding="utf-8")
    index.add(folder, other)
    if not with_manifest:  # as after a repair
        with index._writer() as writer:
            writer.set_commit_user_data(b"")
    shutil.rmtree(folder)
    assert index.add(folder) == IndexReport(removed=4, gone=[str(folder)])
    assert keys(index) == ["other.txt"]
    with pytest.raises(BadInput, match="f: no such file or folder"):
        index.add(folder)
    other.unlink()
    assert index.add(other) == IndexReport(removed=1, gone=[str(other)])


def test_a_part_of_a_folder_that_is_gone(index: Index, folder: Path) -> None:
    index.add(folder)
    shutil.rmtree(folder / "sub")
    assert index.add(folder / "sub", folder / "a.txt") == IndexReport(
        unchanged=1, removed=1, gone=[str(folder / "sub")]
    )
    assert keys(index) == ["a.txt", "bad.txt", "z.txt"]

"""Files inside archives."""

import gzip
import io
import json
import tarfile
import zipfile
from pathlib import Path

import pytest
from command import run

from jooya.indexer import BadInput, Document, ReadOptions
from jooya.indexer.readers import archives
from jooya.indexer.readers.dispatch import read
from jooya.indexer.readers.source import Item, Source

RECORDS = json.dumps({"id": "r1", "text": "برف سفید", "date": "1384-09-22"}).encode() + b'\n{"id": "r2", "text": "x"}\n'
SUBTITLES = b"1\n00:00:05,000 --> 00:00:06,000\nx\n"
FILES = {"in/باران.txt": "باران تند".encode(), "records.jsonl": RECORDS, "talk.srt": SUBTITLES}


def zipped(path: Path, files: dict[str, bytes] = FILES) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def tarred(path: Path, files: dict[str, bytes] = FILES) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return path


def items(path: Path) -> list[Item]:
    return list(read(Source(path, path.name), ReadOptions(), lambda _: None))


def reasons(path: Path) -> list[str]:
    return [str(item) for item in items(path) if isinstance(item, BadInput)]


@pytest.mark.parametrize("name", ["a.zip", "a.tar.gz", "a.tgz", "A.ZIP"])
def test_files_in_archives(tmp_path: Path, name: str) -> None:
    path = (zipped if name.lower().endswith(".zip") else tarred)(tmp_path / name)
    found = items(path)
    assert [item.key for item in found if isinstance(item, Document)] == [
        f"{name}/in/باران.txt", "r1", "r2", f"{name}/talk.srt",
    ]  # fmt: skip
    assert all(isinstance(item, Document) and item.source == path for item in found)


def test_a_hit_names_the_file_in_the_archive(tmp_path: Path) -> None:
    zipped(tmp_path / "a.zip")
    (tmp_path / "b.txt.gz").write_bytes(gzip.compress("سرزمین دور".encode()))
    assert run("index", ".", cwd=tmp_path)[:2] == (0, "new 5, updated 0, unchanged 0, removed 0\n")
    for query, found in (("باران", "a.zip/in/باران.txt#1"), ("برف", "r1#1"), ("سرزمین", "b.txt.gz#1")):
        (hit,) = json.loads(run("search", "--format", "json", query, cwd=tmp_path)[1])["hits"]
        assert (hit["id"], hit["start"], hit["end"]) == (found, 0, len(hit["text"]))
    assert run("index", ".", cwd=tmp_path)[1] == "new 0, updated 0, unchanged 5, removed 0\n"
    (tmp_path / "a.zip").unlink()
    assert run("index", ".", cwd=tmp_path)[1] == "new 0, updated 0, unchanged 1, removed 4\n"


def test_members_that_are_not_read_are_reported(tmp_path: Path) -> None:
    files = {
        "/etc/passwd.txt": b"x",
        "../../up.txt": b"x",
        "in/../../up.txt": b"x",
        "photo.jpg": b"x",
        "empty.txt": b"",
        "inner.zip": b"x",
        ".hidden.txt": b"x",
        "__MACOSX/a.txt": b"x",
        "good.txt": b"good",
    }
    for make, name in ((zipped, "a.zip"), (tarred, "a.tar.gz")):
        found = items(make(tmp_path / name, files))
        assert [item.key for item in found if isinstance(item, Document)] == [f"{name}/good.txt"]
        assert [str(item) for item in found if isinstance(item, BadInput)] == [
            f"{name}//etc/passwd.txt: a name that leads out of the archive",
            f"{name}/../../up.txt: a name that leads out of the archive",
            f"{name}/in/../../up.txt: a name that leads out of the archive",
            f"{name}/photo.jpg: unknown format",
            f"{name}/empty.txt: empty file",
            f"{name}/inner.zip: an archive inside an archive; unpack it first",
        ]


@pytest.mark.parametrize("name", ["a.zip", "a.tar.gz"])
def test_every_format_is_read_in_archives(tmp_path: Path, name: str) -> None:
    """Tables in a .tar.gz could not be read: their reader asks for what a stream can't answer."""
    files = {f"a{suffix}": b"text\nx\n" for suffix in (".csv", ".tsv", ".txt", ".md", ".html")}
    found = items((zipped if name == "a.zip" else tarred)(tmp_path / name, files))
    assert [item.key for item in found if isinstance(item, Document)] == [
        f"{name}/a.csv:1", f"{name}/a.tsv:1", f"{name}/a.txt", f"{name}/a.md", f"{name}/a.html",
    ]  # fmt: skip


def test_strange_names(tmp_path: Path) -> None:
    """A name of two lines made a message of two lines, and a name that is invalid in its encoding raised an error."""
    assert reasons(zipped(tmp_path / "a.zip", {"a\nb.jpg": b"x"})) == ["a.zip/a b.jpg: unknown format"]
    path = zipped(tmp_path / "b.zip", {"باران.txt": b"x"})
    path.write_bytes(path.read_bytes().replace("باران".encode(), b"\xf8" * 10))
    (reason,) = reasons(path)
    assert reason.startswith("b.zip: broken archive (")


@pytest.mark.parametrize("name", ["a.zip", "a.tar.gz"])
def test_an_archive_without_files_is_reported(tmp_path: Path, name: str) -> None:
    """Of a .zip whose end was damaged, nothing was read and nothing reported."""
    assert reasons((zipped if name == "a.zip" else tarred)(tmp_path / name, {})) == [
        f"{name}: no files in it; it may be damaged"
    ]


def test_a_file_without_a_name_costs_no_other(tmp_path: Path) -> None:
    """Nothing is left of a name that begins with NUL, which raised IndexError."""
    path = zipped(tmp_path / "a.zip", {"qqq": b"x", "good.txt": b"good"})
    path.write_bytes(path.read_bytes().replace(b"qqq", b"\0qq"))
    found = items(path)
    assert [item.key for item in found if isinstance(item, Document)] == ["a.zip/good.txt"]
    assert reasons(path) == ["a.zip/: unknown format"]


@pytest.mark.parametrize("name", ["a.zip", "a.tar.gz", "a.txt.gz", "a.tgz"])
@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04", b"\x1f\x8b\x08"])
def test_a_broken_archive_gives_one_error(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    (reason,) = reasons(tmp_path / name)
    assert reason.startswith(f"{name}: broken archive (") or reason == f"{name}: empty file"
    assert "\n" not in reason


def test_a_truncated_archive_gives_the_files_before_the_end(tmp_path: Path) -> None:
    files = {f"{number}.txt": f"باران {number} ".encode() * 5000 for number in range(20)}
    path = tarred(tmp_path / "a.tar.gz", files)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    found = items(path)
    assert 5 < sum(isinstance(item, Document) for item in found) < 20
    assert str(found[-1]).startswith("a.tar.gz: broken archive (")


def test_a_broken_file_costs_no_other(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"a.txt": "باران ".encode() * 100, "b.txt": b"b"})
    content = bytearray(path.read_bytes())
    content[45] ^= 0xFF  # in the data of the first file
    path.write_bytes(content)
    first, second = items(path)
    assert isinstance(first, BadInput)
    assert str(first).startswith("a.zip/a.txt: broken (")
    assert isinstance(second, Document)


def test_an_encrypted_archive_is_reported(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"a.txt": b"x"})
    content = bytearray(path.read_bytes())
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + flags] |= 1
    path.write_bytes(content)
    (reason,) = reasons(path)
    assert "password" in reason
    assert reason.endswith("; unpack it first")


def test_a_bomb_is_cut_short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is unpacked beyond the limit, whatever sizes the archive states."""
    monkeypatch.setattr(archives, "MAX_UNPACKED", 1 << 20)
    files = {f"{number}.txt": b"x " * 100_000 for number in range(20)}
    for make, name in ((zipped, "a.zip"), (tarred, "a.tar.gz")):
        assert reasons(make(tmp_path / name, files)) == [f"{name}: unpacks to more than 0 GB; unpack it first"]
    (tmp_path / "b.txt.gz").write_bytes(gzip.compress(b"x" * (2 << 20)))
    assert reasons(tmp_path / "b.txt.gz") == ["b.txt.gz: unpacks to more than 0 GB; unpack it first"]
    monkeypatch.setattr(archives, "MAX_MEMBERS", 10)
    monkeypatch.setattr(archives, "MAX_UNPACKED", 1 << 30)
    assert reasons(tmp_path / "a.zip") == ["a.zip: holds more than 10 files; unpack it first"]

"""Opening the files of an index: sizes, links, pipes and errors."""

import errno
import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from jooya.indexer import IndexDamaged
from jooya.indexer.codec import files
from jooya.indexer.codec.files import clear, map_file, open_regular, opened, read_file


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "file"
    made.write_bytes(b"0123456789")
    return made


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    """See that each test leaves no descriptor open."""
    before = set(os.listdir("/dev/fd"))  # noqa: PTH208
    yield
    assert set(os.listdir("/dev/fd")) == before  # noqa: PTH208


def test_a_file_is_read_up_to_a_size(path: Path) -> None:
    assert read_file(path, 10) == b"0123456789"
    with pytest.raises(IndexDamaged) as caught:
        read_file(path, 9)
    assert caught.value.path == path
    path.write_bytes(b"")
    assert read_file(path, 0) == b""


def test_a_file_is_read_in_the_pieces_that_the_system_gives(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    real = os.read

    def read(descriptor: int, size: int) -> bytes:
        asked.append(size)
        return real(descriptor, min(size, 4))

    monkeypatch.setattr(os, "read", read)
    assert read_file(path, 100) == b"0123456789"
    assert asked == [10, 6, 2]
    monkeypatch.setattr(os, "read", lambda _descriptor, _size: b"")  # it is shorter by now
    assert read_file(path, 100) == b""


def test_a_file_is_mapped_if_it_has_its_size(path: Path) -> None:
    mapped, inode = map_file(path, 10)
    assert (mapped[:], inode) == (b"0123456789", path.stat().st_ino)
    with pytest.raises(TypeError):
        mapped[0] = 1
    mapped.close()
    path.with_name("one").write_bytes(b"1")
    map_file(path.with_name("one"), 1)[0].close()
    for size in (9, 11, 0):
        with pytest.raises(IndexDamaged):
            map_file(path, size)
    path.write_bytes(b"")
    with pytest.raises(IndexDamaged):
        map_file(path, 0)


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(str(path))


STRANGERS: dict[str, Callable[[Path], object]] = {
    "a link": lambda path: path.symlink_to("file"),
    "a link to nothing": lambda path: path.symlink_to("nowhere"),
    "a pipe": _pipe,
    "a socket": _socket,
    "a folder": Path.mkdir,
    "a device": lambda path: path.symlink_to("/dev/zero"),
}


@pytest.mark.parametrize("kind", STRANGERS)
@pytest.mark.parametrize("flags", [os.O_RDONLY, os.O_RDWR | os.O_APPEND])
def test_nothing_but_regular_files_is_opened(
    path: Path, kind: str, flags: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(path.parent)
    stranger = Path("other")
    STRANGERS[kind](stranger)
    if kind == "a folder" and flags != os.O_RDONLY:
        with pytest.raises(IsADirectoryError):
            open_regular(stranger, flags)
        return
    with pytest.raises(IndexDamaged, match=r"^other is not a regular file:") as caught:
        open_regular(stranger, flags)
    assert caught.value.path == stranger


def test_too_many_links_on_the_way_are_an_error_of_the_system(path: Path) -> None:
    loop = path.with_name("loop")
    loop.symlink_to(loop)
    with pytest.raises(OSError, match="symbolic links") as caught:
        open_regular(loop / "file", os.O_RDONLY)
    assert caught.value.errno == errno.ELOOP


def test_errors_name_the_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(FileNotFoundError) as missing:
        read_file(path.with_name("none"), 5)
    assert missing.value.filename == str(path.with_name("none"))

    def fail(*_arguments: object) -> object:
        raise OSError(errno.EIO, "planted")

    with pytest.raises(OSError, match="planted") as caught, opened(path):
        fail()
    assert caught.value.filename == str(path)
    with pytest.raises(OSError, match="planted") as caught, opened(path):
        raise OSError(errno.EIO, "planted", "another")
    assert caught.value.filename == "another"
    with monkeypatch.context() as patch, pytest.raises(OSError, match="planted") as caught:
        patch.setattr(os, "fstat", fail)
        open_regular(path, os.O_RDONLY)
    assert caught.value.filename == str(path)


def test_new_files_are_made_for_all_that_the_mask_allows(path: Path) -> None:
    before = os.umask(0o027)
    try:
        descriptor = open_regular(path.with_name("new"), os.O_RDWR | os.O_CREAT)
    finally:
        os.umask(before)
    assert os.get_inheritable(descriptor) is False
    os.close(descriptor)
    assert path.with_name("new").stat().st_mode & 0o777 == 0o640


def test_files_are_opened_safely() -> None:
    assert files.SAFELY == os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK


def test_what_stands_in_the_way_is_cleared(path: Path) -> None:
    clear(path)
    clear(path)
    assert not path.exists()

"""Archives (.gz, .zip, .tar.gz): the files in them, read one after another and never unpacked onto the disk."""

import gzip
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from io import BufferedIOBase, BufferedReader, RawIOBase
from pathlib import PurePosixPath
from typing import IO, TYPE_CHECKING

from ..errors import BadInput
from .source import Item, Source

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

ARCHIVES = (".gz", ".tgz", ".zip")
"""Their suffixes."""

MOST_UNPACKED = 4 << 30
"""Bytes that are unpacked of one archive."""

MOST_MEMBERS = 100_000
"""Files that are read of one archive."""


ReadMember = Callable[[Source, BufferedReader], Iterator[Item]]
"""Reads a file in an archive."""


class _TooLarge(Exception):
    """There is more in it than is unpacked; the message says what."""


_BROKEN = (
    zipfile.BadZipFile,
    tarfile.TarError,
    gzip.BadGzipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    UnicodeDecodeError,
)
_EMPTY = "no files in it; it may be damaged"  # a .zip lists them at its end: where that is, the files are not found
_UNSUPPORTED = (RuntimeError, NotImplementedError)  # how zipfile says that it needs a password, or a method


def unpacked_name(name: str) -> str:
    """What the file in a .gz file is called."""
    return name[: -len(".gz")]


def read_archive(source: Source, file: BufferedReader, read_member: ReadMember) -> Iterator[Item]:
    """The documents of the files in an archive, in its order, and why others, or the rest, can't be read."""
    budget = _Budget()
    try:
        if source.suffix == ".zip":
            yield from _zipped(source, file, budget, read_member)
        elif source.suffix == ".tgz" or unpacked_name(source.path.name).lower().endswith(".tar"):
            yield from _tarred(source, file, budget, read_member)
        else:
            with gzip.GzipFile(fileobj=file) as unpacked:
                inside = unpacked_name(source.path.name)
                yield from read_member(Source(source.path, source.name, inside), budget.bounded(unpacked))
    except _TooLarge as error:
        yield BadInput(f"{source.name}: {error}; unpack it first")
    except _BROKEN as error:
        yield BadInput(f"{source.name}: broken archive ({error})")
    except _UNSUPPORTED as error:
        yield BadInput(f"{source.name}: {error}; unpack it first")


def _zipped(source: Source, file: BufferedReader, budget: "_Budget", read_member: ReadMember) -> Iterator[Item]:
    with zipfile.ZipFile(file) as archive:
        infos = archive.infolist()
        if not infos:
            yield BadInput(f"{source.name}: {_EMPTY}")
        for info in infos:
            member = _inside(source, info.filename)
            if info.filename.endswith("/") or _is_hidden(info.filename):
                continue
            if reason := budget.refuses(info.filename):
                yield BadInput(f"{member.name}: {reason}")
                continue
            try:
                with archive.open(info) as content:
                    yield from read_member(member, budget.bounded(content))
            except _BROKEN as error:
                yield BadInput(f"{member.name}: broken ({error})")
            except _UNSUPPORTED as error:
                yield BadInput(f"{member.name}: {error}; unpack it first")


def _tarred(source: Source, file: BufferedReader, budget: "_Budget", read_member: ReadMember) -> Iterator[Item]:
    with gzip.GzipFile(fileobj=file) as unpacked, tarfile.open(fileobj=budget.bounded(unpacked), mode="r|") as archive:
        info = None
        for info in archive:
            if not info.isfile() or _is_hidden(info.name):
                continue
            if reason := budget.refuses(info.name):
                yield BadInput(f"{source.name}/{info.name}: {reason}")
                continue
            content = archive.extractfile(info)
            assert content is not None
            yield from read_member(_inside(source, info.name), BufferedReader(_Forward(content)))
        if info is None:
            yield BadInput(f"{source.name}: {_EMPTY}")


def _inside(source: Source, name: str) -> Source:
    return Source(source.path, f"{source.name}/{name}", name)


def _is_hidden(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return any(part.startswith(".") and part != ".." for part in parts) or "__MACOSX" in parts


class _Budget:
    """How much may still be unpacked."""

    def __init__(self) -> None:
        self.left = MOST_UNPACKED
        self._members = 0

    def refuses(self, name: str) -> str | None:
        """Why a file with this name is not read."""
        self._members += 1
        if self._members > MOST_MEMBERS:
            raise _TooLarge(f"holds more than {MOST_MEMBERS:,} files")
        if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
            return "a name that leads out of the archive"
        if PurePosixPath(name).suffix.lower() in ARCHIVES:
            return "an archive inside an archive; unpack it first"
        return None

    def bounded(self, content: BufferedIOBase | IO[bytes]) -> BufferedReader:
        """`content`, of which no more can be read than is left: raises _TooLarge then."""
        return BufferedReader(_Bounded(content, self))


class _Forward(RawIOBase):
    """A file that is read from its beginning to its end. Those in a stream of tar don't know whether they could be
    read in another way, and some readers ask."""

    def __init__(self, content: BufferedIOBase | IO[bytes]) -> None:
        self._content = content

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        view = memoryview(buffer).cast("B")
        read = self._content.read(len(view))
        view[: len(read)] = read
        return len(read)


class _Bounded(_Forward):
    """The same, of what is left in a budget."""

    def __init__(self, content: BufferedIOBase | IO[bytes], budget: _Budget) -> None:
        super().__init__(content)
        self._budget = budget

    def readinto(self, buffer: "WriteableBuffer") -> int:
        read = super().readinto(buffer)
        self._budget.left -= read
        if self._budget.left < 0:
            raise _TooLarge(f"unpacks to more than {MOST_UNPACKED >> 30} GB")
        return read

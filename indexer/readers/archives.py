"""Archives (.gz, .zip, .tar.gz): the files in them are read one after another, and never unpacked onto the disk."""

import gzip
import lzma
import tarfile
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from io import BufferedIOBase, BufferedReader, RawIOBase
from pathlib import PurePosixPath
from typing import IO, TYPE_CHECKING

from ..document import Document
from ..errors import BadInput
from .formats import ARCHIVES, without_gz
from .source import Item, Source

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

MAX_UNPACKED = 4 << 30
"""The most bytes that are unpacked from one archive."""

MAX_MEMBERS = 100_000
"""The most files that are read from one archive."""

MAX_ENTRIES = 1_000_000
"""The most entries that are looked at: files, folders, links, and files that are hidden."""

MAX_SECONDS = 1_200
"""The most processor time for one archive, in seconds: ten times the time limit of a document.

The time that documents wait to be indexed does not count.
"""

MAX_CHARACTERS = 2_500_000_000
"""The most characters of text of one archive: of 4 GB of Persian text. Documents in it can be compressed once more."""


ReadMember = Callable[[Source, BufferedReader], Iterator[Item]]
"""The function that reads a file in an archive."""


class _TooLarge(Exception):
    """The archive holds more than is unpacked; the message says what."""


_BROKEN = (
    zipfile.BadZipFile,
    tarfile.TarError,
    gzip.BadGzipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    UnicodeDecodeError,
)
# The list of the files is at the end of a .zip: if it can't be found there, the archive seems empty.
_EMPTY = "no files in it; it may be damaged"
_UNSUPPORTED = (RuntimeError, NotImplementedError)  # from zipfile: it needs a password, or the method is unknown to it


def read_archive(source: Source, file: BufferedReader, read_member: ReadMember) -> Iterator[Item]:
    """Yield the documents of the files in an archive, in its order, and errors for files that can't be read.

    Args:
        source: The archive.
        file: The archive, opened.
        read_member: Called with each file in it.
    """
    budget = _Budget()
    read_member = budget.counted(read_member)
    try:
        if source.suffix == ".zip":
            yield from _zipped(source, file, budget, read_member)
        elif source.suffix == ".tgz" or without_gz(source.path.name).lower().endswith(".tar"):
            yield from _tarred(source, file, budget, read_member)
        else:
            with gzip.GzipFile(fileobj=file) as unpacked:
                inside = without_gz(source.path.name)
                yield from read_member(Source(source.path, source.name, inside), budget.limited(unpacked))
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
            budget.count_entry()
            member = _inside(source, info.filename)
            if info.filename.endswith("/") or _is_hidden(info.filename):
                continue
            if reason := budget.reason_to_skip(info.filename):
                yield BadInput(f"{member.name}: {reason}")
                continue
            try:
                with archive.open(info) as content:
                    yield from read_member(member, budget.limited(content))
            except _BROKEN as error:
                yield BadInput(f"{member.name}: broken ({error})")
            except _UNSUPPORTED as error:
                yield BadInput(f"{member.name}: {error}; unpack it first")


def _tarred(source: Source, file: BufferedReader, budget: "_Budget", read_member: ReadMember) -> Iterator[Item]:
    with gzip.GzipFile(fileobj=file) as unpacked, tarfile.open(fileobj=budget.limited(unpacked), mode="r|") as archive:
        info = None
        for info in archive:
            budget.count_entry()
            if not info.isfile() or _is_hidden(info.name):
                continue
            if info.issparse():
                yield BadInput(f"{source.name}/{info.name}: a sparse file; unpack it first")
                continue
            if reason := budget.reason_to_skip(info.name):
                yield BadInput(f"{source.name}/{info.name}: {reason}")
                continue
            content = archive.extractfile(info)
            assert content is not None
            yield from read_member(_inside(source, info.name), BufferedReader(_ForwardOnly(content)))
        if info is None:
            yield BadInput(f"{source.name}: {_EMPTY}")


def _inside(source: Source, name: str) -> Source:
    return Source(source.path, f"{source.name}/{name}", name)


def _is_hidden(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return any(part.startswith(".") and part != ".." for part in parts) or "__MACOSX" in parts


class _Budget:
    """The bytes, entries, files, characters and seconds that have been used for an archive."""

    def __init__(self) -> None:
        self.unpacked = 0
        self._entries = self._members = self._characters = 0
        self._began = time.process_time()

    def check(self) -> None:
        """Raise _TooLarge if bytes or time are used up."""
        if self.unpacked > MAX_UNPACKED:
            raise _TooLarge(f"unpacks to more than {MAX_UNPACKED >> 30} GB")
        if time.process_time() - self._began > MAX_SECONDS:
            raise _TooLarge(f"takes longer than {MAX_SECONDS:,} seconds to read")

    def count_entry(self) -> None:
        """Count an entry, whatever it is; raise _TooLarge if there are too many."""
        self._entries += 1
        if self._entries > MAX_ENTRIES:
            raise _TooLarge(f"has more than {MAX_ENTRIES:,} entries")
        self.check()

    def counted(self, read_member: ReadMember) -> ReadMember:
        """Return `read_member` such that _TooLarge is raised before the document with too much text."""

        def read(member: Source, content: BufferedReader) -> Iterator[Item]:
            for item in read_member(member, content):
                if isinstance(item, Document):
                    self._characters += len(item.text)
                    if self._characters > MAX_CHARACTERS:
                        raise _TooLarge(f"holds more than {MAX_CHARACTERS:,} characters of text")
                yield item

        return read

    def reason_to_skip(self, name: str) -> str | None:
        """Count a file, and return the reason why it is not read; None if it is read.

        Raises:
            _TooLarge: If the archive holds too many files.
        """
        self._members += 1
        if self._members > MAX_MEMBERS:
            raise _TooLarge(f"holds more than {MAX_MEMBERS:,} files")
        if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
            return "a name that leads out of the archive"
        if PurePosixPath(name).suffix.lower() in ARCHIVES:
            return "an archive inside an archive; unpack it first"
        return None

    def limited(self, content: BufferedIOBase | IO[bytes]) -> BufferedReader:
        """Return `content` such that reading raises _TooLarge once the budget is spent."""
        return BufferedReader(_Limited(content, self))


class _ForwardOnly(RawIOBase):
    """A file that can only be read from beginning to end.

    Some readers ask a file whether it can seek, and a file in a stream of tar can't answer.
    """

    def __init__(self, content: BufferedIOBase | IO[bytes]) -> None:
        self._content = content

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        view = memoryview(buffer).cast("B")
        read = self._content.read(len(view))
        view[: len(read)] = read
        return len(read)


class _Limited(_ForwardOnly):
    """A file that can only be read from beginning to end, and counts against a budget."""

    def __init__(self, content: BufferedIOBase | IO[bytes], budget: _Budget) -> None:
        super().__init__(content)
        self._budget = budget

    def readinto(self, buffer: "WriteableBuffer") -> int:
        read = super().readinto(buffer)
        self._budget.unpacked += read
        self._budget.check()
        return read

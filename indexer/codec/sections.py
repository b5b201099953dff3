"""Files of named sections: written once, mapped into memory, and checked page by page as they are read.

Layout: a magic string; the sections, one after another; a checksum for each page of all that; a directory (JSON) of
the sections; a trailer that says where the directory is, with its checksum. Numbers are little-endian.
"""

import json
import mmap
import os
import struct
import tempfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import numpy as np

from jooya.indexer.codec.arrays import Array
from jooya.indexer.errors import IndexUnusable

_MAGIC = b"jooya\x00\x01\n"
_TRAILER = struct.Struct("<QIII8s")  # the directory's offset and length, the checksums' length, a checksum of both
_PAGE = 1 << 15  # bytes that share a checksum: what reading a few of them costs at least
_TYPES = {name: np.dtype(f"<{name}") for name in ("u1", "u2", "u4", "u8", "i8")}
_COPY = 1 << 20

CHECKED_WHEN_OPENED = 1 << 20
"""Files up to so many bytes are checked whole when opened; of larger ones a page is checked when it is first read, so
that opening takes no longer the larger an index grows."""


class SectionWriter:
    """Writes a file of sections. Sections may grow side by side (`append`); each that was begun is in the file once
    `finish` returns. In a `with` statement, an exception removes the file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: IO[bytes] = path.open("wb")
        self._size = 0
        self._page = 0  # checksum of the page that is being filled
        self._checksums: list[int] = []
        self._directory: dict[str, tuple[int, int, str]] = {}
        self._growing: dict[str, tuple[IO[bytes], str]] = {}
        self._write(_MAGIC)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for file, _type in self._growing.values():
            file.close()
        self._file.close()
        if error is not None:
            self.path.unlink(missing_ok=True)

    def add(self, name: str, values: Array | bytes) -> None:
        """Writes a whole section."""
        array = np.frombuffer(values, np.uint8) if isinstance(values, bytes) else values
        self._directory[name] = (self._size, len(array), _type_name(array.dtype))
        self._write(_bytes(array))

    def has(self, name: str) -> bool:
        """Whether the section was begun."""
        return name in self._directory or name in self._growing

    def append(self, name: str, values: Array) -> None:
        """Adds to the end of a section that others may be growing beside."""
        if name not in self._growing:
            file = tempfile.TemporaryFile(dir=self.path.parent)  # noqa: SIM115 (closed by __exit__)
            self._growing[name] = (file, _type_name(values.dtype))
        self._growing[name][0].write(_bytes(values))

    def finish(self, about: Mapping[str, Any]) -> tuple[int, int]:
        """Completes the file; returns its size in bytes and a checksum of all checksums. `about` is kept with the
        directory."""
        for name, (file, kind) in self._growing.items():
            begin = self._size
            file.seek(0)
            while block := file.read(_COPY):
                self._write(block)
            self._directory[name] = (begin, (self._size - begin) // _TYPES[kind].itemsize, kind)
        end = self._size
        checksums = np.array([*self._checksums, self._page] if end % _PAGE else self._checksums, "<u4").tobytes()
        directory = json.dumps({"end": end, "sections": self._directory, "about": about}).encode()
        crc = zlib.crc32(directory, zlib.crc32(checksums))
        trailer = _TRAILER.pack(end + len(checksums), len(directory), len(checksums), crc, _MAGIC)
        self._file.write(checksums + directory + trailer)
        self._file.flush()
        return end + len(checksums) + len(directory) + len(trailer), crc

    def _write(self, data: bytes | memoryview) -> None:
        view = memoryview(data)
        self._file.write(view)
        while view:
            room = _PAGE - self._size % _PAGE
            piece = view[:room]
            self._page = zlib.crc32(piece, self._page)
            self._size += len(piece)
            if len(piece) == room:
                self._checksums.append(self._page)
                self._page = 0
            view = view[room:]


class Section:
    """One section of an open file: `section[start:stop]` is an array of its values, checked."""

    __slots__ = ("_dtype", "_file", "_itemsize", "_offset", "count")

    def __init__(self, file: "SectionFile", offset: int, count: int, dtype: np.dtype[Any]) -> None:
        self._file = file
        self._offset = offset
        self._dtype = dtype
        self._itemsize = dtype.itemsize
        self.count = count

    def read(self, start: int, stop: int) -> Array:
        """Values `start` to `stop`, as an array over the mapped file. Raises IndexUnusable where it is damaged."""
        if stop <= start:
            return np.empty(0, self._dtype)
        if stop > self.count or start < 0:
            raise self._file.damaged()
        offset = self._offset + start * self._itemsize
        self._file.check(offset, self._offset + stop * self._itemsize)
        return np.frombuffer(self._file.map, self._dtype, stop - start, offset)

    def all(self) -> Array:
        """All values."""
        return self.read(0, self.count)

    def bytes(self, start: int, stop: int) -> bytes:
        """The same as `read`, as bytes; for sections of single bytes."""
        if stop > self.count or start < 0:
            raise self._file.damaged()
        self._file.check(self._offset + start, self._offset + stop)
        return self._file.map[self._offset + start : self._offset + stop]


class SectionFile:
    """An open file of sections.

    size, checksum: what `SectionWriter.finish` returned.

    Raises IndexUnusable if the file is not as it was written: at once if it was cut or exchanged or is small,
    otherwise when the damaged page is read.
    """

    def __init__(self, path: Path, size: int, checksum: int) -> None:
        self.path = path
        self.size = size
        self.checksum = checksum
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_size != size or size < _TRAILER.size:
                raise self.damaged()
            self.map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        trailer = self.map[size - _TRAILER.size :]
        begin, length, sums, crc, magic = _TRAILER.unpack(trailer)
        if magic != _MAGIC or crc != checksum or begin + length != size - _TRAILER.size or sums > begin:
            raise self.damaged()
        if zlib.crc32(self.map[begin - sums : begin + length]) != crc:
            raise self.damaged()
        directory = json.loads(self.map[begin : begin + length])
        self.about: dict[str, Any] = directory["about"]
        self._end: int = directory["end"]
        self._checksums = np.frombuffer(self.map, "<u4", sums // 4, begin - sums)
        self._unread = bytearray(b"\x01") * (sums // 4)
        self.sections = {
            name: Section(self, offset, count, _TYPES[kind])
            for name, (offset, count, kind) in directory["sections"].items()
        }
        if size <= CHECKED_WHEN_OPENED:
            self.check_all()

    def check(self, start: int, stop: int) -> None:
        """Raises IndexUnusable unless bytes `start` to `stop` are as they were written."""
        first, last = start // _PAGE, (stop - 1) // _PAGE + 1
        page = self._unread.find(1, first, last)
        while page >= 0:
            if zlib.crc32(memoryview(self.map)[page * _PAGE : min((page + 1) * _PAGE, self._end)]) != int(
                self._checksums[page]
            ):
                raise self.damaged()
            self._unread[page] = 0
            page = self._unread.find(1, page + 1, last)

    def check_all(self) -> None:
        """Raises IndexUnusable unless the whole file is as it was written."""
        self.check(0, self._end)

    def damaged(self) -> IndexUnusable:
        """The error to raise where something is found that was never written."""
        return IndexUnusable(f"{self.path} is damaged: restore it from a copy, or index again into a new folder")


def _bytes(values: Array) -> memoryview:
    return np.ascontiguousarray(values).reshape(-1).view(np.uint8).data


def _type_name(dtype: np.dtype[Any]) -> str:
    return f"{dtype.kind}{dtype.itemsize}"


def narrow(values: Array) -> Array:
    """`values` (none negative) in the fewest bytes that hold them all."""
    most = int(values.max()) if len(values) else 0
    return values.astype(np.min_scalar_type(most))

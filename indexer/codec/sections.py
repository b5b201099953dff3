"""Files of named sections, written once (by `section_writer`), mapped into memory and checked page by page.

Layout: a magic string; the sections, one after another; a checksum for each page of all that; a directory (JSON) of
the sections, with a checksum for each page of those checksums; a trailer that says where the directory is, with its
checksum. Numbers are little-endian.
"""

import json
import mmap
import os
import struct
import zlib
from operator import index
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import IndexDamaged
from .arrays import Array

MAGIC = b"jooya\x00\x01\n"
TRAILER = struct.Struct("<QII8s")  # the directory's offset, length and checksum
PAGE = 1 << 13  # bytes that share a checksum: what reading a few of them costs at least
TYPES = {name: np.dtype(f"<{name}") for name in ("u1", "u2", "u4", "u8", "i8")}

CHECKED_WHEN_OPENED = 1 << 20
"""Files up to so many bytes are checked whole when opened; of larger ones a page is checked when it is first read, so
that opening takes no longer the larger an index grows."""


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
        """Values `start` to `stop`, as an array over the mapped file. Raises IndexDamaged where it is damaged."""
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

    def unchecked(self) -> Array:
        """All values, damaged or not."""
        return np.frombuffer(self._file.map, self._dtype, self.count, self._offset)

    def bytes(self, start: int, stop: int) -> bytes:
        """The same as `read`, as bytes; for sections of single bytes."""
        if stop > self.count or start < 0:
            raise self._file.damaged()
        self._file.check(self._offset + start, self._offset + stop)
        return self._file.map[self._offset + start : self._offset + stop]


class SectionFile:
    """An open file of sections.

    size, checksum: what `SectionWriter.finish` returned. check: whether a small file is to be checked now; to save what
    can be of a damaged one, its pages are checked as they are read.

    Raises IndexDamaged if the file is not as it was written: at once if it was cut or exchanged or is small,
    otherwise when the damaged page is read.
    """

    def __init__(self, path: Path, size: int, checksum: int, *, check: bool = True) -> None:
        self.path = path
        self.size = size
        self.checksum = checksum
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_size != size or size < TRAILER.size:
                raise self.damaged()
            self.map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        trailer = self.map[size - TRAILER.size :]
        begin, length, crc, magic = TRAILER.unpack(trailer)
        if magic != MAGIC or crc != checksum or begin + length != size - TRAILER.size:
            raise self.damaged()
        content = self.map[begin : begin + length]
        if zlib.crc32(content) != crc:
            raise self.damaged()
        try:
            self._read_directory(json.loads(content), begin)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise self.damaged() from None
        if check and size <= CHECKED_WHEN_OPENED:
            self.check_all()

    def _read_directory(self, directory: dict[str, Any], begin: int) -> None:
        """Takes in the directory, which begins at `begin`. Raises ValueError, or what comes of it, if it is none."""
        self.about: dict[str, Any] = directory["about"]
        end, of_checksums = directory["end"], directory["checksums"]
        if (
            not 0 <= end <= begin
            or begin - end != 4 * -(-end // PAGE)
            or len(of_checksums) != -(-(begin - end) // PAGE)
        ):
            raise ValueError
        # The checksums are checked as what they are for is: a page of them when it is first needed.
        sums = _Pages(self, end, begin, list(map(index, of_checksums)))
        self._pages = _Pages(self, 0, end, np.frombuffer(self.map, "<u4", (begin - end) // 4, end), sums)
        self.sections: dict[str, Section] = {}
        place = len(MAGIC)
        for name, (offset, count, kind) in sorted(directory["sections"].items(), key=lambda entry: entry[1][:2]):
            if offset != place or count < 0:  # they stand one after another
                raise ValueError
            self.sections[name] = Section(self, index(offset), index(count), TYPES[kind])
            place += count * TYPES[kind].itemsize
        if place != end:
            raise ValueError

    def check(self, start: int, stop: int) -> None:
        """Raises IndexDamaged unless bytes `start` to `stop` are as they were written."""
        self._pages.check(start, stop)

    def check_all(self) -> None:
        """Raises IndexDamaged unless the whole file is as it was written."""
        self._pages.check(0, self._pages.stop)

    def release(self) -> None:
        """Takes what was read out of this process's memory, where the system can; it can still be read."""
        if hasattr(mmap, "MADV_DONTNEED"):
            self.map.madvise(mmap.MADV_DONTNEED)

    def damaged(self) -> IndexDamaged:
        """The error to raise where something is found that was never written."""
        return IndexDamaged.at(self.path)


def signed(path: Path) -> tuple[int, int]:
    """The size and the checksum of a file of sections by its own account. Raises IndexDamaged if it gives none."""
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        if size < TRAILER.size:
            raise IndexDamaged.at(path)
        file.seek(size - TRAILER.size)
        _begin, _length, checksum, _magic = TRAILER.unpack(file.read())
    return size, checksum


class _Pages:
    """The pages of a file from `start` to `stop`: which of them are still to be checked, and against what.

    checksums: one for each page. of_checksums: the pages that these stand in.
    """

    def __init__(
        self,
        file: SectionFile,
        start: int,
        stop: int,
        checksums: Array | list[int],
        of_checksums: "_Pages | None" = None,
    ) -> None:
        self._file = file
        self._start = start
        self.stop = stop
        self._checksums = checksums
        self._of_checksums = of_checksums
        self._unread = bytearray(b"\x01") * len(checksums)

    def check(self, start: int, stop: int) -> None:
        first, last = start // PAGE, (stop - 1) // PAGE + 1
        page = self._unread.find(1, first, last)
        while page >= 0:
            if self._of_checksums is not None:
                self._of_checksums.check(page * 4, page * 4 + 4)
            begin = self._start + page * PAGE
            content = memoryview(self._file.map)[begin : min(begin + PAGE, self.stop)]
            if zlib.crc32(content) != int(self._checksums[page]):
                raise self._file.damaged()
            self._unread[page] = 0
            page = self._unread.find(1, page + 1, last)

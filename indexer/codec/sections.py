"""Files of named sections, which are written once, mapped into memory, and checked page by page.

`section_writer` writes them. The layout of a file, with numbers in little-endian order:

- a magic string;
- the sections, one after another; the last is the page digests, a SHA-256 for each page of everything before it;
- the page checksums: a CRC-32 for each page of everything before;
- the directory: a JSON object that lists the sections and has a CRC-32 for each page of the page checksums;
- a trailer of fixed size, with the offset, length and CRC-32 of the directory, and the magic string again.

Checksums find what a disk has altered. Somebody who alters a file can compute them anew, but no other content with the
same SHA-256. The directory has the SHA-256 of the page digests, so whoever knows that of the directory can authenticate
each page when it is first read. Files from before format 8 of the index have no page digests.
"""

import json
import mmap
import os
import struct
import zlib
from contextlib import suppress
from operator import index
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import IndexDamaged
from .arrays import Array
from .files import map_file, opened

MAGIC = b"jooya\x00\x01\n"
TRAILER = struct.Struct("<QII8s")  # offset, length and checksum of the directory; magic string
_TWO = {"u1": struct.Struct("<2B"), "u2": struct.Struct("<2H"), "u4": struct.Struct("<2I"), "u8": struct.Struct("<2Q")}
PAGE = 1 << 13  # bytes that share a checksum, and so the least that must be read to check a few of them
TYPES = {name: np.dtype(f"<{name}") for name in ("u1", "u2", "u4", "u8", "i8")}

DIGESTS = "page_digests"
"""Name of the section of page digests."""

DIGEST_SIZE = 32  # bytes of SHA-256

CHECKED_WHEN_OPENED = 1 << 20
"""Files of up to this many bytes are checked completely when they are opened.

A page of a larger file is checked when it is first read, so that a large index opens as quickly as a small one.
"""


_MAX_DIRECTORY = 16 << 20
"""The greatest size of a directory in bytes. It is read whole, and takes some twenty times its size in memory.

It has some dozens of bytes for each section, and for each 16 MB of the file.
"""


class Section:
    """A section of an open file: an array of numbers of one type.

    It holds the pages of the file, and not the `SectionFile` that holds it: nothing here refers back, so that a file
    is closed as soon as nobody uses it any more, without waiting for the garbage collector.

    Attributes:
        count: Number of values.
        kind: The type of the values, one of `TYPES`.
    """

    __slots__ = ("_dtype", "_itemsize", "_offset", "_pages", "count", "kind")

    def __init__(self, pages: "_CheckedPages", offset: int, count: int, dtype: np.dtype[Any]) -> None:
        self._pages = pages
        self._offset = offset
        self._dtype = dtype
        self._itemsize = dtype.itemsize
        self.kind = f"{dtype.kind}{dtype.itemsize}"
        self.count = count

    def read(self, start: int, stop: int) -> Array:
        """Return the values from `start` up to, but not including, `stop`, as an array over the mapped file.

        Raises:
            IndexDamaged: If they are damaged, or not in the section.
        """
        if not 0 <= start <= stop <= self.count:
            raise self._pages.damaged()
        if start == stop:
            return np.empty(0, self._dtype)
        offset = self._offset + start * self._itemsize
        self._pages.check(offset, self._offset + stop * self._itemsize)
        return np.frombuffer(self._pages.map, self._dtype, stop - start, offset)

    def two(self, start: int) -> tuple[int, int]:
        """Return two neighbouring values as `read` does, but faster, of a section of unsigned integers."""
        if not 0 <= start <= self.count - 2:
            raise self._pages.damaged()
        offset = self._offset + start * self._itemsize
        self._pages.check(offset, offset + 2 * self._itemsize)
        found: tuple[int, int] = _TWO[self.kind].unpack_from(self._pages.map, offset)
        return found

    def all(self) -> Array:
        """Return all values; raise IndexDamaged if any is damaged."""
        return self.read(0, self.count)

    def unchecked(self) -> Array:
        """Return all values, damaged or not."""
        return np.frombuffer(self._pages.map, self._dtype, self.count, self._offset)

    def bytes(self, start: int, stop: int) -> bytes:
        """Return what `read` returns, as bytes; only for sections of single bytes."""
        if not 0 <= start <= stop <= self.count:
            raise self._pages.damaged()
        self._pages.check(self._offset + start, self._offset + stop)
        return self._pages.map[self._offset + start : self._offset + stop]


class SectionFile:
    """An open file of sections.

    Attributes:
        path: The file.
        size: In bytes.
        checksum: The checksum of the directory.
        map: The file, mapped into memory.
        about: The data that the writer stored with the directory.
        sections: The sections by name.
    """

    def __init__(self, path: Path, size: int, checksum: int, *, check: bool = True, digest: str | None = None) -> None:
        """Open a file.

        Args:
            path: The file.
            size: Its size in bytes, as `SectionWriter.finish` returned it.
            checksum: The checksum that `SectionWriter.finish` returned.
            check: True to check all of a small file now. A repair passes False, to read the sound pages of a
                damaged file; each page is then checked when it is first read.
            digest: The SHA-256 of the directory in hexadecimal digits, to authenticate all of the file; None to check
                its checksums alone.

        Raises:
            IndexDamaged: If the file was truncated or replaced, or if it is small and damaged. A damaged page of a
                large file is reported when it is read.
        """
        self.path = path
        self.size = size
        self.checksum = checksum
        if size < TRAILER.size:
            raise self.damaged()
        self.map, self._inode = map_file(path, size)
        trailer = self.map[size - TRAILER.size :]
        begin, length, stored_checksum, magic = TRAILER.unpack(trailer)
        if magic != MAGIC or stored_checksum != checksum or begin + length != size - TRAILER.size:
            raise self.damaged()
        if length > _MAX_DIRECTORY:
            raise self.damaged()
        content = self.map[begin : begin + length]
        self._directory = slice(begin, begin + length)
        if zlib.crc32(content) != stored_checksum or (digest is not None and digest != self.digest):
            raise self.damaged()
        try:
            self._read_directory(json.loads(content), begin, authenticate=digest is not None)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise self.damaged() from None
        if check and size <= CHECKED_WHEN_OPENED:
            self.check_all()

    def _read_directory(self, directory: dict[str, Any], begin: int, *, authenticate: bool) -> None:
        """Read the directory, which begins at byte `begin`; raise a ValueError, KeyError, … if it is invalid."""
        self.about: dict[str, Any] = directory["about"]
        end, of_checksums = directory["end"], directory["checksums"]
        if (
            not 0 <= end <= begin
            or begin - end != 4 * -(-end // PAGE)
            or len(of_checksums) != -(-(begin - end) // PAGE)
        ):
            raise ValueError
        # A page of the page checksums, too, is checked when it is first needed.
        checksum_pages = _CheckedPages(self.path, self.map, end, begin, list(map(index, of_checksums)))
        checksums = np.frombuffer(self.map, "<u4", (begin - end) // 4, end)
        self._pages = _CheckedPages(self.path, self.map, 0, end, checksums, checksum_pages)
        self.sections: dict[str, Section] = {}
        expected = len(MAGIC)
        for name, (offset, count, kind) in sorted(directory["sections"].items(), key=lambda entry: entry[1][:2]):
            if offset != expected or count < 0:  # sections follow one another without gaps
                raise ValueError
            self.sections[name] = Section(self._pages, index(offset), index(count), TYPES[kind])
            expected += count * TYPES[kind].itemsize
        if expected != end:
            raise ValueError
        digests = self.sections.pop(DIGESTS, None)
        if authenticate:
            if digests is None:
                raise ValueError
            content = digests.all()
            if _sha256(content.tobytes()).hex() != directory["digest"]:
                raise ValueError
            self._pages.authenticate(content, end - digests.count)

    @property
    def digest(self) -> str:
        """The SHA-256 of the directory, in hexadecimal digits."""
        return _sha256(self.map[self._directory]).hex()

    def is_current(self) -> bool:
        """Return True if this file is still the one of its name, which a sound copy may have replaced.

        Raises:
            FileNotFoundError: If no file has the name any more.
        """
        return self.path.stat(follow_symlinks=False).st_ino == self._inode

    def check(self, start: int, stop: int) -> None:
        """Raise IndexDamaged unless the bytes from `start` up to `stop` are as they were written."""
        self._pages.check(start, stop)

    def check_all(self) -> None:
        """Raise IndexDamaged unless all sections are as they were written."""
        self._pages.check(0, self._pages.stop)

    def release(self) -> None:
        """Release the memory of the pages read so far, where the system can; they can be read again."""
        if hasattr(mmap, "MADV_DONTNEED"):
            with suppress(OSError):  # more memory than needed is no reason to fail
                self.map.madvise(mmap.MADV_DONTNEED)

    def damaged(self) -> IndexDamaged:
        """Return the error to raise where the content is not what was written."""
        return IndexDamaged.at(self.path)


def stored_size_and_checksum(path: Path) -> tuple[int, int]:
    """Return the size of a file of sections and the checksum that its own trailer states.

    Raises:
        IndexDamaged: If the file is too short to have a trailer.
    """
    with opened(path) as (descriptor, size):
        if size < TRAILER.size:
            raise IndexDamaged.at(path)
        trailer = os.pread(descriptor, TRAILER.size, size - TRAILER.size)
    if len(trailer) != TRAILER.size:
        raise IndexDamaged.at(path)
    _begin, _length, checksum, _magic = TRAILER.unpack(trailer)
    return size, checksum


class _CheckedPages:
    """The pages of a part of a file, each of which is checked once, when it is first needed.

    Attributes:
        map: The whole file, mapped into memory.
        stop: Offset of the end of the last page.
    """

    def __init__(
        self,
        path: Path,
        mapped: mmap.mmap,
        start: int,
        stop: int,
        checksums: Array | list[int],
        checksum_pages: "_CheckedPages | None" = None,
    ) -> None:
        """Describe the pages from byte `start` up to `stop`.

        Args:
            path: The file.
            mapped: The whole file, mapped into memory.
            start: Offset of the first page.
            stop: Offset of the end of the last page.
            checksums: The checksum of each page.
            checksum_pages: The pages in which these checksums are; None if they have been checked.
        """
        self._path = path
        self.map = mapped
        self._start = start
        self.stop = stop
        self._checksums = checksums
        self._checksum_pages = checksum_pages
        self._unchecked = bytearray(b"\x01") * len(checksums)  # 1 for each page that was not checked yet
        self._digests: Array | None = None

    def authenticate(self, digests: Array, stop: int) -> None:
        """Check the digests of pages, too, from now on.

        Args:
            digests: The digests, one after another.
            stop: Offset of the end of the part of the file that they are of.

        Raises:
            ValueError: If they are not as many as the pages of that part.
        """
        if len(digests) != -(-stop // PAGE) * DIGEST_SIZE:
            raise ValueError
        self._digests = digests
        self._digests_stop = stop
        self._unchecked[:] = b"\x01" * len(self._unchecked)

    def check(self, start: int, stop: int) -> None:
        """Check the pages with the bytes from `start` up to `stop`, counted from the first page."""
        first, last = start // PAGE, (stop - 1) // PAGE + 1
        page = self._unchecked.find(1, first, last)
        while page >= 0:
            if self._checksum_pages is not None:
                self._checksum_pages.check(page * 4, page * 4 + 4)
            begin = self._start + page * PAGE
            content = memoryview(self.map)[begin : min(begin + PAGE, self.stop)]
            if zlib.crc32(content) != int(self._checksums[page]):
                raise self.damaged()
            if self._digests is not None and page * DIGEST_SIZE < len(self._digests):
                authentic = self._digests[page * DIGEST_SIZE : (page + 1) * DIGEST_SIZE].tobytes()
                if _sha256(content[: self._digests_stop - begin]) != authentic:
                    raise self.damaged()
            self._unchecked[page] = 0
            page = self._unchecked.find(1, page + 1, last)

    def damaged(self) -> IndexDamaged:
        """Return the error to raise where the content is not what was written."""
        return IndexDamaged.at(self._path)


def _sha256(content: bytes | memoryview) -> bytes:
    import hashlib  # noqa: PLC0415 - a search without a key does not wait for it

    return hashlib.sha256(content).digest()

"""Writing files of named sections, whose layout is described in `sections`."""

import hashlib
import json
import tempfile
import zlib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import numpy as np

from .arrays import Array
from .files import clear
from .sections import DIGESTS, MAGIC, PAGE, TRAILER, TYPES

_COPY_BLOCK = 1 << 20  # bytes


class SectionWriter:
    """Writes a file of sections.

    Sections may grow side by side (see `append`). All of them are in the file when `finish` returns. In a `with`
    statement, an exception removes the file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        clear(path)
        self._file: IO[bytes] = path.open("wb")
        self._size = 0
        self._page_checksum = 0  # of the page that is being filled
        self._checksums: list[int] = []
        self._page_digest = hashlib.sha256()
        self._digests: list[bytes] = []
        self._directory: dict[str, tuple[int, int, str]] = {}
        self._growing: dict[str, tuple[IO[bytes], str]] = {}
        self._write(MAGIC)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Errors of closing are ignored: either everything has been written, or an error was raised already, and the
        # buffered rest is of no use.
        for file in [*[file for file, _type in self._growing.values()], self._file]:
            with suppress(OSError):
                file.close()
        if error is not None:
            with suppress(OSError):  # the first error is to be told; the next writer removes the file
                self.path.unlink(missing_ok=True)

    def add(self, name: str, values: Array | bytes) -> None:
        """Write a whole section."""
        array = np.frombuffer(values, np.uint8) if isinstance(values, bytes) else values
        self._directory[name] = (self._size, len(array), _type_name(array.dtype))
        self._write(_bytes(array))

    def has(self, name: str) -> bool:
        """Return True if the section was added or begun."""
        return name in self._directory or name in self._growing

    def append(self, name: str, values: Array) -> None:
        """Append to a section; other sections may grow at the same time."""
        if name not in self._growing:
            file = tempfile.TemporaryFile(dir=self.path.parent, suffix=".spill")  # noqa: SIM115 - closed by __exit__
            self._growing[name] = (file, _type_name(values.dtype))
        self._growing[name][0].write(_bytes(values))

    def finish(self, about: Mapping[str, Any]) -> tuple[int, int]:
        """Complete the file.

        Args:
            about: Data that is stored with the directory, as JSON.

        Returns:
            The size of the file in bytes, and a checksum that covers all other checksums.
        """
        for name, (file, kind) in self._growing.items():
            begin = self._size
            file.seek(0)
            while block := file.read(_COPY_BLOCK):
                self._write(block)
            self._directory[name] = (begin, (self._size - begin) // TYPES[kind].itemsize, kind)
        digests = b"".join([*self._digests, self._page_digest.digest()] if self._size % PAGE else self._digests)
        self.add(DIGESTS, digests)
        end = self._size
        checksums = np.array(
            [*self._checksums, self._page_checksum] if end % PAGE else self._checksums, "<u4"
        ).tobytes()
        of_checksums = [zlib.crc32(checksums[start : start + PAGE]) for start in range(0, len(checksums), PAGE)]
        content = {
            "end": end,
            "checksums": of_checksums,
            "digest": hashlib.sha256(digests).hexdigest(),
            "sections": self._directory,
            "about": about,
        }
        directory = json.dumps(content).encode()
        checksum = zlib.crc32(directory)
        trailer = TRAILER.pack(end + len(checksums), len(directory), checksum, MAGIC)
        self._file.write(checksums + directory + trailer)
        self._file.flush()
        return end + len(checksums) + len(directory) + len(trailer), checksum

    def _write(self, data: bytes | memoryview) -> None:
        view = memoryview(data)
        self._file.write(view)
        while view:
            room = PAGE - self._size % PAGE
            piece = view[:room]
            self._page_checksum = zlib.crc32(piece, self._page_checksum)
            self._page_digest.update(piece)
            self._size += len(piece)
            if len(piece) == room:
                self._checksums.append(self._page_checksum)
                self._page_checksum = 0
                self._digests.append(self._page_digest.digest())
                self._page_digest = hashlib.sha256()
            view = view[room:]


def _bytes(values: Array) -> memoryview:
    return np.ascontiguousarray(values).reshape(-1).view(np.uint8).data


def _type_name(dtype: np.dtype[Any]) -> str:
    return f"{dtype.kind}{dtype.itemsize}"


def downcast(values: Array) -> Array:
    """Return `values`, of which none is negative, in the smallest unsigned type that holds them all."""
    greatest = int(values.max()) if len(values) else 0
    return values.astype(np.min_scalar_type(greatest))

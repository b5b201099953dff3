"""Reading blocks of stored fields: no more of each than is needed, and those that were used last only once."""

import threading
import zlib
from collections.abc import Callable

_KEPT = 4 << 20  # bytes of unpacked blocks that a segment keeps

_LINE = 150  # bytes that a line takes beside its content

_RATIO = 3  # how much smaller a block is on disk, about

_MORE = 2048  # bytes that are unpacked beyond where a line is expected to end, and at least when it does not end there


class StoredBlocks:
    """The blocks of stored fields of a segment, unpacked as far as they were needed. Threads may share it."""

    def __init__(self, most: int) -> None:
        """Prepare to read blocks of at most so many bytes."""
        self._most = most
        self._lock = threading.Lock()
        self._known: dict[int, bytes] = {}  # the beginnings of blocks; those that were used last come last
        self._bytes = 0
        self._lines: dict[tuple[int, int], bytes] = {}  # the lines that were used last come last
        self._bytes_of_lines = 0
        self._most_of_lines = 0

    def keep_lines(self, most: int) -> None:
        """Keep so many bytes of the lines that were used last: to unpack them again takes most of a search's time."""
        with self._lock:
            self._most_of_lines = most
            self._forget_lines()

    def line(self, packed: Callable[[int], bytes], number: int, place: int, documents: int) -> bytes:
        """Return the line of one document of a block.

        Args:
            packed: Returns a block as it is on disk.
            number: The number of the block.
            place: The number of the document in the block.
            documents: How many documents the block has.

        Raises:
            ValueError, zlib.error: If the block is no block of so many documents, as far as it was read, or is larger
                than any.
        """
        with self._lock:
            line = self._lines.pop((number, place), None)
            if line is not None:
                self._lines[number, place] = line
                return line
            known = self._known.pop(number, None)
            if known is not None:
                self._known[number] = known
        line = None if known is None else _line(known, place)
        if line is None:
            content = self._beginning(packed(number), place, documents)
            self._keep(number, content)
            line = _line(content, place)
        if line is None:
            raise ValueError(place)
        self._keep_line(number, place, line)
        return line

    def _beginning(self, packed: bytes, place: int, documents: int) -> bytes:
        """Return the lines of a block up to `place`, or some more; documents take about the same space.

        Each line is followed by a line break.
        """
        unpacker = zlib.decompressobj()
        content = unpacker.decompress(packed, (place + 1) * _RATIO * len(packed) // documents + _MORE)
        ends = content.count(b"\n")
        while ends <= place and not unpacker.eof:
            # As much again: in small steps, the time for a long line would grow with the square of its length.
            more = unpacker.decompress(unpacker.unconsumed_tail, max(_MORE, len(content)))
            if not more and not unpacker.eof:
                raise ValueError(place)
            content += more
            ends += more.count(b"\n")
            if len(content) > self._most:
                raise ValueError(place)
        if not unpacker.eof:
            return content[: content.rindex(b"\n") + 1]
        if unpacker.unused_data or ends + 1 != documents:
            raise ValueError(place)
        return content + b"\n"

    def _keep(self, number: int, content: bytes) -> None:
        with self._lock:
            self._bytes += len(content) - len(self._known.pop(number, b""))
            self._known[number] = content
            while self._bytes > _KEPT and len(self._known) > 1:
                self._bytes -= len(self._known.pop(next(iter(self._known))))

    def _keep_line(self, number: int, place: int, line: bytes) -> None:
        if not self._most_of_lines:
            return
        with self._lock:
            if (number, place) not in self._lines:
                self._lines[number, place] = line
                self._bytes_of_lines += len(line) + _LINE
            self._forget_lines()

    def _forget_lines(self) -> None:
        while self._bytes_of_lines > self._most_of_lines:
            self._bytes_of_lines -= len(self._lines.pop(next(iter(self._lines)))) + _LINE


def _line(content: bytes, place: int) -> bytes | None:
    """Return a line by its number; None if there are not so many."""
    begin = 0
    for _ in range(place):
        begin = content.find(b"\n", begin) + 1
        if not begin:
            return None
    end = content.find(b"\n", begin)
    return content[begin:end] if end >= 0 else None

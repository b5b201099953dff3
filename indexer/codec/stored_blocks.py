"""Reading blocks of stored fields: no more of each than is needed, and those that were used last only once."""

import threading
import zlib
from collections.abc import Callable

_KEPT = 4 << 20  # bytes of unpacked blocks that a segment keeps

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


def _line(content: bytes, place: int) -> bytes | None:
    """Return a line by its number; None if there are not so many."""
    begin = 0
    for _ in range(place):
        begin = content.find(b"\n", begin) + 1
        if not begin:
            return None
    end = content.find(b"\n", begin)
    return content[begin:end] if end >= 0 else None

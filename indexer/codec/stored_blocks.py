"""Reading blocks of stored fields: no more of each than is needed, and those that were used last only once."""

import threading
import zlib
from collections.abc import Callable

_KEPT = 4 << 20  # bytes of unpacked blocks that a segment keeps

_MORE = 2048  # bytes that are unpacked beyond where a line is expected to end, and when it does not end there


class StoredBlocks:
    """The blocks of stored fields of a segment, unpacked as far as they were needed. Threads may share it."""

    def __init__(self, usual: int, most: int) -> None:
        """Prepare to read blocks.

        Args:
            usual: The size of most blocks in bytes, about.
            most: The greatest size of a block in bytes.
        """
        self._usual = usual
        self._most = most
        self._lock = threading.Lock()
        self._known: dict[int, list[bytes]] = {}  # the first lines of blocks; those that were used last come last
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
            lines = self._known.pop(number, None)
            if lines is not None:
                self._known[number] = lines
        if lines is None or place >= len(lines):
            lines = self._first_lines(packed(number), place, documents)
            self._keep(number, lines)
        return lines[place]

    def _first_lines(self, packed: bytes, place: int, documents: int) -> list[bytes]:
        """Return the lines of a block up to `place`, or some more; documents take about the same space."""
        unpacker = zlib.decompressobj()
        content = unpacker.decompress(packed, (place + 1) * self._usual // documents + _MORE)
        ends = content.count(b"\n")
        while ends <= place and not unpacker.eof:
            more = unpacker.decompress(unpacker.unconsumed_tail, _MORE)
            if not more and not unpacker.eof:
                raise ValueError(place)
            content += more
            ends += more.count(b"\n")
            if len(content) > self._most:
                raise ValueError(place)
        if unpacker.eof and (unpacker.unused_data or ends + 1 != documents):
            raise ValueError(place)
        lines = content.split(b"\n")
        return lines if unpacker.eof else lines[:-1]  # the last may go on

    def _keep(self, number: int, lines: list[bytes]) -> None:
        with self._lock:
            before = self._known.pop(number, [])
            self._known[number] = lines
            self._bytes += sum(map(len, lines)) - sum(map(len, before))
            while self._bytes > _KEPT and len(self._known) > 1:
                self._bytes -= sum(map(len, self._known.pop(next(iter(self._known)))))

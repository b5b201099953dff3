"""Files and folders in memory, with what is on the platter beside what programs see."""

from random import Random
from typing import NamedTuple

_GARBAGE = 0.2
"""The share of writes that a power cut leaves as garbage, of those that survive only in part."""


class File:
    """A file, whatever its names are.

    Attributes:
        number: The number of its inode.
        content: Its content as programs see it.
        modified: The time of its last change, in nanoseconds.
        links: How many names it has.
        handles: How often it is open.
        locked_by: The open handle that holds its lock.
        mapped: True once a program has mapped it into memory.
        synced: Its content on the platter, at the last sync.
        unsynced: What was written since then: offsets and bytes; an offset of -1 stands for a new length.
        failed: The number of these writes that a failed sync has marked as written, so that no later one writes them.
    """

    __slots__ = (
        "content", "failed", "handles", "links", "locked_by", "mapped", "modified", "number", "synced", "unsynced",
    )  # fmt: skip

    def __init__(self, number: int, modified: int, content: bytes = b"") -> None:
        self.number = number
        self.content = bytearray(content)
        self.modified = modified
        self.links = 0
        self.handles = 0
        self.locked_by: Handle | None = None
        self.mapped = False
        self.synced = content
        self.unsynced: list[tuple[int, bytes]] = []
        self.failed = 0

    def write(self, offset: int, data: bytes) -> None:
        """Write bytes at an offset."""
        if len(self.content) < offset:
            self.content.extend(bytes(offset - len(self.content)))
        self.content[offset : offset + len(data)] = data
        self.unsynced.append((offset, data))

    def truncate(self, size: int) -> None:
        """Give the file another length."""
        _resize(self.content, size)
        self.unsynced.append((-1, size.to_bytes(8, "little")))

    def sync(self) -> None:
        """Bring the content to the platter, except for what a failed sync has given up."""
        if self.failed:
            self.unsynced = self.unsynced[: self.failed]
            return
        self.synced = bytes(self.content)
        self.unsynced = []

    def survive(self, random: Random, share: float) -> bytes:
        """Return what a power cut leaves of the content; `share` of the writes survive wholly."""
        if not self.unsynced:
            return self.synced
        found = bytearray(self.synced)
        for offset, data in self.unsynced:
            if random.random() >= share and (share == 0 or random.random() < 0.5):
                continue
            if offset < 0:
                _resize(found, int.from_bytes(data, "little"))
                continue
            kept = data
            if random.random() >= share:
                kept = data[: random.randrange(len(data) + 1)]
                if random.random() < _GARBAGE:
                    kept = bytes(len(data)) if random.random() < 0.5 else random.randbytes(len(data))
            _resize(found, max(len(found), offset))
            found[offset : offset + len(kept)] = kept
        return bytes(found)


def _resize(content: bytearray, size: int) -> None:
    if size <= len(content):
        del content[size:]
    else:
        content.extend(bytes(size - len(content)))


class Change(NamedTuple):
    """A change of the names in a folder: `name` now stands for `entry`, unless it is empty, and `gone` for nothing."""

    name: str
    gone: str
    entry: "Entry | None"


class Folder:
    """A folder.

    Attributes:
        names: What is in it, as programs see it.
        synced: What is in it on the platter.
        unsynced: The changes since then.
        locked_by: The open handle that holds its lock.
    """

    __slots__ = ("locked_by", "names", "number", "synced", "unsynced")

    def __init__(self, number: int) -> None:
        self.number = number
        self.locked_by: Handle | None = None
        self.names: dict[str, Entry] = {}
        self.synced: dict[str, Entry] = {}
        self.unsynced: list[Change] = []

    def change(self, name: str, gone: str = "", entry: "Entry | None" = None) -> None:
        """Change the names."""
        if gone:
            del self.names[gone]
        if entry is not None:
            self.names[name] = entry
        self.unsynced.append(Change(name, gone, entry))

    def sync(self) -> None:
        """Bring the names to the platter."""
        if self.unsynced:
            self.synced = self.names.copy()
            self.unsynced = []


Entry = File | Folder


class Handle:
    """An open file or folder.

    Attributes:
        entry: The file or folder.
        path: Its path when it was opened.
        offset: Where the next byte is read or written.
        appends: True if all that is written goes to the end.
        owner: The number of the process that opened it.
    """

    __slots__ = ("appends", "entry", "offset", "owner", "path")

    def __init__(self, entry: Entry, path: str, owner: int, *, appends: bool = False) -> None:
        self.entry = entry
        self.path = path
        self.offset = 0
        self.appends = appends
        self.owner = owner


class Status(NamedTuple):
    """The status of a file, as `os.stat` returns it, as far as Jooya asks for it."""

    st_mode: int
    st_ino: int
    st_size: int
    st_mtime_ns: int
    st_nlink: int = 1
    st_dev: int = 1

"""A disk in memory that can lose what was not synced, as a real one does when the power fails.

Each file has its content as programs see it, and beside it what is on the platter: the content at its last sync, and
the writes since then, any of which may survive a power cut, wholly, in part, or as garbage. The names in a folder are
on the platter since its last sync; each change since then may survive or not, whatever becomes of the others. Usual
file systems promise more than that.

Numbers of files (inodes) are given again as soon as a file is gone, as ext4 does.
"""

import errno
import os
import stat
from bisect import insort
from collections.abc import Callable
from random import Random

from disk_entries import Entry, File, Folder, Handle, Status

ROOT = "/simulated"
"""The folder that holds everything on the disk. No such folder exists on the machine."""

FIRST_DESCRIPTOR = 1 << 20
"""Descriptors from here on are those of the simulated disk."""


class SimulatedDisk:
    """The disk: files and folders below `ROOT`. Errors of usage are OSErrors, as of the system.

    Attributes:
        handles: The open handles by descriptor.
        time: Returns the time of the clock by which files are dated, in nanoseconds.
        faults: Descriptions of what no program may do, such as to write into a file that somebody has mapped.
    """

    def __init__(self, time: Callable[[], int]) -> None:
        self.time = time
        self._free: list[int] = []
        self._numbers = 1
        self._descriptor = FIRST_DESCRIPTOR
        self.handles: dict[int, Handle] = {}
        self.faults: list[str] = []
        self._folders: dict[str, Folder] = {ROOT: Folder(1)}

    # What programs do.

    def open(self, path: str, flags: int, owner: int = 0) -> int:
        """Open a file or folder, and return a descriptor."""
        if path in self._folders:
            if flags & (os.O_WRONLY | os.O_RDWR):
                raise _error(errno.EISDIR, path)
            return self._opened(Handle(self._folders[path], path, owner))
        folder, name = self._parent(path)
        entry = folder.names.get(name)
        if entry is None:
            if not flags & os.O_CREAT:
                raise _error(errno.ENOENT, path)
            entry = self._made()
            entry.links = 1
            folder.change(name, entry=entry)
        elif flags & os.O_CREAT and flags & os.O_EXCL:
            raise _error(errno.EEXIST, path)
        assert isinstance(entry, File)
        if flags & os.O_TRUNC and entry.content:
            self._changing(entry, path)
            entry.truncate(0)
            entry.modified = self.time()
        return self._opened(Handle(entry, path, owner, appends=bool(flags & os.O_APPEND)))

    def open_nameless(self, owner: int = 0) -> int:
        """Make and open a file without a name."""
        return self._opened(Handle(self._made(), "a file without a name", owner))

    def close(self, descriptor: int) -> None:
        """Close a descriptor, and give up its lock."""
        handle = self.handles.pop(descriptor, None)
        if handle is None:
            raise _error(errno.EBADF)
        entry = handle.entry
        if entry.locked_by is handle:
            entry.locked_by = None
        if isinstance(entry, File):
            entry.handles -= 1
            self._let_go(entry)

    def read(self, descriptor: int, size: int) -> bytes:
        """Read from where the last call stopped."""
        handle, file = self._file(descriptor)
        found = bytes(file.content[handle.offset : handle.offset + size])
        handle.offset += len(found)
        return found

    def write(self, descriptor: int, data: bytes) -> int:
        """Write to where the last call stopped."""
        handle, file = self._file(descriptor)
        self._changing(file, handle.path)
        if handle.appends:
            handle.offset = len(file.content)
        file.write(handle.offset, data)
        handle.offset += len(data)
        file.modified = self.time()
        return len(data)

    def truncate(self, descriptor: int, size: int) -> None:
        """Give an open file another length."""
        handle, file = self._file(descriptor)
        self._changing(file, handle.path)
        file.truncate(size)
        file.modified = self.time()

    def sync(self, descriptor: int) -> None:
        """Wait for the disk."""
        self.handle(descriptor).entry.sync()

    def give_up_sync(self, descriptor: int) -> None:
        """Let a sync fail: what was written stays in memory, and no later sync brings it to the platter."""
        entry = self.handle(descriptor).entry
        if isinstance(entry, File):
            entry.failed = entry.failed or len(entry.unsynced)

    def lock(self, descriptor: int) -> None:
        """Lock an open file; raise BlockingIOError if another handle has locked it."""
        handle = self.handle(descriptor)
        if handle.entry.locked_by not in (None, handle):
            raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
        handle.entry.locked_by = handle

    def map(self, descriptor: int) -> tuple[bytes, File]:
        """Map an open file into memory. It must not change any more."""
        _, file = self._file(descriptor)
        file.mapped = True
        return bytes(file.content), file

    def status(self, path: str) -> Status:
        """Return what is known of a path."""
        return _status(self.entry(path))

    def status_of(self, descriptor: int) -> Status:
        """Return what is known of an open file."""
        return _status(self.handle(descriptor).entry)

    def set_time(self, path: str, modified: int) -> None:
        """Set the time of the last change of a file."""
        entry = self.entry(path)
        assert isinstance(entry, File)
        entry.modified = modified

    def rename(self, path: str, target: str) -> None:
        """Give a file another name, or move it."""
        folder, name = self._parent(path)
        other, new = self._parent(target)
        entry = folder.names.get(name)
        if entry is None:
            raise _error(errno.ENOENT, path)
        replaced = other.names.get(new)
        if folder is other:
            folder.change(new, name, entry)
        else:
            other.change(new, entry=entry)
            folder.change("", name)
        if isinstance(replaced, File):
            replaced.links -= 1
            self._let_go(replaced)

    def link(self, path: str, target: str) -> None:
        """Give a file a second name."""
        entry = self.entry(path)
        assert isinstance(entry, File)
        folder, name = self._parent(target)
        if name in folder.names:
            raise _error(errno.EEXIST, target)
        entry.links += 1
        folder.change(name, entry=entry)

    def unlink(self, path: str) -> None:
        """Remove a name."""
        folder, name = self._parent(path)
        entry = folder.names.get(name)
        if entry is None:
            raise _error(errno.ENOENT, path)
        if isinstance(entry, Folder):
            raise _error(errno.EISDIR, path)
        folder.change("", name)
        entry.links -= 1
        self._let_go(entry)

    def make_folder(self, path: str) -> None:
        """Make a folder."""
        folder, name = self._parent(path)
        if name in folder.names:
            raise _error(errno.EEXIST, path)
        self._folders[path] = Folder(self._number())
        folder.change(name, entry=self._folders[path])

    def remove_folder(self, path: str) -> None:
        """Remove an empty folder."""
        folder, name = self._parent(path)
        entry = folder.names.get(name)
        if not isinstance(entry, Folder):
            raise _error(errno.ENOENT if entry is None else errno.ENOTDIR, path)
        if entry.names:
            raise _error(errno.ENOTEMPTY, path)
        del self._folders[path]
        folder.change("", name)

    def list(self, path: str) -> list[str]:
        """Return the names in a folder."""
        entry = self.entry(path)
        if not isinstance(entry, Folder):
            raise _error(errno.ENOTDIR, path)
        return [*entry.names]

    # What the trial does.

    def handle(self, descriptor: int) -> Handle:
        """Return the handle of a descriptor."""
        if descriptor not in self.handles:
            raise _error(errno.EBADF)
        return self.handles[descriptor]

    def entry(self, path: str) -> Entry:
        """Return the file or folder at a path."""
        if path in self._folders:
            return self._folders[path]
        folder, name = self._parent(path)
        if name not in folder.names:
            raise _error(errno.ENOENT, path)
        return folder.names[name]

    def close_all(self, owner: int) -> None:
        """Close what a process has open, as the system does when it ends."""
        for descriptor in [number for number, handle in self.handles.items() if handle.owner == owner]:
            self.close(descriptor)

    def content(self, folder: str) -> dict[str, bytes]:
        """Return the content of each file in a folder, as programs see it."""
        names = self._folders[folder].names if folder in self._folders else {}
        return {name: bytes(entry.content) for name, entry in names.items() if isinstance(entry, File)}

    def is_synced(self, folder: str, name: str) -> bool:
        """Return True if a file survives a power cut for certain, as it is."""
        entry = self._folders[folder].names[name]
        return self._folders[folder].synced.get(name) is entry and isinstance(entry, File) and not entry.unsynced

    def fill(self, image: dict[str, dict[str, bytes]]) -> None:
        """Put folders with files on the platter."""
        for path, files in image.items():
            if path not in self._folders:
                self.make_folder(path)
            for name, content in files.items():
                file = File(self._number(), self.time(), content)
                file.links = 1
                self._folders[path].names[name] = file
        for folder in self._folders.values():
            folder.synced, folder.unsynced = folder.names.copy(), []

    def cut(self, random: Random, share: float) -> bool:
        """Let the power fail: nothing is open any more, and of what was not synced, `share` survives, about.

        Returns:
            True if anything was lost.
        """
        lost = False
        self.handles.clear()
        there: dict[str, Folder] = {ROOT: self._folders[ROOT]}
        waiting = [ROOT]
        self._free = []
        while waiting:
            path = waiting.pop()
            folder = there[path]
            folder.locked_by = None
            names = folder.synced.copy()
            for change in folder.unsynced:
                if random.random() < share:
                    names.pop(change.gone, None)
                    if change.entry is not None:
                        names[change.name] = change.entry
                else:
                    lost = True
            folder.names, folder.synced, folder.unsynced = names, names.copy(), []
            for name, entry in names.items():
                if isinstance(entry, Folder):
                    there[f"{path}/{name}"] = entry
                    waiting.append(f"{path}/{name}")
                    continue
                entry.locked_by, entry.handles = None, 0
                if entry.unsynced:
                    content = entry.survive(random, share)
                    lost = lost or content != entry.content
                    entry.content, entry.synced = bytearray(content), content
                    entry.unsynced, entry.failed = [], 0
                entry.mapped = False
                entry.number = self._number()
        self._folders = there
        self._count_links()
        return lost

    def _count_links(self) -> None:
        for folder in self._folders.values():
            for entry in folder.names.values():
                if isinstance(entry, File):
                    entry.links = 0
        for folder in self._folders.values():
            for entry in folder.names.values():
                if isinstance(entry, File):
                    entry.links += 1

    def _parent(self, path: str) -> tuple[Folder, str]:
        parent, _, name = path.rpartition("/")
        folder = self._folders.get(parent)
        if folder is None:
            raise _error(errno.ENOENT, path)
        return folder, name

    def _file(self, descriptor: int) -> tuple[Handle, File]:
        handle = self.handle(descriptor)
        if not isinstance(handle.entry, File):
            raise _error(errno.EISDIR, handle.path)
        return handle, handle.entry

    def _opened(self, handle: Handle) -> int:
        if isinstance(handle.entry, File):
            handle.entry.handles += 1
        self._descriptor += 1
        self.handles[self._descriptor] = handle
        return self._descriptor

    def _made(self) -> File:
        return File(self._number(), self.time())

    def _number(self) -> int:
        if self._free:
            return self._free.pop(0)
        self._numbers += 1
        return self._numbers

    def _let_go(self, file: File) -> None:
        if not file.links and not file.handles and file.number not in self._free:
            insort(self._free, file.number)

    def _changing(self, file: File, path: str) -> None:
        if file.mapped:
            self.faults.append(f"{path} changes, which somebody has mapped into memory")


def _status(entry: Entry) -> Status:
    if isinstance(entry, Folder):
        return Status(stat.S_IFDIR | 0o755, entry.number, 0, 0)
    return Status(stat.S_IFREG | 0o644, entry.number, len(entry.content), entry.modified, entry.links)


def _error(number: int, path: str = "") -> OSError:
    return OSError(number, os.strerror(number), path) if path else OSError(number, os.strerror(number))

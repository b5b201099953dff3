"""File systems in images, mounted on loop devices, whose power can be cut.

The cut is the `shutdown` call of the file system: from then on nothing reaches the image, as if the power had failed.
After the next mount, which replays the journal, the image has what was on the disk. All of this needs root on Linux.
"""

import fcntl
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random

_SHUTDOWN = 0x8004587D
"""_IOR('X', 125, u32), for ext4 and xfs: FS_IOC_SHUTDOWN."""

FLUSHES_JOURNAL, FLUSHES_NOTHING = 1, 2
"""Ways to cut the power: after all changes in memory of names and sizes have reached the journal, or just so."""

FILE_SYSTEMS = ("ext4", "xfs")

MEMORY = Path("/dev/shm")
"""A folder in memory, if there is one: an image there stands for a disk as well as one on a disk, and is faster."""

_MEGABYTES = {"ext4": 64, "xfs": 300}
"""The sizes of images, which are sparse. That of xfs is the least that it allows."""

_FEATURES: dict[str, tuple[tuple[str, ...], ...]] = {
    "ext4": ((), (), ("-b", "1024"), ("-O", "fast_commit")),
    "xfs": ((), ("-b", "size=1024")),
}
"""Options of mkfs, one of which each image is made with."""

_OPTIONS: dict[str, tuple[tuple[str, ...], ...]] = {
    "ext4": (
        ("data=ordered", "data=ordered", "data=writeback", "data=writeback", "data=writeback", "data=journal"),
        ("", "commit=1"),
        ("", "noauto_da_alloc"),  # the file system waits no longer for the data of a file that replaces another one
        ("", "", "nodelalloc"),
        ("", "", "journal_checksum"),
    ),
    "xfs": (("", "wsync"), ("", "logbsize=32k")),
}
"""Options of mount, one of each row. Barriers, by which a sync reaches the disk, always stay."""

_UNMOUNTING = 10.0
"""Seconds to wait for a file system that is still in use."""


class Image:
    """An image of a file system.

    Attributes:
        made_with: The options of mkfs.
    """

    def __init__(self, folder: Path, kind: str, random: Random | None = None) -> None:
        """Make the image.

        Args:
            folder: The folder for the image and the place where it is mounted.
            kind: One of `FILE_SYSTEMS`.
            random: Chooses features of the file system; None for the usual ones.
        """
        self.made_with = random.choice(_FEATURES[kind]) if random else ()
        self._kind = kind
        self._file, self._root = folder / "image", folder / "mounted"
        self._root.mkdir(exist_ok=True)
        self._file.unlink(missing_ok=True)
        with self._file.open("wb") as file:
            file.truncate(_MEGABYTES[kind] << 20)
        _run([f"mkfs.{kind}", "-q", *self.made_with, str(self._file)])

    def options(self, random: Random) -> str:
        """Return some options to mount the image with."""
        return ",".join(filter(None, ["noatime", *(random.choice(row) for row in _OPTIONS[self._kind])]))

    @contextmanager
    def mounted(self, options: str = "noatime") -> Iterator[Path]:
        """Mount the image within a `with` statement, which gets the folder; the loop device is detached with it."""
        _run(["mount", "-t", self._kind, "-o", f"loop,{options}", str(self._file), str(self._root)])
        try:
            yield self._root
        finally:
            self._unmount()

    def cut(self, way: int) -> None:
        """Cut the power of the mounted image; `way` is one of the two ways."""
        root = os.open(self._root, os.O_RDONLY)
        try:
            fcntl.ioctl(root, _SHUTDOWN, struct.pack("I", way))
        finally:
            os.close(root)

    def _unmount(self) -> None:
        until = time.monotonic() + _UNMOUNTING
        while subprocess.run(["umount", str(self._root)], capture_output=True, check=False).returncode:
            if time.monotonic() > until:  # nothing is left mounted, whatever holds it
                _run(["umount", "--lazy", str(self._root)])
                return
            time.sleep(0.05)


def missing(kind: str) -> str:
    """Return the reason why images cannot be mounted and cut here; an empty text if they can."""
    if sys.platform != "linux":
        return "the system is not Linux"
    if os.geteuid() != 0:
        return "only root can mount file systems"
    if absent := [program for program in (f"mkfs.{kind}", "mount", "umount") if shutil.which(program) is None]:
        return f"{absent[0]} is not installed"
    with tempfile.TemporaryDirectory() as folder:
        try:
            image = Image(Path(folder), kind)
            with image.mounted():
                image.cut(FLUSHES_NOTHING)
        except OSError as error:
            return f"a {kind} file system cannot be mounted on a loop device and shut down: {error}"
    return ""


def write_back(folder: Path, random: Random) -> None:
    """Have the system write some data of some files to the disk, which nobody has asked it to sync."""
    for path in sorted(folder.rglob("*")):
        if random.random() < 0.5 and path.is_file():
            with suppress(OSError):
                descriptor = os.open(path, os.O_RDONLY)
                try:
                    size = os.fstat(descriptor).st_size
                    begin, end = sorted((random.randrange(size + 1), random.randrange(size + 1)))
                    os.posix_fadvise(descriptor, begin, end - begin + 1, os.POSIX_FADV_DONTNEED)
                finally:
                    os.close(descriptor)


def _run(command: Sequence[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise OSError(f"{' '.join(command)}: {' '.join(done.stderr.split())}")

"""Opening the files of an index.

An index may come from somebody else, so its folder may hold anything in place of a file: a link to a file of the
user's, a pipe that is never written to, a device without an end. All files of an index are opened here, and only
regular files are, of the size that is expected. An error of the operating system is passed on as it is, since it says
nothing about damage.
"""

import errno
import mmap
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import IndexDamaged

SAFELY = os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
"""The flags with which every file of an index is opened: links are not followed, and pipes are not waited for."""

_NOT_REGULAR = "not a regular file"


def read_file(path: Path, most: int) -> bytes:
    """Return the content of a file of an index.

    Args:
        path: The file.
        most: The greatest size in bytes that the file may have. A larger one is not read.

    Raises:
        IndexDamaged: If the file is larger, or no regular file.
        OSError: If the file cannot be read.
    """
    with opened(path) as (descriptor, size):
        if size > most:
            raise IndexDamaged.at(path)
        content = b""
        while len(content) < size and (piece := os.read(descriptor, size - len(content))):
            content = content + piece if content else piece
        return content


def map_file(path: Path, size: int) -> tuple[mmap.mmap, int]:
    """Return a file of an index, mapped into memory for reading, and its inode.

    Args:
        path: The file.
        size: The size in bytes that the file must have, above 0.

    Raises:
        IndexDamaged: If the file has another size, or is no regular file.
        OSError: If the file cannot be read.
    """
    with opened(path) as (descriptor, found):
        if found != size or size <= 0:
            raise IndexDamaged.at(path)
        return mmap.mmap(descriptor, size, access=mmap.ACCESS_READ), os.fstat(descriptor).st_ino


@contextmanager
def opened(path: Path, flags: int = os.O_RDONLY) -> Iterator[tuple[int, int]]:
    """Open a file of an index within a `with` statement.

    Yields:
        The descriptor of the file and its size in bytes.

    Raises:
        IndexDamaged: If the file is no regular file.
        OSError: If the file cannot be opened or, within the statement, used. The error names the file.
    """
    descriptor = open_regular(path, flags)
    try:
        yield descriptor, os.fstat(descriptor).st_size
    except OSError as error:
        if error.filename is None:
            error.filename = str(path)
        raise
    finally:
        os.close(descriptor)


def open_regular(path: Path, flags: int) -> int:
    """Return the descriptor of a file of an index; see `opened`, except that the caller closes it."""
    try:
        descriptor = os.open(path, flags | SAFELY, 0o666)
    except OSError as error:
        is_link = error.errno == errno.ELOOP and path.is_symlink()
        if is_link or error.errno == errno.ENXIO:  # the latter is raised for sockets, and pipes that nobody reads
            raise IndexDamaged.at(path, _NOT_REGULAR) from None
        raise
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise IndexDamaged.at(path, _NOT_REGULAR)
    except BaseException as error:
        os.close(descriptor)
        if isinstance(error, OSError) and error.filename is None:
            error.filename = str(path)
        raise
    return descriptor


def write_file(path: Path, content: bytes) -> None:
    """Write a file of an index in the place of whatever stands there (see `clear`).

    Raises:
        OSError: If it cannot be written. The error names the file, which the system does not do for each function.
    """
    clear(path)
    try:
        path.write_bytes(content)
    except OSError as error:
        error.filename = str(path)
        raise


def clear(path: Path) -> None:
    """Remove what stands where a new file of an index is to be made.

    It may be left over from a writer that was interrupted. It may also be a link that somebody has laid there, by which
    the new file would replace another one.
    """
    path.unlink(missing_ok=True)  # not asked for before: an error of the question would be taken for "no"

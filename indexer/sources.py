"""Which files a user means by the paths given."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from jooya.indexer.errors import BadInput
from jooya.indexer.readers.reader import FORMATS
from jooya.indexer.readers.source import Source


def find(paths: Iterable[str | Path]) -> list[Source]:
    """The files at `paths`: those named, and in folders all of a known format, at any depth, in order.

    Raises BadInput where a path does not exist, before anything is read.
    """
    found: dict[Path, Source] = {}
    for path in map(Path, paths):
        if not path.exists():
            raise BadInput(f"{path}: no such file or folder")
        if not (path.is_dir() or path.is_file()):
            raise BadInput(f"{path}: neither a file nor a folder")  # a pipe would be waited for
        for file in _files(path) if path.is_dir() else [path]:
            location = absolute(file)
            found.setdefault(location, Source(location, Path(os.path.normpath(file)).as_posix()))
    return list(found.values())


def absolute(path: str | Path) -> Path:
    """Where `path` stands, links not followed: a document belongs to the folder it was found in."""
    return Path(os.path.abspath(path))  # noqa: PTH100


def _files(folder: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        folders.sort()
        files = (Path(parent, name) for name in sorted(names) if Path(name).suffix.lower() in FORMATS)
        yield from filter(Path.is_file, files)

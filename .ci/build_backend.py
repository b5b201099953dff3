"""The build backend: that of setuptools, with wheels that are the same whatever the umask and the owner of the files.

A wheel is a ZIP archive, which has the permissions of each file as they are where it is built. They are replaced here
by those that git knows: everybody may read a file, and run it if its owner may. All else in the archive stays as it is.
"""

import stat
import zipfile
from pathlib import Path
from typing import Any

from setuptools import build_meta
from setuptools.build_meta import (
    build_editable,
    build_sdist,
    get_requires_for_build_editable,
    get_requires_for_build_sdist,
    get_requires_for_build_wheel,
    prepare_metadata_for_build_editable,
    prepare_metadata_for_build_wheel,
)

__all__ = [
    "build_editable",
    "build_sdist",
    "build_wheel",
    "get_requires_for_build_editable",
    "get_requires_for_build_sdist",
    "get_requires_for_build_wheel",
    "prepare_metadata_for_build_editable",
    "prepare_metadata_for_build_wheel",
]


def build_wheel(
    wheel_directory: str, config_settings: dict[str, Any] | None = None, metadata_directory: str | None = None
) -> str:
    """Build a wheel in a folder and return its name."""
    name: str = build_meta.build_wheel(wheel_directory, config_settings, metadata_directory)
    _give_usual_permissions(Path(wheel_directory) / name)
    return name


def _give_usual_permissions(wheel: Path) -> None:
    """Write a wheel again in which each file has the permissions that a file has in git."""
    part = wheel.with_suffix(".part")
    with zipfile.ZipFile(wheel) as old, zipfile.ZipFile(part, "w") as new:
        for entry in old.infolist():
            content = old.read(entry)
            mode = entry.external_attr >> 16
            usual = 0o755 if mode & stat.S_IXUSR else 0o644
            entry.external_attr = (stat.S_IFREG | usual) << 16
            new.writestr(entry, content, entry.compress_type)
    part.replace(wheel)

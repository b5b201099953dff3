"""The build backend: that of setuptools, with wheels that are the same whatever the umask and the owner of the files.

A wheel is a ZIP archive, which has the permissions of each file as they are where it is built. They are replaced here
by those that git knows: everybody may read a file, and run it if its owner may. All else in the archive stays as it is.

An editable installation has the compiled core in the checkout, where all environments with one Python share it: it is
compiled for the first of them, and again if its sources have changed.
"""

import fcntl
import stat
import sysconfig
import zipfile
from pathlib import Path
from typing import Any

from setuptools import build_meta
from setuptools.build_meta import (
    build_sdist,
    get_requires_for_build_editable,
    get_requires_for_build_sdist,
    get_requires_for_build_wheel,
    prepare_metadata_for_build_editable,
    prepare_metadata_for_build_wheel,
)
from setuptools.command.build_ext import build_ext

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

CORE = Path("core")


def build_wheel(
    wheel_directory: str, config_settings: dict[str, Any] | None = None, metadata_directory: str | None = None
) -> str:
    """Build a wheel in a folder and return its name."""
    name: str = build_meta.build_wheel(wheel_directory, config_settings, metadata_directory)
    _give_usual_permissions(Path(wheel_directory) / name)
    return name


def build_editable(
    wheel_directory: str, config_settings: dict[str, Any] | None = None, metadata_directory: str | None = None
) -> str:
    """Build an editable wheel in a folder and return its name."""
    # Environments may be made side by side, and all builds write the same C++ file.
    with (CORE / "_compiled.pyx").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if _core_is_compiled():
            build_ext.build_extension = lambda *_: None
        name: str = build_meta.build_editable(wheel_directory, config_settings, metadata_directory)
    return name


def _core_is_compiled() -> bool:
    """Return True if the core in the checkout is for this Python, and newer than all that it is compiled from."""
    core = CORE / f"_compiled{sysconfig.get_config_var('EXT_SUFFIX')}"
    sources = [Path("pyproject.toml"), Path("requirements-dev.lock"), *CORE.glob("*.pyx"), *CORE.glob("*.pxi")]
    return core.exists() and core.stat().st_mtime > max(path.stat().st_mtime for path in sources if path.exists())


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

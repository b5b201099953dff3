"""The calls that decide what lasts: syncs, second names and renames."""

import os
from pathlib import Path

import pytest

from jooya.indexer.codec import toc


class Calls(list[str]):
    """These calls of the code under test, in order; paths are given below a folder."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__()
        real_sync, real_replace, real_second = toc.sync, Path.replace, toc.give_second_name

        def shown(path: Path) -> str:
            return os.path.relpath(path, folder)

        def sync(path: Path) -> None:
            self.append(f"sync {shown(path)}")
            real_sync(path)

        def replace(path: Path, to: Path) -> Path:
            self.append(f"{shown(path)} replaces {shown(to)}")
            return real_replace(path, to)

        def second(path: Path, to: Path) -> None:
            self.append(f"{shown(to)} names {shown(path)}")
            real_second(path, to)

        monkeypatch.setattr(toc, "sync", sync)
        monkeypatch.setattr(Path, "replace", replace)
        monkeypatch.setattr(toc, "give_second_name", second)

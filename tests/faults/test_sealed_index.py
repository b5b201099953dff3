"""With its key, an index is refused in which anything was altered, though all checksums are right."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from crafted_indexes import Files, Sound
from sealed_index import KEY, make, read_all

from jooya.indexer import IndexUnusable
from jooya.indexer.codec import toc


def test_every_altered_file_is_refused_though_its_checksums_are_right(tmp_path: Path) -> None:
    """Each section of each segment, the deletions and the user data; the table of contents is signed by no key."""
    sound = Sound(tmp_path / "sound", make)
    tried = 0
    for name, content in sound.files.items():
        crafts: list[Files] = []
        if name in sound.segments:
            for section in sound.apart(name).sections:
                segment = sound.apart(name)
                values = segment.sections[section].copy()
                if len(values):
                    values.view(np.uint8)[len(values) // 2] ^= 1
                    segment.sections[section] = values
                    crafts.append(sound.with_segment(name, segment))
        elif name != toc.NAME:
            altered = bytearray(content)
            altered[0] ^= 1
            crafts.append(sound.with_file(name, bytes(altered)))
        for files in crafts:
            path = tmp_path / "altered"
            for table in (files[toc.NAME], sound.files[toc.NAME]):
                shutil.rmtree(path, ignore_errors=True)
                path.mkdir()
                for other, what in {**files, toc.NAME: table}.items():
                    assert isinstance(what, bytes)
                    (path / other).write_bytes(what)
                with pytest.raises(IndexUnusable):
                    read_all(path, KEY)
                tried += 1
    assert tried > 100

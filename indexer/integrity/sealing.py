"""Giving an index an authentication code, and taking it away."""

from pathlib import Path

from ..codec import toc
from ..codec.committer import merge_into_segment, next_state, remove_unused_files, write_file
from ..codec.lock import WriteLock
from ..codec.merger import MergeSource
from ..codec.snapshot import Snapshot
from ..codec.toc import SegmentEntry
from .backup import is_sound
from .commits import check_files


def seal(folder: Path, key: bytes, wait: float) -> None:
    """Give the index in `folder` the authentication code of `key`, after checking all of it. This is a commit.

    Segments from before format 8, which have no digests, are written again. Nothing is done if the index has the code.

    Raises:
        IndexBusy: If another process is still writing after `wait` seconds.
        IndexUnusable: If the index is damaged, or has the code of another key.
        OSError: If the index cannot be written.
    """
    with WriteLock(folder, wait):
        snapshot = Snapshot.open(folder)
        if snapshot.toc.code:
            toc.read(folder, key)
            return
        check_files(snapshot)
        generation = snapshot.toc.generation + 1
        entries: list[SegmentEntry] = []
        try:
            for number, leaf in enumerate(snapshot.leaves):
                files = [file for file in (leaf.entry.file, leaf.entry.deletions) if file is not None]
                if all(file.digest and is_sound(folder / file.name, file) for file in files):
                    entries.append(leaf.entry)
                else:
                    source = MergeSource(leaf.segment, leaf.live)
                    entries += merge_into_segment(folder, f"{generation}-{number}", [source])
            state = next_state(snapshot.toc, generation, tuple(entries))
            data = state.commit_user_data
            if data is not None and not (data.digest and is_sound(folder / data.name, data)):
                content = snapshot.commit_user_data()
                state = state._replace(commit_user_data=write_file(folder / f"{generation}.attachment", content))
            toc.write(folder, state, key)
        finally:
            remove_unused_files(folder)


def unseal(folder: Path, key: bytes | None, wait: float) -> None:
    """Take the authentication code of the index in `folder` away. This is a commit.

    Args:
        folder: The folder of the index.
        key: The key of the index, by which its table of contents is authenticated once more; None if it is lost.
        wait: Seconds to wait for a writer.

    Raises:
        IndexBusy: If another process is still writing after `wait` seconds.
        IndexUnusable: If the index is damaged, or has the code of another key.
        OSError: If the index cannot be written.
    """
    with WriteLock(folder, wait):
        state = toc.read(folder, key)
        if state.code:
            toc.write(folder, next_state(state, state.generation + 1, state.segments))
            remove_unused_files(folder)

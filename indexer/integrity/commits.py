"""The commits of an index that are kept: listing them, returning to one, and setting aside those that are damaged."""

import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from ..boundary import reading
from ..codec import toc
from ..codec.committer import next_state, remove_unused_files
from ..codec.lock import WriteLock
from ..codec.sections import SectionFile
from ..codec.snapshot import Snapshot
from ..codec.toc import Toc
from ..errors import BadInput, IndexDamaged, IndexUnusable
from ..reports import Commit
from .preserved import new_folder
from .salvage import last_generation

_ATTEMPTS = 100

_HINT = "Index.commits lists those that are kept"


def commits(folder: Path, key: bytes | None = None) -> list[Commit]:
    """Return the commits of the index in `folder` that can be returned to, the last one first.

    Raises:
        FileNotFoundError: If there is no index.
        IndexUnusable: If the last commit is damaged, or not authentic.
    """
    snapshots: list[Snapshot | tuple[int, IndexUnusable]] = [Snapshot.open(folder, key=key)]
    last = snapshots[0]
    assert isinstance(last, Snapshot)
    for generation in reversed(toc.kept_generations(folder, last.toc)):
        try:
            snapshots.append(Snapshot.open_kept(folder, generation, key))
        except FileNotFoundError:  # a later commit has removed it meanwhile
            continue
        except IndexUnusable as error:
            snapshots.append((generation, error))
    named = Counter(name for one in snapshots if isinstance(one, Snapshot) for name in one.toc.files)
    found = []
    for one in snapshots:
        if isinstance(one, tuple):
            found.append(Commit(one[0], str(one[0]), None, 0, 0, 0, 0, one[1].problem))
            continue
        own = sum(file.size for name, file in one.toc.entries.items() if named[name] == 1)
        time = one.toc.time / 1000 or None
        found.append(Commit(one.toc.generation, one.toc.name, time, _documents(one), one.doc_count, one.toc.size, own))
    return found


def _documents(snapshot: Snapshot) -> int:
    """Return the number of documents: each has a digest, which is stored with its first passage."""
    count = 0
    for leaf in snapshot.leaves:
        is_first = leaf.segment.fields["digest"].numbers != 0
        count += int(np.count_nonzero(is_first if leaf.live is None else is_first & leaf.live))
    return count


def open_commit(folder: Path, commit: str | None, key: bytes | None = None) -> Snapshot:
    """Open a commit by its number, or by its name; None stands for the last one.

    Raises:
        BadInput: If it is not kept.
        FileNotFoundError: If there is no index.
        IndexUnusable: If it is damaged, or not authentic.
    """
    if commit is None:
        return Snapshot.open(folder, key=key)
    number = commit.partition("-")[0]
    if number.isascii() and number.isdecimal() and len(number) <= 16:
        found = _open(folder, int(number), key)
        if found is not None and commit in (number, found.toc.name):
            return found
    raise BadInput(f"{folder} does not keep a commit {commit!r}", _HINT)


def _open(folder: Path, generation: int, key: bytes | None) -> Snapshot | None:
    """Open a commit; None if it is not kept. A writer may make it an earlier one at any moment."""
    for _ in range(_ATTEMPTS):
        try:
            return Snapshot.open_kept(folder, generation, key)
        except FileNotFoundError:
            pass
        try:
            last = Snapshot.open(folder, key=key)
        except IndexDamaged:  # the last commit is no help
            return None
        if last.toc.generation == generation:
            return last
        if toc.kept_name(generation) not in os.listdir(folder):  # noqa: PTH208 (unlike `exists`, fails if it can't tell)
            return None
    return None


def return_to(folder: Path, commit: str, key: bytes | None, wait: float) -> Toc:
    """Make the state of an earlier commit the last one, in one step; return its table of contents.

    The commits since then stay as long as they are kept, so this can be undone. All of the earlier commit is checked
    first. The last commit may be damaged.

    Raises:
        BadInput: If the commit is not kept.
        IndexBusy: If another process is still writing after `wait` seconds.
        IndexUnusable: If the earlier commit is damaged, or not authentic.
        OSError: If the index cannot be written.
    """
    with WriteLock(folder, wait):
        try:
            last: Toc | None = toc.read(folder, key)
        except IndexDamaged:
            last = None
        found = open_commit(folder, commit, key)
        toc.check_writable(folder, last or found.toc, key)
        if last is not None and last.generation == found.toc.generation:
            return last
        check_files(found)
        generation = max(found.toc.generation, last.generation if last else last_generation(folder)) + 1
        state = next_state(found.toc, generation, found.toc.segments)
        toc.write(folder, state._replace(keep=last.keep if last else found.toc.keep), key)
        remove_unused_files(folder)
        return state


def check_files(snapshot: Snapshot) -> None:
    """Raise IndexDamaged unless all files of a snapshot are as they were written."""
    for leaf in snapshot.leaves:
        leaf.segment.file.check_all()
        leaf.segment.file.release()
    snapshot.commit_user_data()


def keep(folder: Path, count: int, key: bytes | None, wait: float) -> None:
    """Keep the last `count` commits from now on. This is a commit of its own unless they are kept already.

    Raises:
        IndexBusy: If another process is still writing after `wait` seconds.
        IndexUnusable: If the index is damaged, or not authentic.
        OSError: If the index cannot be written.
    """
    with WriteLock(folder, wait):
        state = toc.read(folder, key)
        toc.check_writable(folder, state, key)
        if state.keep == count:
            return
        toc.write(folder, next_state(state, state.generation + 1, state.segments)._replace(keep=count), key)
        remove_unused_files(folder)


def kept_problems(folder: Path, state: Toc, known: dict[str, str | None], key: bytes | None = None) -> dict[int, str]:
    """Check the files of the earlier commits; return what is wrong with those that are not sound, by their numbers.

    Args:
        folder: The folder of the index.
        state: The last commit.
        known: The files that have been checked, with the problem of each; None for sound ones.
        key: The key of the index.

    Raises:
        OSError: If a file is there and cannot be read.
    """
    problems: dict[int, str] = {}
    results = dict(known)
    for generation in reversed(toc.kept_generations(folder, state)):
        try:
            with reading(folder):
                snapshot = Snapshot.open_kept(folder, generation, key)
                for leaf in snapshot.leaves:
                    name = leaf.entry.file.name
                    if name not in results:
                        results[name] = _problem(leaf.segment.file)
                    if results[name]:
                        raise IndexDamaged.at(folder / name)
                snapshot.commit_user_data()
        except FileNotFoundError:  # a later commit has removed it meanwhile
            continue
        except IndexUnusable as error:
            problems[generation] = f"{error.problem}, which commit {generation} needs"
    return problems


def _problem(file: SectionFile) -> str | None:
    """Return what is wrong with a file; None if it is as it was written."""
    try:
        file.check_all()
    except IndexDamaged as error:
        return error.problem
    file.release()
    return None


def set_aside(folder: Path, generations: Iterable[int], wait: float, to: Path | None = None) -> tuple[Path, list[str]]:
    """Move the tables of contents of damaged earlier commits into a folder within `damaged`.

    The files that only they need are removed by the next writer.

    Args:
        folder: The folder of the index.
        generations: The numbers of the commits.
        wait: Seconds to wait for a writer.
        to: The folder that they are moved to; a new one if there is none.

    Returns:
        The folder, and the names of the files.

    Raises:
        IndexBusy: If another process is still writing after `wait` seconds.
        OSError: If they cannot be moved.
    """
    with WriteLock(folder, wait):
        there = set(os.listdir(folder))  # noqa: PTH208 (unlike iterdir, one call of the system)
        names = [name for name in map(toc.kept_name, generations) if name in there]
        to = to or new_folder(folder)
        for name in names:
            toc.give_second_name(folder / name, to / name)
        toc.sync(to)  # before the first names go: whatever fails, each file has one of the two
        for name in names:
            (folder / name).unlink()
        toc.sync(folder)
    return to, names

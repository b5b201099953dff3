"""Faults of the protocol, planted one at a time, each of which the simulation must find.

Each is a change of a line or two of a production function, made in memory. So a change of that function that makes a
plant impossible fails loudly.
"""

import inspect
import textwrap
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import FunctionType, ModuleType
from typing import Any, NamedTuple

from jooya.indexer.codec import committer, lock, snapshot, toc
from jooya.indexer.ingest import watch
from jooya.indexer.integrity import backup, preserved, repair
from jooya.indexer.whoosh import column_writer


class Plant(NamedTuple):
    """A fault.

    Attributes:
        module: The module of the function.
        function: The function, or `Class.method`.
        line: A part of its source, which occurs once.
        instead: What is put in its place.
    """

    module: ModuleType
    function: str
    line: str
    instead: str


PLANTS = {
    "a segment is not synced": Plant(committer, "segment_entry", "    toc.sync(path)\n", ""),
    "deletions and user data are not synced": Plant(committer, "write_file", "    toc.sync(path)\n", ""),
    "the table is not synced": Plant(toc, "write", "    sync(temporary)\n", ""),
    "the names of new files are not synced before the table that lists them": Plant(
        toc, "write", "    sync(folder)  # the names of the segments, before the table that lists them\n", ""
    ),
    "the new name of the table is not synced": Plant(
        toc, "write", "    temporary.replace(path)\n    sync(folder)\n", "    temporary.replace(path)\n"
    ),
    "the table is renamed before it is synced": Plant(
        toc,
        "write",
        "    sync(temporary)\n    if toc.keep > 1:\n        _keep_present(folder, toc.generation)\n"
        "    sync(folder)  # the names of the segments, before the table that lists them\n"
        "    temporary.replace(path)\n    sync(folder)\n",
        "    if toc.keep > 1:\n        _keep_present(folder, toc.generation)\n"
        "    temporary.replace(path)\n    sync(path)\n    sync(folder)\n",
    ),
    "files are removed while an old table may come back": Plant(
        committer,
        "remove_unused_files",
        "            toc.sync(folder)  # otherwise a table that still names them may come back after a power failure\n",
        "            pass\n",
    ),
    "files are removed before the table is replaced": Plant(
        committer,
        "commit",
        "    toc.write(folder, state, snapshot.key)\n",
        "    for path in folder.iterdir():\n"
        "        if path.suffix in OWN_SUFFIXES and path.name not in state.files:\n"
        "            path.unlink()\n"
        "    toc.write(folder, state, snapshot.key)\n",
    ),
    "all files are removed when the table cannot be read": Plant(
        committer,
        "remove_unused_files",
        "        used = toc.needed_files(folder, toc.read(folder))\n",
        "        try:\n            used = toc.needed_files(folder, toc.read(folder))\n"
        "        except OSError:\n            used = set()\n",
    ),
    "the files of kept commits are removed": Plant(
        committer, "remove_unused_files", "toc.needed_files(folder, toc.read(folder))", "toc.read(folder).files"
    ),
    "the table of a commit is not kept": Plant(
        toc, "write", "    if toc.keep > 1:\n        _keep_present(folder, toc.generation)\n", ""
    ),
    "the time of the table may be that of the one before": Plant(
        toc, "write", "    _make_newer(temporary, path)\n", ""
    ),
    "a reader does not try again when a commit has removed a file": Plant(
        snapshot, "Snapshot.open", "if toc.read(folder, key) == state:", "if True:"
    ),
    "the lock is not refused": Plant(lock, "_acquired", "        return False\n", "        return True\n"),
    "the lock is removed when it is released": Plant(
        lock,
        "WriteLock.release",
        "    with suppress(OSError):  # it is closed all the same, and the commit is on the disk\n",
        "    with suppress(OSError):\n        os.unlink(self._file.name)\n    with suppress(OSError):\n",
    ),
    "the lock is released before the commit": Plant(
        column_writer, "ColumnWriter.commit", "    self._commit(", "    self._lock.release()\n    self._commit("
    ),
    "a writer reads the index before it has the lock": Plant(
        column_writer,
        "ColumnWriter.__init__",
        "    self._lock = WriteLock(folder, wait)\n",
        "    early = snapshot(folder)\n    self._open_snapshot = lambda _: early\n"
        "    self._lock = WriteLock(folder, wait)\n",
    ),
    "an error does not say that the index has the changes": Plant(
        column_writer, "ColumnWriter._became", "if not self._snapshot.is_current():", "if False:"
    ),
    "user data have the same name in each commit": Plant(
        committer, "commit", 'f"{generation}.attachment"', '"user.attachment"'
    ),
    "a repair gives the names of files that are there": Plant(
        repair,
        "_DamagedIndex._open",
        "generation=max(state.generation, last_generation(folder))",
        "generation=state.generation",
    ),
    "a repair keeps nothing": Plant(
        preserved,
        "Preserved.add",
        "            toc.give_second_name(self._index / name, folder / name)\n",
        "            pass\n",
    ),
    "the name of the folder of damaged files is not synced": Plant(
        preserved, "new_folder", "        toc.sync(parent)\n", "        pass\n"
    ),
    "a backup has a table before its segments": Plant(
        backup,
        "_copy",
        "    for file, pieces in _contents(snapshot):\n",
        "    toc.write(to, snapshot.toc)\n    for file, pieces in _contents(snapshot):\n",
    ),
    "a segment of a backup is not synced": Plant(backup, "write_whole", "        toc.sync(part)\n", ""),
    "the name of a new folder is not synced": Plant(toc, "make_folder", "        sync(path.parent)\n", ""),
    "a watch forgets an update that failed": Plant(
        watch, "watch", "            waits, due = True, time.monotonic() + retry\n            retry = min(2 * retry, "
        "_MOST_RETRY)\n            continue\n", "            continue\n",
    ),
}  # fmt: skip
"""The faults by what they do."""


def function_of(plant: Plant) -> FunctionType:
    """Return the production function that a fault changes."""
    owner: Any = plant.module
    for part in plant.function.split("."):
        owner = getattr(owner, part)
    found: FunctionType = getattr(owner, "__func__", owner)
    return found


FUNCTIONS = {name: function_of(plant) for name, plant in PLANTS.items()}
"""The production functions, before a simulation has put anything in their place."""


@contextmanager
def planted(
    name: str, plants: Mapping[str, Plant] = PLANTS, functions: Mapping[str, FunctionType] = FUNCTIONS
) -> Iterator[None]:
    """Plant a fault of a table within a `with` statement; `functions` has the production function of each."""
    plant, function = plants[name], functions[name]
    source = textwrap.dedent(inspect.getsource(function))
    assert source.count(plant.line) == 1, f"{name}: {plant.function} has changed"
    made: dict[str, Any] = {}
    exec(compile(source.replace(plant.line, plant.instead), name, "exec"), plant.module.__dict__, made)
    changed = made[plant.function.split(".")[-1]]
    original = function.__code__
    # The function stays the same object, which others have imported, or have as a default.
    function.__code__ = getattr(changed, "__func__", changed).__code__
    try:
        yield
    finally:
        function.__code__ = original

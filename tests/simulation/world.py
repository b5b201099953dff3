"""The world of a simulated run, which its processes share."""

from pathlib import Path
from typing import NamedTuple

from history import INDEX, History, State
from machine import Actor, Machine, Violated
from simulated_disk import ROOT

from jooya.indexer import IndexBusy, IndexDamaged, IndexUnusable
from jooya.indexer.codec import toc

FOLDER = Path(INDEX)
"""The folder of the index."""

COPIES = f"{ROOT}/copies"
"""The folder of backups."""


class Copy(NamedTuple):
    """A backup that was made.

    Attributes:
        folder: Its folder.
        states: The states that it may have: one, or two after an update that has failed.
        is_whole: True if it has the user data, too.
    """

    folder: Path
    states: tuple[State, ...]
    is_whole: bool


class World:
    """The things that the processes of a run share.

    Attributes:
        machine: The machine.
        history: What the index must hold.
        copies: The backups whose calls have returned, by their folders.
        source: The version of the document that a watch keeps up to date.
        counts: How often things have happened that a trial must show.
        kept: The content of the files that the last repair found, none of which may be lost.
        repaired: The state that it commits.
        repairer: The number of the process that makes it.
    """

    def __init__(self, machine: Machine, history: History) -> None:
        self.machine = machine
        self.history = history
        self.random = machine.random
        self.copies: dict[Path, Copy] = {}
        self.source = 0
        self.counts = machine.counts
        self.kept: dict[str, bytes] = {}
        self.repaired: State | None = None
        self.repairer = 0

    def count(self, what: str) -> None:
        """Count that something has happened."""
        self.counts[what] = self.counts.get(what, 0) + 1

    def expect(self, actor: Actor, error: BaseException, faults: int) -> None:
        """Check that a process had to get an error.

        Args:
            actor: The process.
            error: The error.
            faults: How many of its calls had failed before.
        """
        if isinstance(error, IndexBusy):
            self.count("busy")
            return
        is_damage = isinstance(error, IndexUnusable | FileNotFoundError) and self.history.is_damaged
        is_fault = actor.faults > faults and not isinstance(error, IndexDamaged)
        if not is_damage and not is_fault:
            raise Violated(f"{actor.name} gets {error!r}") from error

    def check_kept(self) -> None:
        """Check that no file that a repair has found is lost; later commits may remove those that were sound."""
        if self.repaired is None or self.history.current not in (self.repaired, self.repaired.parent):
            return
        found = [self.machine.disk.content(INDEX), *self._set_aside()]
        for name, content in self.kept.items():
            if not any(files.get(name) == content for files in found):
                raise Violated(f"a repair has lost the file {name}")

    def lock_taken(self) -> None:
        """Note that the process that runs has the lock.

        If it is another one than that of the last repair, it may remove files that were sound, and that only earlier
        commits need whose tables were set aside. What was set aside must stay.
        """
        self.history.lock_taken()
        actor = self.machine.running
        if (
            self.repaired is not None
            and self.history.current is self.repaired
            and actor
            and actor.process != self.repairer
        ):
            found = self._set_aside()
            self.kept = {
                name: content
                for name, content in self.kept.items()
                if any(files.get(name) == content for files in found)
            }

    def _set_aside(self) -> list[dict[str, bytes]]:
        disk = self.machine.disk
        if toc.DAMAGED not in disk.list(INDEX):
            return []
        return [disk.content(f"{INDEX}/{toc.DAMAGED}/{name}") for name in disk.list(f"{INDEX}/{toc.DAMAGED}")]

    def lets_others_run(self) -> None:
        """Wait for a random time."""
        self.machine.sleep(self.random.choice((0.0, 0.001, 0.01, 0.5)))

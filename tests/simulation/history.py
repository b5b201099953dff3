"""The history of an index: the states that processes have tried to give it, and which of them it had.

Each commit marks its state: its number is the commit user data, or the journal of it. So whoever reads a state knows
which one it should be, and what should be in it.
"""

import json
from collections.abc import Iterable
from pathlib import Path

from machine import Machine, Violated
from simulated_disk import ROOT
from tiny_segments import VERSIONS, numbers_of

from jooya.indexer.codec import toc
from jooya.indexer.codec.snapshot import Snapshot

INDEX = f"{ROOT}/index"
"""The folder of the index."""

_TABLE = f"{INDEX}/{toc.NAME}"


class State:
    """A state that a commit gives the index, or tries to.

    Attributes:
        mark: What the commit marks it with.
        parent: The state that it changes; None for the first one.
        documents: The number of each document by its key.
        user_data: The commit user data.
        is_current: True once its table of contents has replaced the one before.
        is_acknowledged: True once the commit has returned.
    """

    __slots__ = ("documents", "is_acknowledged", "is_current", "mark", "parent", "user_data")

    def __init__(self, mark: str, parent: "State | None", documents: dict[int, int], user_data: bytes) -> None:
        self.mark = mark
        self.parent = parent
        self.documents = documents
        self.user_data = user_data
        self.is_current = False
        self.is_acknowledged = False

    def follows(self, other: "State | None") -> bool:
        """Return True if this is another state, or one that was made of it."""
        state: State | None = self
        while state is not None and state is not other:
            state = state.parent
        return state is other

    def __repr__(self) -> str:
        return f"state {self.mark or 'at the beginning'} {sorted(self.documents.values())}"


class History:
    """The states of one index on one machine.

    Attributes:
        current: The state that the table of contents has; None before there is one.
        acknowledged: The last state whose commit has returned.
        states: All states by their marks.
        is_damaged: True if the index was damaged before the run, so that whoever reads it may say so.
    """

    def __init__(self, machine: Machine, first: State | None) -> None:
        self._machine = machine
        self.states: dict[str, State] = {}
        self.current = self.acknowledged = first
        self.is_damaged = False
        self._trying: dict[int, State] = {}
        self._lock_holders: dict[int, str] = {}
        self._number = 0
        self._returning: set[State] = set()
        while first is not None:
            first.is_current = first.is_acknowledged = True
            self.states[first.mark] = first
            self._number = max(self._number, int(first.mark[1:] or 0))
            first = first.parent
        machine.renaming = self._renaming
        machine.killed = self._killed

    # What writers say.

    def new_number(self) -> int:
        """Return a number that was not given yet."""
        self._number += 1
        return self._number

    def tries(self, parent: State | None, documents: dict[int, int], user_data: bytes | None = None) -> State:
        """Note that the process that runs tries to commit a new state; its mark becomes the user data if they change.

        Args:
            parent: The state that it changes.
            documents: What is in it.
            user_data: What the user data become; None if they stay, and the journal has the mark.
        """
        mark = f"c{self.new_number()}"
        kept = parent.user_data if parent else b""
        state = State(mark, parent, documents, kept if user_data is None else mark.encode())
        self.states[mark] = state
        self._trying[self._process()] = state
        return state

    def returns(self, to: State) -> State:
        """Note that the process that runs tries to return to an earlier state, from what is the last one by then."""
        state = State(to.mark, to, to.documents, to.user_data)
        self._returning.add(state)
        self._trying[self._process()] = state
        return state

    def acknowledge(self, state: State) -> None:
        """Note that a commit has returned."""
        if not state.is_current:
            raise Violated(f"a commit of {state} has returned, but it is not in the table of contents")
        state.is_acknowledged = True
        if self.acknowledged is None or state.follows(self.acknowledged):
            self.acknowledged = state
        self._machine.done("acknowledge")

    def failed(self, state: State, error: BaseException) -> None:
        """Check what the error of a commit says of the index."""
        note = " ".join(getattr(error, "__notes__", []))
        if "is as it was, or has all changes" in note:
            return
        if "is as it was" in note:
            is_right = not state.is_current
        elif "has all changes" in note:
            is_right = state.is_current
        else:
            raise Violated(f"the error of a commit does not say what became of the index: {error!r} {note}")
        if not is_right:
            raise Violated(f"an error says that the index {note}, which is wrong for {state}")

    def lock_taken(self) -> None:
        """Note that the process that runs has the lock."""
        process = self._process()
        others = {name for holder, name in self._lock_holders.items() if holder != process}
        name = self._machine.running.name if self._machine.running else "the trial"
        if others:
            raise Violated(f"{name} has the lock that {', '.join(others)} has")
        self._lock_holders[process] = name

    def lock_left(self) -> None:
        """Note that the process that runs is about to release the lock."""
        self._lock_holders.pop(self._process(), None)

    # What readers check.

    def state_of(self, snapshot: Snapshot) -> State:
        """Return the state that a snapshot has, after checking that it has all of it and nothing else."""
        mark = snapshot.toc.journal or snapshot.commit_user_data().decode()
        # A state that was returned to has the mark of the earlier one, and another number.
        state = self.states.get(f"{mark}@{snapshot.toc.generation}") or self.states.get(mark)
        if state is None:
            raise Violated(f"a reader sees a state that nobody has committed: {snapshot.toc}")
        self.check_content(snapshot, state)
        return state

    def check_content(self, snapshot: Snapshot, state: State, *, with_user_data: bool = True) -> None:
        """Check that a snapshot has all of a state and nothing else."""
        numbers = numbers_of(snapshot)
        if sorted(numbers) != sorted(state.documents.values()):
            raise Violated(f"a reader sees {sorted(numbers)} in {state}")
        if with_user_data and snapshot.commit_user_data() != state.user_data:
            raise Violated(f"a reader sees the user data {snapshot.commit_user_data()!r} in {state}")

    def check_seen(self, state: State, least: Iterable[State | None]) -> None:
        """Check that a reader may see a state, and that it comes after those that it had to see."""
        if not state.is_current:
            raise Violated(f"a reader sees {state}, which was never in the table of contents")
        for other in least:
            if other is not None and not state.follows(other):
                raise Violated(f"a reader sees {state}, which lacks {other}")

    def forget_processes(self) -> None:
        """Note that all processes are gone."""
        self._lock_holders.clear()
        self._trying.clear()

    def check_kept(self, current: State, folder: Path) -> int:
        """Check that the commits before the last one are kept that the index promises; return their number."""
        table = toc.read(folder)
        kept = [self.state_of(Snapshot.open_kept(folder, number)) for number in toc.kept_generations(folder, table)]
        expected: list[State] = []
        state = current.parent
        while state is not None and len(expected) < table.keep - 1:
            expected.insert(0, state)
            state = state.parent
        if kept != expected:
            raise Violated(f"before {current}, the index has to keep {expected}, and keeps {kept}")
        return len(kept)

    def check_recovered(self, state: State) -> None:
        """Check that an index may have a state after the power was cut."""
        self.check_seen(state, [self.acknowledged])
        for other in self.states.values():
            if other.is_acknowledged and not state.follows(other):
                raise Violated(f"{other} was acknowledged, and {state} lacks it")
            other.is_current = other.is_current and state.follows(other)
        self.current = state

    def _renaming(self, path: str, target: str) -> None:
        if target != _TABLE or self._machine.running is None:
            return
        process = self._process()
        if process not in self._lock_holders:
            raise Violated(f"{self._machine.running.name} replaces the table of contents without the lock")
        state = self._trying.get(process)
        if state is None:
            raise Violated(f"{self._machine.running.name} replaces the table of contents without a commit")
        if state in self._returning:
            state.parent = self.current
            table = self._machine.disk.content(INDEX)[path.rpartition("/")[2]]
            self.states[f"{state.mark}@{json.loads(table)['generation']}"] = state
        if state.parent is not self.current:
            raise Violated(f"{state} replaces {self.current}, and was made of {state.parent}")
        state.is_current = True
        self.current = state
        del self._trying[process]

    def _killed(self, process: int) -> None:
        self._lock_holders.pop(process, None)
        self._trying.pop(process, None)

    def _process(self) -> int:
        return self._machine.running.process if self._machine.running else 0


def changed(documents: dict[int, int], key: int, version: int) -> dict[int, int]:
    """Return documents with another version of one; 0 to remove it."""
    others = {other: number for other, number in documents.items() if other != key}
    return others | {key: key * VERSIONS + version} if version else others

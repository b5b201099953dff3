"""The world of a run with a simulated cluster: what its processes share, and what the index must hold."""

from collections.abc import Mapping
from typing import Any

from cluster_machine import ClusterMachine
from cluster_network import Network, Plan
from cluster_requests import Request
from machine import Violated

from jooya.indexer import EngineError, IndexBusy, JooyaError
from jooya.indexer.remote.address import Address, ConnectionOptions, Secrets
from jooya.indexer.remote.commit_state import COMMIT
from jooya.indexer.remote.connection import Connection
from jooya.indexer.remote.lease import _SKEW, SECONDS, LeaseLost

INDEX = "talks"
"""The name of the index."""

Documents = Mapping[str, tuple[str, ...]]
"""The ids of the passages of each document, by its key."""


class Commit:
    """A commit that a process makes, or tries to.

    Attributes:
        mark: The name that its journal has.
        parent: The commit that it changes; None for the empty index.
        documents: What is in it then.
        was_there: True once a primary copy had its state.
        is_acknowledged: True once the call has returned.
    """

    def __init__(self, mark: str, parent: "Commit | None", documents: Documents) -> None:
        self.mark = mark
        self.parent = parent
        self.documents = documents
        self.was_there = False
        self.is_acknowledged = False

    @property
    def ids(self) -> set[str]:
        """The ids of its passages."""
        return {name for names in self.documents.values() for name in names}

    def follows(self, other: "Commit | None") -> bool:
        """Return True if this is another commit, or one that was made of it."""
        commit: Commit | None = self
        while commit is not None and commit is not other:
            commit = commit.parent
        return commit is other

    def __repr__(self) -> str:
        return f"commit {self.mark or 'of nothing'} {sorted(self.ids)}"


class ClusterWorld:
    """The things that the processes of a run share.

    Attributes:
        machine: The scheduler.
        network: The network, and the cluster behind it.
        commits: All commits by their marks.
        acknowledged: The last commit whose call has returned.
        opened: How many writers were opened.
        losers: The processes whose last writer has lost its lease to another process.
        connections: The connection of each process.
    """

    def __init__(self, machine: ClusterMachine, plan: Plan) -> None:
        self.machine = machine
        self.network = Network(machine, plan, self._wrote)
        self.random = machine.random
        self.counts = machine.counts
        first = Commit("", None, {})
        first.was_there = True
        self.commits = {"": first}
        self.acknowledged = first
        self.opened = 0
        self.connections: dict[int, Connection] = {}
        self._of_write: dict[str, Commit] = {}
        self._renewed = 0.0
        self.losers: set[int] = set()

    def connection(self) -> Connection:
        """Return the connection of the process that runs."""
        process = self.machine.process
        if process not in self.connections:
            address = Address.parse(f"http://127.0.0.1:9200/{INDEX}")
            self.connections[process] = Connection(address, ConnectionOptions(), Secrets())
        return self.connections[process]

    def tries(self, parent: Commit, documents: Documents) -> Commit:
        """Note that the process that runs tries to make a commit."""
        mark = f"c{self.machine.number()}"
        commit = self.commits[mark] = Commit(mark, parent, documents)
        self.network.trying[self.machine.process] = commit
        return commit

    def acknowledge(self, commit: Commit) -> None:
        """Note that the call for a commit has returned."""
        self.network.trying.pop(self.machine.process, None)
        if not commit.was_there:
            raise Violated(f"the call for {commit} has returned, but its state was never there")
        self.counts["commits"] += 1
        commit.is_acknowledged = True
        if commit.follows(self.acknowledged):
            self.acknowledged = commit
        elif not self.acknowledged.follows(commit):
            raise Violated(f"{commit} and {self.acknowledged} were both made of {commit.parent}")

    def check_seen(self, mark: str, ids: set[str], least: Commit) -> Commit:
        """Check what a reader has seen: the content of one commit, which has what was acknowledged before."""
        commit = self.commits[mark]
        if not commit.was_there:
            raise Violated(f"a reader sees {commit}, which was never made")
        if ids != commit.ids:
            raise Violated(f"a reader sees {sorted(ids)} in {commit}")
        if not commit.follows(least):
            raise Violated(f"a reader sees {commit}, which lacks {least}")
        return commit

    def expect(self, error: JooyaError, faults: int) -> None:
        """Check that the process that runs had to get an error.

        Args:
            error: The error.
            faults: How often something had gone wrong for it before.
        """
        process = self.machine.process
        has_faults = self.network.faults_of(process) > faults
        if isinstance(error, LeaseLost):
            self.counts["lost leases"] += 1
            # A copy that is behind, and a network that is cut, may hide from a writer that it has replaced the state.
            is_hidden = self.network.is_behind or process in self.network.cut_off
            is_right = has_faults and (process in self.losers or is_hidden)
        elif isinstance(error, IndexBusy):
            self.counts["busy"] += 1
            is_right = self.opened > 1
        else:
            self.counts["other errors"] += 1
            is_right = isinstance(error, EngineError) and has_faults
        if not is_right:
            raise Violated(f"{self.machine.running and self.machine.running.name} gets {error!r}") from error

    def _wrote(self, request: Request, before: Any, now: Any) -> None:
        """Look at a state that has just replaced another one on the primary copy."""
        if not request.path.endswith(f"/{COMMIT}"):
            return
        lease, known = now["writer"].get("lease"), before and before["writer"].get("lease")
        if lease and known and lease["token"] != known["token"]:
            self.counts["take-overs"] += 1
            has_expired = self.machine.time(request.process) > known["expires"] + _SKEW
            is_unchanged = self.machine.clock - self._renewed >= SECONDS
            if not (has_expired or is_unchanged) and self.machine.lives(known["pid"]):
                raise Violated(
                    f"process {request.process} takes the lease of {known['pid']}, which has just renewed it"
                )
            if known["pid"] != request.process:
                self.losers.add(known["pid"])
        self._renewed = self.machine.clock
        commit = self._of_write[before["write"]] if before else self.commits[""]
        if before and now["state"]["number"] != before["state"]["number"]:
            before_it = self._of_write.get(now["write"])
            made: Commit | None = request.trying
            if made is None:
                raise Violated(f"process {request.process} replaces {commit} without a commit")
            if before_it is not made and made.parent is not commit:
                raise Violated(f"{made} replaces {commit}, and was made of {made.parent}")
            commit = made
            commit.was_there = True
        self._of_write[now["write"]] = commit

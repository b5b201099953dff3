"""The network between processes and a simulated cluster: it delays requests and loses, repeats and refuses them."""

from collections.abc import Callable, Collection, Mapping
from random import Random
from typing import Any, NamedTuple

from cluster_machine import ClusterMachine
from cluster_requests import Answer, Request, Requests, Wrote, error
from machine import Killed
from opensearchpy.exceptions import HTTP_EXCEPTIONS, ConnectionError, ConnectionTimeout, TransportError
from simulated_cluster import NODES, Cluster
from urllib3.exceptions import NewConnectionError

from jooya.indexer.remote.commit_state import META

_SHARES = (0.0, 0.0, 0.01, 0.03, 0.1)

_NO_CONNECTION: Any = None

_USUAL_DELAY = 0.02
"""The longest time that a request or an answer is on its way, in seconds, when nothing fails."""


_LATEST_ADDITION = 20.0
"""The longest delay, in seconds, of a request that adds passages: what comes after its repetition is not simulated."""


_PARTS = ("_doc/commit", "_doc/commit", "_bulk", "_bulk", "_delete_by_query", f"{META}/_search", f"{META}/_refresh")
"""The parts of paths of requests of which a plan chooses one."""

_FORCED_SECONDS = {"kill_at": (0.0,), "pause_at": (60.0, 120.0), "cut_at": (30.0, 80.0, 150.0)}
"""How long what is forced lasts."""


class Forced(NamedTuple):
    """A blow to the process that makes a certain request.

    Attributes:
        part: A part of the path of the request.
        after: How many of these requests are made until then.
        strike: The table of the plan that has what happens.
        is_after: True if it happens once the answer is there.
    """

    part: str
    after: int
    strike: str
    is_after: bool


class Plan:
    """A plan of all that goes wrong in a run, as the seed chooses.

    Attributes:
        not_sent: The share of requests that do not reach the cluster.
        refused: The share that the cluster is too busy for.
        lost: The share whose answer is lost; half of them are not carried out at all.
        late: The share that are carried out late, some of them after their client has given up.
        twice: The share that a proxy sends twice.
        lags: The longest time until the other copy has an operation, in seconds.
        kill_at: The numbers of the requests at which the process is killed that makes them.
        pause_at: The numbers at which it stands still, and for how many seconds.
        cut_at: The numbers at which its network is cut, and for how many seconds.
        fail_at: The numbers at which a node fails, and for how many seconds.
        forced: A part of the path of a request, a count, and what happens just before or after so many of them: it
            forces what chance alone would hardly ever reach.
    """

    def __init__(self, random: Random) -> None:
        """Draw a plan."""
        self.not_sent, self.refused, self.lost, self.late, self.twice = (random.choice(_SHARES) for _ in range(5))
        self.lags = random.choice((0.01, 0.01, 0.5, 3.0))
        most = random.choice((60, 200, 400))

        def events(counts: tuple[int, ...], *seconds: float) -> dict[int, float]:
            return {random.randrange(1, most): random.choice(seconds) for _ in range(random.choice(counts))}

        self.kill_at = events((0, 0, 1, 2), 0.0)
        self.pause_at = events((0, 0, 1, 2), 5.0, 25.0, 60.0, 120.0)
        self.cut_at = events((0, 0, 1, 2), 5.0, 30.0, 70.0, 150.0)
        self.fail_at = events((0, 0, 1, 2), 3.0, 20.0)
        self.forced = Forced("", 0, "", False)
        if random.random() < 0.6:
            strike = random.choice(("kill_at", "pause_at", "pause_at", "cut_at", "cut_at"))
            self.forced = Forced(
                random.choice(_PARTS), random.choice((1, 2, 3, 5, 8, 13)), strike, random.random() < 0.5
            )

    @property
    def is_quiet(self) -> bool:
        """True if nothing goes wrong."""
        shares = self.not_sent, self.refused, self.lost, self.late, self.twice
        return not (any(shares) or self.kill_at or self.pause_at or self.cut_at or self.fail_at or self.forced.after)


class Network:
    """The network.

    Attributes:
        cluster: The cluster.
        requests: Carries requests out.
        sent: The number of requests so far.
        faults: How often something went wrong for each process; what happens to a node counts for all, as process 0.
        trying: The commit that each process is trying.
        cut_off: The processes whose network was cut.
    """

    def __init__(self, machine: ClusterMachine, plan: Plan, wrote: Wrote) -> None:
        self._machine = machine
        self._plan = plan
        self._random = machine.random
        self.cluster = Cluster(machine.random)
        self.requests = Requests(machine, self.cluster, wrote)
        self.requests.are_missed = not plan.is_quiet
        self._cut_until: dict[int, float] = {}
        self.cut_off: set[int] = set()
        self.sent = 0
        self.faults: dict[int, int] = {}
        self.trying: dict[int, Any] = {}

    @property
    def is_behind(self) -> bool:
        """True if a copy may lack what another one had a moment ago."""
        return self._plan.lags > 0.1 or self.faults.get(0, 0) > 0

    def settle(self) -> None:
        """Let nothing go wrong from now on, and what is on its way arrive."""
        plan = self._plan
        plan.not_sent = plan.refused = plan.lost = plan.late = plan.twice = 0.0
        plan.kill_at, plan.pause_at, plan.cut_at, plan.fail_at = {}, {}, {}, {}
        plan.forced = Forced("", 0, "", False)
        self._machine.pass_time(300.0)
        self.requests.are_missed = False
        for index in self.cluster.indexes.values():
            for shard in index.shards:
                for copy in shard.copies:
                    copy.refresh()

    def faults_of(self, process: int) -> int:
        """Return how often something went wrong that a process may have felt."""
        return self.faults.get(process, 0) + self.faults.get(0, 0)

    def perform(self, request: Request, timeout: float, ignore: Collection[int]) -> Any:
        """Send a request for the process that runs, and return the answer, as the client of the engine does."""
        machine, random, plan = self._machine, self._random, self._plan
        self.sent += 1
        number = self.sent
        if number in plan.fail_at and not self.cluster.down:
            self._fail_node(plan.fail_at[number])
        is_before = random.random() < 0.5
        is_forced = self._is_forced(request)
        if is_forced and not plan.forced.is_after:
            self._force(number)
        if is_before:
            self._strike(number)
        machine.note(f"{request.method} {request.path} {dict(request.params) or ''}")
        if self._cut_until.get(request.process, 0.0) > machine.clock or random.random() < plan.not_sent:
            self._fault("not sent")
            if random.random() < 0.5:
                machine.sleep(min(timeout, 5.0))
                raise ConnectionTimeout("TIMEOUT", "timed out", "the network is cut")
            machine.sleep(0.01)
            raise ConnectionError("N/A", "refused", NewConnectionError(_NO_CONNECTION, "connection refused"))
        flight = _Flight()
        self._send(request, flight)
        if not is_before:
            self._strike(number)
        if not machine.wait(flight.is_over, timeout):
            self._fault("timed out")
            raise ConnectionTimeout("TIMEOUT", "timed out", "no answer")
        answer = flight.answer
        is_cut = self._cut_until.get(request.process, 0.0) > machine.clock
        if is_forced and plan.forced.is_after:
            self._force(number)
            self._strike(number)
        if answer is None or is_cut:
            raise ConnectionError("N/A", "connection lost", OSError("connection lost"))
        if answer.status >= 300 and answer.status not in ignore:
            raise HTTP_EXCEPTIONS.get(answer.status, TransportError)(answer.status, "refused", answer.content)
        return answer.content

    def _is_forced(self, request: Request) -> bool:
        """Return True if a request is the one to which the plan forces something to happen."""
        part, count, strike, is_after = self._plan.forced
        if not count or part not in request.path or (part.endswith("commit") and request.method != "PUT"):
            return False
        self._plan.forced = Forced(part, count - 1, strike, is_after)
        return count == 1

    def _force(self, number: int) -> None:
        strike = self._plan.forced.strike
        getattr(self._plan, strike)[number] = self._random.choice(_FORCED_SECONDS[strike])

    def _send(self, request: Request, flight: "_Flight") -> None:
        machine, random, plan = self._machine, self._random, self._plan
        delay = random.random() * _USUAL_DELAY
        if random.random() < plan.refused:
            self._fault("refused")
            refusal = error(random.choice((429, 503)), "rejected_execution_exception")
            machine.at(delay, lambda: flight.end(refusal))
            return
        keeps_answer = True
        if random.random() < plan.lost:
            self._fault("lost")
            keeps_answer = False
            machine.at(2.0 + random.random(), lambda: flight.end(None))
            if random.random() < 0.5:
                return
            machine.counts["lost answers"] += 1
        if random.random() < plan.late:
            self._fault("late")
            delay = random.choice((1.0, 10.0, 60.0)) * random.random()
            if _adds(request):
                delay = min(delay, _LATEST_ADDITION if keeps_answer else 1.0)
        machine.at(delay, lambda: self._arrive(request, flight if keeps_answer else _Flight()))
        if random.random() < plan.twice and not _adds(request):
            machine.counts["sent twice"] += 1
            self._fault("twice")
            machine.at(delay + random.random(), lambda: self._arrive(request, _Flight()))

    def _arrive(self, request: Request, flight: "_Flight") -> None:
        """Carry a request out on the primaries, and then on the other copies."""
        machine = self._machine
        answer = self.requests.carry_out(request)
        machine.note(f"{request.process}'s {request.method} {request.path}: {answer.status}")
        if answer.status == 503:
            self.faults[request.process] = self.faults.get(request.process, 0) + 1
        lag = self._random.random() * self._plan.lags if answer.operations else 0.0
        machine.at(lag, lambda: self._replicate(request, answer, flight))

    def _replicate(self, request: Request, answer: Answer, flight: "_Flight") -> None:
        is_lost = False
        for shard, operation in answer.operations:
            if shard.has(operation):
                shard.replicate(operation)
            else:
                is_lost = True
        if is_lost and not flight.is_over():
            # The primary is gone: the node that had sent the operation sends it to the next one, or gives up.
            self.faults[0] = self.faults.get(0, 0) + 1
            if self._random.random() < 0.5:
                self._machine.at(3.0, lambda: self._arrive(request, flight))
                return
            answer = error(503, "unavailable_shards_exception")
        self._machine.at(self._random.random() * _USUAL_DELAY, lambda: flight.end(answer))

    def _strike(self, number: int) -> None:
        """Let happen to the process that runs what the plan has for it."""
        machine, plan = self._machine, self._plan
        process = machine.process
        if number in plan.cut_at:
            self._fault("cuts")
            self.cut_off.add(process)
            self._cut_until[process] = machine.clock + plan.cut_at[number]
        if number in plan.pause_at:
            self._fault("stands still")
            machine.pause(process, plan.pause_at[number])
        if number in plan.kill_at:
            machine.kill(process)

    def _fail_node(self, seconds: float) -> None:
        machine, random = self._machine, self._random
        self.faults[0] = self.faults.get(0, 0) + 1
        machine.counts["failovers"] += 1
        node = random.choice(NODES)
        machine.note(f"{node} fails")
        self.cluster.fail(node)
        noticed = random.uniform(0.0, 2.9)
        machine.at(noticed, self.cluster.notice)
        machine.at(noticed + seconds, self.cluster.come_back)

    def _fault(self, kind: str) -> None:
        process = self._machine.process
        self.faults[process] = self.faults.get(process, 0) + 1
        self._machine.counts["faults"] += 1
        self._machine.note(f"fault: {kind}")


class _Flight:
    """A request that is on its way.

    Attributes:
        answer: The answer; None if it is lost.
    """

    def __init__(self) -> None:
        self._over = False
        self.answer: Answer | None = None

    def is_over(self) -> bool:
        return self._over

    def end(self, answer: Answer | None) -> None:
        if not self._over:
            self._over, self.answer = True, answer


class SimulatedTransport:
    """Stands for the transport of the client of the engine.

    Args:
        network: Returns the present network.
    """

    def __init__(self, network: Callable[[], Network], machine: Callable[[], ClusterMachine]) -> None:
        self._network = network
        self._machine = machine

    def perform_request(
        self,
        method: str,
        url: str,
        params: Mapping[str, Any] | None = None,
        body: bytes | None = None,
        timeout: float = 30.0,
        ignore: Collection[int] = (),
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """Send a request, and return the answer."""
        machine, network = self._machine(), self._network()
        process = machine.process
        if machine.running is None or machine.running.dead:
            raise Killed
        asked = Request(method, url, dict(params or {}), body or b"", process, network.trying.get(process))
        return network.perform(asked, timeout, ignore)

    def close(self) -> None:
        """Do nothing."""


def _adds(request: Request) -> bool:
    """Return True if a request adds passages, or what is beside the state."""
    return request.path == "/_bulk" and b'{"index":' in request.body

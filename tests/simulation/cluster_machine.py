"""A scheduler for processes that talk to a simulated cluster: one runs at a time, in an order that a seed chooses.

A process is production code in greenlets, one for each of its threads. Whatever waits, for an answer, a lock or a time,
comes here, and another thread runs on. What happens in the cluster and on its network are events with a time of their
own: they happen whether or not the process that has caused them still lives.
"""

from collections import Counter
from collections.abc import Callable
from heapq import heappop, heappush
from random import Random
from types import SimpleNamespace
from typing import Any

from greenlet import getcurrent, greenlet
from machine import Actor, Killed, Violated

_STEP = 50e-6
"""Seconds that a thread takes until it waits again."""

_FIRST_TIME = 1_700_000_000
"""When a run begins, in seconds since 1970."""

_MOST_STEPS = 60_000
"""The steps after which a run that does not end has failed."""

_NEVER = float("inf")


class Task(Actor):
    """A thread of a process.

    Attributes:
        until: What it waits for; None for a time alone.
    """

    def __init__(self, name: str, process: int, run: Callable[[], None], hub: greenlet) -> None:
        super().__init__(name, process, run, hub)
        self.until: Callable[[], bool] | None = None


class ClusterMachine:
    """The scheduler, and the clocks of the machines.

    Attributes:
        random: The source of all chance.
        clock: Seconds since the run began.
        running: The thread that runs; None while the trial or the cluster does.
        steps: How often a thread has run.
        counts: How often things have happened that a trial must show.
        trace: What has happened, if `traced`.
        hosts: The machine of each process.
        offsets: What the clock of each machine is ahead, in seconds.
        dead: The processes that were killed.
    """

    def __init__(self, random: Random, *, traced: bool = False) -> None:
        self.random = random
        self.clock = 0.0
        self.running: Task | None = None
        self.steps = 0
        self.counts: Counter[str] = Counter()
        self.trace: list[str] | None = [] if traced else None
        self.hosts: dict[int, int] = {}
        self.offsets = [random.choice((0.0, 0.0, -15.0, 15.0)) for _ in range(2)]
        self.dead: set[int] = set()
        self.tasks: list[Task] = []
        self._waiting: list[Task] = []
        self._paused: dict[int, float] = {}
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._number = 0
        self._hub = getcurrent()

    @property
    def process(self) -> int:
        """The number of the process that runs; 0 while none does."""
        return self.running.process if self.running else 0

    def number(self) -> int:
        """Return a number that was not given yet."""
        self._number += 1
        return self._number

    def time(self, process: int) -> float:
        """Return the time on the machine of a process, in seconds since 1970."""
        return _FIRST_TIME + self.clock + self.offsets[self.hosts[process]]

    def start(self, name: str, run: Callable[[], None], process: int | None = None) -> Task:
        """Start a process, or a thread of the process with this number."""
        if process is None:
            process = 1000 + len(self.hosts)
            self.hosts[process] = self.random.randrange(len(self.offsets))
        task = Task(name, process, run, self._hub)
        self.tasks.append(task)
        self._waiting.append(task)
        return task

    def at(self, seconds: float, act: Callable[[], None]) -> None:
        """Let something happen in the cluster after so many seconds."""
        heappush(self._events, (self.clock + seconds, self.number(), act))

    def run(self) -> None:
        """Let all processes run until they end.

        Raises:
            BaseException: What a process has raised that none may raise.
        """
        while self._waiting:
            self._happen()
            ready = [task for task in self._waiting if self._is_ready(task)]
            if not ready:
                self._pass_time()
                continue
            task = ready[int(self.random.random() * len(ready))] if len(ready) > 1 else ready[0]
            self._resume(task)
            if task.greenlet.dead:
                self._waiting.remove(task)
                if task.error is not None:
                    self._end_all()
                    raise task.error

    def pass_time(self, seconds: float) -> None:
        """Let all that is due within so many seconds happen, while no process runs."""
        end = self.clock + seconds
        while self._events and self._events[0][0] <= end:
            self.clock = max(self.clock, self._events[0][0])
            self._happen()
        self.clock = end

    def wait(self, until: Callable[[], bool] | None = None, seconds: float | None = None) -> bool:
        """Let the thread that runs wait until something is so, or so many seconds; return True if it is so."""
        task = self.running
        if task is None:
            raise AssertionError("the trial itself does not wait")
        if task.dead:
            raise Killed
        task.wakes = _NEVER if seconds is None else self.clock + seconds
        task.until = until
        self._hub.switch()
        task.until = None
        if task.dead:
            raise Killed
        return until is not None and until()

    def sleep(self, seconds: float) -> None:
        """Let the thread that runs wait."""
        self.wait(None, seconds)

    def kill(self, process: int) -> None:
        """Kill a process with all its threads; the one that runs ends at once."""
        self.note("is killed")
        self.counts["kills"] += 1
        self.dead.add(process)
        self._paused.pop(process, None)
        for task in self.tasks:
            if task.process == process:
                task.dead, task.wakes = True, 0.0
        if self.process == process:
            raise Killed

    def pause(self, process: int, seconds: float) -> None:
        """Let a process stand still, as a machine that is out of memory or was suspended."""
        self.note(f"stands still for {seconds:.0f} s")
        self.counts["pauses"] += 1
        self._paused[process] = self.clock + seconds
        if self.process == process:
            self.sleep(0.0)

    def lives(self, process: int) -> bool:
        """Return True if a process has not ended."""
        return process not in self.dead and any(
            task.process == process and not task.greenlet.dead for task in self.tasks
        )

    def note(self, what: str) -> None:
        """Add a line to the trace."""
        if self.trace is not None:
            self.trace.append(f"{self.clock:9.3f} {self.running.name if self.running else 'cluster'}: {what}")

    def _is_ready(self, task: Task) -> bool:
        if self._paused and self._paused.get(task.process, 0.0) > self.clock:
            return False
        return task.wakes <= self.clock or (task.until is not None and task.until())

    def _happen(self) -> None:
        """Let happen what is due."""
        while self._events and self._events[0][0] <= self.clock:
            heappop(self._events)[2]()

    def _pass_time(self) -> None:
        """Go on to the next time at which anything can happen."""
        times = [max(task.wakes, self._paused.get(task.process, 0.0)) for task in self._waiting]
        times += [end for end in self._paused.values() if end > self.clock]
        if self._events:
            times.append(self._events[0][0])
        if min(times) == _NEVER:
            raise Violated(f"{', '.join(task.name for task in self._waiting)} wait for ever")
        self.clock = max(min(times), self.clock)

    def _resume(self, task: Task) -> None:
        self.steps += 1
        if self.steps > _MOST_STEPS:
            raise Violated(f"after {self.steps} steps, {task.name} still runs")
        self.clock += _STEP
        self.running = task
        task.greenlet.switch()
        self.running = None

    def _end_all(self) -> None:
        for task in self._waiting:
            task.dead = True
            if task.greenlet:
                self.running = task
                task.greenlet.throw(Killed)
        self.running = None
        self._waiting.clear()

    # What production code has in the place of threads.

    def threading(self) -> SimpleNamespace:
        """Return what stands for the module `threading`."""
        return SimpleNamespace(
            Thread=lambda target, name, daemon: _Thread(self, target, name),
            Event=lambda: _Event(self),
            RLock=lambda: _Lock(self),
        )

    def pool(self, threads: int, name: str) -> "_Pool":
        """Return what stands for a `ThreadPoolExecutor`."""
        return _Pool(self, threads, name)


class _Thread:
    def __init__(self, machine: ClusterMachine, target: Callable[[], None], name: str) -> None:
        self._machine = machine
        self._target = target
        self._name = name

    def start(self) -> None:
        machine = self._machine
        assert machine.running
        machine.start(f"{machine.running.name} {self._name}", self._target, machine.process)


class _Event:
    def __init__(self, machine: ClusterMachine) -> None:
        self._machine = machine
        self._set = False

    def set(self) -> None:
        self._set = True

    def is_set(self) -> bool:
        return self._set

    def wait(self, seconds: float) -> bool:
        return self._machine.wait(self.is_set, seconds)


class _Lock:
    """A lock that a thread may take again."""

    def __init__(self, machine: ClusterMachine) -> None:
        self._machine = machine
        self._owner: Task | None = None
        self._depth = 0

    def __enter__(self) -> None:
        task = self._machine.running
        if self._owner is not task:
            while self._owner is not None:
                self._machine.wait(lambda: self._owner is None)
            self._owner = task
        self._depth += 1

    def __exit__(self, *_: object) -> None:
        self._depth -= 1
        if not self._depth:
            self._owner = None


class _Future:
    def __init__(self, machine: ClusterMachine, act: Callable[[], None]) -> None:
        self._machine = machine
        self._act = act
        self._done = False
        self._error: BaseException | None = None

    def run(self) -> None:
        try:
            self._act()
        except Exception as error:
            self._error = error
        self._done = True

    def cancel(self) -> None:
        self._done = True

    def done(self) -> bool:
        return self._done

    def exception(self) -> BaseException | None:
        if not self._done:
            self._machine.wait(self.done)
        return self._error

    def result(self) -> None:
        error = self.exception()
        if error is not None:
            raise error


class _Pool:
    def __init__(self, machine: ClusterMachine, threads: int, name: str) -> None:
        self._machine = machine
        self._left = threads
        self._name = name
        self._working = 0
        self._waiting: list[_Future] = []

    def submit(self, act: Callable[..., None], *arguments: Any) -> _Future:
        future = _Future(self._machine, lambda: act(*arguments))
        self._waiting.append(future)
        if self._left:
            self._left -= 1
            _Thread(self._machine, self._work, self._name).start()
        return future

    def shutdown(self, *, cancel_futures: bool = False) -> None:
        if cancel_futures:
            while self._waiting:
                self._waiting.pop().cancel()
        if not self._is_idle():
            self._machine.wait(self._is_idle)

    def _is_idle(self) -> bool:
        return not self._waiting and not self._working

    def _work(self) -> None:
        self._working += 1
        while self._waiting:
            self._waiting.pop(0).run()
        self._working -= 1
        self._left += 1

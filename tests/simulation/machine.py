"""A simulated machine: processes that run one at a time, in an order that a seed chooses, with a disk and a clock.

A process is production code in a greenlet. Each of its calls to the operating system (see `simulated_calls`) comes
here first: another process may run on, the call may fail, the process may be killed, or the power may be cut. So one
seed is one run, always the same.
"""

import errno
import os
from collections.abc import Callable
from random import Random

from greenlet import getcurrent, greenlet
from simulated_disk import SimulatedDisk

ERRORS = (errno.EIO, errno.ENOSPC, errno.EACCES, errno.EMFILE, errno.EINTR, errno.ENOMEM)
"""The errors with which calls fail."""

_CALL = 50e-6
"""Seconds that a call takes."""

_FIRST_TIME = 1_700_000_000
"""When a run begins, in seconds since 1970."""

_NEVER = 1 << 60

_FAILING = (
    "fsync folder", "fsync folder", "fsync", "rename", "unlink", "stat", "open", "read", "link", "write",
)  # fmt: skip
"""The kinds of calls of which a plan chooses one to fail."""

_MOST_CALLS = 20_000
"""The calls after which a run that does not end has failed."""


class Killed(BaseException):
    """Raised in a process that has been killed, at each call that it still tries, which has no effect."""


class Violated(BaseException):
    """Raised when something has happened that may never happen. No code catches it."""


class Actor:
    """A process, or one thread of it.

    Attributes:
        name: What it does, for messages.
        process: The number of its process.
        faults: How many of its calls have failed so far.
        error: The violation or the unexpected exception that ended it.
    """

    def __init__(self, name: str, process: int, run: Callable[[], None], hub: greenlet) -> None:
        self.name = name
        self.process = process
        self.faults = 0
        self.error: BaseException | None = None
        self.dead = False
        self.wakes = 0.0
        self.calls_left = 0
        self.is_slow = False
        self.greenlet = greenlet(self._run, hub)
        self._to_run = run

    def _run(self) -> None:
        try:
            self._to_run()
        except Killed:
            if not self.dead:
                raise
        except BaseException as error:  # the trial reports it
            if not self.dead:
                self.error = error


class Plan:
    """A plan of all that goes wrong in a run, and of how processes take turns, as the seed chooses.

    Attributes:
        turn: How many calls a process makes at a time, on average.
        error_gap: The mean number of calls between two that fail; 0 if none fails.
        kill_at: The numbers of the calls at which a process is killed.
        cut_at: The number of the call at which the power is cut; 0 if it is not.
        cut_after: A kind of call and a count: the power is cut after so many of them.
        fail_at: A kind of call and a count: this call fails. It forces what chance alone would hardly ever reach.
        cut_after_error: The number of calls from a failure to a power cut; 0 for none.
        share: How much of what was not synced survives that.
        clock_step: The nanoseconds between two different times of files.
        clock_jumps: True if the clock is set now and then.
    """

    def __init__(self, random: Random) -> None:
        """Draw a plan."""
        self.turn = random.choice((1, 1, 2, 5, 20))
        self.error_gap = random.choice((0, 0, 0, 300, 60, 20))
        self.fail_at = ("", 0)
        self.cut_after_error = 0
        if random.random() < 0.4:
            self.fail_at = (random.choice(_FAILING), 1 + int(random.expovariate(0.2)))
            if random.random() < 0.5:
                self.cut_after_error = random.randrange(1, 40)
        self.kill_at = [random.randrange(10, 400) for _ in range(random.choice((0, 0, 1, 3)))]
        self.cut_at = 0
        self.cut_after = ("", 0)
        how = 1.0 if self.cut_after_error else random.random()
        if how < 0.35:
            self.cut_at = random.randrange(1, 300)
        elif how < 0.7:
            kind = random.choice(("rename", "fsync", "fsync folder", "unlink", "open", "write", "acknowledge"))
            self.cut_after = (kind, random.choice((1, 1, 2, 3, 5, 8)))
        self.share = random.choice((0.0, 0.0, 0.3, 0.7, 0.95, 1.0))
        self.clock_step = random.choice((1, 4_000_000, 2_000_000_000, 2_000_000_000))
        self.clock_jumps = random.random() < 0.2


class Machine:
    """The machine.

    Attributes:
        random: The source of all chance.
        disk: The disk.
        clock: Seconds since it was started.
        running: The process that runs; None while the trial itself does.
        calls: The number of calls so far.
        has_power: False once the power was cut.
        counts: How often things have happened that a trial must show.
        trace: The calls so far, if `traced`.
        killed: Is called with the number of each process that is killed.
        renaming: Is called before a file gets another name.
    """

    def __init__(self, random: Random, plan: Plan, *, traced: bool = False) -> None:
        self.random = random
        self.plan = plan
        self.clock = 0.0
        self._clock_offset = 0.0
        self.disk = SimulatedDisk(self._file_time)
        self.running: Actor | None = None
        self.calls = 0
        self.has_power = True
        self.actors: list[Actor] = []
        self._waiting: list[Actor] = []
        self.counts = {"errors": 0, "kills": 0}
        self.trace: list[str] | None = [] if traced else None
        self.killed: Callable[[int], None] = lambda process: None
        self.renaming: Callable[[str, str], None] = lambda path, target: None
        self._hub = getcurrent()
        self._kills = sorted(plan.kill_at, reverse=True)
        self._cut_count = plan.cut_after[1]
        self._is_cut_due = False
        self._fail_kind, self._fail_count = plan.fail_at
        self._next_error = self._error_call()
        self._until = 0
        self._find_next()

    def start(self, name: str, run: Callable[[Actor], None], process: int | None = None) -> Actor:
        """Start a process, or a thread of the process with this number."""
        number = 1000 + len(self.actors) if process is None else process
        actor = Actor(name, number, lambda: run(actor), self._hub)
        actor.is_slow = self.random.random() < 0.1
        self.actors.append(actor)
        self._waiting.append(actor)
        return actor

    def run(self) -> None:
        """Let all processes run until they end, or the power is cut."""
        random = self.random
        waiting = self._waiting
        while waiting and self.has_power:
            ready = [actor for actor in waiting if actor.wakes <= self.clock]
            if not ready:
                self.clock = min(actor.wakes for actor in waiting)
                continue
            actor = ready[int(random.random() * len(ready))] if len(ready) > 1 else ready[0]
            if actor.is_slow and len(ready) > 1 and random.random() < 0.9:
                continue
            turn = self.plan.turn
            actor.calls_left = 1 if turn == 1 else 1 + int(random.expovariate(1 / turn))
            self._resume(actor)
            if actor.greenlet.dead:
                waiting.remove(actor)
                if actor.error is not None and not actor.dead:
                    break
        for actor in self.actors:
            if actor.greenlet:  # it has begun, and not ended
                self._end(actor)
        waiting.clear()
        self.running = None

    def _resume(self, actor: Actor) -> None:
        self.running = actor
        actor.greenlet.switch()
        self.running = None

    def _end(self, actor: Actor) -> None:
        actor.dead = True
        self.running = actor
        actor.greenlet.throw(Killed)
        self.running = None

    def call(self, kind: str, path: str) -> None:
        """Begin a call to the operating system.

        Raises:
            OSError: If it fails.
            Killed: If the process does not live to make it.
        """
        actor = self.running
        if actor is None:
            return
        if actor.dead:
            raise Killed
        self.calls += 1
        self.clock += _CALL
        actor.calls_left -= 1
        if actor.calls_left <= 0:
            self._hub.switch()
            if actor.dead:
                raise Killed
        if self.trace is not None:
            self.trace.append(f"{actor.name}: {kind} {path}")
        if kind == self._fail_kind:
            self._fail_count -= 1
            if self._fail_count == 0:
                self._next_error = self._until = self.calls
        if self._is_cut_due or self.calls >= self._until:
            self._event(actor, kind, path)

    def done(self, kind: str) -> None:
        """End a call: of some kinds, the plan counts how often they were made."""
        if kind == self.plan.cut_after[0] and self.running is not None:
            self._cut_count -= 1
            if self._cut_count == 0:
                self._is_cut_due = True

    def sleep(self, seconds: float) -> None:
        """Let the process that runs wait."""
        actor = self.running
        if actor is None:
            return
        if actor.dead:
            raise Killed
        self.calls += 1
        if self.calls > _MOST_CALLS:
            raise Violated(f"after {self.calls} calls, {actor.name} still waits")
        actor.wakes = self.clock + seconds
        self._hub.switch()
        if actor.dead:
            raise Killed

    def kill(self, process: int) -> None:
        """Kill a process with all its threads; the one that runs ends at once."""
        self.counts["kills"] += 1
        for actor in self.actors:
            if actor.process == process:
                actor.dead = True
        self.disk.close_all(process)
        self.killed(process)
        running = self.running
        for actor in self.actors:
            # A greenlet cannot end another one from within: it ends when it is given its turn.
            if actor.process == process and actor is not running:
                actor.wakes = 0.0
        if running is not None and running.dead:
            raise Killed

    def settle(self) -> None:
        """Let nothing fail from now on."""
        self._kills, self._cut_count, self._is_cut_due = [], 0, False
        self.plan.cut_at = 0
        self.plan.clock_jumps = False
        self.stop_errors()

    def stop_errors(self) -> None:
        """Let no call fail from now on, and whatever else was planned happen."""
        self.plan.error_gap, self._next_error, self._fail_kind = 0, _NEVER, ""
        self._find_next()

    def _event(self, actor: Actor, kind: str, path: str) -> None:
        if self.calls > _MOST_CALLS:
            raise Violated(f"after {self.calls} calls, {actor.name} is still at {kind} {path}")
        if self._is_cut_due or (self.plan.cut_at and self.calls == self.plan.cut_at):
            self.has_power = False
            actor.dead = True
            raise Killed
        if self._kills and self.calls >= self._kills[-1]:
            self._kills.pop()
            self._find_next()
            self.kill(actor.process)
        if self.calls >= self._next_error:
            self._next_error = self._error_call()
            if self.plan.cut_after_error and self._fail_count <= 0 and self._fail_kind:
                self.plan.cut_at = self.calls + self.plan.cut_after_error
                self._fail_kind = ""
            self._find_next()
            if self.plan.clock_jumps:
                self._clock_offset += self.random.choice((-3600.0, -1.0, 1.0, 3600.0))
            self.counts["errors"] += 1
            actor.faults += 1
            number = self.random.choice(ERRORS)
            if self.trace is not None:
                self.trace.append(f"{actor.name}: {kind} fails with {errno.errorcode[number]}")
            raise OSError(number, os.strerror(number), *([path] if path else []))

    def _error_call(self) -> int:
        if not self.plan.error_gap:
            return _NEVER
        return self.calls + 1 + int(self.random.expovariate(1 / self.plan.error_gap))

    def _find_next(self) -> None:
        """Find the number of the next call at which something happens."""
        events = [self._next_error, _MOST_CALLS + 1]
        if self.plan.cut_at > self.calls:
            events.append(self.plan.cut_at)
        if self._kills:
            events.append(self._kills[-1])
        self._until = min(events)

    def _file_time(self) -> int:
        step = self.plan.clock_step
        return int((_FIRST_TIME + self._clock_offset + self.clock) * 1e9) // step * step

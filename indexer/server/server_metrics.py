"""The numbers of a server, as Prometheus reads them."""

import threading
from bisect import bisect_left
from collections import Counter
from pathlib import Path

from .. import IndexStatus

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""The upper bounds of the classes of times, in seconds."""


class ServerMetrics:
    """Counts requests by address and status, and their times by address."""

    def __init__(self) -> None:
        """Begin to count."""
        self._lock = threading.Lock()
        self._requests: Counter[tuple[str, int]] = Counter()
        self._times: Counter[tuple[str, int]] = Counter()
        self._seconds: dict[str, float] = {}

    def count(self, address: str, status: int, seconds: float) -> None:
        """Count a request.

        Args:
            address: The path of the endpoint, with the names of its parameters.
            status: The status of the answer.
            seconds: How long it took.
        """
        with self._lock:
            self._requests[address, status] += 1
            self._times[address, bisect_left(BUCKETS, seconds)] += 1
            self._seconds[address] = self._seconds.get(address, 0.0) + seconds

    def text(self, status: IndexStatus, running: int) -> str:
        """Return the numbers in the text format of Prometheus.

        Args:
            status: The status of the index.
            running: The number of requests that run or wait for a thread.
        """
        with self._lock:
            requests, times, seconds = dict(self._requests), dict(self._times), dict(self._seconds)
        lines = ["# HELP jooya_requests_total Requests that were answered.", "# TYPE jooya_requests_total counter"]
        lines += [
            f'jooya_requests_total{{address="{address}",status="{status}"}} {number}'
            for (address, status), number in sorted(requests.items())
        ]
        lines += ["# HELP jooya_request_seconds Time to answer.", "# TYPE jooya_request_seconds histogram"]
        for address, total in sorted(seconds.items()):
            done = 0
            for place, bound in enumerate((*map(str, BUCKETS), "+Inf")):
                done += times.get((address, place), 0)
                lines.append(f'jooya_request_seconds_bucket{{address="{address}",le="{bound}"}} {done}')
            lines.append(f'jooya_request_seconds_sum{{address="{address}"}} {total:.6f}')
            lines.append(f'jooya_request_seconds_count{{address="{address}"}} {done}')
        lines += _gauge("jooya_requests_running", "Requests that run or wait for a thread.", running)
        lines += _gauge("jooya_documents", "Documents in the index.", status.documents)
        lines += _gauge("jooya_passages", "Passages in the index.", status.passages)
        lines += _gauge("jooya_index_bytes", "Size of the index on disk.", status.size)
        lines += _gauge("process_resident_memory_bytes", "Memory of the process.", _resident_memory())
        return "\n".join(lines) + "\n"


def _gauge(name: str, help_text: str, value: int) -> list[str]:
    return [f"# HELP {name} {help_text}", f"# TYPE {name} gauge", f"{name} {value}"]


def _resident_memory() -> int:
    """Return the memory that the process has now, in bytes; 0 where the system does not say (macOS)."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) << 10

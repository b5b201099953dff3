"""The number of requests that one address may send."""

import ipaddress
from collections import OrderedDict
from collections.abc import Callable
from time import monotonic

from .problems import Problem

_SECONDS = 10.0  # an address may send the requests of so many seconds at once
_MOST_ADDRESSES = 10_000


class RequestRate:
    """Counts the requests of each address.

    Each has an allowance, which every request takes one from and which fills again as time passes.
    """

    def __init__(self, rate: float, clock: Callable[[], float] = monotonic) -> None:
        """Create the object.

        Args:
            rate: The number of requests a second that an address may send over ten seconds; 0 for any number.
            clock: The time in seconds.
        """
        self._rate = rate
        self._most = max(1.0, rate * _SECONDS)
        self._clock = clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, address: str) -> None:
        """Take a request of an address.

        Raises:
            Problem: It has sent too many.
        """
        if not self._rate:
            return
        now, who = self._clock(), _network(address)
        left, since = self._left.pop(who, (self._most, now))
        left = min(self._most, left + (now - since) * self._rate)
        self._left[who] = (max(left - 1, 0.0) if left >= 1 else left, now)
        if len(self._left) > _MOST_ADDRESSES:
            self._left.popitem(last=False)
        if left < 1:
            wait = max(1, round((1 - left) / self._rate))
            raise Problem(
                "too-many", f"more than {self._rate:g} requests a second", "send fewer", {"Retry-After": str(wait)}
            )


def _network(address: str) -> str:
    """Return what an address counts as: of IPv6 the first half, since everyone has many of one network."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    return address if found.version == 4 else str(ipaddress.ip_network((found, 64), strict=False))

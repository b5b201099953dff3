"""The memory that an open index takes for what queries read, where nobody says how much."""

import os
from pathlib import Path

from .defaults import CACHE_MEMORY

_CGROUP = Path("/sys/fs/cgroup/memory.max")  # the limit of a container


def cache_memory(size: int) -> int:
    """Return how many megabytes of postings to keep for the next queries of an index.

    This is half the size of the index, but no more than an eighth of the memory there is, and at least `CACHE_MEMORY`.

    Args:
        size: The size of the index in bytes.
    """
    return max(CACHE_MEMORY, min(size >> 21, _memory() >> 23))


def _memory() -> int:
    """Return the memory that processes here may take, in bytes; 0 if the system does not say."""
    try:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (OSError, ValueError):
        return 0
    try:
        limit = _CGROUP.read_text()
    except OSError:
        return memory
    return min(memory, int(limit)) if limit.strip().isdecimal() else memory

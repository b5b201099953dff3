"""Default values that several modules share."""

PASSAGE_WORDS = 80
"""Words in a passage. Sentences are grouped up to this many; one sentence may be twice as long before it is cut."""

INDEXING_MEMORY = 96
"""Megabytes of analyzed documents that are held before they are written to disk. A target, not an exact bound."""

CACHE_MEMORY = 128
"""Megabytes of postings that an open index keeps for the next queries, at least; see `cache_memory`."""

LOCK_WAIT = 10.0
"""Seconds that a writer waits while another process is writing to the index."""

MOST_JOBS = 64
"""The greatest number of processes that analyze documents."""

SERVER_HOST = "127.0.0.1"
"""The address that a server listens on."""

SERVER_PORT = 8765
"""The port that a server listens on."""

BODY_SIZE = 16
"""The greatest size of the body of a request, in megabytes."""

SERVER_THREADS = 4
"""Requests that a process of a server answers at the same time."""

SERVER_PROCESSES = 1
"""Processes that answer requests."""

WAITING_REQUESTS = 256
"""Requests that may wait for a thread."""

PATIENCE = 15.0
"""Seconds that a client may take to send a request, or to take the next part of an answer."""

MOST_REQUESTS = 50.0
"""Requests a second that a server which others reach takes from one address."""

LEAST_KEY = 16
"""The least number of bytes of the key of an index."""

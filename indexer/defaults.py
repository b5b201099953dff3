"""Default values that several modules share."""

PASSAGE_WORDS = 80
"""Words in a passage. Sentences are grouped up to this many; one sentence may be twice as long before it is cut."""

INDEXING_MEMORY = 96
"""Megabytes of analyzed documents that are held before they are written to disk. A target, not an exact bound."""

CACHE_MEMORY = 128
"""Megabytes of postings that an open index keeps for the next queries."""

LOCK_WAIT = 10.0
"""Seconds that a writer waits while another process is writing to the index."""

MOST_JOBS = 64
"""The greatest number of processes that analyze documents."""

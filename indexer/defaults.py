"""Default values of settings that several modules share."""

PASSAGE_WORDS = 80
"""Words in a passage: sentences are grouped up to this many. One sentence may be twice as long before it is cut."""

INDEXING_MEMORY = 96
"""Megabytes that analyzed documents may take before they are written out. A target, not an exact bound."""

CACHE_MEMORY = 128
"""Megabytes of postings that an open index keeps for the next queries."""

LOCK_WAIT = 10.0
"""Seconds that a writer waits while another process writes to the index."""

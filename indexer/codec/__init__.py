"""The index on disk: segments, the table of contents, commits, and the lock of the one writer.

This package does not import Whoosh, so that a search does not wait for it.
"""

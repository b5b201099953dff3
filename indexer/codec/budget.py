"""How much memory indexing takes if nothing else is said."""

MEMORY = 96
"""Megabytes (a budget, held roughly) for documents that wait to be written."""

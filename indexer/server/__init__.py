"""Serving an index over HTTP: an API of JSON, a page to search with, and tools for agents.

All of this needs the extra `jooya[server]`. Nothing here is imported unless something is served.
"""

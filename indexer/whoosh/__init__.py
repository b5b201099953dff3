"""Whoosh's interface to an index: schema, reader, writer, searcher and codec, and the translation of queries.

The classes whose names begin with `Column` are Jooya's implementations of Whoosh's classes, over the segments of
`codec`, which keep all data in columns of numbers.
"""

"""Whoosh's interface to an index: schema, reader, writer, searcher and codec, and the translation of queries."""

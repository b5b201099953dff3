"""Whoosh's side of the index: its schema, reader, writer and codec, and its queries as clauses."""

"""Ranking: the documents of a snapshot that match clauses, scored by BM25 and rescored, best first."""

"""From a query tree to ranked documents: BM25 over a snapshot of an index, exact, over arrays."""

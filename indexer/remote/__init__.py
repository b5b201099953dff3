"""An index on OpenSearch: analysis and the last ranking stay here, storage and the first ranking are the engine's."""

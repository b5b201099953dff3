"""An index on OpenSearch: the same analysis and the same order, beyond one machine."""

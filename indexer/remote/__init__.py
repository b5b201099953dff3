"""An index on a search engine elsewhere: OpenSearch, with the same analysis and the same order as a local index."""

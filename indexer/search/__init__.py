"""From scored documents to a page of hits: sorting, grouping, highlights, similar passages."""

"""From ranked passages to a page of hits: sorting, grouping, highlights, snippets, similar passages."""

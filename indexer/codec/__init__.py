"""What an index is on disk: segments of columns, a table of contents, and Whoosh's codec and writer over them."""

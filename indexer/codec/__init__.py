"""What an index is on disk: segments of columns, a table of contents, and the Whoosh codec and writer over them."""

"""The command line: a thin layer over the public API of `jooya.indexer`, a module for each group of commands."""

"""Files to documents, a module for each kind of file."""

"""Readers, which turn files into documents: a module for each format, and a table of which reads what (`formats`)."""

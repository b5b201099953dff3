"""Checking an index for damage, repairing it, and backing it up."""

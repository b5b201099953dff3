"""Checking an index for damage, repairing it and copying it."""

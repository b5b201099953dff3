"""Suggestions from the index's own words: spellings, the other keyboard layout, completions."""

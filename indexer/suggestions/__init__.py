"""Help for who searches: spellings, other keyboards, completions; all from the index's own words."""

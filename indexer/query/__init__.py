"""What a person typed, as a tree, and the tree as clauses and evidence to rank by."""

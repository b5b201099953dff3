"""From the text of a query to a tree, and from the tree to clauses and rescorers."""

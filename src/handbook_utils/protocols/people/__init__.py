"""Who takes part, under which code: screening, assignment, the key, labels, and what must not leave."""

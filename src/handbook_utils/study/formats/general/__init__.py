"""Forms that many programs write: BIOM, long tables, plain text."""

"""Recipes that begin with sequences: what each asks of the reader's files, what it computes, and what it says of it."""

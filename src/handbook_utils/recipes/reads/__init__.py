"""Recipes that begin with reads, with sequences or with the controls of a run."""

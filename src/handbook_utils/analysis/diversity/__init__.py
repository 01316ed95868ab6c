"""Diversity within a sample, and one number a person compared between groups."""

"""Distances between samples, maps of them, and tests of groups on them."""

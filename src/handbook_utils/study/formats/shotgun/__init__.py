"""Profiles of shotgun reads: one module a program."""

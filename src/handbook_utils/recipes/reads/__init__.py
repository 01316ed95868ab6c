"""Recipes that begin with reads."""

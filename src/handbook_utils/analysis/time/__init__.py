"""Repeated samples: before and after, courses, and changes."""

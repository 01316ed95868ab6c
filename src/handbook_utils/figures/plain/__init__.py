"""Charts for pages that everyone reads: one message each, the title; numbers and names stand at what they tell of.

Each module is one chart. It takes tidy data, the title and the reader's language, and returns a
:class:`~handbook_utils.figures.style.Drawn`: its text begins with the title and tells all that is drawn. A title tells
numbers that were computed, so that it stays true when a parameter changes.
"""

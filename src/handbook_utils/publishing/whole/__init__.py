"""A whole edition in one file: an EPUB, and a PDF by Chromium, made of its finished pages."""

"""Chapters: what there is, what each takes, what each must be, and what its results were.

A :class:`Chapter` is one notebook under ``notebooks/``. Its front matter and its parameters cell say all that the
machinery knows about it; nothing here knows what a chapter is about.
"""

from handbook_utils.chapters.catalogue import Catalogue, Chapter
from handbook_utils.chapters.parameters import check_parameters
from handbook_utils.home import handbook_root

__all__ = ["Catalogue", "Chapter", "check_parameters", "handbook_root"]

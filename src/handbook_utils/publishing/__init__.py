"""Publishing: the book in two languages, and the result folder of one run."""

from handbook_utils.publishing.book import BuildReport, build_book
from handbook_utils.publishing.translate import CatalogueReport, update_catalogues

__all__ = ["BuildReport", "CatalogueReport", "build_book", "update_catalogues"]

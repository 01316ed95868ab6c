"""How a chapter shows and keeps what it found; and tables that a spreadsheet cannot take for formulas."""

from handbook_utils.results.shown import Language, Results
from handbook_utils.text.spreadsheets import safe_for_spreadsheets

__all__ = ["Language", "Results", "safe_for_spreadsheets"]

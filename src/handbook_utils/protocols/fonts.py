"""The fonts of what is printed: they know more letters than reportlab's own."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

FONT, BOLD = "Handbook", "Handbook-Bold"


def register_fonts() -> None:
    """Make the fonts :data:`FONT` and :data:`BOLD` known to reportlab."""
    # reportlab's own fonts know Western European letters only; matplotlib brings one that knows more.
    folder = Path(mpl.get_data_path()) / "fonts" / "ttf"
    for name, file in ((FONT, "DejaVuSans.ttf"), (BOLD, "DejaVuSans-Bold.ttf")):
        if name not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(name, str(folder / file)))

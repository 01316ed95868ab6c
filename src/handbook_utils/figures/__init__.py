"""How the handbook's figures look: named plots, one module each, in one style, in colours that everyone can tell apart.

A named plot takes tidy data and the reader's language, and returns a :class:`~handbook_utils.figures.style.Drawn`: the
figure and its text, computed from the same data. A chapter shows it by ``out.figure(forest(…), "effects")``.
"""

from handbook_utils.figures.style import OKABE_ITO, Drawn, colours_for, use_style
from handbook_utils.figures.svg import svg_bytes

__all__ = ["OKABE_ITO", "Drawn", "colours_for", "svg_bytes", "use_style"]

use_style()  # of all figures, whoever draws them

"""How the handbook's figures look: one style, colour-blind-safe colours, sharp and repeatable SVG."""

from handbook_utils.figures.style import OKABE_ITO, colours_for, svg_bytes, use_style

__all__ = ["OKABE_ITO", "colours_for", "svg_bytes", "use_style"]

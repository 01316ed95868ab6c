"""One design for every recipe: what is compared, beside what, with which samples of whom, and what may be exchanged.

:func:`design_of` makes it from the same questions in every chapter, and refuses what no test can answer before
anything runs. A :class:`Design` knows who is in it and who was left out and why, the columns of its model, what a
permutation test may exchange, and how to say all that in words.
"""

from handbook_utils.analysis.design.exchange import Exchange, Orders
from handbook_utils.analysis.design.model import Design, design_of
from handbook_utils.analysis.design.questions import QUESTIONS, asked_in
from handbook_utils.analysis.design.terms import Term

__all__ = ["QUESTIONS", "Design", "Exchange", "Orders", "Term", "asked_in", "design_of"]

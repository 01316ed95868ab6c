"""What is asked of a person, in one form: by a chapter's parameters, by a study file, by a metadata standard.

A :class:`~handbook_utils.asking.question.Question` has a default or an example, never one value that is both. The
default holds wherever no other answer is given. The example is the answer of a bundled study: it is used on the book's
own page alone, and as soon as a file of the reader's or a study file is given, the question wants an answer of its own,
or is told to be none (:mod:`handbook_utils.asking.answers`).
"""

from handbook_utils.asking.answers import Answers, answered
from handbook_utils.asking.question import Question
from handbook_utils.asking.values import Value, written

__all__ = ["Answers", "Question", "Value", "answered", "written"]

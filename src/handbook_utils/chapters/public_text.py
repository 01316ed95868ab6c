"""Which text of a page is for the public, and so must be easy to read.

Prose pages are public as a whole; chapters without the sections of :data:`NOT_PUBLIC`, which are for students, teachers
and professionals.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

#: Sections of a chapter that are not written for the public.
NOT_PUBLIC = (
    "Parameters",
    "For the professional",
    "Check",
    "Exercise",
    "Teacher's notes",
    "Limits",
    "References",
)


def public_texts(source: str, dutch: Mapping[str, str]) -> list[str]:
    r"""Return the Dutch of what a page says to the public.

    Parameters
    ----------
    source : str
        The English page in Markdown.
    dutch : mapping of str to str
        The Dutch of each English text, as in the page's catalogue.

    Returns
    -------
    list of str
        Sentences and paragraphs; headings, labels and table cells of one or two words say nothing of reading ease and
        are left out.

    Examples
    --------
    >>> page = "# Gut\n\nMany live in\nyour gut.\n\n## Check\n\nNot for you, reader."
    >>> public_texts(page, {"Many live in your gut.": "Er wonen er veel in je darmen.",
    ...                     "Not for you, reader.": "Niet voor jou, lezer."})
    ['Er wonen er veel in je darmen.']
    """
    parts = re.split(r"^## (.+?)\s*$", source, flags=re.MULTILINE)
    kept = [parts[0], *(body for name, body in zip(parts[1::2], parts[2::2], strict=True) if name not in NOT_PUBLIC)]
    public = " ".join(" ".join(kept).split())
    return [text for english, text in dutch.items() if len(text.split()) > 2 and " ".join(english.split()) in public]

"""Which text of a page is for the public, and so must be easy to read.

Prose pages of :data:`PUBLIC_PROSE` are public as a whole; chapters for the public are so without the sections of
:data:`NOT_PUBLIC`, which are for students, teachers and professionals.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from handbook_utils.chapters.catalogue import Catalogue

#: Prose pages that are written for everyone.
PUBLIC_PROSE = ("book/for-everyone",)
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


def public_pages(catalogue: Catalogue) -> list[str]:
    """Return the pages for everyone, and the bilingual chapters that count the public among their readers.

    Parameters
    ----------
    catalogue : Catalogue
        Of the handbook.

    Returns
    -------
    list of str
        Names, as the table of contents has them.
    """
    chapters = [one for one in catalogue.chapters if "public" in one.audience and "nl" in one.languages]
    return [name for name in PUBLIC_PROSE if name in catalogue.files] + [f"notebooks/{one.slug}" for one in chapters]


def public_texts(source: str, said: Mapping[str, str]) -> list[str]:
    r"""Return what a page says to the public, in one language.

    Parameters
    ----------
    source : str
        The English page in Markdown.
    said : mapping of str to str
        What the page says for each English text: its Dutch as in the page's catalogue, or the English itself.

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
    source = re.sub(r"\A---\n.*?\n---\n", "", source, flags=re.DOTALL)
    parts = re.split(r"^## (.+?)\s*$", source, flags=re.MULTILINE)
    kept = [parts[0], *(body for name, body in zip(parts[1::2], parts[2::2], strict=True) if name not in NOT_PUBLIC)]
    public = " ".join(" ".join(kept).split())
    return [text for english, text in said.items() if len(text.split()) > 2 and " ".join(english.split()) in public]

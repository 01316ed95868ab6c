"""Diagnoses as people write them, in Dutch and English: which condition is meant, and of which it is a kind."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from handbook_utils import datasets

#: What a person writes behind a word that the vocabulary does not know, once it has been decided on.
ALLOWED, EXCLUDES = "allowed", "excludes"
_DECIDED = re.compile(r"(.+?)\s*\((allowed|excludes)\)", re.IGNORECASE)


def decided(text: str) -> tuple[str, str]:
    """Split a condition from the decision that a person wrote behind it.

    Parameters
    ----------
    text : str
        As it stands in the log.

    Returns
    -------
    tuple of str
        Condition, decision; the second may be empty.

    Examples
    --------
    >>> decided("tropical sprue (excludes)"), decided("asthma")
    (('tropical sprue', 'excludes'), ('asthma', ''))
    """
    found = _DECIDED.fullmatch(text.strip())
    return (found[1], found[2].casefold()) if found else (text.strip(), "")


def meant_by(text: str) -> tuple[str, ...]:
    """Return the condition a text means, and those it is a kind of; nothing where the vocabulary does not know it.

    Parameters
    ----------
    text : str
        One diagnosis, in any case, with or without accents.

    Returns
    -------
    tuple of str
        The condition first.

    Examples
    --------
    >>> meant_by("Ziekte van Crohn"), meant_by("coeliakie"), meant_by("Crohn’s disease (K50)")[0], meant_by("gnarl")
    (("Crohn's disease", 'inflammatory bowel disease'), ('coeliac disease',), "Crohn's disease", ())
    """
    words, parents = _vocabulary()
    plain = folded(text)
    concept = words.get(plain) or words.get(folded(re.sub(r"\([^)]*\)|\[[^]]*\]", "", text)))
    found: list[str] = []
    while concept:
        found.append(concept)
        concept = parents.get(concept, "")
    return tuple(found)


def folded(text: str) -> str:
    """Return a text as it is compared: without accents, marks and double blanks, in small letters.

    Parameters
    ----------
    text : str
        As somebody wrote it.

    Returns
    -------
    str
        Words with one blank between them.

    Examples
    --------
    >>> folded("  Crohn’s   Disease. ")
    'crohns disease'
    """
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)).casefold()
    return " ".join(re.sub(r"[^\w\s]", " ", re.sub(r"['’`]", "", plain)).split())


@lru_cache(maxsize=1)
def _vocabulary() -> tuple[dict[str, str], dict[str, str]]:
    table = datasets.frame("conditions").fillna("")
    words: dict[str, str] = {}
    for concept, others in zip(table["concept"], table["words"], strict=True):
        for word in (str(concept), *str(others).split("|")):
            words.setdefault(folded(word), str(concept))
    return words, {str(name): str(above) for name, above in zip(table["concept"], table["is_a"], strict=True) if above}

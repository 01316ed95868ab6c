"""Letters as they are compared: without their accents."""

from __future__ import annotations

import unicodedata


def without_accents(text: str) -> str:
    """Return a text without accents; letters that are one sign for two become two.

    Parameters
    ----------
    text : str
        As somebody wrote it.

    Returns
    -------
    str
        In its own capitals.

    Examples
    --------
    >>> without_accents("Bètadiversiteit, Ménière")
    'Betadiversiteit, Meniere'
    """
    return "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))

"""Where the Dutch of a page is kept, and what it says."""

from __future__ import annotations

from pathlib import Path

#: Each text of a page, with the line where it first stands (0: not known).
Messages = dict[str, int]


def catalogue_path(locale: Path, docname: str) -> Path:
    """Return where the Dutch of a page is kept.

    Parameters
    ----------
    locale : pathlib.Path
        The folder ``locale`` of a handbook.
    docname : str
        The page, from the book's root, without ending.

    Returns
    -------
    pathlib.Path
        A ``.po``, whether it is there or not.
    """
    return locale / "nl" / "LC_MESSAGES" / f"{docname}.po"


def catalogue_of(locale: Path, docname: str) -> dict[str, str]:
    """Return the Dutch of each text of a page, of what is translated.

    Parameters
    ----------
    locale : pathlib.Path
        The folder ``locale`` of a handbook.
    docname : str
        The page, from the book's root, without ending.

    Returns
    -------
    dict of str to str
        Dutch by English; empty where there is no catalogue.
    """
    import polib

    path = catalogue_path(locale, docname)
    if not path.is_file():
        return {}
    return {entry.msgid: entry.msgstr for entry in polib.pofile(str(path)) if entry.translated()}

"""Where the handbook's own files lie, and where what is made from them goes.

An installed wheel carries notebooks, data and pages of the book beside its code; a checkout has them at its top.
"""

from __future__ import annotations

import os
from pathlib import Path

from handbook_utils.errors import InputError

#: The table of contents: the folder that has it is a handbook.
TOC = "_toc.yml"
_PACKAGE = Path(__file__).resolve().parent
#: Where a wheel carries the handbook's files.
CARRIED = _PACKAGE / "_handbook"


def handbook_root() -> Path:
    """Return the handbook's folder.

    Returns
    -------
    pathlib.Path
        What ``HANDBOOK_ROOT`` names; else the checkout this package is installed from; else what the installed package
        carries; else the working directory, where that is a handbook.

    Raises
    ------
    InputError
        None of them has a ``_toc.yml``.
    """
    named = os.environ.get("HANDBOOK_ROOT")
    places = [Path(named)] if named else [_PACKAGE.parents[1], CARRIED, Path.cwd()]
    for place in places:
        if (place / TOC).is_file():
            return place
    raise InputError(
        "The handbook's files are not there.",
        where=str(places[0]),
        expected=f"a folder with {TOC}, notebooks/ and data/",
        remedy="Set HANDBOOK_ROOT to a clone of the handbook, or leave it out for what the package carries.",
    )


def build_folder(root: Path) -> Path:
    """Return where what is made goes: executed chapters, the site.

    Parameters
    ----------
    root : pathlib.Path
        The handbook's folder.

    Returns
    -------
    pathlib.Path
        ``_build`` in `root`; in the working directory where `root` is what an installed package carries, which is not
        to be written in.

    Examples
    --------
    >>> build_folder(Path("handbook")).as_posix()
    'handbook/_build'
    >>> build_folder(CARRIED) == Path.cwd() / "_build"
    True
    """
    return (Path.cwd() if root == CARRIED else root) / "_build"

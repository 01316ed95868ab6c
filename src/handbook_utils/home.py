"""Where the handbook's own files lie, and where what is made from them goes.

An installed wheel carries notebooks, data and pages of the book beside its code; a checkout has them at its top.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from handbook_utils.errors import InputError

#: The table of contents: the folder that has it is a handbook.
TOC = "_toc.yml"
_PACKAGE = Path(__file__).resolve().parent
#: Where a wheel carries the handbook's files.
CARRIED = _PACKAGE / "_handbook"
_OWN = (_PACKAGE.parents[1], CARRIED)


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
    places = [Path(named)] if named else [*_OWN, Path.cwd()]
    found = _first_with(TOC, places)
    if found is not None:
        return found
    raise InputError(
        "The handbook's files are not there.",
        where=str(places[0]),
        expected=f"a folder with {TOC}, notebooks/ and data/",
        remedy="Set HANDBOOK_ROOT to a clone of the handbook, or leave it out for what the package carries.",
    )


def data_folder() -> Path:
    """Return the folder of the bundled data.

    Returns
    -------
    pathlib.Path
        What ``HANDBOOK_DATA`` names; else ``data/`` of the package's own handbook, whichever handbook is worked on: the
        code that reads the data and the data belong together. It may not be there.
    """
    named = os.environ.get("HANDBOOK_DATA")
    return Path(named) if named else (_first_with("data", _OWN) or _OWN[0]) / "data"


def _first_with(name: str, places: Sequence[Path]) -> Path | None:
    return next((place for place in places if (place / name).exists()), None)


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

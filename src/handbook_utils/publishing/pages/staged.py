"""Tables of ``data/`` that pages are made from: copied into the stage of an edition, and read there."""

from __future__ import annotations

import csv
from pathlib import Path

#: What a stage gets a copy of.
TERMS, RATES = "terms.csv", "error-rates.csv"


def staged_rows(srcdir: str | Path, name: str) -> tuple[Path | None, list[dict[str, str]]]:
    """Read a table of a stage, or of the handbook's folder as a plain `jupyter-book build` has it; it may be absent.

    Parameters
    ----------
    srcdir : str or pathlib.Path
        Where Sphinx reads.
    name : str
        Of the file: :data:`TERMS` or :data:`RATES`.

    Returns
    -------
    tuple of pathlib.Path or None and list of dict
        The file, and its rows by the names of the columns; none where there is no file.

    Examples
    --------
    >>> staged_rows("nowhere", TERMS)
    (None, [])
    """
    for path in (Path(srcdir) / name, Path(srcdir) / "data" / name):
        if path.is_file():
            with path.open(encoding="utf-8", newline="") as lines:
                return path, list(csv.DictReader(lines))
    return None, []

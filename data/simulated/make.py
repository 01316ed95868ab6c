"""Write table.csv.gz: the tables of simulated studies that pages of the handbook show (handbook_utils.analysis.stored).

Run it after a change of what is simulated, or of what is done with it: ``make trials`` (a minute or two). It executes
the code cells of every chapter that names the data set ``simulated``, and keeps each table that is asked for.
"""

from __future__ import annotations

import contextlib
import io
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd

from handbook_utils.analysis import stored
from handbook_utils.chapters import Catalogue, handbook_root

#: What stands in for the stored tables: from name, maker, number of studies and digest to a table.
Settle = Callable[[str, stored.Make, int, str], pd.DataFrame | None]


def chapters() -> Iterator[tuple[str, list[str]]]:
    """Give every chapter that shows stored tables, with its code."""
    for chapter in Catalogue.read(handbook_root()).chapters:
        if "simulated" in chapter.data:
            yield chapter.slug, [cell.source for cell in chapter.notebook().cells if cell.cell_type == "code"]


def executed(code: list[str], settle: Settle) -> None:
    """Execute code cells, in which what is asked of the stored tables is settled otherwise."""
    names: dict[str, object] = {"__name__": "__main__"}
    before = stored._settled
    stored._settled = settle
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            for source in code:
                exec(source, names)
    finally:
        stored._settled = before


def main() -> pd.DataFrame:
    """Make all tables."""
    rows: dict[str, dict[str, str]] = {}
    for slug, code in chapters():

        def settle(name: str, make: stored.Make, count: int, digest: str, slug: str = slug) -> pd.DataFrame:
            table = make(count).reset_index(drop=True)
            rows[name] = {"name": name, "chapter": slug, "asked": digest, "content": stored.packed(table)}
            print(slug, name, len(table), flush=True, file=sys.stderr)
            return table

        executed(code, settle)
    return pd.DataFrame(rows.values()).sort_values("name")


if __name__ == "__main__":
    packed = {"method": "gzip", "compresslevel": 9, "mtime": 0}  # no time of day in the file
    place = Path(__file__).with_name("table.csv.gz")
    main().to_csv(place, index=False, lineterminator="\n", compression=packed)

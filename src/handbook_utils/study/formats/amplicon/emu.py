"""Emu's tables of full-length 16S reads: of one sample, or several combined."""

from __future__ import annotations

from collections.abc import Sequence

from handbook_utils.study.choices import Choices
from handbook_utils.study.content import Content, sheet
from handbook_utils.study.formats.format import Format, header_of
from handbook_utils.study.formats.single import Row, reports
from handbook_utils.study.tables import Table

_RANKS = {"superkingdom": "k", "phylum": "p", "class": "c", "order": "o", "family": "f", "genus": "g", "species": "s"}


def _fits(content: Content) -> bool:
    """Whether a table begins with tax_id and abundance."""
    header = header_of(content)
    return header[:2] == ["tax_id", "abundance"] and "species" in header


def _rows(content: Content) -> list[tuple[int, Row]]:
    made = sheet(content)
    at = {name.strip(): n for n, name in enumerate(made.header)}
    amount = at.get("estimated counts", 1)
    rows = []
    for line, cells in made.rows:
        filled = [*cells, *[""] * (len(made.header) - len(cells))]
        names = [f"{letter}__{filled[at[rank]]}" for rank, letter in _RANKS.items() if rank in at]
        name = filled[at["species"]].strip() or next(
            (filled[at[r]] for r in reversed(_RANKS) if r in at and filled[at[r]]), ""
        )
        nothing = filled[0].strip() in ("unassigned", "unmapped", "mapped_unclassified") or not name
        rows.append(
            (
                line,
                Row(
                    "0" if nothing else filled[0],
                    "unassigned" if nothing else name,
                    filled[amount] or ("0" if nothing else ""),
                    "",
                    ";".join(names),
                ),
            )
        )
    return rows


def _join(contents: Sequence[Content], choices: Choices) -> Table:
    """Read the estimated reads of each species, or their shares where there are no others.

    Source: Emu README, "Output"; with ``--keep-counts`` there are counts.
    """
    counts = all("estimated counts" in header_of(content) for content in contents)
    # Emu's estimates are of an expectation, so they have fractions, and are abundances.
    table = reports(contents, choices, "Emu table", _rows, "abundances")
    table.notes.append(
        "The values are estimated counts with fractions." if counts else "The values are shares of the reads."
    )
    return table


FORMATS = [
    Format(
        "Emu table",
        "Emu (abundance)",
        "3.4 and 3.5",
        "the columns tax_id and abundance in front, with a species",
        "Emu README, Output",
        "tax_id\tabundance\tspecies\tgenus\tfamily\torder\tclass\tphylum\tsuperkingdom\testimated counts\n"
        "40520\t1.0\tBlautia obeum\tBlautia\tLachnospiraceae\tEubacteriales\tClostridia\tBacillota\tBacteria\t60.0\n",
        _fits,
        lambda content, choices: _join([content], choices),
        _join,
    )
]

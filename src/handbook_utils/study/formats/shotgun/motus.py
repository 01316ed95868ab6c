"""mOTUs' profiles: one, or several merged; reads of marker genes, or shares."""

from __future__ import annotations

import re
from collections.abc import Sequence

from handbook_utils.study.choices import Choices
from handbook_utils.study.content import Content, sheet
from handbook_utils.study.formats.columns import chosen
from handbook_utils.study.formats.format import Format
from handbook_utils.study.formats.nested import aside_of
from handbook_utils.study.lineages import is_lineage
from handbook_utils.study.tables import Table

_NO_SAMPLES = {"consensus_taxonomy", "ncbi_tax_id", "motu", "reference_mOTU", "#motu", "#consensus_taxonomy", "mOTU"}


def _fits(content: Content) -> bool:
    """Whether a text has mOTUs' version in front, or its column of a consensus taxonomy."""
    return bool(re.match(r"# (?:git tag version|motus version)[^\n]*", content.head)) or bool(
        re.search(r"(?m)^#?(?:mOTU\t)?consensus_taxonomy\t", content.head[:5000])
    )


def _read(content: Content, choices: Choices) -> Table:
    """Read mOTUs; what is unassigned is left out, and told.

    Source: mOTUs 3 wiki, "Profile one sample" and "Merge profiles into a table".
    """
    whole = sheet(content, choices)
    header = [name.strip() for name in whole.header]
    taken = [
        n for n, name in enumerate(header) if n and name.lstrip("#") not in _NO_SAMPLES and name not in _NO_SAMPLES
    ]
    lineage = next((n for n, name in enumerate(header) if name.lstrip("#") == "consensus_taxonomy"), None)
    rows, unnamed = [], []
    for line, cells in whole.rows:
        if cells[0].strip() in ("unassigned", "-1"):
            unnamed.append((line, cells))
        else:
            rows.append((line, cells))
    whole.rows = iter(rows)
    named = lineage is not None and any(is_lineage(cells[lineage]) for _, cells in rows if lineage < len(cells))

    def id_of(cells: Sequence[str]) -> str:
        # mOTUs 2 has the names beside the numbers of its species, and 3 in one cell.
        own = cells[0].strip()
        return f"{cells[lineage].strip()} [{own}]" if lineage and not named and lineage < len(cells) else own

    table = chosen(
        whole,
        choices,
        "mOTUs profile",
        id_of,
        taken,
        [header[n] for n in taken],
        lineage=lineage if named else None,
        quantity=None,
    )
    table.notes += aside_of(unnamed, taken, "unassigned")
    return table


FORMATS = [
    Format(
        "mOTUs profile",
        "mOTUs",
        "2 and 3",
        "# … motus version in front, or the column consensus_taxonomy",
        "mOTUs 3 wiki, Profile one sample; Merge profiles into a table",
        "# git tag version 3.0.3 |  motus version 3.0.3 | map_tax 3.0.3 |\n# call: motus merge -i a,b\n"
        "#consensus_taxonomy\tS1\tS2\nBlautia obeum [ref_mOTU_v3_00001]\t10\t12\nunassigned\t50\t60\n",
        _fits,
        _read,
    )
]

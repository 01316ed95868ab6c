"""Pavian's comparison of samples: reads of clades or of taxa, a row a taxon."""

from __future__ import annotations

import re

from handbook_utils.study.choices import Choices
from handbook_utils.study.content import Content, sheet
from handbook_utils.study.formats.columns import chosen
from handbook_utils.study.formats.format import Format, header_of
from handbook_utils.study.tables import Table

_NO_SAMPLES = {
    "name",
    "rank",
    "taxrank",
    "tid",
    "taxid",
    "taxonid",
    "max",
    "lineage",
    "taxlineage",
    "overview",
    "mean",
    "sd",
}
_CODES = {"S": "species", "G": "genus", "F": "family", "O": "order", "C": "class", "P": "phylum", "D": "kingdom"}


def _fits(content: Content) -> bool:
    """Whether a table begins with name, rank and TID (or taxRank, taxID), as Pavian downloads it."""
    for sign in "\t,":
        header = [name.replace("_", "") for name in header_of(content, sign)]
        if (
            header[:1] == ["name"]
            and "genomesize" not in header
            and len(header) > 3
            and {"tid", "taxid", "taxonid"} & set(header)
            and {"rank", "taxrank"} & set(header)
        ):
            return True
    return False


def _read(content: Content, choices: Choices) -> Table:
    """Read the numbers of reads of the taxa of one rank.

    Source: Pavian, "Comparison", download as table.
    """
    whole = sheet(content, choices)
    words = [name.strip().casefold().replace("_", "") for name in whole.header]
    taken = [n for n, name in enumerate(words) if n and name not in _NO_SAMPLES]
    if any(whole.header[n].endswith(".cladeReads") for n in taken):
        taken = [n for n in taken if whole.header[n].endswith(".cladeReads")]
    samples = [re.sub(r"\.(?:cladeReads|taxonReads)$", "", whole.header[n].strip()) for n in taken]
    rank = next(n for n, name in enumerate(words) if name in ("rank", "taxrank"))
    wanted = choices.rank or "species"
    rows, others = [], 0
    for line, cells in whole.rows:
        code = cells[rank].strip() if rank < len(cells) else ""
        if _CODES.get(code, code.casefold()) == wanted:
            rows.append((line, [re.sub(r"^[a-z]_", "", cells[0].strip()), *cells[1:]]))
        else:
            others += 1
    whole.rows = iter(rows)
    path = next((n for n, name in enumerate(words) if name in ("lineage", "taxlineage")), None)
    if path is not None:
        # Pavian joins with > and puts a letter of the rank before each: -_root>d_Bacteria>p_Bacillota.
        rows = [(line, [*cells[:path], _lineage(cells[path]), *cells[path + 1 :]]) for line, cells in rows]
        whole.rows = iter(rows)
    table = chosen(whole, choices, "Pavian table", lambda cells: cells[0], taken, samples, lineage=path, quantity=None)
    table.notes.append(f"Rank {wanted}: {len(rows)} taxa kept, {others} of other ranks left out.")
    return table


def _lineage(text: str) -> str:
    parts = [re.sub(r"^([a-z])_(?!_)", r"\1__", part) for part in re.split(r"[>|;]", text) if not part.startswith("-_")]
    return ";".join(part for part in parts if part)


FORMATS = [
    Format(
        "Pavian table",
        "Pavian",
        "1.0 to 1.2",
        "the columns name, rank and TID (or taxRank, taxID) in front",
        "Pavian, Comparison: download as table",
        "name\trank\tTID\tMax\tS1\tS2\tlineage\n"
        "Blautia obeum\tS\t40520\t60\t60\t50\t-_root>d_Bacteria>s_Blautia obeum\n",
        _fits,
        _read,
    )
]

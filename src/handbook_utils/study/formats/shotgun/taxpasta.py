"""taxpasta's standard tables: several profiles merged (wide), with names, ranks and lineages where asked for."""

from __future__ import annotations

from handbook_utils.study.choices import Choices
from handbook_utils.study.content import Content, sheet
from handbook_utils.study.formats.columns import chosen
from handbook_utils.study.formats.format import Format, header_of
from handbook_utils.study.formats.reports import named_by_files, sample_of
from handbook_utils.study.lineages import lineages
from handbook_utils.study.tables import RANKS, Table

_NO_SAMPLES = {"taxonomy_id", "name", "rank", "lineage", "id_lineage", "rank_lineage"}


def _fits(content: Content) -> bool:
    """Whether a table begins with taxonomy_id and is not a long one."""
    header = next((found for sign in "\t," if (found := header_of(content, sign))[:1] == ["taxonomy_id"]), [])
    return len(header) > 1 and "sample" not in header


def _read(content: Content, choices: Choices) -> Table:
    """Read counts of taxa. A row with number 0 has no name, which is told.

    Source: taxpasta documentation, "Supported profilers, Output formats".
    """
    whole = sheet(content, choices)
    header = [name.strip() for name in whole.header]
    at = {name: n for n, name in enumerate(header)}
    taken = [n for n, name in enumerate(header) if name not in _NO_SAMPLES]
    samples = [header[n] for n in taken]
    if samples == ["count"]:
        samples = [sample_of(content.where)]
    rows = list(whole.rows)
    names = [cells[at["name"]].strip() if "name" in at and at["name"] < len(cells) else "" for _, cells in rows]
    twice = {name for name in names if names.count(name) > 1} if len(set(names)) < len(names) else set()

    def id_of(cells: list[str]) -> str:
        name = cells[at["name"]].strip() if "name" in at else ""
        return (
            name
            if name and name not in twice
            else f"{name or 'unassigned'} ({cells[0].strip()})"
            if "name" in at
            else cells[0].strip()
        )

    whole.rows = iter(rows)
    table = chosen(whole, choices, "taxpasta table", id_of, taken, samples, lineage=at.get("lineage"))  # type: ignore[arg-type]
    table.notes += named_by_files([content.where], samples) if samples != [header[n] for n in taken] else []
    if "rank_lineage" in at and "lineage" in at:
        table.taxonomy = lineages(
            [_with_ranks(cells[at["lineage"]], cells[at["rank_lineage"]]) for _, cells in rows], table.rows
        )
    # Without names at all, taxon 0 alone is known to be no taxon.
    nameless = [
        cells for (_, cells), name in zip(rows, names, strict=True) if (not name if "name" in at else cells[0] == "0")
    ]
    for cells in nameless:
        table.notes.append(
            f"Without a name: taxon {cells[0]} ({', '.join(cells[n] for n in taken[:6])}); kept as a feature."
        )
    return table


def _with_ranks(lineage: str, ranks: str) -> str:
    letters = dict(zip(RANKS, "kpcofgst", strict=True)) | {"superkingdom": "k", "domain": "d"}
    pairs = zip(lineage.split(";"), ranks.split(";"), strict=False)
    return ";".join(f"{letters[rank]}__{name}" for name, rank in pairs if rank in letters) or lineage


FORMATS = [
    Format(
        "taxpasta table",
        "taxpasta (standardise, merge --wide), nf-core/taxprofiler",
        "0.4 to 0.7",
        "taxonomy_id in the first cell",
        "taxpasta documentation, Output formats",
        "taxonomy_id\tname\trank\tlineage\tS1\tS2\n853\tFaecalibacterium prausnitzii\tspecies\troot;Bacteria\t10\t20\n"
        "0\t\t\t\t5\t5\n",
        _fits,
        _read,
    )
]

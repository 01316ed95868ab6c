"""kaiju2table's summary: a row for each taxon of each file, of one rank."""

from __future__ import annotations

from collections.abc import Sequence

from handbook_utils.study.choices import Choices
from handbook_utils.study.content import Content, sheet
from handbook_utils.study.formats.format import Format, header_of
from handbook_utils.study.formats.reports import sample_of
from handbook_utils.study.formats.single import Row, reports
from handbook_utils.study.tables import Table


def _rows(content: Content) -> list[tuple[int, Row]]:
    rows = []
    for line, cells in sheet(content).rows:
        file, _, reads, taxid, name = [*cells, *[""] * 5][:5]
        # With -p the name is a lineage of all ranks, which ends with a semicolon.
        parts = [part.strip() for part in name.split(";") if part.strip()]
        short = parts[-1] if parts else name
        lost = taxid in ("NA", "0") or short.startswith("cannot be assigned")
        lineage = ";".join(part for part in parts) if len(parts) > 1 else ""
        if lost:
            rows.append((line, Row(f"NA {short}", short, reads, "above", "", file)))
        else:
            rows.append((line, Row(taxid, short, reads, "", lineage, file)))
    return rows


def _join(contents: Sequence[Content], choices: Choices) -> Table:
    """Read the reads of each taxon; all rows are of the rank that kaiju2table was asked for.

    Source: Kaiju README, "Creating classification summary".
    """
    aside: dict[str, dict[str, float]] = {}
    for content in contents:
        for _, row in _rows(content):
            if row.rank == "above":
                by = aside.setdefault(row.name, {})
                try:
                    by[row.sample] = float(row.amount)
                except ValueError:
                    continue
    table = reports(contents, choices, "Kaiju summary", _rows, "counts")
    table.shorter = {name: sample_of(name) for name in table.rows}
    table.notes[0] = (
        f"Format: Kaiju summary of {len(table.rows)} samples, at the one rank that kaiju2table was asked for."
    )
    for name, amounts in aside.items():
        shown = ", ".join(f"{sample} {amount:g}" for sample, amount in list(amounts.items())[:4])
        table.notes.append(f"Left out, without a name: {name} ({shown}).")
    return table


FORMATS = [
    Format(
        "Kaiju summary",
        "Kaiju (kaiju2table)",
        "1.6 to 1.10",
        "the columns file, percent, reads, taxon_id and taxon_name",
        "Kaiju README, Creating classification summary",
        "file\tpercent\treads\ttaxon_id\ttaxon_name\nS1.out\t60.0\t60\t40520\tBlautia obeum\n"
        "S1.out\t10.0\t10\tNA\tunclassified\n",
        lambda content: header_of(content)[:5] == ["file", "percent", "reads", "taxon_id", "taxon_name"],
        lambda content, choices: _join([content], choices),
        _join,
    )
]

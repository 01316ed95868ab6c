"""MetaPhlAn's profiles: one, or several merged; shares, or estimated numbers of reads."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice

from handbook_utils.errors import InputError, InputErrors
from handbook_utils.study.cells.delimited import Sheet, in_text, ragged_lines
from handbook_utils.study.choices import Choices
from handbook_utils.study.content import Content
from handbook_utils.study.formats.format import Format
from handbook_utils.study.formats.nested import nested
from handbook_utils.study.formats.reports import named_by_files, sample_of
from handbook_utils.study.tables import Table

_NAME = "MetaPhlAn profile"
_CLADES = re.compile(r"^#?(?:clade_name|ID|SampleID|clade)\t")
#: Columns beside the samples: number of the taxon, and what read statistics and a single profile have.
_NO_SAMPLES = {
    *("NCBI_tax_id", "clade_taxid", "additional_species", "coverage", "average_genome_length_in_the_clade"),
    *("estimated_number_of_reads_from_the_clade", "estimated_reads_mapped_to_known_clades"),
}


def fits(content: Content) -> bool:
    """Whether a text is a MetaPhlAn profile: its version in front, or shares of clades at every rank.

    Parameters
    ----------
    content : Content
        Of a file.

    Returns
    -------
    bool
        By its first lines.
    """
    head = content.head
    if re.match(r"#mpa_v|#\S*metaphlan", head):
        return True
    begin = head[:5000].splitlines()
    header = any(re.match(r"#?(?:clade_name|SampleID|clade)\t|#?ID\t", line) for line in begin)
    clades = re.search(r"(?m)^(?:k__|UNCLASSIFIED|UNKNOWN)", head) and re.search(r"[|;]p__", head[:50_000])
    if re.search(r"(?m)^d__", head):  # Kraken's tools write this form with domains
        return "#clade_name" in head[:5000] and bool(re.search(r"\|p__", head))
    return header and bool(clades)


def _header(lines: Sequence[str], where: str) -> tuple[int, list[str]]:
    """Return the place of the header and its cells; of two headers (MetaPhlAn 2) the one with the samples."""
    found = [n for n, line in enumerate(lines) if _CLADES.match(line)]
    if any(line.startswith("M-Group") for line in lines):
        raise InputError(
            "This is MetaPhlAn's list of viruses, not a table of abundances.",
            where=where,
            expected="a profile, with lineages under clade_name",
            found="groups of viral genomes and how they are covered (--profile_vsc)",
            remedy="Give the profile that MetaPhlAn wrote beside it (-o).",
        )
    if not found:
        raise InputError(
            "This MetaPhlAn table has no header.",
            where=where,
            expected="a line that begins with clade_name",
            remedy="Give the file as MetaPhlAn wrote it.",
        )
    begins = [lines[n].lstrip("#").rstrip("\r\n").split("\t") for n in found]
    # The second header of MetaPhlAn 2 repeats one word; the line before a single profile's header names the sample.
    named = [len({*cells[1:]}) for cells in begins]
    width = max(map(len, begins))
    best = max(range(len(found)), key=lambda n: (len(begins[n]) == width, named[n], -n))
    return found[best], begins[best]


def _read(content: Content, choices: Choices) -> Table:
    """Read MetaPhlAn profiles at species level, or at the rank that is asked for.

    Source: MetaPhlAn 4 manual; ``merge_metaphlan_tables.py``.
    """
    top = list(islice(content.lines(), 60))
    at, header = _header(top, content.where)
    while len(header) > 2 and not header[-1]:
        header.pop()
    single = "relative_abundance" in header or (len(header) == 2 and header[-1].endswith("_Analysis"))
    taken = [n for n, name in enumerate(header) if n and name not in _NO_SAMPLES]
    names = [header[n] for n in taken]
    if single:
        stated = next((line.split("\t")[1].strip() for line in top[:at] if line.startswith("#SampleID\t")), "")
        names = [stated if stated and stated != "Metaphlan_Analysis" else sample_of(content.where)]
    rows = []
    ragged = []
    for number, line in enumerate(content.lines(), start=1):
        cells = line.rstrip("\r\n").split("\t")
        if number - 1 <= at or line.startswith("#") or not line.strip():
            continue
        if len(cells) <= max(taken):
            ragged.append(f"line {number} has {len(cells)}")
            continue
        # additional_species may hold tabs; what stands behind the samples is not read.
        rows.append(
            (number, [cells[0].replace(";", "|") if "|" not in cells[0] else cells[0], *(cells[n] for n in taken)])
        )
    if errors := ragged_lines(ragged, content.where, len(header)):
        raise InputErrors(errors)
    places = {n: m + 1 for n, m in enumerate(taken, start=2)}
    source = Sheet(
        ["clade_name", *names], iter(rows), lambda r, c: in_text(r, places.get(c, c)), content.where, _NAME, "\t", [""]
    )
    fractions = any("." in cell for _, cells in rows for cell in cells[1:])
    table = nested(source, choices, _NAME, shares=single or fractions or None)
    table.shorter = {name: name.removesuffix("_profile") for name in names}
    table.notes += named_by_files([content.where], names) if single else []
    if sum(bool(_CLADES.match(line)) for line in top) > 1 and not single:
        table.notes.append("Left out: a second line of headers.")
    return table


FORMATS = [
    Format(
        _NAME,
        "MetaPhlAn",
        "2, 3 and 4",
        "#mpa_v… in front, or lineages k__…|p__… under clade_name or ID",
        "MetaPhlAn 4 manual, Output; merge_metaphlan_tables.py",
        "#mpa_vJun23_CHOCOPhlAnSGB_202307\nclade_name\tS1\tS2\nUNCLASSIFIED\t10.5\t8.0\nk__Bacteria\t89.5\t92.0\n"
        "k__Bacteria|p__Firmicutes|c__Clostridia|o__Eubacteriales|f__Lachnospiraceae|g__Blautia|s__Blautia_obeum\t89.5\t92.0\n",
        fits,
        _read,
    )
]

"""combine_kreports.py: reports of Kraken 2 side by side, a row for every taxon of every rank."""

from __future__ import annotations

import re

from handbook_utils.errors import InputError, listed
from handbook_utils.study.choices import Choices
from handbook_utils.study.content import Content
from handbook_utils.study.formats.format import Format
from handbook_utils.study.formats.reports import Report, joined
from handbook_utils.study.formats.shotgun.kraken_report import ranked
from handbook_utils.study.tables import Table

_HEADER = re.compile(r"^#perc\ttot_all\ttot_lvl\t")


def _fits(content: Content) -> bool:
    """Whether a text has the header of combine_kreports.py."""
    return any(_HEADER.match(line) for line in content.head.splitlines()[:2000])


def _read(content: Content, choices: Choices) -> Table:
    """Read reads in clades (the columns that end in ``_all``), at one rank.

    Source: KrakenTools README, combine_kreports.py.
    """
    rank = choices.rank or "species"
    samples: dict[str, str] = {}
    taken: list[tuple[int, str]] = []
    reports: list[Report] = []
    path: list[tuple[int, int, str]] = []
    for number, raw in enumerate(content.lines(), start=1):
        line = raw.rstrip("\r\n")
        if not taken:
            if named := re.match(r"#(S\d+)\t(.+)$", line):
                samples[named[1]] = named[2].strip()
            elif _HEADER.match(line):
                header = line.split("\t")
                taken = [
                    (n, name.removesuffix("_all"))
                    for n, name in enumerate(header)
                    if re.fullmatch(r"(?:S?\d+|.+)_all", name) and name != "tot_all"
                ]
                reports = [Report(samples.get(name, samples.get(f"S{name}", name)), content.where) for _, name in taken]
            continue
        if not line.strip():
            continue
        cells = line.split("\t")
        if len(cells) < len(taken) + 5 or not all(
            cells[n].isascii() and cells[n].isdigit() for n, _ in taken if n < len(cells)
        ):
            raise InputError(
                "A line of this table cannot be read.",
                where=f"{content.where}, line {number}",
                expected=f"{len(header)} cells, whole numbers of reads",
                found=listed(cells[:6]),
                remedy="Is the file cut off?",
            )
        code, taxid, indented = cells[-3:]
        names = ranked(path, code, taxid, indented, rank)
        for (n, _), report in zip(taken, reports, strict=True):
            if indented.strip() == "unclassified" and taxid == "0":
                report.unnamed = float(cells[n])
            elif taxid == "1":
                report.all = float(cells[n])
            if names is not None:
                report.amounts[taxid] = float(cells[n])
                report.names[taxid], report.lineages[taxid] = indented.strip(), names
    table = joined(reports, "combined Kraken 2 reports", rank, "counts")
    table.shorter = {name: re.sub(r"\.[\w.]*k?report\w*$", "", name) for name in table.rows}
    return table


FORMATS = [
    Format(
        "combined Kraken 2 reports",
        "KrakenTools (combine_kreports.py)",
        "1.2",
        "#perc, tot_all and tot_lvl in the header",
        "KrakenTools README, combine_kreports.py",
        "#Number of Samples: 1\n#Total Number of Reads: 100\n#S1\tS1.kreport\n#perc\ttot_all\ttot_lvl\t1_all\t1_lvl\t"
        "lvl_type\ttaxid\tname\n90.0\t90\t0\t90\t0\tR\t1\troot\n90.0\t90\t90\t90\t90\tS\t40520\t  Blautia obeum\n",
        _fits,
        _read,
    )
]

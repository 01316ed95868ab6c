"""Reports of one sample each, a row a taxon: joined into one table whatever program wrote them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import sparse

from handbook_utils.errors import InputError, InputErrors, listed
from handbook_utils.study.checks import Quantity
from handbook_utils.study.tables import KNOWN, RANKS, Table, duplicates

_ENDINGS = re.compile(
    r"(?:[._-](?:k2|kraken2?|krakenuniq|kuniq|bracken|species|genus|kreport2?|krona|report|output|centrifuge|ganon|kmcp|kaiju|"
    r"summary|tre|emu|rel-abundance|S|txt|tsv|csv|out|profile|metaphlan\d?|motus|taxpasta))+$"
)


def sample_of(path: Path | str) -> str:
    """Return the sample a report is of: its file name without the endings of the programs.

    Parameters
    ----------
    path : pathlib.Path or str
        Of a report.

    Returns
    -------
    str
        The whole name where nothing would be left of it.

    Examples
    --------
    >>> sample_of(Path("reports/S1.kraken2.report.txt")), sample_of("S2_bracken_species.kreport")
    ('S1', 'S2')
    """
    name = Path(path).name.removesuffix(".gz")
    return _ENDINGS.sub("", name) or name


def named_by_files(files: Sequence[str], samples: Sequence[str]) -> list[str]:
    """Say which samples have the name of their file, where endings were taken off it.

    Parameters
    ----------
    files, samples : sequence of str
        A file and its sample each.

    Returns
    -------
    list of str
        A sentence, or none.

    Examples
    --------
    >>> named_by_files(["out/S1.kreport", "out/both.tsv"], ["S1", "S2"])
    ['Samples are named by their files, without the endings of programs: S1.kreport is S1.']
    """
    told = [
        f"{Path(file).name} is {sample}"
        for file, sample in zip(files, samples, strict=True)
        if sample == sample_of(file) != Path(file).name
    ]
    return [f"Samples are named by their files, without the endings of programs: {listed(told, most=3)}."] * bool(told)


@dataclass
class Report:
    """What a report says of one sample.

    Parameters
    ----------
    sample, where : str
        The sample's name, and the file for messages.
    amounts : dict of str to float
        By taxon id.
    names : dict of str to str
        By taxon id.
    lineages : dict of str to list of str
        By taxon id: the name at each of the first seven ranks, "" where it has none.
    all : float
        Of all that was classified, also above the rank that is read; 0 where that is not known.
    unnamed : float
        Reads without any taxon.
    """

    sample: str
    where: str
    amounts: dict[str, float] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    lineages: dict[str, list[str]] = field(default_factory=dict)
    all: float = 0.0
    unnamed: float = 0.0


def joined(
    reports: Sequence[Report], name: str, rank: str, quantity: Quantity, wrong: Sequence[InputError] = ()
) -> Table:
    """Join reports of a sample each.

    What is classified above the rank that is read is left out, and so is what has no taxon; both are told.

    Parameters
    ----------
    reports : sequence of Report
        A sample each.
    name : str
        Of the format, for people.
    rank : str
        That is read.
    quantity : {"counts", "abundances"}
        What the amounts are.
    wrong : sequence of InputError
        What was found wrong while they were read.

    Returns
    -------
    Table
        Samples are rows; a taxon that a report does not have is 0.

    Raises
    ------
    InputErrors
        Two reports of a sample; a report without taxa of the rank.
    """
    errors = [
        InputError(
            "Two reports are of one sample.",
            where=error.where,
            expected="one report a sample; the sample is the file's name without the programs' endings",
            found=error.found,
            remedy="Leave one of them out, or rename it.",
        )
        for error in duplicates(
            [report.sample for report in reports],
            "sample",
            (report.where for report in reports),
            str(Path(reports[0].where).parent),
        )
    ]
    errors += wrong
    errors += [
        InputError(
            f"This report has no {rank}.",
            where=report.where,
            expected=f"taxa of the rank {rank}",
            found=f"{report.all:g} classified, {report.unnamed:g} without a taxon",
            remedy=f"Read it at another rank: rank {'species' if rank == 'genus' else 'genus'}, for example. "
            "Or leave this sample out.",
        )
        for report in reports
        if not report.amounts and not wrong
    ]
    if errors:
        raise InputErrors(errors)
    names: dict[str, str] = {}
    lineage: dict[str, list[str]] = {}
    for report in reports:
        for taxon in report.amounts:
            names.setdefault(taxon, report.names[taxon])
            lineage.setdefault(taxon, report.lineages.get(taxon, []))
    ids = sorted(names)
    # Two taxa may have one name; then the number tells them apart.
    twice = pd.Series([names[taxon] for taxon in ids]).duplicated(keep=False)
    features = [f"{names[i]} ({i})" if double else names[i] for i, double in zip(ids, twice, strict=True)]
    at = {taxon: n for n, taxon in enumerate(ids)}
    cells = [(row, at[taxon], value) for row, held in enumerate(reports) for taxon, value in held.amounts.items()]
    rows, columns, values = (np.array(part) for part in zip(*cells, strict=True))
    matrix = sparse.csr_array(sparse.coo_array((values.astype(float), (rows, columns)), shape=(len(reports), len(ids))))
    width = RANKS.index(rank) + 1 if rank in RANKS else 0
    taxonomy = None
    if any(lineage.values()):
        padded = [[*lineage[i][:width], *[""] * (width - len(lineage[i]))] for i in ids]
        taxonomy = pd.DataFrame(
            padded, index=pd.Index(features, dtype=object), columns=list(RANKS[:width]), dtype=object
        )
    notes = [f"Format: {name}: {len(reports)} reports, at the rank {rank}."]
    above = [1 - sum(report.amounts.values()) / report.all for report in reports if report.all]
    if above and max(above) > 1e-9:
        least = max(min(above), 0)
        low, high = f"{least:.1%}", f"{max(above):.1%}"
        span = low if low == high else f"{low} to {high}"
        notes.append(f"Left out: reads classified above the {rank}, {span} of the classified.")
    unnamed = [report.unnamed for report in reports]
    if any(unnamed):
        shown = listed([f"{report.sample} {report.unnamed:g}" for report in reports], most=4)
        notes.append(f"Left out: reads without any taxon ({shown}).")
    notes += named_by_files([report.where for report in reports], [report.sample for report in reports])
    return Table(
        name, matrix, [report.sample for report in reports], features, "samples", KNOWN, taxonomy, quantity, notes=notes
    )

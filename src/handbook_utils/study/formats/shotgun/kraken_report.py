"""Reports of Kraken 2, and of the programs that write the same form: Bracken, Centrifuge, KrakenUniq."""

from __future__ import annotations

import re
from collections.abc import Sequence

from handbook_utils.errors import InputError, listed
from handbook_utils.study.choices import Choices
from handbook_utils.study.content import Content
from handbook_utils.study.formats.format import Format
from handbook_utils.study.formats.reports import Report, joined, sample_of
from handbook_utils.study.lineages import DOMAINS
from handbook_utils.study.tables import RANKS, Table

_KRAKEN = re.compile(r"^\s*\d+(?:\.\d+)?\t\d+\t\d+(?:\t\d+\t\d+)?\t(?:[A-Z]\d*|-|)\t\d+\t *\S")
_UNIQ = re.compile(r"^%\treads\ttaxReads\tkmers\tdup\tcov\ttaxID\trank\ttaxName", re.IGNORECASE)
_CODES = {"D": 0, "K": 0, "P": 1, "C": 2, "O": 3, "F": 4, "G": 5, "S": 6, "S1": 7}
_WORDS = {
    **{rank: place for place, rank in enumerate(RANKS)},
    "superkingdom": 0,
    "domain": 0,
    "acellular root": 0,
    "realm": 0,
    "subspecies": 7,
}
#: Domains by their numbers in NCBI's taxonomy, where their rank has another code (R2 since 2025).
_DOMAINS = {"2", "2157", "2759", "10239"}


def _fits(content: Content) -> bool:
    """Whether a text is a report of Kraken 2, or of Bracken or Centrifuge in that form."""
    lines = [line for line in content.head[:5000].split("\n", 3)[:3] if line.strip()]
    return bool(lines) and all(_KRAKEN.match(line) for line in lines)


def _fits_uniq(content: Content) -> bool:
    """Whether a text is a report of KrakenUniq."""
    return any(_UNIQ.match(line) for line in content.head.splitlines()[:20])


def _join(contents: Sequence[Content], choices: Choices) -> Table:
    """Join reports, at species level or at the rank that is asked for: reads in the clade of each taxon.

    Reads that stop above the rank are left out, and their share is noted: Bracken can divide them over species.

    Source: Kraken 2 manual, "Sample report output format"; Bracken manual; KrakenUniq manual; Centrifuge manual,
    "Kraken-style report".

    Raises
    ------
    InputErrors
        Lines that are not of a report, in any of the files; files of the same sample; a report without species.
    """
    rank = choices.rank or "species"
    reports, errors = [], []
    for content in contents:
        made, wrong = _report(content, rank)
        reports.append(made)
        if wrong:
            errors.append(
                InputError(
                    f"{len(wrong)} lines are not of a Kraken 2 report.",
                    where=content.where,
                    expected="percentage, reads in the clade, reads of the taxon, rank, taxon id, name; tabs between",
                    found=listed(wrong, most=3),
                    remedy="Give the file that --report wrote, not the one that --output wrote.",
                )
            )
    uniq = _fits_uniq(contents[0])
    return joined(reports, "KrakenUniq report" if uniq else "Kraken 2 report", rank, "counts", errors)


def ranked(path: list[tuple[int, int, str]], code: str, taxid: str, indented: str, rank: str) -> list[str] | None:
    """Put a taxon under those it is indented below, and return its names by rank where it is of the rank.

    Parameters
    ----------
    path : list of (int, int, str)
        The taxa above it: indentation, place of the rank, name. It is changed.
    code : str
        The rank: a letter of Kraken's, or a word.
    taxid, indented : str
        Number and indented name of the taxon.
    rank : str
        The rank that is read.

    Returns
    -------
    list of str or None
        A name a rank, "" where there is none; None of another rank.
    """
    name = indented.strip()
    depth = len(indented) - len(indented.lstrip(" "))
    while path and path[-1][0] >= depth:
        path.pop()
    place = _CODES.get(code, _WORDS.get(code, -1))
    if taxid in _DOMAINS or (place < 0 and name.casefold() in DOMAINS):
        place = 0
    path.append((depth, place, name))
    if place < 0 or RANKS[place] != rank:
        return None
    # A kingdom in a domain would be counted twice beside it.
    if rank == "kingdom" and sum(at == 0 for _, at, _ in path) > 1:
        return None
    names = [""] * len(RANKS)
    for _, at, taxon in path:
        if at >= 0 and not names[at]:  # a domain comes before the kingdoms in it
            names[at] = taxon
    return names


def _report(content: Content, rank: str) -> tuple[Report, list[str]]:
    report, wrong = Report(sample_of(content.where), content.where), []
    path: list[tuple[int, int, str]] = []
    uniq = _fits_uniq(content)
    for number, raw in enumerate(content.lines(), start=1):
        line = raw.rstrip("\r\n")
        if not line.strip() or (uniq and (line.startswith("#") or _UNIQ.match(line))):
            continue
        cells = line.split("\t")
        if uniq and len(cells) == 9:
            reads, taxid, code, indented = cells[1], cells[6], cells[7], cells[8]
        elif _KRAKEN.match(line):
            reads, (code, taxid, indented) = cells[1], cells[-3:]
        else:
            wrong.append(f"line {number}: {line[:50]!r}")
            continue
        if not (reads.isascii() and reads.isdigit()):
            wrong.append(f"line {number}: {line[:50]!r}")
            continue
        if indented.strip() == "unclassified" and taxid == "0":
            report.unnamed = float(reads)
            continue
        if taxid == "1" or indented == "root":
            report.all = float(reads)
        names = ranked(path, code, taxid, indented, rank)
        if names is not None:
            report.amounts[taxid], report.names[taxid], report.lineages[taxid] = float(reads), indented.strip(), names
    return report, wrong


FORMATS = [
    Format(
        "Kraken 2 report",
        "Kraken 2, Bracken (--report), Centrifuge (centrifuge-kreport)",
        "Kraken 1 and 2; Bracken 2; Centrifuge 1",
        "percentage, reads, reads, rank code, taxon number and an indented name",
        "Kraken 2 manual, Sample report output format",
        "10.00\t10\t10\tU\t0\tunclassified\n90.00\t90\t0\tR\t1\troot\n90.00\t90\t0\tD\t2\t  Bacteria\n"
        "90.00\t90\t90\tS\t40520\t    Blautia obeum\n",
        _fits,
        lambda content, choices: _join([content], choices),
        _join,
    ),
    Format(
        "KrakenUniq report",
        "KrakenUniq",
        "0.5 to 1.0",
        "the columns %, reads, taxReads, kmers, dup, cov, taxID, rank, taxName",
        "KrakenUniq manual, Output format",
        "# KrakenUniq v1.0.4 DATE:2024-01-01\n%\treads\ttaxReads\tkmers\tdup\tcov\ttaxID\trank\ttaxName\n"
        "90\t90\t0\t500\t1\t0.1\t1\tno rank\troot\n90\t90\t90\t500\t1\t0.1\t40520\tspecies\t  Blautia obeum\n",
        _fits_uniq,
        lambda content, choices: _join([content], choices),
        _join,
    ),
]
